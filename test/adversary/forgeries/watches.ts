/** Watches as cells, and triggers; capabilities as cells. */
import { address, RIGHT } from "../../../trace/layout.ts";
import { triggerDigest } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { capability, GOLD } from "../../lib/build.ts";
import { A, arrival, B, C, elsewhere, entry, f, gold, otherArrival, watchCell } from "../lib/words.ts";
import type { Case } from "./forgery.ts";

/**
 * A row in which the program watches a slot of B from its own slot 1, by a capability in B's slot `by` if that is not
 * 0.
 */
const watchB = (actor: number, slot: number, by: number, condition = 3) =>
  rowOf("WatchResource", actor, {
    peer: B,
    source: address(B, slot),
    destination: address(actor, 1),
    authority: by === 0 ? 0 : address(B, by),
    argument: { condition, trigger: 9n },
  });

export const WATCHES_AND_TRIGGERS: readonly Case[] = [
  {
    of: "DeclareEntry",
    rule: "only a resource goes into a watched slot",
    attempt: "declare an entry in a watched slot",
    invariant: "watch-deterministic",
    cells: [watchCell([C, 1], [B, 3]), { at: [B, 3], type: "empty", watch: 1 }],
    good: [
      [f(rowOf("DeclareEntry", B, { destination: address(B, 2), argument: { selector: 7n, nargs: 0, guard: 0 } }))],
    ],
    bad: [
      [f(rowOf("DeclareEntry", B, { destination: address(B, 3), argument: { selector: 7n, nargs: 0, guard: 0 } }))],
    ],
    by: "CellD 10",
  },
  {
    of: "DelegateCapability",
    rule: "a grantee exists",
    attempt: "lend to a program that was never created",
    invariant: "invocation-causal",
    cells: [],
    good: [
      [f(rowOf("DelegateCapability", A, { peer: C, destination: address(A, 5), argument: { scope: 0, rights: 1 } }))],
    ],
    bad: [
      [f(rowOf("DelegateCapability", A, { peer: 9, destination: address(A, 5), argument: { scope: 0, rights: 1 } }))],
    ],
    by: "Headers 7",
  },
  {
    of: "DelegateCapability",
    rule: "a capability is written in the grantor's memory",
    attempt: "open another's slot in D",
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
    by: "Batch 6",
  },
  {
    of: "Clear",
    rule: "only its owner clears a cell",
    attempt: "open another's capability in X",
    invariant: "no-unscoped-access",
    cells: [capability([B, 9], C, RIGHT.claim)],
    good: [[f(rowOf("RevokeCapability", B, { authority: address(B, 9) }))]],
    bad: [
      [
        elsewhere(
          rowOf("RevokeCapability", C, { authority: address(C, 9), argument: { cleared: 1 } }),
          "X",
          address(B, 9),
        ),
      ],
    ],
    by: "Batch 6",
  },
  {
    of: "Clear",
    rule: "an armed watch is not cleared",
    attempt: "clear an armed watch as if it were spent",
    invariant: "watch-deterministic",
    cells: [
      watchCell([C, 1], [B, 3]),
      { at: [B, 3], type: "empty", watch: 1 },
      watchCell([C, 2], [B, 3], { state: "spent" }),
    ],
    good: [[f(rowOf("Clear", C, { authority: address(C, 2) }))]],
    bad: [[f(rowOf("Clear", C, { authority: address(C, 1) }), { inputs: { clears: [0n, 0n, 0n, 1n] } })]],
    by: "CellX 11",
  },
  {
    of: "Clear",
    rule: "a resource is not cleared",
    attempt: "clear a resource as if it were an entry",
    invariant: "no-double-spend",
    cells: [gold([A, 1], 1, 100n), entry([A, 2])],
    good: [[f(rowOf("Clear", A, { authority: address(A, 2) }))]],
    bad: [[f(rowOf("Clear", A, { authority: address(A, 1) }), { inputs: { clears: [0n, 1n, 0n, 0n] } })]],
    by: "CellX 11",
  },
  {
    of: "WatchResource",
    rule: "another's slot is watched with a capability",
    attempt: "watch with nothing in X",
    invariant: "no-unscoped-access",
    cells: [capability([B, 9], C, RIGHT.watch)],
    good: [[f(watchB(C, 5, 9))]],
    bad: [[f(watchB(C, 5, 0), { inputs: { capRights: 4n, holder: BigInt(B) } })]],
    by: "CellX 11",
  },
  {
    of: "WatchResource",
    rule: "watching asks for the right to watch",
    attempt: "watch with the rights to claim and invoke",
    invariant: "capability-attenuates",
    cells: [capability([B, 9], C, RIGHT.watch), capability([B, 10], C, RIGHT.claim | RIGHT.invoke)],
    good: [[f(watchB(C, 5, 9))]],
    bad: [[f(watchB(C, 5, 10))]],
    by: "CapabilityInUse 8",
  },
  {
    of: "WatchResource",
    rule: "a slot has as many watches as there are ranks",
    attempt: "set a fifth watch",
    invariant: "watch-deterministic",
    cells: [
      ...[0, 1, 2, 3].map((rank) => watchCell([C, 1 + rank], [B, 5], { rank })),
      { at: [B, 5], type: "empty", watch: 15 },
      watchCell([A, 1], [B, 6]),
      { at: [B, 6], type: "empty", watch: 1 },
    ],
    good: [[f(watchB(B, 6, 0))]],
    bad: [[f(watchB(B, 5, 0), { inputs: { rank: [0n, 0n, 0n, 1n] } })]],
    by: "Watches 15",
  },
  {
    of: "WatchResource",
    rule: "a condition is one of five",
    attempt: "set condition 6",
    invariant: "watch-deterministic",
    cells: [],
    good: [[f(watchB(B, 6, 0, 5))]],
    bad: [[f(watchB(B, 6, 0, 6))]],
    by: "Watches 15",
  },
  {
    of: "Unwatch",
    rule: "only the watcher takes its watch away",
    attempt: "open another's watch in X",
    invariant: "no-unscoped-access",
    cells: [watchCell([C, 1], [B, 5]), { at: [B, 5], type: "empty", watch: 1 }],
    good: [[f(rowOf("Unwatch", C, { peer: B, source: address(B, 5), authority: address(C, 1) }))]],
    bad: [
      [
        elsewhere(
          rowOf("Unwatch", B, { peer: B, source: address(B, 5), authority: address(B, 1), argument: { removed: 9n } }),
          "X",
          address(C, 1),
        ),
      ],
    ],
    by: "Batch 6",
  },
  {
    of: "Unwatch",
    rule: "a watch is taken off its own slot",
    attempt: "take it off another slot",
    invariant: "watch-deterministic",
    cells: [
      watchCell([C, 1], [B, 5]),
      { at: [B, 5], type: "empty", watch: 1 },
      watchCell([A, 1], [B, 6]),
      { at: [B, 6], type: "empty", watch: 1 },
    ],
    good: [[f(rowOf("Unwatch", C, { peer: B, source: address(B, 5), authority: address(C, 1) }))]],
    bad: [[f(rowOf("Unwatch", C, { peer: B, source: address(B, 6), authority: address(C, 1) }))]],
    by: "CellX 11",
  },
  {
    of: "Trigger",
    rule: "a trigger applies the effects that the watch was set with",
    attempt: "apply another amount",
    invariant: "watch-deterministic",
    cells: [watchCell([C, 1], [B, 5], { state: "fired", trigger: triggerDigest(arrival) })],
    good: [[f(rowOf("Trigger", C, { authority: address(C, 1) })), ...arrival.map((row) => f(row))]],
    bad: [
      [
        f(rowOf("Trigger", C, { authority: address(C, 1) }), { inputs: { digest: triggerDigest(otherArrival) } }),
        ...otherArrival.map((row) => f(row, { inputs: { digest: triggerDigest(otherArrival) } })),
      ],
    ],
    by: "CellX 11",
  },
  {
    of: "Trigger",
    rule: "a trigger that is armed or spent applies nothing",
    attempt: "apply a spent one",
    invariant: "watch-deterministic",
    cells: [
      watchCell([C, 1], [B, 5], { state: "fired", trigger: triggerDigest(arrival) }),
      watchCell([C, 2], [B, 6], { state: "spent", trigger: triggerDigest(arrival) }),
    ],
    good: [[f(rowOf("Trigger", C, { authority: address(C, 1) })), ...arrival.map((row) => f(row))]],
    bad: [[f(rowOf("Trigger", C, { authority: address(C, 2) })), ...arrival.map((row) => f(row))]],
    by: "CellX 11",
  },
  {
    of: "Trigger",
    rule: "a trigger does not act in another program's name",
    attempt: "apply an effect of another program",
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
    by: "Group 2",
  },
];
