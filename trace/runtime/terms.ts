/** Checks the fields of terms and options. Without the check, a misspelt field would count as left out. */
import { checkTerms } from "../effects/checkEffect.ts";
import {
  CONDITION_NAME,
  COUNT,
  type FieldType,
  FLAG,
  KIND,
  listOf,
  NARGS,
  oneOf,
  optional,
  PLACE,
  QUANTITY,
  RIGHT_NAME,
  record,
  SECONDS,
  TEXT,
  TIME,
} from "../effects/fieldTypes.ts";

/** A capability, by its place or by its handle. */
const BY: FieldType<unknown> = {
  takes: "a capability or its place",
  form: { is: "other" },
  fault: (value) => {
    const place = typeof value === "object" && value !== null && "place" in value ? value.place : value;
    return PLACE.fault(place) === undefined ? undefined : { path: "", found: value, expected: BY.takes };
  },
};

/** Looked at by itself. */
const ANYTHING: FieldType<unknown> = { takes: "anything", form: { is: "other" }, fault: () => undefined };

const LEND = { rights: listOf(RIGHT_NAME), until: optional(TIME), by: optional(BY) };
const DECLARE = {
  nargs: optional(NARGS),
  accepts: optional(KIND),
  minimum: optional(QUANTITY),
  guarded: optional(FLAG),
};
const WATCH = { when: CONDITION_NAME, kind: optional(KIND), by: optional(BY) };

/** @throws InvalidEffectError if they are no terms of a right */
export function checkLend(terms: unknown): void {
  checkTerms("lend", terms, LEND);
}

/** @throws InvalidEffectError if they are no terms of an entry */
export function checkDeclare(terms: unknown): void {
  checkTerms("declare", terms, DECLARE);
}

/** @throws InvalidEffectError if they are no terms of a watch: only `above` and `below` take a threshold */
export function checkWatch(terms: unknown): void {
  const when = typeof terms === "object" && terms !== null && "when" in terms ? terms.when : undefined;
  const compares = when === "above" || when === "below";
  checkTerms("watch", terms, compares ? { ...WATCH, threshold: QUANTITY } : WATCH);
}

/** @throws InvalidEffectError if they are no options of an escrow */
export function checkEscrow(options: unknown): void {
  checkTerms("escrow", options, { deadline: optional(TIME) });
}

/** @throws InvalidEffectError unless those are the options of a channel */
export function checkChannel(options: unknown): void {
  checkTerms("channel", options, { capacity: optional(COUNT) });
}

/** @throws InvalidEffectError unless those are the options of a trade */
export function checkTrade(options: unknown): void {
  checkTerms("trade", options, {
    wants: optional(record({ kind: KIND, quantity: QUANTITY })),
    seconds: optional(SECONDS),
  });
}

/** @throws InvalidEffectError unless those are the options of an actor */
export function checkActor(options: unknown): void {
  checkTerms("actor", options, { name: optional(TEXT), supervision: optional(ANYTHING) });
  const { supervision } = options as { supervision?: unknown };
  if (supervision === undefined) return;
  checkTerms("supervision", supervision, {
    strategy: optional(oneOf(["restart", "stop", "escalate"])),
    restarts: optional(COUNT),
  });
}
