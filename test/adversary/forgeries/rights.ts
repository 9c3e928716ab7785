/** Capabilities in the uses that escrows.ts does not have: calling and watching; and the shapes of lines. */
import { address, RIGHT } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { capability, type Placed } from "../../lib/build.ts";
import type { Forged } from "../../lib/rowForger.ts";
import { A, B, C, call, claimBy, elsewhere, entry, f, gold, id, T } from "../lib/words.ts";
import type { Case } from "./forgery.ts";

type Names = [of: string, rule: string, attempt: string];

const guarded = (by: number, holder: number = B): Row => call({ source: address(holder, by) }, { guard: 1 });
const right = (slot: number, more: Parameters<typeof capability>[3] = {}, grantee: number = A, holder: number = B) =>
  capability([holder, slot], grantee, RIGHT.invoke | RIGHT.watch, more);
const watch = (by: number, holder: number = B): Row =>
  rowOf("WatchResource", A, {
    peer: B,
    source: address(B, 5),
    destination: address(A, 1),
    authority: address(holder, by),
    argument: { condition: 3, trigger: 9n },
  });
const entries: Placed[] = [entry([B, 3], { guard: 1 }), entry([B, 2], { guard: 1 }), right(9)];

/** The same attempt with a call and with a watch. */
function both(
  [rule, attempt]: [rule: string, attempt: string],
  invariant: Case["invariant"],
  held: Placed,
  by: [call: string, watch: string],
  more: Omit<Forged, "row"> = {},
): Case[] {
  const [holder, slot] = held.at;
  return [guarded, watch].map((use, i) => ({
    of: i === 0 ? "InvokeProgram" : "WatchResource",
    rule,
    attempt,
    invariant,
    cells: [...entries, held],
    good: [[f(use(9))]],
    bad: [[f(use(slot, holder), more)]],
    by: by[i] ?? "",
  }));
}

const lineCells: Placed[] = [
  gold([B, 5], 1, 100n),
  capability([B, 9], A, RIGHT.claim | RIGHT.delegate, { nonce: 5 }),
  capability([A, 9], C, RIGHT.claim, { nonce: 7, parent: address(B, 9), parentNonce: 5 }),
  capability([A, 10], C, RIGHT.claim, { nonce: 7, parent: address(B, 9), parentNonce: 6 }),
  capability([C, 9], C, RIGHT.claim, { nonce: 7, parent: address(B, 9), parentNonce: 5 }),
  entry([B, 8]),
];
const line = (parent = address(B, 9), child = address(A, 9)): Row =>
  rowOf("Lineage", C, { peer: A, source: parent, authority: child });
const claim = claimBy(1, 100n, address(A, 9));
const lined = ([of, rule, attempt]: Names, invariant: Case["invariant"], bad: Forged[], by: string): Case => ({
  of,
  rule,
  attempt,
  invariant,
  cells: lineCells,
  good: [[f(line()), f(claim)]],
  bad: [bad],
  by,
});

export const RIGHTS: readonly Case[] = [
  ...both(
    ["only its grantee uses a capability", "use one of another grantee"],
    "no-unscoped-access",
    right(10, {}, C),
    ["CellS 9", "CellX 11"],
  ),
  ...both(
    ["a capability covers its scope", "use one for another slot"],
    "capability-attenuates",
    right(10, { scope: address(B, 2) }),
    ["CellS 9", "CellX 11"],
  ),
  ...both(
    ["a capability about one resource is for claims alone", "use one with a subject"],
    "capability-attenuates",
    right(10, { subject: id(1) }),
    ["CapabilityInUse 8", "CapabilityInUse 8"],
  ),
  ...both(
    ["a capability about one resource is for claims alone", "use one with a subject, and say that it has none"],
    "capability-attenuates",
    right(10, { subject: id(1) }),
    ["CellS 9", "CellX 11"],
    { inputs: { subjected: 0n } },
  ),
  ...both(
    ["a capability is used before it expires", "use it at its expiry"],
    "expiry-enforced",
    right(10, { expiry: T }),
    ["Ranges 2", "Ranges 2"],
  ),
  ...both(
    ["a capability is used before it expires", "use it at its expiry, and say that it has none"],
    "expiry-enforced",
    right(10, { expiry: T }),
    ["CellS 9", "CellX 11"],
    { inputs: { expires: 0n, expiryGap: 0n } },
  ),
  ...both(["its root is the peer", "use one of a third program"], "no-unscoped-access", right(10, {}, A, C), [
    "CapabilityInUse 8",
    "CapabilityInUse 8",
  ]),
  ...[guarded, watch].map((use, i): Case => {
    const column = i === 0 ? "S" : "X";
    return {
      of: i === 0 ? "InvokeProgram" : "WatchResource",
      rule: "its root is the peer",
      attempt: `name a slot of the peer, and open one of a third program in ${column}`,
      invariant: "no-unscoped-access",
      cells: [...entries, right(10, {}, A, C)],
      good: [[f(use(9))]],
      bad: [[elsewhere(use(10), column, address(C, 10))]],
      by: "Batch 6",
    };
  }),
  ...both(
    ["a derived capability is used after its line", "use it without a line"],
    "capability-attenuates",
    right(10, { parent: address(C, 4), parentNonce: 3 }),
    ["CapabilityInUse 8", "CapabilityInUse 8"],
  ),
  lined(
    ["Lineage", "a line's parent is a capability", "show an entry"],
    "capability-attenuates",
    [f(line(address(B, 8))), f(claim)],
    "CellS 9",
  ),
  lined(
    ["Lineage", "the child lies in the peer's memory", "open another's in X"],
    "no-unscoped-access",
    [elsewhere(line(), "X", address(C, 9)), f(claim)],
    "Batch 6",
  ),
  lined(
    ["Lineage", "a parent's nonce is the one that the child names", "show a parent made under another number"],
    "capability-attenuates",
    [f(line(address(B, 9), address(A, 10))), f(claimBy(1, 100n, address(A, 10)))],
    "CellX 11",
  ),
];
