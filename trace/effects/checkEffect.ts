/** The entry check: validates effects before they are lowered. */
import { InvalidEffectError } from "../errors.ts";
import { callSite } from "./callSite.ts";
import type { Effect } from "./effects.ts";
import type { Fault, FieldType } from "./fieldTypes.ts";
import { faultOf, fieldsFault, UNKNOWN } from "./shapes.ts";

/** @throws InvalidEffectError naming the effect, the field, the accepted values, and the caller's file and line */
export function checkEffect(effect: Effect): void {
  const fault = faultOf(effect);
  if (fault !== undefined) throw refusal(nameIn(effect), fault);
}

/**
 * Checks the terms of a layer, such as the last argument of `lend`.
 * @throws InvalidEffectError in the same way
 */
export function checkTerms(layer: string, terms: unknown, fields: Readonly<Record<string, FieldType<unknown>>>): void {
  const whole = { path: "", found: terms, expected: `{ ${Object.keys(fields).join(", ")} }` };
  const fault = typeof terms === "object" && terms !== null ? fieldsFault(terms, fields) : whole;
  if (fault !== undefined) throw refusal(layer, fault);
}

function refusal(name: string, { path, found, expected }: Fault): InvalidEffectError {
  const problem = found === UNKNOWN ? `is unknown; there are ${expected}` : `is ${shown(found)}; give ${expected}`;
  return new InvalidEffectError(name, path.replace(/^\./, ""), problem, callSite());
}

function nameIn(effect: unknown): string {
  const name = typeof effect === "object" && effect !== null ? (effect as { effect?: unknown }).effect : undefined;
  return typeof name === "string" && /^[A-Z]\w{1,40}$/.test(name) ? name : "effect";
}

/** A value in source form, shortened if it is long. */
function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  return String(value);
}
