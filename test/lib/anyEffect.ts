/** Random effects, for tests of the rules. */

import type { Effect, Place } from "../../trace/effects/effects.ts";
import { address, CHAIN, kindOf, programOf, RIGHT, type Right, slotOf } from "../../trace/layout.ts";
import type { CapabilityCell, Cell } from "../../trace/state/cells.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { authority } from "./authorities.ts";
import { GOLD, SILVER } from "./build.ts";
import { chainEffect, recipientOf } from "./chainEffect.ts";
import { PRICE } from "./moored.ts";
import type { Random } from "./random.ts";

const SLOTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/** Keys that programs change between. */
const KEYS = 4;

/** A granted capability: its place, and the first grantor of its line. */
interface Held {
  by: Place;
  root: number;
  cell: CapabilityCell;
}

/** The acting program, the time and the state. */
export interface Asker {
  actor: number;
  now: number;
  map: TimeMap;
}

/**
 * Any effect of three programs with cells in their first ten slots. Most effects are sensible. In a moored map, the
 * first program is the chain's.
 */
export function anyEffect(random: Random, asker: Asker): Effect {
  const { actor, now, map } = asker;
  if (map.moored && (random.below(actor === CHAIN ? 20 : 40) !== 0) === (actor === CHAIN))
    return chainEffect(random, map);
  const slotWith = (program: number, type: Cell["type"]): number => {
    const fitting = SLOTS.filter((slot) => map.cell(address(program, slot)).type === type);
    return random.pick(fitting.length === 0 || random.below(4) === 0 ? SLOTS : fitting);
  };
  const free = () => slotWith(actor, "empty");
  const thing = () => slotWith(actor, "resource");
  const program = () => 1 + random.below(3);
  const other = () => (random.below(4) === 0 ? program() : 1 + ((actor + random.below(2)) % 3));
  const placeWith = (type: Cell["type"], of = program()): Place => ({ program: of, slot: slotWith(of, type) });
  const kind = () => random.pick(map.moored ? [GOLD, GOLD, SILVER, PRICE] : [GOLD, SILVER]);
  const sometimes = (value: number) => (random.below(3) === 0 ? value : 0);
  // Often in the scope of a capability, so that some are used.
  const lent = random.below(2) === 0 ? held(random, asker) : undefined;
  const target = () => lent?.root ?? program();
  const by = lent === undefined ? (random.below(4) === 0 ? { by: placeWith("capability") } : {}) : { by: lent.by };
  if (SLOTS.filter((slot) => map.cell(address(actor, slot)).type === "empty").length < 4 && random.below(2) === 0) {
    return freeing(random, asker);
  }
  switch (random.below(24)) {
    case 0:
    case 1: {
      const own = kindOf(actor, 1);
      return {
        effect: "Issue",
        kind: random.below(3) === 0 ? kind() : own,
        quantity: BigInt(random.below(20)),
        slot: free(),
      };
    }
    case 13:
      return { effect: "Retire", slot: thing(), ...recipientOf(random, map) };
    case 2:
      return { effect: "Split", from: thing(), to: free(), part: BigInt(random.below(10)) };
    case 3:
      return { effect: "Merge", ...pair(random, asker, thing) };
    case 4:
    case 5:
    case 14:
      return {
        effect: "EscrowToProgram",
        from: thing(),
        to: placeWith("empty", other()),
        deadline: sometimes(now + random.below(9)),
      };
    case 6:
    case 7: {
      const from = placeWith("resource", target());
      return { effect: "ClaimFromProgram", from, to: random.below(5) === 0 ? "in place" : free(), ...by };
    }
    case 8:
      return { effect: "RevokeResource", from: placeWith("resource", other()), to: free() };
    case 9:
    case 10:
    case 18:
    case 19: {
      // Mostly at most the parent's rights, its time and its scope.
      const [rights, expiry, subject] =
        lent === undefined ? [15, 0, 0n] : [lent.cell.rights, lent.cell.expiry, lent.cell.subject];
      const more = () => lent === undefined || random.below(10) === 0;
      const scope = more() ? (random.below(4) !== 0 ? 0 : undefined) : lent?.cell.scope;
      return {
        effect: "DelegateCapability",
        slot: free(),
        grantee: other(),
        rights: (Object.keys(RIGHT) as Right[]).filter(
          (right) => ((more() ? 15 : rights) & RIGHT[right]) !== 0 && random.below(6) !== 0,
        ),
        scope: scope === 0 ? "all" : scope === undefined ? placeWith("resource", target()) : placeOf(scope),
        expiry: more() ? sometimes(Math.max(now, expiry) + random.below(random.pick([20, 900]))) : expiry,
        subject: more() ? random.pick([0n, 0n, 0n, idIn(map, placeWith("resource", target()))]) : subject,
        ...by,
      };
    }
    case 11:
    case 12:
    case 20:
      return {
        effect: "WatchResource",
        slot: free(),
        target: placeWith(random.pick(["resource", "empty"] as const), target()),
        condition: random.pick(["above", "below", "arrival", "departure", "change"] as const),
        kind: random.below(2) === 0 ? 0n : kind(),
        threshold: BigInt(random.below(9)),
        trigger: random.below(3) === 0 ? [{ effect: "Issue", kind: kind(), quantity: 1n, slot: free() }] : [],
        ...by,
      };
    case 15:
      return { effect: random.pick(["Clear", "Unwatch", "RevokeCapability"] as const), slot: random.pick(SLOTS) };
    case 16: {
      const nargs = random.below(3);
      const nothing = nargs === 0 && random.below(6) !== 0;
      return {
        effect: "DeclareEntry",
        slot: free(),
        name: "f",
        nargs,
        accepts: nothing ? 0n : kind(),
        minimum: nothing ? 0n : BigInt(random.below(3)),
        guarded: random.below(2) !== 0,
      };
    }
    case 17:
      if (random.below(6) === 0) return { effect: "RotateAuthority", authority: authority(random.below(KEYS)) };
      if (random.below(3) === 0) return { effect: "CreateProgram", inbox: 4, authority: authority(random.below(KEYS)) };
      return { effect: "JoinWith", programs: [{ program: other(), steps: 1 }] };
    default:
      return invocation(random, asker, lent);
  }
}

/** Two slots to merge: mostly two with resources of one kind. */
function pair(random: Random, { actor, map }: Asker, thing: () => number): { from: number; to: number } {
  const from = thing();
  const kindIn = (slot: number): bigint | undefined => {
    const cell = map.cell(address(actor, slot));
    return cell.type === "resource" ? cell.kind : undefined;
  };
  const same = SLOTS.filter((slot) => slot !== from && kindIn(slot) === kindIn(from));
  return { from, to: same.length === 0 || random.below(4) === 0 ? thing() : random.pick(same) };
}

/** A call, mostly of an existing entry point, with its arguments and its right. */
function invocation(random: Random, { actor, map }: Asker, lent: Held | undefined): Effect {
  const places = [1, 2, 3].flatMap((program) => SLOTS.map((slot) => ({ program, slot })));
  const entries = places.filter(({ program, slot }) => {
    const cell = map.cell(address(program, slot));
    if (cell.type !== "entry") return false;
    return random.below(6) === 0 || (cell.guard === 0 ? true : lent?.root === program);
  });
  const { program, slot: entry } = random.pick(entries.length === 0 || random.below(12) === 0 ? places : entries);
  const cell = map.cell(address(program, entry));
  const [nargs, accepts, guarded] =
    cell.type === "entry" ? [cell.nargs, cell.accepts, cell.guard !== 0] : [1, 0n, false];
  const things = SLOTS.filter((slot) => {
    const held = map.cell(address(actor, slot));
    return held.type === "resource" && (held.kind === accepts || random.below(8) === 0);
  });
  const free = SLOTS.filter((slot) => map.cell(address(program, slot)).type === "empty");
  const args = Array.from({ length: random.below(8) === 0 ? 1 : nargs }, (_, i) => ({
    from: things[i] ?? random.pick(SLOTS),
    to: free[i] ?? random.pick(SLOTS),
  }));
  const by = lent !== undefined && guarded !== (random.below(6) === 0) ? { by: lent.by } : {};
  return { effect: "InvokeProgram", program, name: "f", entry, args, ...by };
}

/** Makes room. Without it all slots would soon be full. */
function freeing(random: Random, { actor, map }: Asker): Effect {
  const slot = random.pick(SLOTS);
  const cell = map.cell(address(actor, slot));
  if (cell.type === "resource") return { effect: "Retire", slot, ...recipientOf(random, map) };
  return { effect: cell.type === "watch" && cell.state === "armed" ? "Unwatch" : "Clear", slot };
}

const placeOf = (at: number): Place => ({ program: programOf(at), slot: slotOf(at) });

/** The id of the resource in a place, or 0. */
function idIn(map: TimeMap, { program, slot }: Place): bigint {
  const cell = map.cell(address(program, slot));
  return cell.type === "resource" ? cell.id : 0n;
}

/** One of the capabilities of the actor, if there are any. */
function held(random: Random, { actor, map }: Asker): Held | undefined {
  const all: Held[] = [];
  for (const at of map.addresses()) {
    const cell = map.cell(at);
    if (cell.type !== "capability" || cell.grantee !== actor) continue;
    all.push({ by: placeOf(at), root: rootOf(map, at), cell });
  }
  // Lines get long only if capabilities are lent on several times.
  const derived = all.filter(({ cell }) => cell.parent !== 0);
  const from = derived.length > 0 && random.below(2) === 0 ? derived : all;
  return from.length === 0 ? undefined : random.pick(from);
}

/**
 * The program that granted the first of a line, as far as it still stands: a slot may hold another capability by now.
 */
function rootOf(map: TimeMap, at: number): number {
  const cell = map.cell(at);
  if (cell.type !== "capability" || cell.parent === 0) return programOf(at);
  const parent = map.cell(cell.parent);
  const stands = parent.type === "capability" && parent.nonce === cell.parentNonce;
  return stands ? rootOf(map, cell.parent) : programOf(at);
}
