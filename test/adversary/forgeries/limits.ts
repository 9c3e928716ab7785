/** Widths, bounds and order: calls, groups, programs, keys, padding. */
import { address, NO_INBOX } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { GOLD, type Placed, SILVER } from "../../lib/build.ts";
import type { Forged } from "../../lib/rowForger.ts";
import { A, B, C, call, create, entry, escrow, f, gold, MAX, pass, thing, watchCell } from "../lib/words.ts";
import { type Case, nearby } from "./forgery.ts";

const two: Placed[] = [gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)];
const inbox = (slot: number): Row => {
  const row = create(A, 4, C);
  return { ...row, argument: { ...row.argument, inbox: slot } };
};
const issue = (more: Partial<Row> = {}): Row =>
  rowOf("Issue", A, { destination: address(A, 5), kind: GOLD, quantity: 5n, ...more });
const retire = (n: number, quantity: bigint, slot: number): Row =>
  rowOf("Retire", A, { source: address(A, slot), ...thing(n, quantity) });
const lend = (rights: number): Row =>
  rowOf("DelegateCapability", A, { peer: C, destination: address(A, 9), argument: { scope: 0, rights } });
const join = rowOf("JoinWith", A, { peer: B, argument: { steps: 0 } });
const takes = (nargs: number, minimum = 0n): Placed => entry([B, 3], { nargs, accepts: GOLD, minimum });
const invoke = (nargs: number): Forged => f(call({ kind: GOLD }, { nargs }));
const first = f(pass(1, 100n, 1));
const second = (quantity: bigint, nargs: number): Forged => f(pass(2, quantity, nargs, address(A, 2), address(B, 6)));

export const LIMITS: readonly Case[] = [
  nearby(
    ["CreateProgram", "the inbox lies between 1 and 256", "let others deposit into the header"],
    "invalid",
    [],
    [f(inbox(NO_INBOX))],
    [f(inbox(0))],
    "CellD 10",
  ),
  nearby(
    ["CreateProgram", "the inbox lies between 1 and 256", "set it to 257"],
    "invalid",
    [],
    [f(inbox(1))],
    [f(inbox(257))],
    "CellD 10",
  ),
  nearby(
    ["CreateProgram", "the number lies in the tree", "create program 16^L"],
    "invocation-causal",
    [],
    [f(create(A, 4, C))],
    [f(create(A, 4, C), { inputs: { peer: 256n }, machine: create(A, 256, 255) })],
    "Ranges 2",
  ),
  nearby(
    ["CreateProgram", "the header before the new one is opened once", "open it in X although it is the actor's own"],
    "group-disjoint",
    [],
    [f(create(C, 4))],
    [f(create(C, 4, C))],
    "CellX 11",
  ),
  nearby(
    ["EscrowToProgram", "a deadline has 40 bits", "set one of 41"],
    "invalid",
    two,
    [f(escrow(1, 100n, address(A, 1), address(B, 5), 2 ** 40 - 1))],
    [f(escrow(1, 100n, address(A, 1), address(B, 5), 2 ** 40))],
    "Ranges 2",
  ),
  nearby(
    ["Issue", "a quantity has 128 bits", "issue 2^128"],
    "conservation",
    [],
    [f(issue({ quantity: MAX }))],
    [f(issue({ quantity: MAX + 1n }))],
    "Ranges 2",
  ),
  nearby(
    ["Issue", "the id of an issued resource follows from its maker and its steps", "name an id"],
    "invalid",
    [],
    [f(issue())],
    [f(issue({ resource: 5n }))],
    "UnusedIsZero 12",
  ),
  nearby(
    ["Issue", "an issued resource is owned outright", "set a deadline"],
    "invalid",
    [],
    [f(issue())],
    [f(issue({ deadline: 5 }), { inputs: { term: 5n } })],
    "UnusedIsZero 12",
  ),
  nearby(
    ["DelegateCapability", "rights have 8 bits", "lend right 256"],
    "invalid",
    [],
    [f(lend(255))],
    [f(lend(256))],
    "Ranges 2",
  ),
  nearby(
    [
      "InvokeProgram",
      "a call has the number of arguments that the entry declares",
      "call with one where two are declared",
    ],
    "invocation-causal",
    [takes(2), ...two],
    [invoke(2), f(pass(1, 100n, 2)), second(50n, 2)],
    [invoke(1), first],
    "CellX 11",
  ),
  nearby(
    ["InvokeProgram", "a call names the kind that the entry accepts", "name Silver where Gold is accepted"],
    "invocation-causal",
    [entry([B, 3], { accepts: GOLD })],
    [f(call({ kind: GOLD }))],
    [f(call({ kind: SILVER }))],
    "CellX 11",
  ),
  nearby(
    [
      "InvokeProgram",
      "only Passes and Checks stand between a call and its last argument",
      "retire a resource in between",
    ],
    "group-whole",
    [takes(1), ...two],
    [invoke(1), first],
    [invoke(1), f(retire(2, 50n, 2)), first],
    "Call 1",
  ),
  nearby(
    ["Pass", "an argument belongs to a call", "pass one without a call"],
    "invocation-causal",
    [takes(1), ...two],
    [invoke(1), first],
    [first],
    "Call 1",
  ),
  nearby(
    ["Pass", "the caller passes", "let another program pass for it"],
    "invocation-causal",
    [takes(1), ...two, gold([C, 1], 3, 100n)],
    [invoke(1), first],
    [invoke(1), f({ ...pass(3, 100n, 1, address(C, 1)), actor: C })],
    "Call 1",
  ),
  nearby(
    ["Pass", "the sum stays below the minimum and 2^128", "let them be 2^128 together"],
    "conservation",
    [takes(2), gold([A, 1], 1, MAX), gold([A, 2], 2, 1n), gold([A, 7], 3, MAX - 1n)],
    [invoke(2), f(pass(3, MAX - 1n, 2, address(A, 7))), second(1n, 2)],
    [invoke(2), f(pass(1, MAX, 2)), second(1n, 2)],
    "Ranges 2",
  ),
  nearby(
    ["Groups", "effects of a group touch different slots", "issue into a slot that was emptied in the group"],
    "group-disjoint",
    two,
    [f(retire(1, 100n, 1)), f(issue({ destination: address(A, 6) }))],
    [f(retire(1, 100n, 1)), f(issue({ destination: address(A, 1) }))],
    "MemoryOrder 6",
  ),
  nearby(
    ["Trigger", "a trigger alone applies nothing that was not agreed", "spend a watch, and do nothing"],
    "watch-deterministic",
    [watchCell([C, 1], [B, 5], { state: "fired" })],
    [f(rowOf("Clear", C, { authority: address(C, 1) }))],
    [f(rowOf("Trigger", C, { authority: address(C, 1) }))],
    "Group 4",
  ),
  nearby(
    ["JoinWith", "a join waits, and takes nothing", "name a resource"],
    "invalid",
    two,
    [f(join)],
    [f({ ...join, ...thing(1, 100n) })],
    "UnusedIsZero 12",
  ),
];
