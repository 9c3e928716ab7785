/** Effects at random, for tests that ask whether the rules hold whatever is asked. */
import type { CapabilityCell, Cell } from "../../trace/cells.ts";
import type { Effect, Place } from "../../trace/effects.ts";
import { address, kindOf, programOf, RIGHT, type Right, slotOf } from "../../trace/layout.ts";
import type { TimeMap } from "../../trace/state.ts";
import { authority } from "./authorities.ts";
import { GOLD, SILVER } from "./build.ts";
import type { Random } from "./random.ts";

const SLOTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/** Keys that programs change between. */
const KEYS = 4;

/** A capability that somebody granted: where it is, and who granted the first of its line. */
interface Held {
  by: Place;
  root: number;
  cell: CapabilityCell;
}

/** Who asks, when, and in which state. */
export interface Asker {
  actor: number;
  now: number;
  map: TimeMap;
}

/** Any effect of three programs with things in their first ten slots, more often sensible than not. */
export function anyEffect(random: Random, asker: Asker): Effect {
  const { actor, now, map } = asker;
  const slotWith = (program: number, type: Cell["type"]): number => {
    const fitting = SLOTS.filter((slot) => map.cell(address(program, slot)).type === type);
    return random.pick(fitting.length === 0 || random.below(4) === 0 ? SLOTS : fitting);
  };
  const free = () => slotWith(actor, "empty");
  const thing = () => slotWith(actor, "resource");
  const program = () => 1 + random.below(3);
  const other = () => (random.below(4) === 0 ? program() : 1 + ((actor + random.below(2)) % 3));
  const placeWith = (type: Cell["type"], of = program()): Place => ({ program: of, slot: slotWith(of, type) });
  const kind = () => random.pick([GOLD, SILVER]);
  const sometimes = (value: number) => (random.below(3) === 0 ? value : 0);
  // Often in the place that a capability is for, so that some are used.
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
      return { effect: "Retire", slot: thing() };
    case 2:
      return { effect: "Split", from: thing(), to: free(), part: BigInt(random.below(10)) };
    case 3:
      return { effect: "Merge", from: thing(), to: thing() };
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
    case 19:
      return {
        effect: "DelegateCapability",
        slot: free(),
        grantee: other(),
        rights: (Object.keys(RIGHT) as Right[]).filter(
          (right) => ((lent?.cell.rights ?? 15) & RIGHT[right]) !== 0 && random.below(6) !== 0,
        ),
        scope: random.below(4) !== 0 ? "all" : placeWith("resource", target()),
        subject: 0n,
        expiry: lent?.cell.expiry ?? sometimes(now + random.below(900)),
        ...by,
      };
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
    case 16:
      return {
        effect: "DeclareEntry",
        slot: free(),
        name: "f",
        nargs: random.below(2),
        accepts: kind(),
        minimum: 0n,
        guarded: random.below(4) !== 0,
      };
    case 17:
      if (random.below(6) === 0) return { effect: "RotateAuthority", authority: authority(random.below(KEYS)) };
      if (random.below(3) === 0) return { effect: "CreateProgram", inbox: 4, authority: authority(random.below(KEYS)) };
      return { effect: "JoinWith", programs: [{ program: other(), steps: 1 }] };
    default: {
      const of = target();
      const entry = slotWith(of, "entry");
      const cell = map.cell(address(of, entry));
      const args = cell.type === "entry" && cell.nargs === 0 ? [] : [{ from: thing(), to: slotWith(of, "empty") }];
      return { effect: "InvokeProgram", program: of, name: "f", entry, args, ...by };
    }
  }
}

/** Makes room: without it all slots would be full before long. */
function freeing(random: Random, { actor, map }: Asker): Effect {
  const slot = random.pick(SLOTS);
  const cell = map.cell(address(actor, slot));
  if (cell.type === "resource") return { effect: "Retire", slot };
  return { effect: cell.type === "watch" && cell.state === "armed" ? "Unwatch" : "Clear", slot };
}

/** One of the capabilities that somebody granted the actor, if there is any. */
function held(random: Random, { actor, map }: Asker): Held | undefined {
  const all: Held[] = [];
  for (const at of map.addresses()) {
    const cell = map.cell(at);
    if (cell.type !== "capability" || cell.grantee !== actor) continue;
    all.push({ by: { program: programOf(at), slot: slotOf(at) }, root: rootOf(map, at), cell });
  }
  // Lines get long only if what was lent on is lent on again.
  const derived = all.filter(({ cell }) => cell.parent !== 0);
  const from = derived.length > 0 && random.below(2) === 0 ? derived : all;
  return from.length === 0 ? undefined : random.pick(from);
}

/** The program that granted the first of a line, as far as it still stands: a slot may hold another capability by now. */
function rootOf(map: TimeMap, at: number): number {
  const cell = map.cell(at);
  if (cell.type !== "capability" || cell.parent === 0) return programOf(at);
  const parent = map.cell(cell.parent);
  const stands = parent.type === "capability" && parent.nonce === cell.parentNonce;
  return stands ? rootOf(map, cell.parent) : programOf(at);
}
