/** Calls and their arguments, and entry points. */
import { address, RIGHT } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { capability, GOLD, resource, SILVER } from "../../lib/build.ts";
import { A, B, C, call, elsewhere, entry, f, gold, id, pass } from "../lib/words.ts";
import type { Case } from "./forgery.ts";

export const CALLS: readonly Case[] = [
  {
    of: "InvokeProgram",
    rule: "only a declared entry is called",
    attempt: "call an empty slot",
    invariant: "invocation-causal",
    cells: [entry([B, 3])],
    good: [[f(call())]],
    bad: [[f(call({ authority: address(B, 2) }))]],
    by: "CellX 11",
  },
  {
    of: "InvokeProgram",
    rule: "a call names the function that is declared",
    attempt: "name another selector",
    invariant: "invocation-causal",
    cells: [entry([B, 3])],
    good: [[f(call())]],
    bad: [[f(call({}, { selector: 78n }))]],
    by: "CellX 11",
  },
  {
    of: "InvokeProgram",
    rule: "a program that does not exist is not called",
    attempt: "call a program that was never created",
    invariant: "invocation-causal",
    cells: [entry([B, 3])],
    good: [[f(call())]],
    bad: [[f(call({ peer: 9, authority: address(9, 3) }))]],
    by: "Headers 7",
  },
  {
    of: "InvokeProgram",
    rule: "a call of a guarded entry needs a capability",
    attempt: "call it with an empty slot in place of the capability",
    invariant: "no-unscoped-access",
    cells: [entry([B, 3], { guard: 1 }), capability([B, 9], A, RIGHT.invoke, { scope: address(B, 3) })],
    good: [[f(call({ source: address(B, 9) }, { guard: 1 }))]],
    bad: [[f(call({}, { guard: 1 }), { inputs: { capRights: 2n, holder: BigInt(B) } })]],
    by: "CellS 9",
  },
  {
    of: "InvokeProgram",
    rule: "a guard is not read as open",
    attempt: "say that the guard is 0",
    invariant: "invocation-causal",
    cells: [entry([B, 3], { guard: 1 }), capability([B, 9], A, RIGHT.invoke, { scope: address(B, 3) })],
    good: [[f(call({ source: address(B, 9) }, { guard: 1 }))]],
    bad: [[f(call())]],
    by: "CellX 11",
  },
  {
    of: "InvokeProgram",
    rule: "a call of a guarded entry needs the right to invoke",
    attempt: "use a capability to claim and watch",
    invariant: "capability-attenuates",
    cells: [
      entry([B, 3], { guard: 1 }),
      capability([B, 9], A, RIGHT.invoke),
      capability([B, 10], A, RIGHT.claim | RIGHT.watch),
    ],
    good: [[f(call({ source: address(B, 9) }, { guard: 1 }))]],
    bad: [[f(call({ source: address(B, 10) }, { guard: 1 }))]],
    by: "CapabilityInUse 8",
  },
  {
    of: "InvokeProgram",
    rule: "every argument is passed",
    attempt: "pass one of two and close the group",
    invariant: "group-whole",
    cells: [entry([B, 3], { nargs: 2, accepts: GOLD }), gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)],
    good: [
      [f(call({ kind: GOLD }, { nargs: 2 })), f(pass(1, 100n, 2)), f(pass(2, 50n, 2, address(A, 2), address(B, 6)))],
    ],
    bad: [[f(call({ kind: GOLD }, { nargs: 2 })), f(pass(1, 100n, 2))]],
    by: "Effect 16",
  },
  {
    of: "Pass",
    rule: "no more arguments are passed than announced",
    attempt: "pass one more",
    invariant: "invocation-causal",
    cells: [entry([B, 3], { nargs: 1, accepts: GOLD }), gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)],
    good: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(1, 100n, 1))]],
    bad: [
      [f(call({ kind: GOLD }, { nargs: 1 })), f(pass(1, 100n, 1)), f(pass(2, 50n, 1, address(A, 2), address(B, 6)))],
    ],
    by: "Call 1",
  },
  {
    of: "Pass",
    rule: "the arguments reach the minimum",
    attempt: "pass one less than the minimum",
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
    by: "Ranges 2",
  },
  {
    of: "Pass",
    rule: "an argument is of the accepted kind",
    attempt: "pass Silver where Gold is accepted",
    invariant: "invocation-causal",
    cells: [
      entry([B, 3], { nargs: 1, accepts: GOLD }),
      gold([A, 1], 1, 100n),
      resource([A, 2], SILVER, 100n, { id: id(2) }),
    ],
    good: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(1, 100n, 1))]],
    bad: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(2, 100n, 1, address(A, 2), address(B, 5), { kind: SILVER }))]],
    by: "CellX 11",
  },
  {
    of: "Pass",
    rule: "an escrowed resource is not passed on as an argument",
    attempt: "pass a resource held in escrow",
    invariant: "escrow-atomic",
    cells: [
      entry([B, 3], { nargs: 1, accepts: GOLD }),
      gold([A, 1], 1, 100n),
      gold([A, 2], 2, 100n, { escrowFrom: C }),
    ],
    good: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(1, 100n, 1))]],
    bad: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(2, 100n, 1, address(A, 2)))]],
    by: "CellS 9",
  },
  {
    of: "Pass",
    rule: "arguments go to the entry that was called",
    attempt: "pass to another entry of the same program",
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
    by: "Call 1",
  },
  {
    of: "InvokeProgram",
    rule: "an entry without arguments asks for nothing",
    attempt: "call one without arguments whose minimum is 1",
    invariant: "invocation-causal",
    cells: [entry([B, 3]), entry([B, 2], { minimum: 1n })],
    good: [[f(call())]],
    bad: [[f(call({ authority: address(B, 2) }))]],
    by: "Call 3",
  },
  {
    of: "DeclareEntry",
    rule: "a guard is 0 or 1",
    attempt: "declare a guard of 2",
    invariant: "invalid",
    cells: [],
    good: [
      [f(rowOf("DeclareEntry", B, { destination: address(B, 3), argument: { selector: 7n, nargs: 0, guard: 1 } }))],
    ],
    bad: [
      [f(rowOf("DeclareEntry", B, { destination: address(B, 3), argument: { selector: 7n, nargs: 0, guard: 2 } }))],
    ],
    by: "SingleOperations 13",
  },
  {
    of: "DeclareEntry",
    rule: "a program declares entries only in its own memory",
    attempt: "open another's slot in D",
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
    by: "Batch 6",
  },
];
