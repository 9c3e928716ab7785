/**
 * What a signature means: rows carry the key of who receives and the id that is merged into, ids follow from their
 * maker's own history, and a promise until a deadline holds against its giver.
 */
import { address, idOf } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { authority } from "../../lib/authorities.ts";
import { capability, GOLD } from "../../lib/build.ts";
import { inputOf, SMALL } from "../../lib/circuit.ts";
import { RowForger } from "../../lib/rowForger.ts";
import { A, B, C, claimBy, entry, escrow, f, gold, id, keyed, stateWith, T, thing } from "../lib/words.ts";
import { type Case, type Forgery, nearby } from "./forgery.ts";

/** The row, over another key than the one that is found. */
const naming = (row: Row, peerAuthority: bigint): Row => ({ ...row, argument: { ...row.argument, peerAuthority } });
const call = rowOf("InvokeProgram", A, {
  peer: B,
  authority: address(B, 3),
  kind: GOLD,
  argument: { selector: 77n, nargs: 1, guard: 0 },
});
const pass = rowOf("Pass", A, {
  peer: B,
  source: address(A, 1),
  destination: address(B, 5),
  authority: address(B, 3),
  ...thing(1, 100n),
  argument: { nargs: 1, guard: 0 },
});
const lend = (more: Partial<Row> = {}): Row =>
  rowOf("DelegateCapability", A, {
    peer: B,
    destination: address(A, 9),
    argument: { scope: 0, rights: 1 },
    ...more,
  });
const join = rowOf("JoinWith", A, { peer: B, argument: { steps: 0 } });
const merge = (into: bigint): Row =>
  rowOf("Merge", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 100n), argument: { into } });

const BOUND = "the row carries the receiver's key, as found";
const receiver = [keyed(B, 2), gold([A, 1], 1, 100n)];
const callee = [...receiver, entry([B, 3], { nargs: 1, accepts: GOLD })];
const KEY = "UnusedIsZero 12";

/** The same row over the key as found, and over one that the number could have had. */
const bound = (of: string, attempt: string, named: bigint, cells: Case["cells"], rows: readonly Row[]): Case =>
  nearby(
    [of, BOUND, attempt],
    "log-signed",
    [...cells],
    rows.map((row) => f(row)),
    rows.map((row) => f(row.effect === of ? naming(row, named) : row)),
    KEY,
  );

const promised = [
  gold([B, 5], 1, 100n, { escrowFrom: A, deadline: T + 10 }),
  capability([A, 9], C, 1, { scope: address(B, 5) }),
];

export const MEANINGS: readonly Case[] = [
  bound("EscrowToProgram", "name the key that signed papers show", authority(3), receiver, [escrow(1, 100n)]),
  bound("EscrowToProgram", "name an open program as one with a key", authority(3), receiver.slice(1), [
    escrow(1, 100n),
  ]),
  bound("EscrowToProgram", "name a program with a key as an open one", 0n, receiver, [escrow(1, 100n)]),
  bound("Pass", "pass to another key than the one that is named", authority(3), callee, [call, pass]),
  bound("DelegateCapability", "lend to another key than the one that is named", authority(3), receiver, [lend()]),
  bound("JoinWith", "join another key than the one that is named", authority(3), receiver, [join]),
  nearby(
    ["Merge", "the row names what it merges into", "merge into another resource"],
    "no-double-spend",
    [gold([A, 1], 1, 100n), gold([A, 2], 2, 5n)],
    [f(merge(id(2)))],
    [f(merge(id(3)))],
    KEY,
  ),
  nearby(
    ["DelegateCapability", "the subject is not an id from a trigger", "lend a resource by such an id"],
    "log-signed",
    [],
    [f(lend({ resource: idOf(C, 5) }))],
    [f(lend({ resource: (1n << 62n) + 5n }))],
    "SingleOperations 13",
  ),
  {
    of: "ClaimFromProgram",
    rule: "until its deadline only the holder claims an escrow",
    attempt: "lend the claim on it, and take it back early",
    invariant: "expiry-enforced",
    cells: promised,
    good: [[f(claimBy(1, 100n, address(A, 9)), { at: T + 10 })]],
    bad: [[f(claimBy(1, 100n, address(A, 9)), { at: T + 9, inputs: { before: 1n, after: 0n, term: 0n } })]],
    by: "CellS 9",
  },
  {
    of: "ClaimFromProgram",
    rule: "an escrow is taken back only from its deadline on",
    attempt: "claim it a second early, as if the deadline had passed",
    invariant: "expiry-enforced",
    cells: promised,
    good: [[f(claimBy(1, 100n, address(A, 9)), { at: T + 11 })]],
    bad: [[f(claimBy(1, 100n, address(A, 9)), { at: T + 9 })]],
    by: "Ranges 2",
  },
  ...(["Issue", "Split"] as const).map(
    (of): Case => ({
      of,
      rule: "the id is the maker's number and how much it has done",
      attempt: "claim a step more, and with it the next id",
      invariant: "invalid",
      cells: [gold([A, 1], 1, 100n)],
      good: [[f(makes(of))]],
      // The machine computes this field itself, so a wrong clock of the header stands for it.
      bad: [
        [
          f(makes(of), {
            inputs: { aLow: (1n << 9n) + 4n },
            machine: { ...makes(of), argument: { steps: 1 } },
          }),
        ],
      ],
      by: "Headers 7",
    }),
  ),
];

function makes(of: "Issue" | "Split"): Row {
  const { kind } = thing(1, 1n);
  return of === "Issue"
    ? rowOf("Issue", A, { destination: address(A, 2), kind, quantity: 1n })
    : rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 1n) });
}

/** A row on a slot would have two forms if its kind could contain the giver of the escrow. */
export const ONE_WAY: readonly Forgery[] = [escrowed()];

function escrowed(): Forgery {
  const pre = () => stateWith(4, [gold([B, 5], 1, 100n, { escrowFrom: C })]);
  const watch = rowOf("WatchResource", B, {
    peer: B,
    source: address(B, 5),
    destination: address(B, 9),
    argument: { condition: 3, trigger: 9n },
  });
  const { kind } = thing(1, 1n);
  return {
    of: "WatchResource",
    rule: "a row on a slot is written in one way",
    attempt: "read the escrower as part of the kind",
    invariant: "invalid",
    by: "SingleOperations 13",
    neighbour: () => inputOf(pre(), new Machine(pre(), 0, T).perform([watch], T)),
    forged: () => {
      const inputs = { resource: kind + (BigInt(C) << 56n), sEscrow: 0n };
      return new RowForger(pre(), T).group([f(watch, { inputs })]).build(SMALL);
    },
  };
}
