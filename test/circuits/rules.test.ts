/**
 * Every rule of docs/protocol.md, section 4, twice: a case that machine and circuit accept, and the nearest one that the machine refuses
 * by its invariant and the circuit by the constraint that stands for it, with a witness forged past the machine.
 */
import { describe, expect, test } from "vitest";
import { type Cell, packCell } from "../../trace/cells.ts";
import { InvalidInputError, type Invariant, RefusedError } from "../../trace/errors.ts";
import { address, GENESIS_ID, GRACE, NO_INBOX, RIGHT } from "../../trace/layout.ts";
import { Machine, triggerDigest } from "../../trace/machine.ts";
import { rowOf } from "../../trace/rows.ts";
import type { TimeMap } from "../../trace/state.ts";
import { capability, GOLD, mapWith, type Placed, resource, SILVER } from "../lib/build.ts";
import { inputOf, SMALL, verdict } from "../lib/circuit.ts";
import { type Forged, RowForger } from "../lib/rowForger.ts";

const T = 1000;
const [A, B, C] = [1, 2, 3];
const MAX = (1n << 128n) - 1n;
const id = (n: number): bigint => GENESIS_ID + 1000n + BigInt(n);
const f = (row: Forged["row"], more: Omit<Forged, "row"> = {}): Forged => ({ row, ...more });
const gold = (at: [number, number], n: number, quantity: bigint, more: Parameters<typeof resource>[3] = {}): Placed =>
  resource(at, GOLD, quantity, { id: id(n), ...more });
const entry = (
  at: [number, number],
  more: Partial<{ nargs: number; guard: number; accepts: bigint; minimum: bigint; selector: bigint }> = {},
): Placed => ({
  at,
  type: "entry",
  nargs: 0,
  guard: 0,
  accepts: 0n,
  minimum: 0n,
  selector: 77n,
  ...more,
});
const watchCell = (
  at: [number, number],
  target: [number, number],
  more: Partial<{
    state: "armed" | "fired" | "spent";
    kind: bigint;
    condition: number;
    threshold: bigint;
    trigger: bigint;
  }> = {},
): Placed => ({
  at,
  type: "watch",
  state: "armed",
  target: address(...target),
  kind: 0n,
  condition: 5,
  threshold: 0n,
  trigger: 9n,
  ...more,
});

/** A row that names `named` and opens `opened`: in the machine's words it names what it opens. */
const elsewhere = (row: Forged["row"], column: "S" | "D" | "X", opened: number): Forged => {
  const field = ({ S: "source", D: "destination", X: "authority" } as const)[column];
  return { row, elsewhere: { [column]: opened }, machine: { ...row, [field]: opened } };
};

interface Case {
  name: string;
  /** What the machine names; `invalid` if the row is malformed before any rule is asked. */
  invariant: Invariant | "invalid";
  cells: Placed[];
  /** Groups that happen; each Forged is one row. */
  good: Forged[][];
  /** Groups of which the last must not happen. */
  bad: Forged[][];
  /** Part of the constraint that refuses it. */
  by: string;
  inbox?: number;
}

// Rows used again and again.
const thing = (n: number, quantity: bigint, kind = GOLD) => ({ resource: id(n), kind, quantity });
const escrow = (n: number, quantity: bigint, from = address(A, 1), to = address(B, 5), deadline = 0) =>
  rowOf("EscrowToProgram", A, { peer: B, source: from, destination: to, deadline, ...thing(n, quantity) });
const accept = (n: number, quantity: bigint, more = {}) =>
  rowOf("ClaimFromProgram", B, {
    peer: B,
    source: address(B, 5),
    destination: address(B, 6),
    ...thing(n, quantity),
    ...more,
  });
const claimBy = (n: number, quantity: bigint, authority: number, more = {}) =>
  rowOf("ClaimFromProgram", C, {
    peer: B,
    source: address(B, 5),
    destination: address(C, 1),
    authority,
    ...thing(n, quantity),
    ...more,
  });
const takeBack = (n: number, quantity: bigint, more = {}) =>
  rowOf("RevokeResource", A, {
    peer: B,
    source: address(B, 5),
    destination: address(A, 6),
    ...thing(n, quantity),
    ...more,
  });
const call = (more = {}, argument = {}) =>
  rowOf("InvokeProgram", A, {
    peer: B,
    authority: address(B, 3),
    kind: 0n,
    argument: { selector: 77n, nargs: 0, guard: 0, ...argument },
    ...more,
  });
/** A row that creates a program behind another; 0: behind the actor. */
const create = (actor: number, peer: number, behind = 0) =>
  rowOf("CreateProgram", actor, { peer, authority: behind * 256, argument: { inbox: 4, authority: 0n } });
const pass = (n: number, quantity: bigint, nargs: number, from = address(A, 1), to = address(B, 5), more = {}) =>
  rowOf("Pass", A, {
    peer: B,
    source: from,
    destination: to,
    authority: address(B, 3),
    ...thing(n, quantity),
    argument: { nargs, guard: 0 },
    ...more,
  });
const arrival = [rowOf("Issue", C, { destination: address(C, 9), kind: (BigInt(C) << 32n) + 1n, quantity: 5n })];

const more = arrival.map((row) => ({ ...row, quantity: 6n }));

const CASES: Case[] = [
  {
    name: "programs are numbered in order of creation",
    invariant: "invocation-causal",
    cells: [],
    good: [[f(create(A, 4, C))], [f(create(4, 5))]],
    bad: [[f(create(A, 5, 4))]],
    by: "xWords[0] ===",
  },
  {
    name: "a program is created once",
    invariant: "invocation-causal",
    cells: [],
    good: [[f(create(A, 4, C))]],
    bad: [[f(create(A, C, B))]],
    by: "bWords[0] ===",
  },
  {
    name: "the actor exists",
    invariant: "invocation-causal",
    cells: [],
    good: [[f(rowOf("Issue", A, { destination: address(A, 1), kind: GOLD, quantity: 5n }))]],
    bad: [[f(rowOf("Issue", 9, { destination: address(9, 1), kind: 9n << 32n, quantity: 5n }))]],
    by: "aWords[0] ===",
  },
  {
    name: "only the issuer issues its kind",
    invariant: "conservation",
    cells: [],
    good: [[f(rowOf("Issue", A, { destination: address(A, 1), kind: GOLD, quantity: 5n }))]],
    bad: [[f(rowOf("Issue", A, { destination: address(A, 1), kind: SILVER, quantity: 5n }))]],
    by: "Issue * (issuer - actor)",
  },
  {
    name: "nothing is issued in an amount of 0",
    invariant: "conservation",
    cells: [],
    good: [[f(rowOf("Issue", A, { destination: address(A, 1), kind: GOLD, quantity: 1n }))]],
    bad: [[f(rowOf("Issue", A, { destination: address(A, 1), kind: GOLD, quantity: 0n }))]],
    by: "(issued + parts) * inverse",
  },
  {
    name: "what is issued goes to an empty slot",
    invariant: "no-double-spend",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(rowOf("Issue", A, { destination: address(A, 2), kind: GOLD, quantity: 5n }))]],
    bad: [[f(rowOf("Issue", A, { destination: address(A, 1), kind: GOLD, quantity: 5n }))]],
    by: "dWords[0] ===",
  },
  {
    name: "what is issued goes to the actor's own slot",
    invariant: "no-unscoped-access",
    cells: [],
    good: [[f(rowOf("Issue", A, { destination: address(A, 2), kind: GOLD, quantity: 5n }))]],
    bad: [[elsewhere(rowOf("Issue", A, { destination: address(A, 2), kind: GOLD, quantity: 5n }), "D", address(B, 2))]],
    by: "Batch: memorySum",
  },
  {
    name: "only an outright owner retires a resource",
    invariant: "escrow-atomic",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 100n, { escrowFrom: B })],
    good: [[f(rowOf("Retire", A, { source: address(A, 1), ...thing(1, 100n) }))]],
    bad: [[f(rowOf("Retire", A, { source: address(A, 2), ...thing(2, 100n) }))]],
    by: "takesOwn * sEscrow",
  },
  {
    name: "a resource is spent once",
    invariant: "no-double-spend",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(escrow(1, 100n))]],
    bad: [
      [f(escrow(1, 100n))],
      [
        f(escrow(1, 100n, address(A, 1), address(B, 6)), {
          found: { S: [2n + 8n * (GOLD << 4n), 100n + (id(1) << 130n), 0n] },
        }),
      ],
    ],
    by: "Batch: memorySum",
  },
  {
    name: "another's resource is not escrowed",
    invariant: "no-unscoped-access",
    cells: [gold([A, 2], 1, 100n), gold([C, 1], 2, 100n)],
    good: [[f(escrow(1, 100n, address(A, 2)))]],
    bad: [[elsewhere(escrow(2, 100n), "S", address(C, 1))]],
    by: "Batch: memorySum",
  },
  {
    name: "what is escrowed to one is not escrowed on",
    invariant: "escrow-atomic",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 100n, { escrowFrom: C })],
    good: [[f(escrow(1, 100n))]],
    bad: [[f(escrow(2, 100n, address(A, 2)))]],
    by: "takesOwn * sEscrow",
  },
  {
    name: "a resource keeps its quantity",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(escrow(1, 100n))]],
    bad: [[f(escrow(1, 101n))]],
    by: "sWords[1] - sTaken",
  },
  {
    name: "a resource keeps its kind",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(escrow(1, 100n))]],
    bad: [[f({ ...escrow(1, 100n), kind: SILVER })]],
    by: "sWords[0] ===",
  },
  {
    name: "a resource keeps its id",
    invariant: "no-double-spend",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(escrow(1, 100n))]],
    bad: [[f(escrow(2, 100n))]],
    by: "sWords[1] - sTaken",
  },
  {
    name: "a deposit is at or above the inbox",
    invariant: "inbox-respected",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(escrow(1, 100n, address(A, 1), address(B, 4)))]],
    bad: [[f(escrow(1, 100n, address(A, 1), address(B, 3)))]],
    by: "Num2Bits(8)(beyond",
  },
  {
    name: "who takes no deposits gets none",
    invariant: "inbox-respected",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 255), ...thing(1, 99n) }))]],
    bad: [[f(escrow(1, 100n, address(A, 1), address(B, 255)))]],
    by: "Num2Bits(8)(beyond",
    inbox: NO_INBOX,
  },
  {
    name: "nothing is escrowed to oneself",
    invariant: "invocation-causal",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(escrow(1, 100n))]],
    bad: [[f({ ...escrow(1, 100n, address(A, 1), address(A, 5)), peer: A })]],
    by: "DelegateCapability + JoinWith) * eq",
  },
  {
    name: "slot 256 of one program is not the header of the next",
    invariant: "no-unscoped-access",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(escrow(1, 100n, address(A, 1), address(B, 255)))]],
    bad: [[f(escrow(1, 100n, address(A, 1), address(B, 256)), { inputs: { dSlot: 256n } })]],
    by: "Num2Bits(8)(dSlot)",
  },
  {
    name: "an escrow is accepted by who holds it",
    invariant: "escrow-atomic",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A }), gold([B, 7], 2, 100n)],
    good: [[f(accept(1, 100n))]],
    bad: [[f(accept(2, 100n, { source: address(B, 7) }))]],
    by: "claimSelf * owned",
  },
  {
    name: "an escrow is accepted before its deadline",
    invariant: "expiry-enforced",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A, deadline: T + 1 })],
    good: [[f(accept(1, 100n))]],
    bad: [[f(accept(1, 100n), { at: T + 1, inputs: { before: 0n, after: 1n, term: 0n } })]],
    by: "after * (1 - RevokeResource - inPlace)",
  },
  {
    name: "an escrow's deadline is not read as later than it is",
    invariant: "expiry-enforced",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A, deadline: T + 1 })],
    good: [[f(accept(1, 100n))]],
    bad: [[f(accept(1, 100n), { at: T + 1 })]],
    by: "Num2Bits(40)(term)",
  },
  {
    name: "an abandoned escrow is the holder's after the grace, in place",
    invariant: "expiry-enforced",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A, deadline: T })],
    good: [[f(accept(1, 100n, { destination: 0 }), { at: T + GRACE })]],
    bad: [[f(accept(1, 100n, { destination: 0 }), { at: T + GRACE - 1 })]],
    by: "Num2Bits(40)",
  },
  {
    name: "after the grace, only in place",
    invariant: "expiry-enforced",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A, deadline: T })],
    good: [[f(accept(1, 100n, { destination: 0 }), { at: T + GRACE })]],
    bad: [[f(accept(1, 100n), { at: T + GRACE, inputs: { before: 0n, after: 1n, term: BigInt(GRACE) } })]],
    by: "after * (1 - RevokeResource - inPlace)",
  },
  {
    name: "only in one's own memory is anything claimed in place",
    invariant: "no-unscoped-access",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A }), capability([A, 9], C, RIGHT.claim, { scope: address(B, 5) })],
    good: [[f(claimBy(1, 100n, address(A, 9)))]],
    bad: [[f(claimBy(1, 100n, address(A, 9), { destination: 0 }))]],
    by: "inPlace * (1 - claimSelf)",
  },
  {
    name: "another's escrow is claimed with a capability of who escrowed it",
    invariant: "no-unscoped-access",
    cells: [
      gold([B, 5], 1, 100n, { escrowFrom: A }),
      capability([A, 9], C, RIGHT.claim, { scope: address(B, 5) }),
      capability([B, 9], C, RIGHT.claim, { scope: address(B, 5) }),
    ],
    good: [[f(claimBy(1, 100n, address(A, 9)))]],
    bad: [[elsewhere(claimBy(1, 100n, address(A, 9)), "X", address(B, 9))]],
    by: "Batch: memorySum",
  },
  {
    name: "nothing is claimed without a right",
    invariant: "no-unscoped-access",
    cells: [gold([B, 5], 1, 100n), capability([B, 9], C, RIGHT.claim)],
    good: [[f(claimBy(1, 100n, address(B, 9)))]],
    bad: [[f(claimBy(1, 100n, 0), { inputs: { capRights: 1n } })]],
    by: "xWords[0] ===",
  },
  {
    name: "a capability is its grantee's alone",
    invariant: "no-unscoped-access",
    cells: [gold([B, 5], 1, 100n), capability([B, 9], C, RIGHT.claim), capability([B, 10], A, RIGHT.claim)],
    good: [[f(claimBy(1, 100n, address(B, 9)))]],
    bad: [[f(claimBy(1, 100n, address(B, 10)))]],
    by: "xWords[0] ===",
  },
  {
    name: "a capability carries the right that is used",
    invariant: "capability-attenuates",
    cells: [
      gold([B, 5], 1, 100n),
      capability([B, 9], C, RIGHT.claim),
      capability([B, 10], C, RIGHT.watch | RIGHT.invoke),
    ],
    good: [[f(claimBy(1, 100n, address(B, 9)))]],
    bad: [[f(claimBy(1, 100n, address(B, 10)))]],
    by: "claimBy * (1 - capBits[0])",
  },
  {
    name: "a capability covers its scope",
    invariant: "capability-attenuates",
    cells: [
      gold([B, 5], 1, 100n),
      capability([B, 9], C, RIGHT.claim, { scope: address(B, 5) }),
      capability([B, 10], C, RIGHT.claim, { scope: address(B, 6) }),
    ],
    good: [[f(claimBy(1, 100n, address(B, 9)))]],
    bad: [[f(claimBy(1, 100n, address(B, 10)))]],
    by: "xWords[0] ===",
  },
  {
    name: "every slot of the grantor does not mean its escrows with others",
    invariant: "capability-attenuates",
    cells: [
      gold([B, 5], 1, 100n, { escrowFrom: A }),
      capability([A, 9], C, RIGHT.claim, { scope: address(B, 5) }),
      capability([A, 10], C, RIGHT.claim),
    ],
    good: [[f(claimBy(1, 100n, address(A, 9)))]],
    bad: [[f(claimBy(1, 100n, address(A, 10)))]],
    by: "unscoped * escrowed",
  },
  {
    name: "a capability is about its subject",
    invariant: "capability-attenuates",
    cells: [
      gold([B, 5], 1, 100n),
      capability([B, 9], C, RIGHT.claim, { subject: id(1) }),
      capability([B, 10], C, RIGHT.claim, { subject: id(2) }),
    ],
    good: [[f(claimBy(1, 100n, address(B, 9)))]],
    bad: [[f(claimBy(1, 100n, address(B, 10)))]],
    by: "capLow - MIDDLE() * subject",
  },
  {
    name: "a capability is used before it expires",
    invariant: "expiry-enforced",
    cells: [gold([B, 5], 1, 100n), capability([B, 9], C, RIGHT.claim, { expiry: T + 1 })],
    good: [[f(claimBy(1, 100n, address(B, 9)))]],
    bad: [[f(claimBy(1, 100n, address(B, 9)), { at: T + 1 })]],
    by: "Num2Bits(40)(expiryGap)",
  },
  {
    name: "an expiry is not read as none",
    invariant: "expiry-enforced",
    cells: [gold([B, 5], 1, 100n), capability([B, 9], C, RIGHT.claim, { expiry: T + 1 })],
    good: [[f(claimBy(1, 100n, address(B, 9)))]],
    bad: [[f(claimBy(1, 100n, address(B, 9)), { at: T + 1, inputs: { expires: 0n, expiryGap: 0n } })]],
    by: "capLow - MIDDLE() * subject",
  },
  {
    name: "a revoked capability is dead, even if read as it was",
    invariant: "no-unscoped-access",
    cells: [gold([B, 5], 1, 100n), capability([B, 9], C, RIGHT.claim)],
    good: [[f(claimBy(1, 100n, address(B, 9)))]],
    bad: [
      [f(rowOf("RevokeCapability", B, { authority: address(B, 9) }))],
      [f(claimBy(1, 100n, address(B, 9)), { found: { X: [3n + 8n * (BigInt(C) + (1n << 56n)), 0n, 0n] } })],
    ],
    by: "Batch: memorySum",
  },
  {
    name: "who escrowed takes back",
    invariant: "no-unscoped-access",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A })],
    good: [[f(takeBack(1, 100n))]],
    bad: [[f({ ...takeBack(1, 100n, { destination: address(C, 6) }), actor: C })]],
    by: "RevokeResource * (sEscrow - actor)",
  },
  {
    name: "what was claimed is not taken back",
    invariant: "escrow-atomic",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A })],
    good: [[f(takeBack(1, 100n))]],
    bad: [[f(accept(1, 100n, { destination: 0 }))], [f(takeBack(1, 100n))]],
    by: "RevokeResource * (sEscrow - actor)",
  },
  {
    name: "an escrow with a deadline is taken back from then on",
    invariant: "expiry-enforced",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A, deadline: T + 5 })],
    good: [[f(takeBack(1, 100n), { at: T + 5 })]],
    bad: [[f(takeBack(1, 100n), { at: T + 4 })]],
    by: "Num2Bits(40)(term)",
  },
  {
    name: "an escrow's deadline is not read as none",
    invariant: "expiry-enforced",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A, deadline: T + 5 })],
    good: [[f(takeBack(1, 100n), { at: T + 5 })]],
    bad: [[f(takeBack(1, 100n), { at: T + 4, inputs: { after: 0n, term: 0n } })]],
    by: "sWords[1] - sTaken",
  },
  {
    name: "an entry that is declared is called",
    invariant: "invocation-causal",
    cells: [entry([B, 3])],
    good: [[f(call())]],
    bad: [[f(call({ authority: address(B, 2) }))]],
    by: "xWords[0] ===",
  },
  {
    name: "a call names the function that is declared",
    invariant: "invocation-causal",
    cells: [entry([B, 3])],
    good: [[f(call())]],
    bad: [[f(call({}, { selector: 78n }))]],
    by: "InvokeProgram * (xWords[2] - argument)",
  },
  {
    name: "a program that does not exist is not called",
    invariant: "invocation-causal",
    cells: [entry([B, 3])],
    good: [[f(call())]],
    bad: [[f(call({ peer: 9, authority: address(9, 3) }))]],
    by: "bWords[0] ===",
  },
  {
    name: "a guarded entry asks for a capability",
    invariant: "no-unscoped-access",
    cells: [entry([B, 3], { guard: 1 }), capability([B, 9], A, RIGHT.invoke, { scope: address(B, 3) })],
    good: [[f(call({ source: address(B, 9) }, { guard: 1 }))]],
    bad: [[f(call({}, { guard: 1 }), { inputs: { capRights: 2n } })]],
    by: "sWords[0] ===",
  },
  {
    name: "a guard is not read as open",
    invariant: "invocation-causal",
    cells: [entry([B, 3], { guard: 1 }), capability([B, 9], A, RIGHT.invoke, { scope: address(B, 3) })],
    good: [[f(call({ source: address(B, 9) }, { guard: 1 }))]],
    bad: [[f(call())]],
    by: "xWords[0] ===",
  },
  {
    name: "a guarded entry asks for the right to invoke",
    invariant: "capability-attenuates",
    cells: [
      entry([B, 3], { guard: 1 }),
      capability([B, 9], A, RIGHT.invoke),
      capability([B, 10], A, RIGHT.claim | RIGHT.watch),
    ],
    good: [[f(call({ source: address(B, 9) }, { guard: 1 }))]],
    bad: [[f(call({ source: address(B, 10) }, { guard: 1 }))]],
    by: "guarded * (1 - capBits[1])",
  },
  {
    name: "every argument is passed",
    invariant: "group-whole",
    cells: [entry([B, 3], { nargs: 2, accepts: GOLD }), gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)],
    good: [
      [f(call({ kind: GOLD }, { nargs: 2 })), f(pass(1, 100n, 2)), f(pass(2, 50n, 2, address(A, 2), address(B, 6)))],
    ],
    bad: [[f(call({ kind: GOLD }, { nargs: 2 })), f(pass(1, 100n, 2))]],
    by: "last * (owesSOut + owesDOut + callingOut)",
  },
  {
    name: "no more arguments are passed than announced",
    invariant: "invocation-causal",
    cells: [entry([B, 3], { nargs: 1, accepts: GOLD }), gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)],
    good: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(1, 100n, 1))]],
    bad: [
      [f(call({ kind: GOLD }, { nargs: 1 })), f(pass(1, 100n, 1)), f(pass(2, 50n, 1, address(A, 2), address(B, 6)))],
    ],
    by: "pass === calling * (1 - check)",
  },
  {
    name: "the arguments reach the minimum",
    invariant: "invocation-causal",
    cells: [
      entry([B, 3], { nargs: 2, accepts: GOLD, minimum: 150n }),
      gold([A, 1], 1, 100n),
      gold([A, 2], 2, 50n),
      gold([A, 7], 3, 49n),
    ],
    good: [
      [f(call({ kind: GOLD }, { nargs: 2 })), f(pass(1, 100n, 2)), f(pass(2, 50n, 2, address(A, 2), address(B, 6)))],
    ],
    bad: [
      [f(call({ kind: GOLD }, { nargs: 2 })), f(pass(1, 100n, 2)), f(pass(3, 49n, 2, address(A, 7), address(B, 6)))],
    ],
    by: "Num2Bits(128)(spare)",
  },
  {
    name: "an argument is of the accepted kind",
    invariant: "invocation-causal",
    cells: [
      entry([B, 3], { nargs: 1, accepts: GOLD }),
      gold([A, 1], 1, 100n),
      resource([A, 2], SILVER, 100n, { id: id(2) }),
    ],
    good: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(1, 100n, 1))]],
    bad: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(2, 100n, 1, address(A, 2), address(B, 5), { kind: SILVER }))]],
    by: "xWords[0] ===",
  },
  {
    name: "an escrowed resource is not passed on as an argument",
    invariant: "escrow-atomic",
    cells: [
      entry([B, 3], { nargs: 1, accepts: GOLD }),
      gold([A, 1], 1, 100n),
      gold([A, 2], 2, 100n, { escrowFrom: C }),
    ],
    good: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(1, 100n, 1))]],
    bad: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(2, 100n, 1, address(A, 2)))]],
    by: "takesOwn * sEscrow",
  },
  {
    name: "arguments go to the entry that was called",
    invariant: "invocation-causal",
    cells: [
      entry([B, 3], { nargs: 1, accepts: GOLD }),
      entry([B, 2], { nargs: 1, accepts: GOLD }),
      gold([A, 1], 1, 100n),
    ],
    good: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(1, 100n, 1))]],
    bad: [
      [
        f(call({ kind: GOLD }, { nargs: 1 })),
        f(pass(1, 100n, 1, address(A, 1), address(B, 5), { authority: address(B, 2) })),
      ],
    ],
    by: "pass * (entry - entryIn)",
  },
  {
    name: "an entry without arguments asks for nothing",
    invariant: "invocation-causal",
    cells: [entry([B, 3]), entry([B, 2], { minimum: 1n })],
    good: [[f(call())]],
    bad: [[f(call({ authority: address(B, 2) }))]],
    by: "bare * minimum",
  },
  {
    name: "a guard is 0 or 1",
    invariant: "invalid",
    cells: [],
    good: [
      [f(rowOf("DeclareEntry", B, { destination: address(B, 3), argument: { selector: 7n, nargs: 0, guard: 1 } }))],
    ],
    bad: [
      [f(rowOf("DeclareEntry", B, { destination: address(B, 3), argument: { selector: 7n, nargs: 0, guard: 2 } }))],
    ],
    by: "guard * (scope - 1)",
  },
  {
    name: "an entry is declared in one's own memory",
    invariant: "no-unscoped-access",
    cells: [],
    good: [
      [f(rowOf("DeclareEntry", B, { destination: address(B, 3), argument: { selector: 7n, nargs: 0, guard: 0 } }))],
    ],
    bad: [
      [
        elsewhere(
          rowOf("DeclareEntry", C, { destination: address(C, 3), argument: { selector: 7n, nargs: 0, guard: 0 } }),
          "D",
          address(B, 3),
        ),
      ],
    ],
    by: "Batch: memorySum",
  },
  {
    name: "what is no resource does not go into a watched slot",
    invariant: "watch-deterministic",
    cells: [watchCell([C, 1], [B, 3]), { at: [B, 3], type: "empty", watch: 1 }],
    good: [
      [f(rowOf("DeclareEntry", B, { destination: address(B, 2), argument: { selector: 7n, nargs: 0, guard: 0 } }))],
    ],
    bad: [
      [f(rowOf("DeclareEntry", B, { destination: address(B, 3), argument: { selector: 7n, nargs: 0, guard: 0 } }))],
    ],
    by: "* dWatch === 0",
  },
  {
    name: "a grantee exists",
    invariant: "invocation-causal",
    cells: [],
    good: [
      [f(rowOf("DelegateCapability", A, { peer: C, destination: address(A, 5), argument: { scope: 0, rights: 1 } }))],
    ],
    bad: [
      [f(rowOf("DelegateCapability", A, { peer: 9, destination: address(A, 5), argument: { scope: 0, rights: 1 } }))],
    ],
    by: "bWords[0] ===",
  },
  {
    name: "a capability is written in the grantor's memory",
    invariant: "no-unscoped-access",
    cells: [],
    good: [
      [f(rowOf("DelegateCapability", A, { peer: C, destination: address(A, 5), argument: { scope: 0, rights: 1 } }))],
    ],
    bad: [
      [
        elsewhere(
          rowOf("DelegateCapability", A, { peer: C, destination: address(A, 5), argument: { scope: 0, rights: 1 } }),
          "D",
          address(B, 5),
        ),
      ],
    ],
    by: "Batch: memorySum",
  },
  {
    name: "only its owner clears a cell",
    invariant: "no-unscoped-access",
    cells: [capability([B, 9], C, RIGHT.claim)],
    good: [[f(rowOf("RevokeCapability", B, { authority: address(B, 9) }))]],
    bad: [[elsewhere(rowOf("RevokeCapability", C, { authority: address(C, 9) }), "X", address(B, 9))]],
    by: "Batch: memorySum",
  },
  {
    name: "an armed watch is not cleared",
    invariant: "watch-deterministic",
    cells: [
      watchCell([C, 1], [B, 3]),
      { at: [B, 3], type: "empty", watch: 1 },
      watchCell([C, 2], [B, 3], { state: "spent" }),
    ],
    good: [[f(rowOf("Clear", C, { authority: address(C, 2) }))]],
    bad: [[f(rowOf("Clear", C, { authority: address(C, 1) }), { inputs: { clears: [0n, 0n, 0n, 1n] } })]],
    by: "xWords[0] ===",
  },
  {
    name: "a resource is not cleared",
    invariant: "no-double-spend",
    cells: [gold([A, 1], 1, 100n), entry([A, 2])],
    good: [[f(rowOf("Clear", A, { authority: address(A, 2) }))]],
    bad: [[f(rowOf("Clear", A, { authority: address(A, 1) }), { inputs: { clears: [0n, 1n, 0n, 0n] } })]],
    by: "xWords[0] ===",
  },
  {
    name: "another's slot is watched with a capability",
    invariant: "no-unscoped-access",
    cells: [capability([B, 9], C, RIGHT.watch)],
    good: [
      [
        f(
          rowOf("WatchResource", C, {
            peer: B,
            source: address(B, 5),
            destination: address(C, 1),
            authority: address(B, 9),
            argument: { condition: 3, trigger: 9n },
          }),
        ),
      ],
    ],
    bad: [
      [
        f(
          rowOf("WatchResource", C, {
            peer: B,
            source: address(B, 5),
            destination: address(C, 1),
            argument: { condition: 3, trigger: 9n },
          }),
          { inputs: { capRights: 4n } },
        ),
      ],
    ],
    by: "xWords[0] ===",
  },
  {
    name: "watching asks for the right to watch",
    invariant: "capability-attenuates",
    cells: [capability([B, 9], C, RIGHT.watch), capability([B, 10], C, RIGHT.claim | RIGHT.invoke)],
    good: [
      [
        f(
          rowOf("WatchResource", C, {
            peer: B,
            source: address(B, 5),
            destination: address(C, 1),
            authority: address(B, 9),
            argument: { condition: 3, trigger: 9n },
          }),
        ),
      ],
    ],
    bad: [
      [
        f(
          rowOf("WatchResource", C, {
            peer: B,
            source: address(B, 5),
            destination: address(C, 1),
            authority: address(B, 10),
            argument: { condition: 3, trigger: 9n },
          }),
        ),
      ],
    ],
    by: "watchBy * (1 - capBits[2])",
  },
  {
    name: "a slot has one watch",
    invariant: "watch-deterministic",
    cells: [watchCell([C, 1], [B, 5]), { at: [B, 5], type: "empty", watch: 1 }],
    good: [
      [
        f(
          rowOf("WatchResource", B, {
            peer: B,
            source: address(B, 6),
            destination: address(B, 1),
            argument: { condition: 3, trigger: 9n },
          }),
        ),
      ],
    ],
    bad: [
      [
        f(
          rowOf("WatchResource", B, {
            peer: B,
            source: address(B, 5),
            destination: address(B, 1),
            argument: { condition: 3, trigger: 9n },
          }),
        ),
      ],
    ],
    by: "WatchResource * sWatch",
  },
  {
    name: "a condition is one of five",
    invariant: "watch-deterministic",
    cells: [],
    good: [
      [
        f(
          rowOf("WatchResource", B, {
            peer: B,
            source: address(B, 6),
            destination: address(B, 1),
            argument: { condition: 5, trigger: 9n },
          }),
        ),
      ],
    ],
    bad: [
      [
        f(
          rowOf("WatchResource", B, {
            peer: B,
            source: address(B, 6),
            destination: address(B, 1),
            argument: { condition: 6, trigger: 9n },
          }),
        ),
      ],
    ],
    by: "chosen ===",
  },
  {
    name: "only the watcher takes its watch away",
    invariant: "no-unscoped-access",
    cells: [watchCell([C, 1], [B, 5]), { at: [B, 5], type: "empty", watch: 1 }],
    good: [[f(rowOf("Unwatch", C, { peer: B, source: address(B, 5), authority: address(C, 1) }))]],
    bad: [
      [
        elsewhere(
          rowOf("Unwatch", B, { peer: B, source: address(B, 5), authority: address(B, 1) }),
          "X",
          address(C, 1),
        ),
      ],
    ],
    by: "Batch: memorySum",
  },
  {
    name: "a watch is taken off its own slot",
    invariant: "watch-deterministic",
    cells: [
      watchCell([C, 1], [B, 5]),
      { at: [B, 5], type: "empty", watch: 1 },
      watchCell([A, 1], [B, 6]),
      { at: [B, 6], type: "empty", watch: 1 },
    ],
    good: [[f(rowOf("Unwatch", C, { peer: B, source: address(B, 5), authority: address(C, 1) }))]],
    bad: [[f(rowOf("Unwatch", C, { peer: B, source: address(B, 6), authority: address(C, 1) }))]],
    by: "Unwatch * (target - S)",
  },
  {
    name: "a trigger applies what the watch was set with",
    invariant: "watch-deterministic",
    cells: [watchCell([C, 1], [B, 5], { state: "fired", trigger: triggerDigest(arrival) })],
    good: [[f(rowOf("Trigger", C, { authority: address(C, 1) })), ...arrival.map((row) => f(row))]],
    bad: [
      [
        f(rowOf("Trigger", C, { authority: address(C, 1) }), { inputs: { digest: triggerDigest(more) } }),
        ...more.map((row) => f(row, { inputs: { digest: triggerDigest(more) } })),
      ],
    ],
    by: "Trigger * (xWords[2] - digest)",
  },
  {
    name: "a trigger that is armed or spent applies nothing",
    invariant: "watch-deterministic",
    cells: [
      watchCell([C, 1], [B, 5], { state: "fired", trigger: triggerDigest(arrival) }),
      watchCell([C, 2], [B, 6], { state: "spent", trigger: triggerDigest(arrival) }),
    ],
    good: [[f(rowOf("Trigger", C, { authority: address(C, 1) })), ...arrival.map((row) => f(row))]],
    bad: [[f(rowOf("Trigger", C, { authority: address(C, 2) })), ...arrival.map((row) => f(row))]],
    by: "xWords[0] ===",
  },
  {
    name: "a trigger does not act in another program's name",
    invariant: "no-unscoped-access",
    cells: [
      watchCell([C, 1], [B, 5], { state: "fired", trigger: triggerDigest(arrival) }),
      watchCell([C, 2], [B, 5], {
        state: "fired",
        trigger: triggerDigest([rowOf("Issue", A, { destination: address(A, 1), kind: GOLD, quantity: 5n })]),
      }),
    ],
    good: [[f(rowOf("Trigger", C, { authority: address(C, 1) })), ...arrival.map((row) => f(row))]],
    bad: [
      [
        f(rowOf("Trigger", C, { authority: address(C, 2) })),
        f(rowOf("Issue", A, { destination: address(A, 1), kind: GOLD, quantity: 5n })),
      ],
    ],
    by: "bound * (actor - triggerActorIn)",
  },
  {
    name: "a join waits for the steps it names",
    invariant: "invocation-causal",
    cells: [],
    good: [
      [f(rowOf("Issue", B, { destination: address(B, 1), kind: SILVER, quantity: 5n }))],
      [f(rowOf("JoinWith", A, { peer: B, argument: { steps: 1 } }))],
    ],
    bad: [[f(rowOf("JoinWith", A, { peer: B, argument: { steps: 1 } }))]],
    by: "Num2Bits(128)(spare)",
  },
  {
    name: "a split leaves both parts more than nothing",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 99n) }))]],
    bad: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 100n) }))]],
    by: "(issued + parts) * inverse",
  },
  {
    name: "a part is not more than the whole",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 99n) }))]],
    bad: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 101n) }))]],
    by: "Num2Bits(128)(spare)",
  },
  {
    name: "a split does not borrow from the id",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 99n) }))]],
    bad: [
      [
        f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, MAX) }), {
          inputs: { spare: 101n, resource: id(0) },
        }),
      ],
    ],
    by: "sWords[1] - sTaken",
  },
  {
    name: "a merge stays within 128 bits",
    invariant: "conservation",
    cells: [gold([A, 1], 1, MAX - 100n), gold([A, 2], 2, 100n), gold([A, 3], 3, 101n)],
    good: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 1), ...thing(2, 100n) }))]],
    bad: [[f(rowOf("Merge", A, { source: address(A, 3), destination: address(A, 1), ...thing(3, 101n) }))]],
    by: "Num2Bits(128)(spare)",
  },
  {
    name: "a merge is of one kind",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 100n), resource([A, 3], SILVER, 100n, { id: id(3) })],
    good: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 1), ...thing(2, 100n) }))]],
    bad: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 3), ...thing(2, 100n) }))]],
    by: "dWords[0] ===",
  },
  {
    name: "a merge is with what is owned outright",
    invariant: "escrow-atomic",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 100n), gold([A, 3], 3, 100n, { escrowFrom: B })],
    good: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 1), ...thing(2, 100n) }))]],
    bad: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 3), ...thing(2, 100n) }))]],
    by: "dWords[0] ===",
  },
  {
    name: "effects of a group touch different slots",
    invariant: "group-disjoint",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)],
    good: [[f(escrow(1, 100n)), f(escrow(2, 50n, address(A, 2), address(B, 6)))]],
    bad: [[f(escrow(1, 100n)), f(accept(1, 100n))]],
    by: "Num2Bits(32)(gap[i])",
  },
  {
    name: "time does not go back",
    invariant: "time-monotone",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)],
    good: [[f(escrow(1, 100n), { at: T + 1 })], [f(escrow(2, 50n, address(A, 2), address(B, 6)), { at: T + 1 })]],
    bad: [[f(escrow(1, 100n), { at: T + 1 })], [f(escrow(2, 50n, address(A, 2), address(B, 6)), { at: T })]],
    by: "Num2Bits(40)(wait)",
  },
];

/** Three open programs and the cells, which need not be those of a genesis: fired watches, say. */
function stateWith(inbox: number, cells: readonly Placed[]): TimeMap {
  const map = mapWith({ programs: 3, inbox, levels: SMALL.levels });
  for (const { at, ...cell } of cells) map.write(address(...at), packCell({ ...cell, seq: 0 } as Cell));
  return map;
}

function machineVerdict(map: TimeMap, groups: Forged[][]): void {
  const machine = new Machine(map, 0, T);
  let at = T;
  for (const group of groups) {
    machine.apply(
      group.map((g) => g.machine ?? g.row),
      group.map((g) => {
        at = g.at ?? at;
        return at;
      }),
    );
  }
}

describe.each(CASES)("$name", ({ invariant, cells, good, bad, by, inbox }) => {
  const map = (): TimeMap => stateWith(inbox ?? 4, cells);

  test("happens", async () => {
    const pre = map();
    const machine = new Machine(pre.clone(), 0, T);
    let at = T;
    const transitions = good.flatMap((group) => {
      at = group[0]?.at ?? at;
      return machine.perform(
        group.map((g) => g.row),
        at,
      );
    });
    expect(await verdict(inputOf(pre, transitions))).toBe("accepted");
    // The forger computes what the machine computes, so what it forges is refused for its rule alone.
    const forger = new RowForger(pre, T);
    for (const group of good) forger.group(group);
    if (transitions.every((t) => t.effect !== "Check")) expect(forger.build(SMALL)).toEqual(inputOf(pre, transitions));
  });

  test("is refused by the machine", () => {
    let error: unknown;
    try {
      machineVerdict(map(), bad);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(invariant === "invalid" ? InvalidInputError : RefusedError);
    if (error instanceof RefusedError) expect(error.invariant).toBe(invariant);
  });

  test("is refused by the circuit", async () => {
    const forger = new RowForger(map(), T);
    for (const group of bad) forger.group(group);
    expect(await verdict(forger.build(SMALL))).toContain(by);
  });
});
