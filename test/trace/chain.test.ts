/** The chain's program: what machine and registry refuse of it, and a run from its deposits to its payments. */
import { describe, expect, test } from "vitest";
import { wordsOf } from "../../trace/commitment/channel.ts";
import { publishedGroups } from "../../trace/commitment/rowsFromWords.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { address, CHAIN, ENTRY_ID, isAsset, kindOf, labelOf, RIGHT, TRIGGERED_ID } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { authorityAsked, rowOf } from "../../trace/machine/rowShape.ts";
import type { Row, Transition } from "../../trace/machine/transition.ts";
import { recordOf } from "../../trace/run/traceLines.ts";
import { checkGenesis, type Genesis, MOORED_GENESIS, mapOf } from "../../trace/state/genesis.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { authority } from "../lib/authorities.ts";
import { capability, SILVER } from "../lib/build.ts";
import { completed } from "../lib/completed.ts";
import { came, ETH, entered, mooredWith, PAYEE, PRICE, TOKEN } from "../lib/moored.ts";
import { ALICE, BOB, CAROL, DEPOSITS, mooredRun, PAYMENTS } from "../lib/mooredRun.ts";
import { refuses } from "../lib/refusals.ts";
import { registryRefuses } from "../lib/registryRows.ts";
import { stateOf } from "../lib/state.ts";

const [P, Q] = [2, 3] as const;
const fact = { resource: entered(2), kind: PRICE, quantity: 7n };
const asset = { resource: entered(1), kind: ETH, quantity: 100n };
const cells = [
  came([P, 5], ETH, 1, 100n),
  came([P, 6], PRICE, 2, 7n),
  came([P, 7], PRICE, 3, 8n),
  came([P, 8], SILVER, 4, 5n),
  came([Q, 5], PRICE, 5, 7n, { escrowFrom: P }),
  came([Q, 6], PRICE, 6, 7n, { escrowFrom: Q }),
  capability([P, 9], Q, RIGHT.claim),
];
const machine = (): Machine => new Machine(stateOf(mooredWith({ programs: 3, inbox: 4, cells })));
const filled = (row: Row): Row => completed(row, (at) => machine().map.words(at));
const enter = (more: object) =>
  rowOf("Enter", CHAIN, { peer: P, destination: address(P, 10), ...asset, resource: entered(9), ...more });
const own = (slot: number) => ({ source: address(P, slot) });
const retire = (slot: number, thing: object, recipient: bigint) =>
  rowOf("Retire", P, { ...own(slot), ...thing, argument: { recipient } });
const eject = (slot: number, thing: object) => rowOf("Eject", CHAIN, { peer: P, ...own(slot), ...thing });
const there = { destination: address(Q, 10) };
const here = { destination: address(P, 10) };

/** The first is done, and the others are refused: by the machine, and by whatever a registry has on record. */
const RULES: [rule: string, invariant: "chain-approved" | "conservation" | "invalid", done: Row[], refused: Row[]][] = [
  [
    "the chain creates programs, lets in and takes out, and does nothing else",
    "chain-approved",
    [rowOf("CreateProgram", CHAIN, { peer: 4, authority: address(3, 0), argument: { inbox: 4, authority: 5n } })],
    [
      rowOf("Issue", CHAIN, { destination: address(CHAIN, 1), kind: ETH, quantity: 5n }),
      rowOf("JoinWith", CHAIN, { peer: P, argument: { steps: 0 } }),
      rowOf("RotateAuthority", CHAIN, { argument: { authority: authority(5) } }),
      rowOf("DelegateCapability", CHAIN, {
        ...{ peer: P, destination: address(CHAIN, 1) },
        argument: { scope: 0, rights: RIGHT.watch },
      }),
      rowOf("DeclareEntry", CHAIN, {
        destination: address(CHAIN, 1),
        argument: { selector: 7n, nargs: 0, guard: 0 },
      }),
      rowOf("WatchResource", CHAIN, {
        ...{ peer: CHAIN, source: address(CHAIN, 2), destination: address(CHAIN, 1) },
        argument: { condition: 5, trigger: 9n },
      }),
    ],
  ],
  [
    "a fact does not move",
    "chain-approved",
    [
      retire(6, fact, 0n),
      rowOf("EscrowToProgram", P, { peer: Q, ...own(5), ...there, ...asset }),
      rowOf("Split", P, { ...own(5), ...here, ...asset, quantity: 5n }),
    ],
    [
      rowOf("EscrowToProgram", P, { peer: Q, ...own(6), ...there, ...fact }),
      rowOf("Split", P, { ...own(6), ...here, ...fact, quantity: 5n }),
      rowOf("Merge", P, { ...own(6), destination: address(P, 7), ...fact }),
      rowOf("ClaimFromProgram", Q, {
        ...{ peer: P, ...own(6), ...fact, destination: address(Q, 10), authority: address(P, 9) },
      }),
      rowOf("ClaimFromProgram", Q, { peer: Q, source: address(Q, 6), ...fact, resource: entered(6) }),
      rowOf("RevokeResource", P, { peer: Q, source: address(Q, 5), ...here, ...fact, resource: entered(5) }),
    ],
  ],
  [
    "a retired asset is paid to an address",
    "chain-approved",
    [retire(5, asset, 1n), retire(5, asset, (1n << 160n) - 1n), retire(8, { ...asset, ...other(4, SILVER, 5n) }, 0n)],
    [retire(5, asset, 0n), retire(5, asset, 1n << 160n)],
  ],
  [
    "an asset enters with a quantity",
    "conservation",
    [enter({ quantity: 1n }), enter({ kind: PRICE, quantity: 0n })],
    [enter({ quantity: 0n })],
  ],
  [
    "what enters has a number of the registry's",
    "invalid",
    [enter({ resource: ENTRY_ID + 1n }), enter({ resource: TRIGGERED_ID - 1n })],
    [
      enter({ resource: ENTRY_ID }),
      enter({ resource: TRIGGERED_ID }),
      enter({ resource: 5n }),
      enter({ resource: 0n }),
    ],
  ],
  ["only assets are taken out", "chain-approved", [eject(5, asset)], [eject(6, fact), eject(8, other(4, SILVER, 5n))]],
];

function other(number: number, kind: bigint, quantity: bigint) {
  return { resource: entered(number), kind, quantity };
}

describe.each(RULES)("%s", (_, invariant, done, refused) => {
  test.each(done.map((row) => [row.effect, row] as const))("%s is done", (_effect, row) => {
    expect(machine().perform([filled(row)], 9)).toHaveLength(1);
    expect(registryRefuses(row)).toBe(false);
  });
  test.each(refused.map((row) => [row.effect, row] as const))("%s is refused", (_effect, row) => {
    const asked = machine();
    const ask = () => asked.perform([filled(row)], 9);
    if (invariant === "invalid") expect(ask).toThrow(InvalidInputError);
    else refuses(asked, invariant, ask);
    expect(registryRefuses(row)).toBe(true);
  });
});

test("in a map without a chain, a Retire says what it likes, and what the first program issues moves", () => {
  const plain = (): Machine => new Machine(stateOf({ ...mooredWith({ programs: 3, inbox: 4, cells }), moored: false }));
  for (const row of [
    retire(5, asset, 0n),
    retire(5, asset, 1n << 200n),
    rowOf("EscrowToProgram", P, { peer: Q, ...own(6), ...there, ...fact }),
    rowOf("JoinWith", CHAIN, { peer: P, argument: { steps: 0 } }),
  ])
    expect(plain().perform([filled(row)], 9)).toHaveLength(1);
});

test("the chain makes no open program, so a moored map stays closed", () => {
  const asked = new Machine(mapOf(MOORED_GENESIS));
  const row = rowOf("CreateProgram", CHAIN, { peer: 2, argument: { inbox: 4, authority: 0n } });
  refuses(asked, "log-signed", () => asked.perform([row], 9));
  asked.perform([{ ...row, argument: { inbox: 4, authority: authority(2) } }], 9);
});

test("a moored map begins with the chain's program, and nothing else", () => {
  expect(() => checkGenesis(MOORED_GENESIS)).not.toThrow();
  const [chain] = MOORED_GENESIS.cells;
  if (chain?.cell.type !== "program") throw new Error("no header");
  const header = (more: Partial<typeof chain.cell>): Genesis => {
    if (chain.cell.type !== "program") throw new Error("no header");
    return { ...MOORED_GENESIS, cells: [{ address: chain.address, cell: { ...chain.cell, ...more } }] };
  };
  const others: Genesis[] = [
    { ...MOORED_GENESIS, levels: 2 },
    { ...MOORED_GENESIS, watches: 3 },
    { ...MOORED_GENESIS, cells: [] },
    { ...MOORED_GENESIS, cells: [chain, { address: address(2, 0), cell: { ...chain.cell, authority: authority(2) } }] },
    { ...MOORED_GENESIS, cells: [{ ...chain, address: address(2, 0) }] },
    ...[{ authority: 0n }, { authority: authority(1) }, { inbox: 255 }, { steps: 1 }, { clock: 1 }, { log: 1n }].map(
      header,
    ),
  ];
  for (const genesis of others) expect(() => checkGenesis(genesis)).toThrow("moored");
});

test("nobody signs for the chain; a program with its authority in its place is signed for", () => {
  const key = (program: number) => ({ at: [program, 0], type: "program", ...EMPTY, authority: 1n }) as const;
  const asked = new Machine(stateOf(mooredWith({ programs: 3, inbox: 4, cells: [...cells, key(P)] })));
  const [created] = asked.perform(
    [rowOf("CreateProgram", CHAIN, { peer: 4, authority: address(3, 0), argument: { inbox: 4, authority: 5n } })],
    9,
  );
  const [retired] = asked.perform([retire(6, fact, 0n)], 9);
  expect([created, retired].map((row) => row && authorityAsked(row))).toEqual([0n, 1n]);
});
const EMPTY = { inbox: 4, steps: 0, clock: 0, log: 0n };

describe("a run with deposits, facts, trade and payments", async () => {
  const tracer = await runScenario(mooredRun());
  const rows = tracer.transitions;

  test("holds in each asset what came in, less what was paid", () => {
    const held = new Map<bigint, bigint>();
    for (const at of tracer.map.addresses()) {
      const cell = tracer.map.cell(at);
      if (cell.type === "resource" && isAsset(cell.kind))
        held.set(cell.kind, (held.get(cell.kind) ?? 0n) + cell.quantity);
    }
    for (const kind of [ETH, TOKEN]) {
      const sum = (list: readonly { label: number; quantity: bigint }[]): bigint =>
        list.reduce((all, { label, quantity }) => all + (kindOf(CHAIN, label) === kind ? quantity : 0n), 0n);
      expect(held.get(kind)).toBe(sum(DEPOSITS) - sum(PAYMENTS));
    }
    const paid = rows.filter(({ effect }) => effect === "Retire" || effect === "Eject");
    expect(
      paid.map(({ effect, peer, kind, quantity, argument }) => ({
        ...{ label: labelOf(kind), quantity },
        to: effect === "Eject" ? { program: peer } : { recipient: argument.recipient },
      })),
    ).toEqual(PAYMENTS);
    expect(PAYMENTS.some(({ to }) => "recipient" in to && to.recipient === PAYEE)).toBe(true);
  });

  test("is one that a registry could take, and that is made again from its words", () => {
    expect(rows.filter(registryRefuses)).toEqual([]);
    const again = new Machine(mapOf(MOORED_GENESIS));
    const first = rows[0]?.at ?? 0;
    const words = rows.map((row) => wordsOf(row, first));
    const made: Transition[] = [];
    for (const { rows: group, at } of publishedGroups(words, first, again.map)) made.push(...again.apply(group, at));
    expect(made.map(recordOf)).toEqual(rows.map(recordOf));
    expect(again.map.root()).toBe(tracer.root());
  });

  test("is signed by the others, and not by the chain", () => {
    expect(new Set(rows.filter((row) => authorityAsked(row) !== 0n).map(({ actor }) => actor))).toEqual(
      new Set([ALICE, BOB, CAROL]),
    );
    expect(tracer.manifest.programs).toMatchObject({ [CHAIN]: "Chain", [ALICE]: "Alice" });
  });
});
