/**
 * A map in which three programs have lent each other rights, along lines too, hold things in escrow, and have entries:
 * and effects that are aimed at those. A run from an empty map seldom comes to half of the ways through the machine.
 */
import type { Effect, Place } from "../../trace/effects/effects.ts";
import { selectorOf } from "../../trace/effects/selector.ts";
import { address, programOf, slotOf, WATCHES } from "../../trace/layout.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import type { Asker } from "./anyEffect.ts";
import { authority } from "./authorities.ts";
import { GOLD, genesisWith, type Placed, resource, SILVER } from "./build.ts";
import { SMALL } from "./circuit.ts";
import { came, ETH, mooredWith } from "./moored.ts";
import type { Random } from "./random.ts";
import { stateOf } from "./state.ts";

/** When runs on such a map begin: a time of grace can be over by then. */
export const RICH_TIME = 3_000_000;
/** All rights. */
const ALL = 15;
const RESOURCES = [1, 2, 3, 4];
const CAPABILITIES = [5, 6, 7];
const ENTRIES = [8, 9, 10];
const FREE = [15, 16, 17, 18, 19, 20];
/** Where watches lie, and above. */
const FIRST_WATCH = 30;

export function richMap(random: Random, moored: boolean): TimeMap {
  const cells = [1, 2, 3].flatMap((program) => [...things(random, program, moored), ...entries(random, program)]);
  const common = { programs: 3, inbox: 15, levels: SMALL.levels };
  const all = [...cells, ...capabilities(random), ...watches(random, cells)];
  return stateOf(moored ? mooredWith({ ...common, cells: all }) : genesisWith({ ...common, watches: 4, cells: all }));
}

/** One of the two others: no program lends something to itself, or has it in escrow from itself. */
const otherThan = (random: Random, program: number): number => 1 + ((program + random.below(2)) % 3);

/** What a program holds: some of it outright, some in escrow, with a deadline or without. */
function things(random: Random, program: number, moored: boolean): Placed[] {
  return RESOURCES.map((slot): Placed => {
    const escrowFrom = slot === 1 || random.below(4) === 0 ? 0 : otherThan(random, program);
    const deadlines = [0, RICH_TIME - 2_900_000, RICH_TIME - 10, RICH_TIME + 100];
    const watch = slot > 2 ? 0 : random.below(moored ? 4 : 16) & (random.below(3) === 0 ? 15 : random.below(16));
    const more = { watch, ...(escrowFrom === 0 ? {} : { escrowFrom, deadline: random.pick(deadlines) }) };
    const number = 10 * program + slot;
    if (moored && slot === 2) return came([program, slot], ETH, number, 9n, more);
    return resource([program, slot], random.pick([GOLD, GOLD, SILVER]), 9n, { id: BigInt(number), ...more });
  });
}

function entries(random: Random, program: number): Placed[] {
  return ENTRIES.map((slot, nargs): Placed => {
    const terms = nargs === 0 ? { accepts: 0n, minimum: 0n } : { accepts: GOLD, minimum: BigInt(random.below(3)) };
    const selector = selectorOf("f");
    return { at: [program, slot], type: "entry", nargs, guard: random.below(3) === 0 ? 0 : 1, selector, ...terms };
  });
}

/** Of each program one that it grants, one that it has derived from that of another, and one derived from that. */
function capabilities(random: Random): Placed[] {
  const [first, second, third] = CAPABILITIES as [number, number, number];
  return [1, 2, 3].flatMap((root): Placed[] => {
    const scope = random.below(2) === 0 ? 0 : address(1 + random.below(3), random.pick(RESOURCES));
    const one = otherThan(random, root);
    const two = otherThan(random, one);
    const three = otherThan(random, two);
    const common = { type: "capability", scope, rights: ALL, subject: 0n, expiry: 0 } as const;
    const nonce = 10 * root;
    const [parent, next] = [address(root, first), address(one, second)];
    return [
      { ...common, at: [root, first], grantee: one, nonce, parent: 0, parentNonce: 0 },
      { ...common, at: [one, second], grantee: two, nonce: nonce + 1, parent, parentNonce: nonce },
      { ...common, at: [two, third], grantee: three, nonce: nonce + 2, parent: next, parentNonce: nonce + 1 },
    ];
  });
}

/** The watches that are armed on those things. */
function watches(random: Random, cells: readonly Placed[]): Placed[] {
  const armed: Placed[] = [];
  for (const cell of cells) {
    if (cell.type !== "resource") continue;
    for (let rank = 0; rank < WATCHES; rank++) {
      if (((cell.watch >> rank) & 1) === 0) continue;
      const at = [1 + random.below(3), FIRST_WATCH + armed.length] as const;
      const target = address(...cell.at);
      const condition = 1 + random.below(5);
      const kind = random.below(2) === 0 ? 0n : cell.kind;
      armed.push({ at, type: "watch", state: "armed", target, kind, condition, rank, threshold: 9n, trigger: 1n });
    }
  }
  return armed;
}

/** An effect with any of the map's capabilities, or with none: the machine refuses most of them. */
export function aimedEffect(random: Random, { actor, map }: Asker): Effect {
  const program = (): number => 1 + random.below(3);
  const at = (slots: readonly number[]): Place => ({ program: program(), slot: random.pick(slots) });
  const held = [1, 2, 3].flatMap((of) => CAPABILITIES.map((slot): Place => ({ program: of, slot })));
  const own = held.filter(({ program: of, slot }) => {
    const cell = map.cell(address(of, slot));
    return cell.type === "capability" && cell.grantee === actor;
  });
  const by = own.length === 0 || random.below(4) === 0 ? {} : { by: random.pick(own) };
  const slot = random.pick(FREE);
  const cell = by.by === undefined ? undefined : map.cell(address(by.by.program, by.by.slot));
  const scope = cell?.type === "capability" && random.below(4) !== 0 ? cell.scope : 0;
  const inScope = scope === 0 ? at(RESOURCES) : { program: programOf(scope), slot: slotOf(scope) };
  switch (random.below(9)) {
    case 0:
    case 1:
    case 8:
      return { effect: "ClaimFromProgram", from: inScope, to: random.below(4) === 0 ? "in place" : slot, ...by };
    case 2:
    case 3: {
      const [target, entry] = [program(), random.pick([0, 1, 1, 2])];
      const args = RESOURCES.slice(0, entry).map((from) => ({ from, to: random.pick(FREE) }));
      return { effect: "InvokeProgram", program: target, name: "f", entry: ENTRIES[entry] as number, args, ...by };
    }
    case 4:
    case 5: {
      const condition = random.pick(["above", "below", "arrival", "departure", "change"] as const);
      const target = random.below(2) === 0 ? inScope : { program: program(), slot: random.pick([1, 2, 25]) };
      return { effect: "WatchResource", slot, target, condition, kind: 0n, threshold: 4n, trigger: [], ...by };
    }
    case 6: {
      const terms = { scope: "all", subject: 0n, expiry: 0 } as const;
      return { effect: "DelegateCapability", slot, grantee: program(), rights: ["claim"], ...terms, ...by };
    }
    default:
      if (random.below(4) !== 0) return { effect: "Unwatch", slot: random.pick(armedOf(actor, map)) };
      return { effect: "CreateProgram", inbox: 4, authority: random.below(2) === 0 ? "open" : authority(1) };
  }
}

/** Slots of a program with a watch that is armed; another one if it has none. */
function armedOf(program: number, map: TimeMap): number[] {
  const slots = Array.from({ length: 24 }, (_, i) => FIRST_WATCH + i);
  const armed = slots.filter((slot) => map.cell(address(program, slot)).type === "watch");
  return armed.length === 0 ? slots : armed;
}
