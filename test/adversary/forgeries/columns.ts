/** Sources and destinations of effects that move resources: each cell must have its place and its content. */
import { address, RIGHT } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { capability, GOLD, type Placed } from "../../lib/build.ts";
import {
  A,
  accept,
  B,
  C,
  call,
  claimBy,
  elsewhere,
  entry,
  escrow,
  f,
  gold,
  id,
  pass,
  takeBack,
  thing,
  twice,
} from "../lib/words.ts";
import { type Case, nearby } from "./forgery.ts";

const OWN = "what it takes is the actor's own";
const INTO_OWN = "it goes to the actor's own slot";
const EMPTY = "it goes to an empty slot";
const PEERS = "it goes to the peer's slot";
const OTHER = "the peer is another program";
const retire = (n: number, slot: number): Row => rowOf("Retire", A, { source: address(A, slot), ...thing(n, 100n) });
const split = (source: number, destination: number, n = 1): Row =>
  rowOf("Split", A, { source, destination, ...thing(n, 40n) });
const merge = (source: number, destination: number, n = 1): Row =>
  rowOf("Merge", A, { source, destination, ...thing(n, 100n) });

const two: Placed[] = [gold([A, 1], 1, 100n), gold([A, 2], 2, 100n)];
const abroad: Placed[] = [gold([A, 1], 1, 100n), gold([C, 1], 2, 100n)];
const escrowed: Placed[] = [gold([B, 5], 1, 100n, { escrowFrom: A })];
const callable: Placed[] = [entry([B, 3], { nargs: 1, accepts: GOLD }), gold([A, 1], 1, 100n)];
const invoke = f(call({ kind: GOLD }, { nargs: 1 }));

export const COLUMNS_HELD: readonly Case[] = [
  nearby(
    ["Retire", OWN, "open another's slot in S"],
    "no-unscoped-access",
    abroad,
    [f(retire(1, 1))],
    [elsewhere(retire(2, 1), "S", address(C, 1))],
    "Batch 6",
  ),
  nearby(
    ["Retire", "it takes a resource", "retire a capability"],
    "no-double-spend",
    [...two, capability([A, 3], B, RIGHT.claim)],
    [f(retire(1, 1))],
    [f(retire(1, 3), { inputs: { capRights: 0n, holder: 0n } })],
    "CellS 9",
  ),
  nearby(
    ["Split", OWN, "open another's slot in S"],
    "no-unscoped-access",
    abroad,
    [f(split(address(A, 1), address(A, 3)))],
    [elsewhere(split(address(A, 1), address(A, 3), 2), "S", address(C, 1))],
    "Batch 6",
  ),
  nearby(
    ["Split", "it takes what is owned outright", "split what is held in escrow"],
    "escrow-atomic",
    [gold([A, 1], 1, 100n), gold([A, 2], 2, 100n, { escrowFrom: B })],
    [f(split(address(A, 1), address(A, 3)))],
    [f(split(address(A, 2), address(A, 3), 2))],
    "CellS 9",
  ),
  nearby(
    ["Split", INTO_OWN, "open another's slot in D"],
    "no-unscoped-access",
    abroad,
    [f(split(address(A, 1), address(A, 3)))],
    [elsewhere(split(address(A, 1), address(A, 3)), "D", address(B, 3))],
    "Batch 6",
  ),
  nearby(
    ["Split", EMPTY, "split into a slot that holds a resource"],
    "no-double-spend",
    two,
    [f(split(address(A, 1), address(A, 3)))],
    [f(split(address(A, 1), address(A, 2)))],
    "CellD 10",
  ),
  nearby(
    ["Split", EMPTY, "split into itself"],
    "group-disjoint",
    two,
    [f(split(address(A, 1), address(A, 3)))],
    [f(split(address(A, 1), address(A, 1)))],
    "CellD 10",
  ),
  nearby(
    ["Merge", OWN, "open another's slot in S"],
    "no-unscoped-access",
    [...two, gold([C, 1], 3, 100n)],
    [f(merge(address(A, 1), address(A, 2)))],
    [elsewhere(merge(address(A, 1), address(A, 2), 3), "S", address(C, 1))],
    "Batch 6",
  ),
  nearby(
    ["Merge", OWN, "open another's slot in D"],
    "no-unscoped-access",
    [...two, gold([C, 1], 3, 100n)],
    [f(merge(address(A, 1), address(A, 2)))],
    // It names the id that it finds there.
    [elsewhere({ ...merge(address(A, 1), address(A, 2)), argument: { into: id(3) } }, "D", address(C, 1))],
    "Batch 6",
  ),
  nearby(
    ["Merge", "it takes what is owned outright", "merge what is held in escrow"],
    "escrow-atomic",
    [...two, gold([A, 3], 3, 100n, { escrowFrom: B })],
    [f(merge(address(A, 1), address(A, 2)))],
    [f(merge(address(A, 3), address(A, 2), 3))],
    "CellS 9",
  ),
  nearby(
    ["Merge", "two resources become one", "merge a resource with itself"],
    "group-disjoint",
    two,
    [f(merge(address(A, 1), address(A, 2)))],
    [f(merge(address(A, 1), address(A, 1)))],
    "Batch 6",
  ),
  nearby(
    ["Merge", "two resources become one", "merge into an empty slot"],
    "no-double-spend",
    two,
    [f(merge(address(A, 1), address(A, 2)))],
    [f(merge(address(A, 1), address(A, 3)))],
    "CellD 10",
  ),
  nearby(
    ["EscrowToProgram", PEERS, "open a third program's slot in D"],
    "no-unscoped-access",
    two,
    [f(escrow(1, 100n))],
    [elsewhere(escrow(1, 100n), "D", address(C, 5))],
    "Batch 6",
  ),
  nearby(
    ["EscrowToProgram", EMPTY, "escrow onto a resource"],
    "no-double-spend",
    [...two, gold([B, 5], 3, 1n)],
    [f(escrow(1, 100n, address(A, 1), address(B, 6)))],
    [f(escrow(1, 100n))],
    "CellD 10",
  ),
  nearby(
    ["EscrowToProgram", "the peer exists", "escrow to a program that was never created"],
    "invocation-causal",
    two,
    [f(escrow(1, 100n))],
    [f({ ...escrow(1, 100n, address(A, 1), address(9, 5)), peer: 9 })],
    "Headers 7",
  ),
  nearby(
    ["ClaimFromProgram", INTO_OWN, "open another's slot in D"],
    "no-unscoped-access",
    escrowed,
    [f(accept(1, 100n))],
    [elsewhere(accept(1, 100n), "D", address(C, 6))],
    "Batch 6",
  ),
  nearby(
    ["ClaimFromProgram", EMPTY, "claim onto a resource"],
    "no-double-spend",
    [...escrowed, gold([B, 7], 2, 1n)],
    [f(accept(1, 100n))],
    [f(accept(1, 100n, { destination: address(B, 7) }))],
    "CellD 10",
  ),
  nearby(
    ["ClaimFromProgram", "it takes from the peer", "open a third program's slot in S"],
    "no-unscoped-access",
    [...escrowed, gold([A, 5], 2, 100n, { escrowFrom: C })],
    [f(accept(1, 100n))],
    [elsewhere(accept(2, 100n), "S", address(A, 5))],
    "Batch 6",
  ),
  nearby(
    ["ClaimFromProgram", "a claim in the actor's own memory uses no capability", "open one in X as well"],
    "no-unscoped-access",
    [...escrowed, capability([B, 9], B, RIGHT.claim)],
    [f(accept(1, 100n))],
    [f(accept(1, 100n, { authority: address(B, 9) }))],
    "AddressesOfColumns 5",
  ),
  nearby(
    ["RevokeResource", OTHER, "take back from oneself"],
    "invocation-causal",
    [...escrowed, gold([A, 5], 2, 100n, { escrowFrom: A })],
    [f(takeBack(1, 100n))],
    [f(takeBack(2, 100n, { peer: A, source: address(A, 5) }), twice)],
    "Batch 6",
  ),
  nearby(
    ["RevokeResource", INTO_OWN, "open another's slot in D"],
    "no-unscoped-access",
    escrowed,
    [f(takeBack(1, 100n))],
    [elsewhere(takeBack(1, 100n), "D", address(C, 6))],
    "Batch 6",
  ),
  nearby(
    ["RevokeResource", EMPTY, "take back onto a resource"],
    "no-double-spend",
    [...escrowed, gold([A, 7], 2, 1n)],
    [f(takeBack(1, 100n))],
    [f(takeBack(1, 100n, { destination: address(A, 7) }))],
    "CellD 10",
  ),
  nearby(
    ["RevokeResource", "it takes from the peer", "open a third program's slot in S"],
    "no-unscoped-access",
    [...escrowed, gold([C, 5], 2, 100n, { escrowFrom: A })],
    [f(takeBack(1, 100n))],
    [elsewhere(takeBack(2, 100n), "S", address(C, 5))],
    "Batch 6",
  ),
  nearby(
    ["Pass", OWN, "open another's slot in S"],
    "no-unscoped-access",
    [...callable, gold([C, 1], 2, 100n)],
    [invoke, f(pass(1, 100n, 1))],
    [invoke, elsewhere(pass(2, 100n, 1), "S", address(C, 1))],
    "Batch 6",
  ),
  nearby(
    ["Pass", PEERS, "open a third program's slot in D"],
    "no-unscoped-access",
    callable,
    [invoke, f(pass(1, 100n, 1))],
    [invoke, elsewhere(pass(1, 100n, 1), "D", address(C, 5))],
    "Batch 6",
  ),
  nearby(
    ["Pass", EMPTY, "pass onto a resource"],
    "no-double-spend",
    [...callable, gold([B, 6], 2, 1n)],
    [invoke, f(pass(1, 100n, 1))],
    [invoke, f(pass(1, 100n, 1, address(A, 1), address(B, 6)))],
    "CellD 10",
  ),
  nearby(
    ["Pass", "it lands at or above the inbox", "pass to one slot below it"],
    "inbox-respected",
    callable,
    [invoke, f(pass(1, 100n, 1, address(A, 1), address(B, 4)))],
    [invoke, f(pass(1, 100n, 1, address(A, 1), address(B, 2)))],
    "CellD 10",
  ),
  nearby(
    ["ClaimFromProgram", "it takes a resource", "claim an empty slot by capability"],
    "no-double-spend",
    [gold([B, 5], 1, 100n), capability([B, 9], C, RIGHT.claim)],
    [f(claimBy(1, 100n, address(B, 9)))],
    [f(claimBy(1, 100n, address(B, 9), { source: address(B, 6) }))],
    "CellS 9",
  ),
];
