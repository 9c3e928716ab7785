/**
 * Capabilities that are lent on: narrower at every step, and dead with any one they were derived from. Every rule of docs/protocol.md, section
 * 4, with a case that happens and the nearest that does not.
 */
import { address, RIGHT } from "../../trace/layout.ts";
import { rowOf } from "../../trace/rows.ts";
import { capability } from "../lib/build.ts";
import { A, B, C, checkRules, claimBy, entry, f, gold, id, T } from "./ruleCases.ts";

const LENT = RIGHT.claim | RIGHT.delegate;

/** A lends on what B lent it: from its slot 9, by the capability in B's slot 9. */
const lend = (more: { rights?: number; scope?: number; resource?: bigint; deadline?: number; by?: number } = {}) =>
  rowOf("DelegateCapability", A, {
    peer: C,
    destination: address(A, 9),
    authority: address(B, more.by ?? 9),
    resource: more.resource ?? 0n,
    deadline: more.deadline ?? 0,
    argument: { scope: more.scope ?? 0, rights: more.rights ?? RIGHT.claim },
  });
/** Shows that C's capability in A's memory comes from B's. */
const line = (parent = address(B, 9), child = address(A, 9)) =>
  rowOf("Lineage", C, { peer: Math.floor(child / 256), source: parent, authority: child });
const child = (more: Parameters<typeof capability>[3] = {}) =>
  capability([A, 9], C, RIGHT.claim, { nonce: 7, parent: address(B, 9), parentNonce: 5, ...more });
const parent = (rights: number = LENT, more: Parameters<typeof capability>[3] = {}) =>
  capability([B, 9], A, rights, { nonce: 5, ...more });
const claim = claimBy(1, 100n, address(A, 9));

checkRules([
  {
    name: "only what may be delegated is lent on",
    invariant: "capability-attenuates",
    cells: [parent(), capability([B, 10], A, RIGHT.claim)],
    good: [[f(lend())]],
    bad: [[f(lend({ by: 10 }))]],
    by: "derives * (1 - capBits[3])",
  },
  {
    name: "only its grantee lends a capability on",
    invariant: "no-unscoped-access",
    cells: [parent(), capability([B, 10], C, LENT)],
    good: [[f(lend())]],
    bad: [[f(lend({ by: 10 }))]],
    by: "xWords[0] ===",
  },
  {
    name: "what is lent on has no right that the parent has not",
    invariant: "capability-attenuates",
    cells: [parent()],
    good: [[f(lend({ rights: LENT }))]],
    bad: [[f(lend({ rights: RIGHT.claim | RIGHT.invoke }))]],
    by: "derives * (rights - kept)",
  },
  {
    name: "what is lent on is about the slot that the parent is about",
    invariant: "capability-attenuates",
    cells: [parent(LENT, { scope: address(B, 5) })],
    good: [[f(lend({ scope: address(B, 5) }))]],
    bad: [[f(lend({ scope: address(B, 6) }))]],
    by: "xWords[0] ===",
  },
  {
    name: "one slot does not become all",
    invariant: "capability-attenuates",
    cells: [parent(LENT, { scope: address(B, 5) })],
    good: [[f(lend({ scope: address(B, 5) }))]],
    bad: [[f(lend({ scope: 0 }))]],
    by: "xWords[0] ===",
  },
  {
    name: "of all slots, one of the root's may be lent on",
    invariant: "capability-attenuates",
    cells: [parent()],
    good: [[f(lend({ scope: address(B, 200) }))]],
    bad: [[f(lend({ scope: address(C, 5) }))]],
    by: "Num2Bits(8)(beyond",
  },
  {
    name: "a slot that is lent on is compared with the root's",
    invariant: "capability-attenuates",
    cells: [parent()],
    good: [[f(lend({ scope: address(B, 5) }))]],
    bad: [[f(lend({ scope: address(C, 5) }), { inputs: { narrows: 0n } })]],
    by: "(wide - narrows) * scope",
  },
  {
    name: "what is lent on is about the resource that the parent is about",
    invariant: "capability-attenuates",
    cells: [parent(LENT, { subject: id(1) })],
    good: [[f(lend({ resource: id(1) }))]],
    bad: [[f(lend({ resource: id(2) }))]],
    by: "xWords[1] - capLow",
  },
  {
    name: "any resource may become one, not one any",
    invariant: "capability-attenuates",
    cells: [parent(), capability([B, 10], A, LENT, { subject: id(1) })],
    good: [[f(lend({ resource: id(1) }))]],
    bad: [[f(lend({ by: 10 }))]],
    by: "xWords[1] - capLow",
  },
  {
    name: "what is lent on ends when the parent does, or earlier",
    invariant: "expiry-enforced",
    cells: [parent(LENT, { expiry: T + 10 })],
    good: [[f(lend({ deadline: T + 10 }))]],
    bad: [[f(lend({ deadline: T + 11 }))]],
    by: "Num2Bits(40)(expiryGap)",
  },
  {
    name: "what comes from something that ends, ends",
    invariant: "expiry-enforced",
    cells: [parent(LENT, { expiry: T + 10 })],
    good: [[f(lend({ deadline: T + 1 }))]],
    bad: [[f(lend({ deadline: 0 }), { inputs: { inverse: 1n } })]],
    by: "* inverse ===",
  },
  {
    name: "the end of what is lent on is not hidden by a parent without one",
    invariant: "expiry-enforced",
    cells: [parent(LENT, { expiry: T + 10 })],
    good: [[f(lend({ deadline: T + 10 }))]],
    bad: [[f(lend({ deadline: T + 20 }), { inputs: { expires: 0n, expiryGap: 0n, inverse: 0n } })]],
    by: "xWords[1] - capLow",
  },
  {
    name: "what was lent on is used behind its line",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), parent(), child()],
    good: [[f(line()), f(claim)]],
    bad: [[f(claim)]],
    by: "begins * parentFound",
  },
  {
    name: "a line begins with a capability that has no parent",
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
    by: "begins * parentFound",
  },
  {
    name: "an ancestor that is revoked is not shown",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), parent(), child()],
    good: [[f(line()), f(claim)]],
    bad: [[f(rowOf("RevokeCapability", B, { authority: address(B, 9) }))], [f(line()), f(claim)]],
    by: "sWords[0] ===",
  },
  {
    name: "another capability in the place of a revoked ancestor is not it",
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
    by: "Lineage * (xWords[1]",
  },
  {
    name: "a parent is the one that the child names",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), parent(), capability([B, 10], A, LENT, { nonce: 5 }), child()],
    good: [[f(line()), f(claim)]],
    bad: [[f(line(address(B, 10))), f(claim)]],
    by: "Lineage * (xWords[1]",
  },
  {
    name: "a line leads to the capability in use",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), parent(), child(), capability([B, 11], C, RIGHT.claim)],
    good: [[f(line()), f(claim)]],
    bad: [[f(line()), f(claimBy(1, 100n, address(B, 11)))]],
    by: "lineIn * (256 * holder",
  },
  {
    name: "nothing but the use comes behind a line",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), gold([C, 4], 2, 5n), parent(), child()],
    good: [[f(line()), f(claim)]],
    bad: [
      [
        f(line()),
        f(rowOf("Retire", C, { source: address(C, 4), resource: id(2), kind: (1n << 32n) | 1n, quantity: 5n })),
      ],
    ],
    by: "lineIn * (",
  },
  {
    name: "a line is opened by who uses it",
    invariant: "capability-attenuates",
    cells: [gold([B, 5], 1, 100n), parent(), child()],
    good: [[f(line()), f(claim)]],
    bad: [[f({ ...line(), actor: A }), f(claim)]],
    by: "lineIn * (actor - lineActorIn)",
  },
  {
    name: "a group does not end with a line",
    invariant: "group-whole",
    cells: [gold([B, 5], 1, 100n), parent(), child()],
    good: [[f(line()), f(claim)]],
    bad: [[f(line())]],
    by: "last * (",
  },
  {
    name: "the line's root is who owns the slot",
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
    by: "claimBy * (root - grantor)",
  },
  {
    name: "a guarded entry point is called by what was lent on",
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
    by: "begins * parentFound",
  },
  {
    name: "a slot is watched by what was lent on",
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
    by: "(guarded + watchBy) * (root - peer)",
  },
]);
