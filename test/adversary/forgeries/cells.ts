/**
 * Entries, capabilities and watches as cells, and what else opens them: each lies where it must, and holds what it
 * must.
 */
import { address } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import type { Placed } from "../../lib/build.ts";
import { A, B, C, elsewhere, entry, f, gold, twice, watchCell } from "../lib/words.ts";
import { type Case, nearby } from "./forgery.ts";

const INTO_OWN = "it goes to the actor's own slot";
const EMPTY = "it goes to an empty slot";
const UNWATCHED = "it goes to an unwatched slot";
const OTHER = "the peer is another program";
const declare = (slot: number): Row =>
  rowOf("DeclareEntry", A, { destination: address(A, slot), argument: { selector: 7n, nargs: 0, guard: 0 } });
const lend = (slot: number, peer: number = C): Row =>
  rowOf("DelegateCapability", A, { peer, destination: address(A, slot), argument: { scope: 0, rights: 1 } });
const watch = (source: number, destination: number, condition = 3): Row =>
  rowOf("WatchResource", A, { peer: A, source, destination, argument: { condition, trigger: 9n } });
const unwatch = (slot: number, target = address(B, 5)): Row =>
  rowOf("Unwatch", C, { peer: B, source: target, authority: address(C, slot) });
const trigger = (slot: number): Row => rowOf("Trigger", C, { authority: address(C, slot) });
const join = (peer: number): Row => rowOf("JoinWith", A, { peer, argument: { steps: 0 } });
const clear = (slot: number): Row => rowOf("Clear", A, { authority: address(A, slot) });
const as = (sort: number) => ({ inputs: { clears: [0, 1, 2, 3].map((i) => BigInt(i === sort)) } });

const two: Placed[] = [gold([A, 1], 1, 100n), gold([A, 2], 2, 100n)];
const watched: Placed[] = [watchCell([C, 1], [A, 3]), { at: [A, 3], type: "empty", watch: 1 }];

export const CELLS: readonly Case[] = [
  nearby(
    ["DeclareEntry", EMPTY, "declare it over a resource"],
    "no-double-spend",
    two,
    [f(declare(3))],
    [f(declare(1))],
    "CellD 10",
  ),
  nearby(
    ["DelegateCapability", EMPTY, "write it over a resource"],
    "no-double-spend",
    two,
    [f(lend(3))],
    [f(lend(1))],
    "CellD 10",
  ),
  nearby(
    ["DelegateCapability", UNWATCHED, "write it into a watched slot"],
    "watch-deterministic",
    watched,
    [f(lend(4))],
    [f(lend(3))],
    "CellD 10",
  ),
  nearby(
    ["DelegateCapability", OTHER, "lend to oneself"],
    "invocation-causal",
    [],
    [f(lend(4))],
    [f(lend(4, A), twice)],
    "Batch 6",
  ),
  nearby(
    ["WatchResource", INTO_OWN, "open another's slot in D"],
    "no-unscoped-access",
    two,
    [f(watch(address(A, 1), address(A, 4)))],
    [elsewhere(watch(address(A, 1), address(A, 4)), "D", address(B, 4))],
    "Batch 6",
  ),
  nearby(
    ["WatchResource", EMPTY, "write the watch over a resource"],
    "no-double-spend",
    two,
    [f(watch(address(A, 1), address(A, 4)))],
    [f(watch(address(A, 1), address(A, 2)))],
    "CellD 10",
  ),
  nearby(
    ["WatchResource", UNWATCHED, "write the watch into a watched slot"],
    "watch-deterministic",
    [...watched, gold([A, 1], 1, 100n)],
    [f(watch(address(A, 1), address(A, 4)))],
    [f(watch(address(A, 1), address(A, 3)))],
    "CellD 10",
  ),
  nearby(
    ["WatchResource", "its target is a slot with a resource or nothing", "watch an entry"],
    "watch-deterministic",
    [entry([A, 2]), gold([A, 1], 1, 100n)],
    [f(watch(address(A, 1), address(A, 4)))],
    [f(watch(address(A, 2), address(A, 4)))],
    "CellS 9",
  ),
  nearby(
    ["WatchResource", "its target is a slot with a resource or nothing", "watch a header"],
    "no-unscoped-access",
    two,
    [f(watch(address(A, 1), address(A, 4)))],
    [f(watch(address(A, 0), address(A, 4)))],
    "CellS 9",
  ),
  nearby(
    ["WatchResource", "its condition is one of five", "set condition 0"],
    "watch-deterministic",
    two,
    [f(watch(address(A, 1), address(A, 4)))],
    [f(watch(address(A, 1), address(A, 4), 0))],
    "Watches 15",
  ),
  nearby(
    ["Unwatch", "an armed watch is taken away", "take a fired one away"],
    "watch-deterministic",
    [watchCell([C, 1], [B, 5]), { at: [B, 5], type: "empty", watch: 1 }, watchCell([C, 2], [B, 5], { state: "fired" })],
    [f(unwatch(1))],
    [f(unwatch(2))],
    "CellX 11",
  ),
  nearby(
    ["Clear", "only a capability, an entry, a fired or a spent watch is cleared", "clear the header"],
    "no-unscoped-access",
    [entry([A, 2])],
    [f(clear(2))],
    [f(clear(0), as(1))],
    "CellX 11",
  ),
  nearby(
    ["Clear", "only a capability, an entry, a fired or a spent watch is cleared", "clear an empty slot"],
    "no-double-spend",
    [entry([A, 2])],
    [f(clear(2))],
    [f(clear(3), as(1))],
    "CellX 11",
  ),
  nearby(
    [
      "Clear",
      "only a capability, an entry, a fired or a spent watch is cleared",
      "clear an empty slot as nothing at all",
    ],
    "no-double-spend",
    [entry([A, 2])],
    [f(clear(2))],
    [f(clear(3), as(9))],
    "CellX 11",
  ),
  nearby(
    ["Trigger", "a watch is applied by its own program", "open another's watch in X"],
    "no-unscoped-access",
    [watchCell([C, 1], [B, 5], { state: "fired" }), watchCell([B, 1], [B, 5], { state: "fired" })],
    [f(rowOf("Clear", C, { authority: address(C, 1) }))],
    [elsewhere(trigger(1), "X", address(B, 1))],
    "Group 4",
  ),
  nearby(
    ["Trigger", "a watch that fired is applied", "apply an armed one"],
    "watch-deterministic",
    [watchCell([C, 1], [B, 5]), { at: [B, 5], type: "empty", watch: 1 }],
    [f(unwatch(1))],
    [f(trigger(1))],
    "CellX 11",
  ),
  nearby(
    ["JoinWith", OTHER, "join with oneself"],
    "invocation-causal",
    [],
    [f(join(B))],
    [f(join(A), twice)],
    "Batch 6",
  ),
  nearby(
    ["JoinWith", "the peer exists", "join with a program that was never created"],
    "invocation-causal",
    [],
    [f(join(B))],
    [f(join(9))],
    "Headers 7",
  ),
];
