/**
 * Unknown effects and wrong fields are refused by TypeScript, and when an effect is performed.
 */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { EFFECTS_PAGE, effectsReference } from "../../scripts/lib/effectsReference.ts";
import type { Effect } from "../../trace/effects/effects.ts";
import { EFFECTS } from "../../trace/effects/shapes.ts";
import { InvalidEffectError, RefusedError } from "../../trace/errors.ts";
import { ENTRY_ID } from "../../trace/layout.ts";
import { openPrograms } from "../../trace/state/genesis.ts";
import type { ProgramHandle } from "../../trace/tracer/programHandle.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { authority } from "../lib/authorities.ts";

const KIND = 1n << 32n;
const THERE = { program: 2, slot: 20 };

const tracerOf = (): Tracer => Tracer.from({ levels: 2, cells: openPrograms(2, 16) });

/** The error that a caller without types gets. */
function said(effect: unknown): string {
  const tracer = tracerOf();
  try {
    tracer.perform(1, effect as Effect);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidEffectError);
    expect(tracer.seq).toBe(0);
    return (error as Error).message.replace(/ \(effects\.test\.ts:\d+\)$/, "");
  }
  throw new Error("it was taken");
}

/** A valid effect of each sort. */
const SOUND: { readonly [N in Effect["effect"]]: Extract<Effect, { effect: N }> } = {
  CreateProgram: { effect: "CreateProgram", inbox: 16, authority: "open" },
  RotateAuthority: { effect: "RotateAuthority", authority: authority(1) },
  Issue: { effect: "Issue", kind: KIND, quantity: 5n, slot: 1 },
  Retire: { effect: "Retire", slot: 1, recipient: 1n },
  Split: { effect: "Split", from: 1, to: 2, part: 1n },
  Merge: { effect: "Merge", from: 2, to: 1 },
  EscrowToProgram: { effect: "EscrowToProgram", from: 1, to: THERE, deadline: 0 },
  ClaimFromProgram: { effect: "ClaimFromProgram", from: THERE, to: 3, by: THERE },
  RevokeResource: { effect: "RevokeResource", from: THERE, to: 3 },
  DeclareEntry: { effect: "DeclareEntry", slot: 4, name: "pay", nargs: 0, accepts: 0n, minimum: 0n, guarded: false },
  InvokeProgram: { effect: "InvokeProgram", program: 2, name: "pay", args: [{ from: 1, to: 20 }], by: THERE, entry: 4 },
  DelegateCapability: {
    ...{ effect: "DelegateCapability", slot: 5, grantee: 2, rights: ["claim"], scope: "all", subject: 0n, expiry: 0 },
    by: THERE,
  },
  RevokeCapability: { effect: "RevokeCapability", slot: 5 },
  WatchResource: {
    ...{ effect: "WatchResource", slot: 6, target: THERE, condition: "above", kind: 0n, threshold: 1n, trigger: [] },
    by: THERE,
  },
  Unwatch: { effect: "Unwatch", slot: 6 },
  Clear: { effect: "Clear", slot: 6 },
  JoinWith: { effect: "JoinWith", programs: [{ program: 2, steps: 0 }] },
  Enter: { effect: "Enter", to: THERE, id: ENTRY_ID + 1n, kind: KIND, quantity: 5n },
  Eject: { effect: "Eject", from: THERE, program: 2 },
  AtomicBatch: { effect: "AtomicBatch", effects: [{ effect: "Retire", slot: 1 }] },
};

describe.each(Object.entries(SOUND))("%s", (name, sound) => {
  const fields: Readonly<Record<string, object>> = EFFECTS[name as Effect["effect"]].fields;

  test("with all its fields passes the check of its form", () => {
    const taken = (): unknown => tracerOf().perform(1, sound);
    try {
      taken();
    } catch (error) {
      expect(error).toBeInstanceOf(RefusedError);
    }
  });

  test.each(Object.keys(fields))("is refused if %s is missing or has another type", (field) => {
    const { [field]: _, ...without } = sound as unknown as Record<string, unknown>;
    if (!("optional" in (fields[field] as object)))
      expect(said(without)).toContain(`${name}.${field}: is missing; give `);
    expect(said({ ...sound, [field]: null })).toContain(`${name}.${field}: is null; give `);
    expect(said({ ...sound, [field]: () => 1 })).toContain(`${name}.${field}: is a function; give `);
  });

  test("is refused with an unknown field", () => {
    expect(said({ ...sound, colour: 1 })).toBe(
      `${name}.colour: is unknown; there are ${Object.keys(fields).join(", ")}`,
    );
  });
});

test.each<[string, unknown, string]>([
  ["an effect", { effect: "Isue" }, 'effect: is "Isue"; give one of "CreateProgram", '],
  ["an effect", undefined, "effect: is missing; give an effect"],
  [
    "a right",
    { ...SOUND.DelegateCapability, rights: ["claim", "clam"] },
    'DelegateCapability.rights[1]: is "clam"; give one of "claim", "invoke", "watch", "delegate"',
  ],
  [
    "a condition",
    { ...SOUND.WatchResource, condition: "abov" },
    'WatchResource.condition: is "abov"; give one of "above", "below", "arrival", "departure", "change"',
  ],
  [
    "an effect of a trigger",
    { ...SOUND.WatchResource, trigger: [SOUND.Retire, { ...SOUND.Issue, quantity: 1 }] },
    "WatchResource.trigger[1].quantity: is 1; give a quantity: a bigint, 0n to 2n ** 128n - 1n",
  ],
  [
    "a batch in a batch",
    { effect: "AtomicBatch", effects: [SOUND.AtomicBatch] },
    'AtomicBatch.effects[0].effect: is "AtomicBatch"; give one of "CreateProgram"',
  ],
  ["a batch of nothing", { effect: "AtomicBatch", effects: [] }, "AtomicBatch.effects: is an empty list; give a list"],
  [
    "an argument",
    { ...SOUND.InvokeProgram, args: [{ from: 1, to: 20 }, { from: 2 }] },
    "InvokeProgram.args[1].to: is missing; give a slot, 1 to 255",
  ],
  ["a gap in a list", { ...SOUND.JoinWith, programs: new Array(1) }, "JoinWith.programs[0]: is missing; give {"],
  ["a name", { ...SOUND.DeclareEntry, name: "x".repeat(466) }, "DeclareEntry.name: is "],
  ["a key", { ...SOUND.RotateAuthority, authority: 4n }, "RotateAuthority.authority: is 4n; give the y coordinate"],
])("%s that does not exist is refused by name", (_, effect, message) => {
  expect(said(effect)).toContain(message);
});

test("numbers are accepted up to their bounds", () => {
  const bounds: [Effect["effect"], string, unknown[], unknown[]][] = [
    ["Issue", "slot", [1, 255], [0, 256, 1.5, Number.NaN, 1n, "1"]],
    ["Issue", "kind", [0n, 2n ** 56n - 1n], [-1n, 2n ** 56n, 1]],
    ["Issue", "quantity", [0n, 2n ** 128n - 1n], [-1n, 2n ** 128n, 1]],
    ["CreateProgram", "inbox", [1, 256], [0, 257]],
    ["EscrowToProgram", "deadline", [0, 2 ** 40 - 1], [-1, 2 ** 40, 1n]],
    ["DelegateCapability", "grantee", [1, 2 ** 24 - 1], [0, 2 ** 24]],
    ["DelegateCapability", "subject", [0n, 2n ** 64n - 1n], [-1n, 2n ** 64n]],
    ["DeclareEntry", "nargs", [0, 255], [-1, 256]],
  ];
  for (const [name, field, inside, outside] of bounds) {
    for (const value of outside)
      expect(said({ ...SOUND[name], [field]: value }), field).toContain(`${name}.${field}: is`);
    for (const value of inside) {
      const asked = { ...SOUND[name], [field]: value } as Effect;
      try {
        tracerOf().perform(1, asked);
      } catch (error) {
        expect(error, `${field} ${String(value)}`).toBeInstanceOf(RefusedError);
      }
    }
  }
});

test("the message ends with the caller's file and line, also if the error arises deep in the package", () => {
  const untyped = tracerOf().program(1) as unknown as { [name in keyof ProgramHandle]: (asked: unknown) => unknown };
  const tracer = tracerOf();
  const asks: (() => unknown)[] = [
    () => untyped.issue({ kind: KIND, quantity: 5n, slto: 1 }),
    () => untyped.delegateCapability({ grantee: 2, rights: ["clam"] }),
    () => untyped.escrowToProgram({ from: 1, to: THERE, dedline: 5 }),
    () => untyped.createProgram({ inbx: 4 }),
    () => tracer.batch(1, [{ ...SOUND.Issue, slot: 0 }]),
    () => tracer.together([[1, { ...SOUND.Issue, slot: 0 }]]),
    () => tracer.remember(1, [{ ...SOUND.Issue, slot: 0 }]),
  ];
  for (const asked of asks) expect(asked, String(asked)).toThrow(/ \(effects\.test\.ts:\d+\)$/);
  expect(tracer.seq).toBe(0);
});

test("a deadline that has not passed, and a right to call that has ended", () => {
  const tracer = tracerOf();
  const [a, b] = [tracer.program(1), tracer.program(2)];
  const held = a.issue({ kind: KIND, quantity: 1n }, 100);
  const promised = a.escrowToProgram({ from: held.slot, to: 2, deadline: 200 }, 100);
  const early = { effect: "RevokeResource" as const, from: promised, to: 9 };
  expect(() => tracer.perform(1, early, 199)).toThrow("expiry-enforced");
  const entry = b.declareEntry({ name: "ring", guarded: true }, 100);
  const by = b.delegateCapability({ grantee: 1, rights: ["invoke"], scope: entry, expiry: 150 }, 100);
  const call = { effect: "InvokeProgram" as const, program: 2, name: "ring", args: [], by };
  expect(() => tracer.perform(1, call, 151)).toThrow("expiry-enforced");
  expect(tracer.perform(1, call, 149).length).toBeGreaterThan(0);
});

test("TypeScript refuses the same", () => {
  /** Only tsc checks it. It is never called. */
  const unchecked = (tracer: Tracer): void => {
    const a = tracer.program(1);
    // @ts-expect-error there is no such effect
    tracer.perform(1, { effect: "Isue", kind: KIND, quantity: 1n, slot: 1 });
    // @ts-expect-error there is no such right
    a.delegateCapability({ grantee: 2, rights: ["clam"] });
    // @ts-expect-error there is no such condition
    a.watchResource({ target: THERE, condition: "abov" });
    // @ts-expect-error a quantity is a bigint
    a.issue({ kind: KIND, quantity: 1 });
    // @ts-expect-error there is no such field
    a.issue({ kind: KIND, quantity: 1n, slto: 1 });
    // @ts-expect-error a field is missing
    tracer.perform(1, { effect: "Issue", kind: KIND, quantity: 1n });
    // @ts-expect-error a batch holds no batches
    a.atomicBatch([{ effect: "AtomicBatch", effects: [] }]);
    // @ts-expect-error a place has a slot
    a.claimFromProgram({ from: { program: 2 } });
    // @ts-expect-error there is one other word for a slot
    a.claimFromProgram({ from: THERE, to: "inplace" });
    // @ts-expect-error there is one other word for a scope
    a.delegateCapability({ grantee: 2, rights: ["claim"], scope: "everything" });
  };
  expect(unchecked).toBeTypeOf("function");
});

test("docs/reference/effects.md is what npm run docs:effects writes", () => {
  expect(readFileSync(EFFECTS_PAGE, "utf8")).toBe(effectsReference());
});
