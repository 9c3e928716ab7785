/** Random effects of the chain of a moored map, for tests of the rules. */
import type { Effect } from "../../trace/effects/effects.ts";
import { address, CHAIN, ENTRY_ID, isAsset, TRIGGERED_ID } from "../../trace/layout.ts";
import type { Cell } from "../../trace/state/cells.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { authority } from "./authorities.ts";
import { SILVER } from "./build.ts";
import { ETH, PAYEE, PRICE, RAIN, TOKEN } from "./moored.ts";
import type { Random } from "./random.ts";

const SLOTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** What the chain may do, and now and then what it may not. Programs 2 and 3 are the others. */
export function chainEffect(random: Random, map: TimeMap): Effect {
  const other = (): number => (random.below(12) === 0 ? CHAIN : 2 + random.below(2));
  const slotWith = (program: number, fits: (cell: Cell) => boolean): number => {
    const fitting = SLOTS.filter((slot) => fits(map.cell(address(program, slot))));
    return random.pick(fitting.length === 0 || random.below(6) === 0 ? SLOTS : fitting);
  };
  // So many that no two are the same.
  const fresh = ENTRY_ID + 1n + BigInt(random.below(2 ** 32 - 1));
  const id = random.below(12) === 0 ? random.pick([5n, ENTRY_ID, TRIGGERED_ID]) : fresh;
  switch (random.below(7)) {
    case 0:
    case 1:
    case 2: {
      const program = other();
      const slot = slotWith(program, ({ type }) => type === "empty");
      const quantity = BigInt(random.below(20));
      return {
        effect: "Enter",
        to: { program, slot },
        id,
        kind: random.pick([ETH, ETH, ETH, TOKEN, SILVER]),
        quantity,
      };
    }
    case 3:
    case 4: {
      const kind = random.pick([PRICE, PRICE, RAIN]);
      const program = other();
      const slot = slotWith(program, (cell) =>
        cell.type === "resource" ? cell.kind === kind : cell.type === "empty" && random.below(3) === 0,
      );
      return { effect: "Enter", to: { program, slot }, id, kind, quantity: BigInt(random.below(20)) };
    }
    case 5: {
      const holder = other();
      const slot = slotWith(holder, (cell) => cell.type === "resource" && isAsset(cell.kind));
      const cell = map.cell(address(holder, slot));
      const giver = cell.type === "resource" && cell.escrowFrom !== 0 ? cell.escrowFrom : holder;
      const from = { program: holder, slot };
      return { effect: "Eject", from, program: random.pick([holder, giver, giver, other()]) };
    }
    default:
      return random.below(3) === 0
        ? { effect: "Issue", kind: ETH, quantity: 5n, slot: 1 }
        : { effect: "CreateProgram", inbox: 4, authority: authority(random.below(4)) };
  }
}

/** Whom a Retire names: in a moored map mostly an address, which an asset must have. */
export function recipientOf(random: Random, map: TimeMap): { recipient?: bigint } {
  return map.moored && random.below(6) !== 0 ? { recipient: PAYEE + BigInt(random.below(3)) } : {};
}
