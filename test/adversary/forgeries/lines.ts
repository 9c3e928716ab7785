/** A capability that was lent on needs its line, and ends with each of its ancestors. */
import { address, RIGHT } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { capability } from "../../lib/build.ts";
import { A, B, C, claimBy, entry, f, gold, id } from "../lib/words.ts";
import type { Case } from "./forgery.ts";

const LENT = RIGHT.claim | RIGHT.delegate;

/** Shows that C's capability in A's memory comes from B's. */
const line = (parent = address(B, 9), child = address(A, 9)) =>
  rowOf("Lineage", C, { peer: Math.floor(child / 256), source: parent, authority: child });
const child = (more: Parameters<typeof capability>[3] = {}) =>
  capability([A, 9], C, RIGHT.claim, { nonce: 7, parent: address(B, 9), parentNonce: 5, ...more });
const parent = (rights: number = LENT, more: Parameters<typeof capability>[3] = {}) =>
  capability([B, 9], A, rights, { nonce: 5, ...more });
const claim = claimBy(1, 100n, address(A, 9));

export const LINES: readonly Case[] = [
  {
    of: "Lineage",
    rule: "a derived capability is used after its line",
    attempt: "use it without a line",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), parent(), child()],
    good: [[f(line()), f(claim)]],
    bad: [[f(claim)]],
    by: "CapabilityInUse 8",
  },
  {
    of: "Lineage",
    rule: "a line begins with a capability that has no parent",
    attempt: "begin the line in the middle",
    invariant: "capability-attenuates",
    cells: [
      gold([B, 5], 1, 100n),
      capability([B, 8], A, LENT, { nonce: 3 }),
      capability([A, 8], B, LENT, { nonce: 5, parent: address(B, 8), parentNonce: 3 }),
      capability([B, 9], C, RIGHT.claim, { nonce: 7, parent: address(A, 8), parentNonce: 5 }),
    ],
    good: [
      [
        f(line(address(B, 8), address(A, 8))),
        f(line(address(A, 8), address(B, 9))),
        f(claimBy(1, 100n, address(B, 9))),
      ],
    ],
    bad: [[f(line(address(A, 8), address(B, 9))), f(claimBy(1, 100n, address(B, 9)))]],
    by: "CapabilityInUse 8",
  },
  {
    of: "Lineage",
    rule: "an ancestor that is revoked is not shown",
    attempt: "show a line whose first link was revoked",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), parent(), child()],
    good: [[f(line()), f(claim)]],
    bad: [[f(rowOf("RevokeCapability", B, { authority: address(B, 9) }))], [f(line()), f(claim)]],
    by: "CellS 9",
  },
  {
    of: "Lineage",
    rule: "another capability in the place of a revoked ancestor is not it",
    attempt: "show a new capability in the place of the revoked one",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), parent(), child()],
    good: [[f(line()), f(claim)]],
    bad: [
      [f(rowOf("RevokeCapability", B, { authority: address(B, 9) }))],
      [
        f(
          rowOf("DelegateCapability", B, {
            peer: A,
            destination: address(B, 9),
            argument: { scope: 0, rights: LENT },
          }),
        ),
      ],
      [f(line()), f(claim)],
    ],
    by: "CellX 11",
  },
  {
    of: "Lineage",
    rule: "a parent is the one that the child names",
    attempt: "show an equal capability in another slot",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), parent(), capability([B, 10], A, LENT, { nonce: 5 }), child()],
    good: [[f(line()), f(claim)]],
    bad: [[f(line(address(B, 10))), f(claim)]],
    by: "CellX 11",
  },
  {
    of: "Lineage",
    rule: "a line leads to the capability in use",
    attempt: "show a line and use another capability",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), parent(), child(), capability([B, 11], C, RIGHT.claim)],
    good: [[f(line()), f(claim)]],
    bad: [[f(line()), f(claimBy(1, 100n, address(B, 11)))]],
    by: "CapabilityInUse 8",
  },
  {
    of: "Lineage",
    rule: "nothing but the use comes behind a line",
    attempt: "retire a resource behind a line",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), gold([C, 4], 2, 5n), parent(), child()],
    good: [[f(line()), f(claim)]],
    bad: [
      [
        f(line()),
        f(rowOf("Retire", C, { source: address(C, 4), resource: id(2), kind: (1n << 32n) | 1n, quantity: 5n })),
      ],
    ],
    by: "CapabilityInUse 8",
  },
  {
    of: "Lineage",
    rule: "the user of a line opens it",
    attempt: "let another program show it",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), parent(), child()],
    good: [[f(line()), f(claim)]],
    bad: [[f({ ...line(), actor: A }), f(claim)]],
    by: "CapabilityInUse 8",
  },
  {
    of: "Lineage",
    rule: "a group does not end with a line",
    attempt: "close the group behind a line",
    invariant: "group-whole",
    cells: [gold([B, 5], 1, 100n), parent(), child()],
    good: [[f(line()), f(claim)]],
    bad: [[f(line())]],
    by: "Group 4",
  },
  {
    of: "ClaimFromProgram",
    rule: "the root of the line owns the slot",
    attempt: "use a capability of a third program for the owner's slot",
    invariant: "no-unscoped-access",
    cells: [
      gold([B, 5], 1, 100n),
      parent(),
      child(),
      // A's own, which says the same about B's slot.
      capability([A, 10], C, RIGHT.claim, { scope: address(B, 5), nonce: 4 }),
    ],
    good: [[f(line()), f(claim)]],
    bad: [[f(claimBy(1, 100n, address(A, 10)))]],
    by: "CapabilityInUse 8",
  },
  {
    of: "InvokeProgram",
    rule: "a derived capability calls a guarded entry point after its line",
    attempt: "call with a derived capability, without its line",
    invariant: "capability-attenuates",
    cells: [
      entry([B, 3], { guard: 1 }),
      capability([B, 9], A, RIGHT.invoke | RIGHT.delegate, { nonce: 5 }),
      capability([A, 9], C, RIGHT.invoke, { nonce: 7, parent: address(B, 9), parentNonce: 5 }),
    ],
    good: [
      [
        f(line()),
        f(
          rowOf("InvokeProgram", C, {
            peer: B,
            source: address(A, 9),
            authority: address(B, 3),
            argument: { selector: 77n, nargs: 0, guard: 1 },
          }),
        ),
      ],
    ],
    bad: [
      [
        f(
          rowOf("InvokeProgram", C, {
            peer: B,
            source: address(A, 9),
            authority: address(B, 3),
            argument: { selector: 77n, nargs: 0, guard: 1 },
          }),
        ),
      ],
    ],
    by: "CapabilityInUse 8",
  },
  {
    of: "WatchResource",
    rule: "a derived capability watches only slots of its root",
    attempt: "watch a slot of the middle program, not of the root",
    invariant: "no-unscoped-access",
    cells: [
      capability([B, 9], A, RIGHT.watch | RIGHT.delegate, { nonce: 5 }),
      capability([A, 9], C, RIGHT.watch, { nonce: 7, parent: address(B, 9), parentNonce: 5 }),
    ],
    good: [
      [
        f(line()),
        f(
          rowOf("WatchResource", C, {
            peer: B,
            source: address(B, 5),
            destination: address(C, 1),
            authority: address(A, 9),
            argument: { condition: 3, trigger: 9n },
          }),
        ),
      ],
    ],
    bad: [
      [
        f(line()),
        f(
          rowOf("WatchResource", C, {
            peer: A,
            source: address(A, 5),
            destination: address(C, 1),
            authority: address(A, 9),
            argument: { condition: 3, trigger: 9n },
          }),
        ),
      ],
    ],
    by: "CapabilityInUse 8",
  },
];
