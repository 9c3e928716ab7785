/** A capability that is lent on is at most as wide as its parent. */
import { address, RIGHT } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { capability } from "../../lib/build.ts";
import { A, B, C, f, id, T } from "../lib/words.ts";
import type { Case } from "./forgery.ts";

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
const parent = (rights: number = LENT, more: Parameters<typeof capability>[3] = {}) =>
  capability([B, 9], A, rights, { nonce: 5, ...more });

export const LENDING: readonly Case[] = [
  {
    of: "DelegateCapability",
    rule: "only a capability with the right to delegate is lent on",
    attempt: "lend on without the right to delegate",
    invariant: "capability-attenuates",
    cells: [parent(), capability([B, 10], A, RIGHT.claim)],
    good: [[f(lend())]],
    bad: [[f(lend({ by: 10 }))]],
    by: "CapabilityInUse 8",
  },
  {
    of: "DelegateCapability",
    rule: "only its grantee lends a capability on",
    attempt: "lend on a capability of another grantee",
    invariant: "no-unscoped-access",
    cells: [parent(), capability([B, 10], C, LENT)],
    good: [[f(lend())]],
    bad: [[f(lend({ by: 10 }))]],
    by: "CellX 11",
  },
  {
    of: "DelegateCapability",
    rule: "a derived capability has no right that its parent lacks",
    attempt: "add the right to invoke",
    invariant: "capability-attenuates",
    cells: [parent()],
    good: [[f(lend({ rights: LENT }))]],
    bad: [[f(lend({ rights: RIGHT.claim | RIGHT.invoke }))]],
    by: "CapabilityInUse 8",
  },
  {
    of: "DelegateCapability",
    rule: "a derived capability covers the same slot as its parent",
    attempt: "name another slot",
    invariant: "capability-attenuates",
    cells: [parent(LENT, { scope: address(B, 5) })],
    good: [[f(lend({ scope: address(B, 5) }))]],
    bad: [[f(lend({ scope: address(B, 6) }))]],
    by: "CellX 11",
  },
  {
    of: "DelegateCapability",
    rule: "a capability for one slot does not become one for all slots",
    attempt: "name all slots where the parent names one",
    invariant: "capability-attenuates",
    cells: [parent(LENT, { scope: address(B, 5) })],
    good: [[f(lend({ scope: address(B, 5) }))]],
    bad: [[f(lend({ scope: 0 }))]],
    by: "CellX 11",
  },
  {
    of: "DelegateCapability",
    rule: "from all slots, only a slot of the root is lent on",
    attempt: "name a slot of another program",
    invariant: "capability-attenuates",
    cells: [parent()],
    good: [[f(lend({ scope: address(B, 200) }))]],
    bad: [[f(lend({ scope: address(C, 5) }))]],
    by: "CellD 10",
  },
  {
    of: "DelegateCapability",
    rule: "a derived slot is checked against the root",
    attempt: "name a slot of another program, and say that it is none",
    invariant: "capability-attenuates",
    cells: [parent()],
    good: [[f(lend({ scope: address(B, 5) }))]],
    bad: [[f(lend({ scope: address(C, 5) }), { inputs: { narrows: 0n } })]],
    by: "CapabilityInUse 8",
  },
  {
    of: "DelegateCapability",
    rule: "a derived capability is about the same resource as its parent",
    attempt: "name another resource",
    invariant: "capability-attenuates",
    cells: [parent(LENT, { subject: id(1) })],
    good: [[f(lend({ resource: id(1) }))]],
    bad: [[f(lend({ resource: id(2) }))]],
    by: "CellX 11",
  },
  {
    of: "DelegateCapability",
    rule: "a capability for one resource does not become one for any resource",
    attempt: "name any resource where the parent names one",
    invariant: "capability-attenuates",
    cells: [parent(), capability([B, 10], A, LENT, { subject: id(1) })],
    good: [[f(lend({ resource: id(1) }))]],
    bad: [[f(lend({ by: 10 }))]],
    by: "CellX 11",
  },
  {
    of: "DelegateCapability",
    rule: "a derived capability expires no later than its parent",
    attempt: "let it expire a second later",
    invariant: "expiry-enforced",
    cells: [parent(LENT, { expiry: T + 10 })],
    good: [[f(lend({ deadline: T + 10 }))]],
    bad: [[f(lend({ deadline: T + 11 }))]],
    by: "Ranges 2",
  },
  {
    of: "DelegateCapability",
    rule: "a capability derived from one that expires also expires",
    attempt: "let it have no expiry",
    invariant: "expiry-enforced",
    cells: [parent(LENT, { expiry: T + 10 })],
    good: [[f(lend({ deadline: T + 1 }))]],
    bad: [[f(lend({ deadline: 0 }), { inputs: { inverse: 1n } })]],
    by: "SingleOperations 13",
  },
  {
    of: "DelegateCapability",
    rule: "a derived capability cannot hide its parent's expiry",
    attempt: "let it expire later, and say that the parent has no expiry",
    invariant: "expiry-enforced",
    cells: [parent(LENT, { expiry: T + 10 })],
    good: [[f(lend({ deadline: T + 10 }))]],
    bad: [[f(lend({ deadline: T + 20 }), { inputs: { expires: 0n, expiryGap: 0n, inverse: 0n } })]],
    by: "CellX 11",
  },
];
