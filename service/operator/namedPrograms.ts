/** The programs that a proposal names, by the types of the effects' fields. */
import { type FieldType, type Form, ID, KIND, PROGRAM } from "../../trace/effects/fieldTypes.ts";
import { EFFECTS, type EffectName } from "../../trace/effects/shapes.ts";
import { issuerOf, makerOf } from "../../trace/layout.ts";
import type { Proposal } from "./types.ts";

/**
 * The highest number of a program that occurs in a proposal: as an actor, in a place, as the issuer of a kind, or as
 * the maker of a resource, in effects within effects, too.
 * @param proposal whose effects have the right shape
 */
export function highestProgram({ parts }: Pick<Proposal, "parts">): number {
  return highest(parts.flatMap(({ actor, effect }) => [actor, inValue(effect, { is: "effect", single: false })]));
}

function highest(programs: readonly number[]): number {
  return programs.reduce((most, program) => Math.max(most, program), 0);
}

function inValue(value: unknown, form: Form): number {
  if (form === PROGRAM.form) return typeof value === "number" ? value : 0;
  if (form === KIND.form) return typeof value === "bigint" ? issuerOf(value) : 0;
  if (form === ID.form) return typeof value === "bigint" ? makerOf(value) : 0;
  switch (form.is) {
    case "either":
      return highest(form.of.map((each) => inValue(value, each)));
    case "list":
      return Array.isArray(value) ? highest(value.map((each) => inValue(each, form.of))) : 0;
    case "record":
      return inMembers(value, form.members);
    case "effect":
      return inMembers(value, formsOf((value as { effect: EffectName }).effect));
    default:
      return 0;
  }
}

function inMembers(value: unknown, forms: Readonly<Record<string, Form>>): number {
  if (typeof value !== "object" || value === null) return 0;
  const members = value as Readonly<Record<string, unknown>>;
  return highest(Object.entries(forms).map(([name, form]) => inValue(members[name], form)));
}

function formsOf(name: EffectName): Readonly<Record<string, Form>> {
  const fields = Object.entries(EFFECTS[name].fields as Readonly<Record<string, FieldType<unknown>>>);
  return Object.fromEntries(fields.map(([field, { form }]) => [field, form]));
}
