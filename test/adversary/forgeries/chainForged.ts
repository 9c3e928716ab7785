/** Witnesses about the chain's rows that nobody could ask the machine for, and the chain's rows where there is none. */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import type { WantedSignature } from "../../../prover/signing/signatures.ts";
import { address } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { authority, signedBy } from "../../lib/authorities.ts";
import type { Placed } from "../../lib/build.ts";
import { SMALL } from "../../lib/circuit.ts";
import { came, ETH, entered, PRICE } from "../../lib/moored.ts";
import { type Forged, RowForger } from "../../lib/rowForger.ts";
import { rewriteCell } from "../lib/nodes.ts";
import { A, B, C, eject, elsewhere, enter, ether, f, keyed, stateWith, T } from "../lib/words.ts";
import { askMachine, type Forgery, forge, once } from "./forgery.ts";

const DOMAIN = 7n;
const held = came([B, 5], ETH, 1, 100n);
const fact = came([B, 5], PRICE, 8, 7n);
const show = enter(9, 8n, PRICE);
const own = (at: [number, number], n: number): Placed => came(at, PRICE, n, 7n);

/** Rows in a moored map, or in one that is not. */
const batch = (cells: readonly Placed[], rows: readonly Forged[], moored = true) =>
  once(() => forge(stateWith(4, cells, moored), [rows]));
const changed =
  (good: () => BatchSignals, change: (input: BatchSignals) => void): (() => BatchSignals) =>
  () => {
    const input = structuredClone(good());
    change(input);
    return input;
  };

const entering = batch([], [f(enter(1, 100n))]);
const leaving = batch([held], [f(eject(1, 100n))]);
const showing = batch([fact], [f(show)]);

/** The chain's rows in a map without a chain. */
const unmoored = (
  of: "Enter" | "Eject",
  cells: readonly Placed[],
  row: Row,
  neighbour: () => BatchSignals,
): Forgery[] => {
  const claim = { of, rule: "only a moored map has a chain", invariant: "chain-approved", neighbour } as const;
  return [
    {
      ...claim,
      attempt: "have the row in another map",
      by: "Row 1",
      forged: batch(cells, [f(row)], false),
      machine: () => askMachine(stateWith(4, cells), [[f(row)]]),
    },
    {
      ...claim,
      attempt: "state that the map is not moored",
      by: "Row 1",
      forged: changed(neighbour, (input) =>
        Object.assign(input, { span: (input.span as bigint) - (1n << 128n), point: 0n, value: 1n }),
      ),
    },
  ];
};

/** What a row leaves in a cell, changed afterwards with all digests above it. */
const leaves = (
  of: "Enter" | "Eject",
  rule: string,
  good: () => BatchSignals,
  attempts: readonly (readonly [attempt: string, change: (words: readonly bigint[]) => bigint[]])[],
): Forgery[] =>
  attempts.map(([attempt, change]) => ({
    ...{ of, rule, attempt, invariant: "conservation", by: "Batch 6", neighbour: good },
    forged: changed(good, (input) => rewriteCell(input, address(B, 5), change)),
  }));

const MIDDLE = 1n << 130n;
const HIGH = 1n << 194n;
const added = (word: 0 | 1 | 2, by: bigint) => (words: readonly bigint[]) =>
  words.map((old, i) => (i === word ? old + by : old));

/** Rows of others, of which none may say that it takes a fact's place. */
const merging = rowOf("Merge", B, { source: address(B, 6), destination: address(B, 5), ...ether(2, 7n, PRICE) });
const moving = rowOf("EscrowToProgram", C, {
  ...{ peer: B, source: address(C, 5), destination: address(B, 6) },
  ...ether(2, 7n, PRICE),
});
const replacing: [attempt: string, cells: Placed[], row: Row, overwriting: Row][] = [
  ["merge over it", [own([B, 5], 1), own([B, 6], 2)], merging, merging],
  ["escrow over it", [own([C, 5], 2), own([B, 5], 1)], moving, { ...moving, destination: address(B, 5) }],
];

/** B has a key, and acts beside the chain. */
const beside = (more: { wanted?: WantedSignature[]; one?: boolean } = {}): BatchSignals => {
  const rows = [
    f(enter(1, 100n, ETH, { destination: address(B, 6) })),
    f(rowOf("Retire", B, { source: address(B, 5), ...ether(8, 7n, PRICE), argument: { recipient: 5n } })),
  ];
  const forger = new RowForger(stateWith(4, [keyed(B, 2), fact], true), T);
  for (const group of more.one === false ? rows.map((row) => [row]) : [rows]) forger.group(group);
  return forger.build(SMALL, DOMAIN, signedBy(DOMAIN), more.wanted);
};
const unsigned = (attempt: string, one: boolean): Forgery => ({
  of: "Signatures",
  rule: "a program beside the chain signs for itself",
  attempt,
  invariant: "log-signed",
  by: "Batch 8",
  neighbour: () => beside({ one }),
  forged: () => beside({ one, wanted: [] }),
});
/** The first program creates another, unsigned. */
const creating = (key: number | "chain", moored: boolean): BatchSignals => {
  const row = rowOf("CreateProgram", A, {
    ...{ peer: 4, authority: address(C, 0) },
    argument: { inbox: 4, authority: authority(4) },
  });
  const header: Placed = {
    ...keyed(A, key === "chain" ? 1 : key),
    ...(key === "chain" ? { authority: 1n } : {}),
  } as Placed;
  return new RowForger(stateWith(4, [header], moored), T).group([f(row)]).build(SMALL, DOMAIN, signedBy(DOMAIN), []);
};
const alone = (attempt: string, key: number | "chain"): Forgery => ({
  of: "Signatures",
  rule: "nobody signs for the chain, and the first program of another map is none",
  attempt,
  invariant: "log-signed",
  by: "Batch 8",
  neighbour: () => creating("chain", true),
  forged: () => creating(key, false),
});

export const CHAIN_FORGED: readonly Forgery[] = [
  ...unmoored("Enter", [], enter(1, 100n), entering),
  ...unmoored("Eject", [held], eject(1, 100n), leaving),
  ...leaves("Enter", "what enters is what the row says, outright", entering, [
    ["leave more", added(1, 1n)],
    ["leave another id", added(1, MIDDLE)],
    ["leave a deadline", added(1, HIGH)],
    ["leave it in escrow", added(0, 8n << 60n)],
    ["leave it watched", added(0, 8n)],
    ["leave another kind", added(0, 8n << 4n)],
    ["leave a third word", added(2, 1n)],
  ]),
  ...leaves("Enter", "of the fact before, nothing is left", showing, [
    ["add to what it said", added(1, 7n)],
    ["leave its id", added(1, MIDDLE * (entered(8) - entered(9)))],
    ["leave it as it was", (words) => [words[0] as bigint, 7n + MIDDLE * entered(8), 0n]],
  ]),
  ...leaves("Eject", "what was taken out is gone", leaving, [
    ["leave it in place", ([w0 = 0n]) => [w0 + 2n + 8n * (ETH << 4n), 100n + MIDDLE * entered(1), 0n]],
    ["leave its words in an empty slot", ([w0 = 0n]) => [w0, 100n + MIDDLE * entered(1), 0n]],
    ["leave the slot watched", added(0, 8n)],
  ]),
  {
    of: "Eject",
    rule: "it is taken out of the slot that the row names",
    attempt: "take the same out of another program's slot",
    invariant: "no-double-spend",
    by: "Batch 6",
    neighbour: batch([held, came([C, 5], ETH, 1, 100n)], [f(eject(1, 100n))]),
    forged: batch([held, came([C, 5], ETH, 1, 100n)], [elsewhere(eject(1, 100n), "S", address(C, 5))]),
  },
  {
    of: "Eject",
    rule: "it is taken out of the slot that the row names",
    attempt: "name another program's slot in its digest",
    invariant: "no-double-spend",
    by: "Group 4",
    neighbour: leaving,
    forged: changed(leaving, (input) => ((input.holder as bigint[])[0] = BigInt(C))),
  },
  ...replacing.map(
    ([attempt, cells, row, overwriting]): Forgery => ({
      ...{ of: "Enter", rule: "only what the chain shows takes a fact's place", attempt },
      ...{ invariant: "no-double-spend", by: "CellD 10" },
      neighbour: batch(cells, [f(row)], false),
      forged: batch(cells, [f(overwriting, { inputs: { held: 1n } })], false),
    }),
  ),
  {
    of: "Enter",
    rule: "only what the chain shows takes a fact's place",
    attempt: "claim half of one",
    invariant: "no-double-spend",
    by: "SortOfOperation 1",
    neighbour: showing,
    forged: changed(showing, (input) => ((input.held as bigint[])[0] = 2n)),
  },
  unsigned("leave its signature out, in a group with the chain", true),
  unsigned("leave its signature out, in a batch with the chain", false),
  alone("act unsigned, with a key", 1),
  alone("act unsigned, with the chain's authority", "chain"),
];
