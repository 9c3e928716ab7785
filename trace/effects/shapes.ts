/**
 * The fields of every effect, with their types, and the invariants that may refuse it. docs/reference/effects.md is
 * generated from this file and from the comments in effects.ts.
 */
import type { Invariant } from "../errors.ts";
import type { AtomicBatch, Effect, Single } from "./effects.ts";
import {
  AUTHORITY,
  CONDITION_NAME,
  DIGEST,
  either,
  type Fault,
  type FieldType,
  FLAG,
  ID,
  INBOX,
  KIND,
  listOf,
  NAME,
  NARGS,
  type OptionalField,
  oneOf,
  optional,
  PLACE,
  PROGRAM,
  QUANTITY,
  RECIPIENT,
  RIGHT_NAME,
  record,
  SLOT,
  STEPS,
  TIME,
} from "./fieldTypes.ts";

/** The name of an effect. */
export type EffectName = Effect["effect"];

type OptionalKeys<E> = { [K in keyof E]-?: undefined extends E[K] ? K : never }[keyof E];
/** One type for each field of an effect. Optional fields are marked. */
type FieldsOf<E> = {
  readonly [K in Exclude<keyof E, "effect">]-?: K extends OptionalKeys<E>
    ? OptionalField<Exclude<E[K], undefined>>
    : FieldType<E[K]>;
};

/** The shape of one effect. */
interface Shape<E> {
  readonly fields: FieldsOf<E>;
  /**
   * Invariants that may refuse it, in addition to those of {@link EVERY_EFFECT}. test/trace/random.test.ts and
   * effects.test.ts observe each of them.
   */
  readonly invariants: readonly Invariant[];
}

/** Invariants that may refuse any effect. */
export const EVERY_EFFECT: readonly Invariant[] = [
  "invocation-causal",
  "group-disjoint",
  "group-whole",
  "time-monotone",
  "log-signed",
  // Of the chain of a moored map, all but three.
  "chain-approved",
];

/** An effect within another one. */
const effectOf = <E extends Effect>(names: () => readonly string[], single = false): FieldType<E> => ({
  takes: "an effect",
  form: { is: "effect", single },
  fault: (value) => faultOf(value, names()),
});

/** The shape of every effect, in the order of the reference. */
export const EFFECTS: { readonly [N in EffectName]: Shape<Extract<Effect, { effect: N }>> } = {
  CreateProgram: {
    fields: { inbox: INBOX, authority: either(oneOf(["open"]), AUTHORITY) },
    invariants: [],
  },
  RotateAuthority: { fields: { authority: AUTHORITY }, invariants: [] },
  Issue: {
    fields: { kind: KIND, quantity: QUANTITY, slot: SLOT },
    invariants: ["no-double-spend", "conservation"],
  },
  Retire: {
    fields: { slot: SLOT, recipient: optional(RECIPIENT) },
    invariants: ["no-double-spend", "escrow-atomic", "chain-approved"],
  },
  Split: {
    fields: { from: SLOT, to: SLOT, part: QUANTITY },
    invariants: ["no-double-spend", "escrow-atomic", "conservation"],
  },
  Merge: {
    fields: { from: SLOT, to: SLOT },
    invariants: ["no-double-spend", "escrow-atomic", "conservation"],
  },
  EscrowToProgram: {
    fields: { from: SLOT, to: PLACE, deadline: TIME },
    invariants: ["no-double-spend", "escrow-atomic", "inbox-respected"],
  },
  ClaimFromProgram: {
    fields: { from: PLACE, to: either(SLOT, oneOf(["in place"])), by: optional(PLACE) },
    invariants: ["no-unscoped-access", "no-double-spend", "escrow-atomic", "capability-attenuates", "expiry-enforced"],
  },
  RevokeResource: {
    fields: { from: PLACE, to: SLOT },
    invariants: ["no-unscoped-access", "no-double-spend", "escrow-atomic", "expiry-enforced"],
  },
  DeclareEntry: {
    fields: { slot: SLOT, name: NAME, nargs: NARGS, accepts: KIND, minimum: QUANTITY, guarded: FLAG },
    invariants: ["no-double-spend", "watch-deterministic"],
  },
  InvokeProgram: {
    fields: {
      program: PROGRAM,
      name: NAME,
      args: listOf(record({ from: SLOT, to: SLOT })),
      by: optional(PLACE),
      entry: optional(SLOT),
    },
    invariants: [
      "no-unscoped-access",
      "no-double-spend",
      "escrow-atomic",
      "capability-attenuates",
      "expiry-enforced",
      "inbox-respected",
    ],
  },
  DelegateCapability: {
    fields: {
      slot: SLOT,
      grantee: PROGRAM,
      rights: listOf(RIGHT_NAME),
      scope: either(PLACE, oneOf(["all"])),
      subject: ID,
      expiry: TIME,
      by: optional(PLACE),
    },
    invariants: [
      "no-unscoped-access",
      "no-double-spend",
      "capability-attenuates",
      "expiry-enforced",
      "watch-deterministic",
    ],
  },
  RevokeCapability: { fields: { slot: SLOT }, invariants: ["no-unscoped-access"] },
  WatchResource: {
    fields: {
      slot: SLOT,
      target: PLACE,
      condition: CONDITION_NAME,
      kind: KIND,
      threshold: QUANTITY,
      trigger: listOf(effectOf<Effect>(() => Object.keys(EFFECTS))),
      sealed: optional(DIGEST),
      by: optional(PLACE),
    },
    invariants: [
      "no-unscoped-access",
      "no-double-spend",
      "watch-deterministic",
      "capability-attenuates",
      "expiry-enforced",
    ],
  },
  Unwatch: { fields: { slot: SLOT }, invariants: ["watch-deterministic"] },
  Clear: { fields: { slot: SLOT }, invariants: ["no-double-spend", "watch-deterministic"] },
  JoinWith: { fields: { programs: listOf(record({ program: PROGRAM, steps: STEPS }), 1) }, invariants: [] },
  Enter: {
    fields: { to: PLACE, id: ID, kind: KIND, quantity: QUANTITY },
    invariants: ["no-double-spend", "conservation", "inbox-respected", "chain-approved"],
  },
  Eject: {
    fields: { from: PLACE, program: PROGRAM },
    invariants: ["no-double-spend", "chain-approved"],
  },
  AtomicBatch: {
    fields: {
      effects: listOf(
        effectOf<Single>(() => SINGLE, true),
        1,
      ),
    },
    invariants: [],
  },
};

/** Names of the effects that hold no others. */
export const SINGLE: readonly string[] = Object.keys(EFFECTS).filter(
  (name) => name !== ("AtomicBatch" satisfies AtomicBatch["effect"]),
);

/** Deepest nesting of effects. Deeper nesting is a cycle, or a mistake. */
const DEEPEST = 32;
let depth = 0;

/**
 * The first fault in the shape of an effect: its name, or a field that is missing, unknown, of another type, or out of
 * its bounds.
 * @param names of the effects that are allowed here
 */
export function faultOf(value: unknown, names: readonly string[] = Object.keys(EFFECTS)): Fault | undefined {
  if (typeof value !== "object" || value === null) return { path: "", found: value, expected: "an effect" };
  const name = (value as { effect?: unknown }).effect;
  if (typeof name !== "string" || !names.includes(name)) {
    return { path: ".effect", found: name, expected: oneOf(names).takes };
  }
  if (depth > DEEPEST) return { path: "", found: name, expected: `effects nested at most ${DEEPEST} deep` };
  const fields: Readonly<Record<string, FieldType<unknown>>> = EFFECTS[name as EffectName].fields;
  depth++;
  try {
    return fieldsFault(value, { effect: oneOf([name]), ...fields });
  } finally {
    depth--;
  }
}

/** The same for any record of named fields, such as the terms of a layer. */
export function fieldsFault(value: object, fields: Readonly<Record<string, FieldType<unknown>>>): Fault | undefined {
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(fields, name) || (value as Record<string, unknown>)[name] === undefined) continue;
    const names = Object.keys(fields).filter((known) => known !== "effect");
    return { path: `.${name}`, found: UNKNOWN, expected: names.length === 0 ? "none" : names.join(", ") };
  }
  for (const [name, type] of Object.entries(fields)) {
    const fault = type.fault((value as Record<string, unknown>)[name]);
    if (fault !== undefined) return { ...fault, path: `.${name}${fault.path}` };
  }
  return undefined;
}

/** Stands for the value of a field that does not exist. */
export const UNKNOWN = Symbol("unknown field");
