/**
 * Programs that a log binds. A program with a key joins each program that was created in the run once, before it names
 * it.
 */
import { describe, expect, test } from "vitest";
import type { Effect } from "../../trace/effects/effects.ts";
import { kindOf } from "../../trace/layout.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { unboundIn } from "../../trace/signing/boundPrograms.ts";
import { type Genesis, keyedPrograms } from "../../trace/state/genesis.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { authority } from "../lib/authorities.ts";

const [MINT, SIGNER] = [1, 2] as const;
const GENESIS: Genesis = { levels: 3, cells: keyedPrograms([authority(1), authority(2)], 16) };
/** The number that a new program gets, and its key. */
const NEW = 3;

/** A tracer in which program 3 was created under a key of its own. */
function withNewcomer(genesis = GENESIS): Tracer {
  const tracer = Tracer.from(genesis);
  tracer.perform(MINT, { effect: "CreateProgram", inbox: 16, authority: authority(3) });
  tracer.program(NEW).declareEntry({ name: "ping" });
  return tracer;
}

const told = (group: readonly Transition[]): string[] =>
  group.map(({ effect, peer }) => (effect === "JoinWith" ? `join ${peer}` : effect));
const unbound = (tracer: Tracer): number[] => unboundIn(GENESIS, tracer.groups, SIGNER, tracer.triggers);

const watch: Effect = {
  effect: "WatchResource",
  slot: 5,
  target: { program: SIGNER, slot: 20 },
  condition: "arrival",
  kind: kindOf(NEW, 1),
  threshold: 0n,
  trigger: [],
};
const ping: Effect = { effect: "InvokeProgram", program: NEW, name: "ping", args: [] };

describe("a program with a key", () => {
  test.each([
    ["calls a new program without an argument", ping, "InvokeProgram"],
    ["watches for a kind of a new program", watch, "WatchResource"],
    ["watches with a trigger that calls a new program", { ...watch, kind: 0n, trigger: [ping] }, "WatchResource"],
    [
      "declares an entry for a kind of a new program",
      { effect: "DeclareEntry", slot: 5, name: "f", nargs: 1, accepts: kindOf(NEW, 1), minimum: 0n, guarded: false },
      "DeclareEntry",
    ],
  ] as [string, Effect, string][])("that %s joins it first, once, in the same group", (_name, effect, row) => {
    const tracer = withNewcomer();
    expect(told(tracer.perform(SIGNER, effect))).toEqual([`join ${NEW}`, row]);
    expect(tracer.transitions.at(-2)?.argument).toEqual({ steps: 0, peerAuthority: authority(3) });
    expect(told(tracer.perform(SIGNER, { effect: "Issue", kind: kindOf(SIGNER, 1), quantity: 1n, slot: 9 }))).toEqual([
      "Issue",
    ]);
    expect(told(tracer.perform(SIGNER, ping))).toEqual(["InvokeProgram"]);
    expect(unbound(tracer)).toEqual([]);
  });

  test("does not join a program that its row binds by itself, that it created, or that the genesis has", () => {
    const tracer = withNewcomer();
    const lend = (grantee: number, slot: number): Effect => {
      return { effect: "DelegateCapability", slot, grantee, rights: ["claim"], scope: "all", subject: 0n, expiry: 0 };
    };
    expect(told(tracer.perform(SIGNER, lend(NEW, 1)))).toEqual(["DelegateCapability"]);
    expect(told(tracer.perform(SIGNER, ping))).toEqual(["InvokeProgram"]);
    tracer.perform(SIGNER, { effect: "CreateProgram", inbox: 16, authority: authority(4) });
    const own: Effect = { ...watch, kind: kindOf(4, 1) } as Effect;
    expect(told(tracer.perform(SIGNER, own))).toEqual(["WatchResource"]);
    expect(told(tracer.perform(SIGNER, { ...watch, slot: 6, kind: kindOf(MINT, 1) } as Effect))).toEqual([
      "WatchResource",
    ]);
    expect(unbound(tracer)).toEqual([]);
  });

  test("does not join a program that another row of the group binds", () => {
    const tracer = Tracer.from(GENESIS);
    const parts: Parameters<Tracer["together"]>[0] = [
      [MINT, { effect: "CreateProgram", inbox: 16, authority: authority(3) }],
      [SIGNER, { ...watch, effect: "WatchResource" } as Exclude<Effect, { effect: "AtomicBatch" }>],
    ];
    expect(told(tracer.together(parts))).toEqual(["CreateProgram", "WatchResource"]);
    expect(unbound(tracer)).toEqual([]);
  });

  test("has an unbound program in its log if its row lacks the join", () => {
    const tracer = withNewcomer();
    tracer.perform(SIGNER, ping);
    const bare = tracer.groups.map((group) => group.filter(({ effect }) => effect !== "JoinWith"));
    expect(unboundIn(GENESIS, bare, SIGNER, tracer.triggers)).toEqual([NEW]);
  });
});

test("a program that has taken another key since is joined again", () => {
  const tracer = withNewcomer();
  expect(told(tracer.perform(SIGNER, ping))).toEqual([`join ${NEW}`, "InvokeProgram"]);
  tracer.perform(NEW, { effect: "RotateAuthority", authority: authority(4) });
  expect(told(tracer.perform(SIGNER, ping))).toEqual([`join ${NEW}`, "InvokeProgram"]);
  expect(tracer.transitions.at(-2)?.argument.peerAuthority).toBe(authority(4));
  expect(told(tracer.perform(SIGNER, ping))).toEqual(["InvokeProgram"]);
  expect(unbound(tracer)).toEqual([]);
});

test("a program of the genesis is joined after it has taken a key", () => {
  const genesis = { levels: 3, cells: keyedPrograms([0n, authority(2)], 16) };
  const tracer = Tracer.from(genesis);
  tracer.program(MINT).declareEntry({ name: "ping" });
  const call: Effect = { effect: "InvokeProgram", program: MINT, name: "ping", args: [] };
  expect(told(tracer.perform(SIGNER, call))).toEqual(["InvokeProgram"]);
  tracer.perform(MINT, { effect: "RotateAuthority", authority: authority(4) });
  expect(told(tracer.perform(SIGNER, call))).toEqual([`join ${MINT}`, "InvokeProgram"]);
  expect(unboundIn(genesis, tracer.groups, SIGNER, tracer.triggers)).toEqual([]);
  const bare = tracer.groups.map((group) => group.filter(({ effect }) => effect !== "JoinWith"));
  expect(unboundIn(genesis, bare, SIGNER, tracer.triggers)).toEqual([MINT]);
});

test("a program that takes its key in a group first joins the programs that it names there", () => {
  const tracer = withNewcomer({ levels: 3, cells: keyedPrograms([authority(1), 0n], 16) });
  const group = tracer.batch(SIGNER, [ping as never, { effect: "RotateAuthority", authority: authority(4) }]);
  expect(told(group)).toEqual([`join ${NEW}`, "InvokeProgram", "RotateAuthority"]);
});

test("an open program joins no program, because no signature covers its effects", () => {
  const tracer = withNewcomer({ levels: 3, cells: keyedPrograms([authority(1), 0n], 16) });
  expect(told(tracer.perform(SIGNER, ping))).toEqual(["InvokeProgram"]);
});

test("the rows of a trigger join no program", () => {
  const tracer = withNewcomer();
  tracer.perform(SIGNER, { ...watch, kind: 0n, trigger: [ping] } as Effect);
  tracer.perform(MINT, { effect: "Issue", kind: kindOf(MINT, 1), quantity: 1n, slot: 1 });
  tracer.perform(MINT, { effect: "EscrowToProgram", from: 1, to: { program: SIGNER, slot: 20 }, deadline: 0 });
  expect(told(tracer.groups.at(-1) ?? [])).toEqual(["Trigger", "InvokeProgram"]);
});
