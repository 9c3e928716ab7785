/**
 * Effects as JSON: what JavaScript has as a bigint is a decimal text, and a selector, which could be read as a name, is
 * `{ "selector": "…" }`. Both directions follow the types of the effects' fields.
 */
import type { Effect } from "../../trace/effects/effects.ts";
import type { FieldType, Form } from "../../trace/effects/fieldTypes.ts";
import { EFFECTS, type EffectName, faultOf, UNKNOWN } from "../../trace/effects/shapes.ts";
import { InvalidInputError } from "../../trace/errors.ts";

/** An effect as JSON. */
export type EffectJson = { readonly effect: string; readonly [field: string]: unknown };

/** A decimal number of at most 78 digits, without leading zeros. */
const DECIMAL = /^(0|[1-9][0-9]{0,77})$/;

/** The effect as data for JSON. */
export function effectToJson(effect: Effect): EffectJson {
  return outward(effect) as EffectJson;
}

function outward(value: unknown, name = ""): unknown {
  if (typeof value === "bigint") return name === "name" ? { selector: `${value}` } : `${value}`;
  if (Array.isArray(value)) return value.map((each) => outward(each));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, outward(member, key)]));
}

/**
 * Reads an effect.
 * @param where the effect's place, for errors
 * @throws InvalidInputError naming the field, and what it takes
 */
export function effectFromJson(where: string, json: unknown): Effect {
  const effect = inward(json, { is: "effect", single: false });
  const fault = faultOf(effect);
  if (fault === undefined) return effect as Effect;
  const { path, found, expected } = fault;
  const problem = found === UNKNOWN ? `is unknown; there are ${expected}` : `is wrong; give ${asJson(expected)}`;
  throw new InvalidInputError(`${where}${path}`, problem);
}

/** What a field takes, in the words of JSON. */
function asJson(takes: string): string {
  return takes.replaceAll(/: a bigint(, 0n to 2n \*\* (\d+)n - 1n)?/g, (_, bounds?: string, bits?: string) =>
    bounds === undefined ? ": a decimal text" : `: a decimal text, below 2^${bits}`,
  );
}

/** Texts become bigints where the form says so. All else stays as it is, for the check to find. */
function inward(value: unknown, form: Form): unknown {
  switch (form.is) {
    case "bigint":
    case "authority":
      return typeof value === "string" && DECIMAL.test(value) ? BigInt(value) : { not: "a decimal text" };
    case "name":
      return selectorIn(value) ?? value;
    case "either":
      return eitherOf(value, form.of);
    case "list":
      return Array.isArray(value) ? value.map((each) => inward(each, form.of)) : value;
    case "record":
      return members(value, form.members);
    case "effect": {
      const name = typeof value === "object" && value !== null ? (value as { effect?: unknown }).effect : undefined;
      if (typeof name !== "string" || !Object.hasOwn(EFFECTS, name)) return value;
      return members(value, formsOf(name as EffectName));
    }
    default:
      return value;
  }
}

/** A word of a list is no number, so it stays as it is. */
function eitherOf(value: unknown, [a, b]: readonly [Form, Form]): unknown {
  for (const form of [a, b]) if (form.is === "oneOf" && form.words.includes(value as string)) return value;
  return inward(value, a.is === "oneOf" ? b : a);
}

function members(value: unknown, forms: Readonly<Record<string, Form>>): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const read = Object.entries(value).map(([name, member]) => {
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
    return [name, form === undefined ? member : inward(member, form)] as const;
  });
  return Object.fromEntries(read);
}

function selectorIn(value: unknown): bigint | undefined {
  if (typeof value !== "object" || value === null || Object.keys(value).join() !== "selector") return undefined;
  const { selector } = value as { selector: unknown };
  return typeof selector === "string" && DECIMAL.test(selector) ? BigInt(selector) : undefined;
}

/** The forms of an effect's fields, by name. */
export function formsOf(name: EffectName): Readonly<Record<string, Form>> {
  const fields = Object.entries(EFFECTS[name].fields as Readonly<Record<string, FieldType<unknown>>>);
  return Object.fromEntries(fields.map(([field, { form }]) => [field, form]));
}
