/** How a lock stands in the state of its map. Whoever has the state sees it, and needs to believe nobody. */
import { address, SLOTS, slotOf } from "../../layout.ts";
import { NOBODY } from "../../signing/nobody.ts";
import type { Cell } from "../../state/cells.ts";
import type { View } from "../../state/timeMap.ts";
import { LOCK_SLOTS, placesIn, sealIn, TAKING } from "./lock.ts";
import { faultInTerms, type Lock } from "./terms.ts";

/** What has become of a thing in a lock. */
export type Fate =
  /** It waits for the secret, or for the deadline. */
  | "locked"
  /** The lock was opened: the receiver may take it, for ever. */
  | "open"
  /** It was never in it, or the receiver has taken it, or the giver has it back. */
  | "gone";

/**
 * Why a lock is not the one that was agreed on, whether the goods are in it or not yet; undefined if it is. Look at it
 * in a state that is final on the map's chain. Nothing changes such a lock but its givers, who put in what is missing
 * and take it back from the deadline on, its opening, and strangers, who may fill an empty slot with something else:
 * then it has a fault.
 *
 * @example
 * const fault = faultIn(map, lock);
 * if (fault !== undefined) throw new Error(`do not put anything into it: ${fault}`);
 */
export function faultIn(map: View, lock: Lock): string | undefined {
  const { program, digest } = lock;
  const fault = faultInTerms(lock);
  if (fault !== undefined) return fault;
  if (!map.moored) return "its map is not moored to a chain, so an opening need not be seen";
  if (program > map.programs()) return `program ${program} does not exist`;
  const header = map.cell(address(program, 0));
  if (header.type !== "program" || header.authority !== NOBODY) return `somebody has the key of program ${program}`;
  if (header.inbox !== LOCK_SLOTS.goods) return `its inbox begins at slot ${header.inbox}, not ${LOCK_SLOTS.goods}`;
  const expected = new Map<number, (cell: Cell) => boolean>([
    [LOCK_SLOTS.seal, (cell) => isThing(cell, { ...sealIn(lock), escrowFrom: 0, deadline: 0 })],
    [LOCK_SLOTS.bell, ({ type }) => type === "resource"],
    [LOCK_SLOTS.watch, (cell) => cell.type === "watch" && cell.state === "fired" && cell.trigger === digest],
  ]);
  for (const [i, { receiver, id }] of lock.goods.entries()) {
    const { goods, right } = placesIn(lock, i);
    expected.set(slotOf(right), (cell) => isRight(cell, receiver, id, goods));
    expected.set(slotOf(goods), (cell) => (cell.type === "empty" ? cell.watch === 0 : isFilled(cell, lock, i)));
  }
  // Every slot: a right, a watch or an entry point behind the goods is the maker's back door to them.
  for (let slot = 1; slot < SLOTS; slot++) {
    const holds = expected.get(slot) ?? (slot < LOCK_SLOTS.goods ? isEmpty : isIdle);
    if (!holds(map.cell(address(program, slot)))) return `slot ${slot} of program ${program} is not as agreed`;
  }
  return undefined;
}

const isEmpty = ({ type }: Cell): boolean => type === "empty";
/** What strangers can bring into an inbox. It gives nobody a right. */
const isIdle = ({ type }: Cell): boolean => type === "empty" || type === "resource";

/** Whether a lock is the one that was agreed on, and all goods are in it. */
export function isFull(map: View, lock: Lock): boolean {
  if (faultIn(map, lock) !== undefined) return false;
  return lock.goods.every((_, i) => fateOf(map, lock, i) === "locked");
}

/** How many of the goods are in a lock, or were until it was opened. */
export function arrivedIn(map: View, lock: Lock): number {
  return lock.goods.filter((_, i) => ["locked", "open"].includes(fateOf(map, lock, i))).length;
}

function isFilled(cell: Cell, { goods, deadline }: Lock, i: number): boolean {
  const { giver = 0, id = 0n, kind = 0n, quantity = 0n } = goods[i] ?? {};
  return isThing(cell, { resource: id, kind, quantity, escrowFrom: giver, deadline });
}

function isThing(
  cell: Cell,
  thing: { resource: bigint; kind: bigint; quantity: bigint; escrowFrom: number; deadline: number },
): boolean {
  // A watch on the slot would add rows to the opening, which could be too many.
  if (cell.type !== "resource" || cell.watch !== 0 || cell.id !== thing.resource || cell.kind !== thing.kind)
    return false;
  return cell.quantity === thing.quantity && cell.escrowFrom === thing.escrowFrom && cell.deadline === thing.deadline;
}

function isRight(cell: Cell, grantee: number, subject: bigint, scope: number): boolean {
  if (cell.type !== "capability" || cell.grantee !== grantee || cell.subject !== subject) return false;
  return cell.scope === scope && cell.rights === TAKING && cell.expiry === 0 && cell.parent === 0;
}

/** What has become of a thing in a lock. */
export function fateOf(map: View, lock: Lock, i: number): Fate {
  const cell = map.cell(placesIn(lock, i).goods);
  if (cell.type !== "resource" || cell.id !== lock.goods[i]?.id) return "gone";
  return cell.escrowFrom === 0 ? "open" : "locked";
}

/** Whether a lock was opened: its watch is spent. */
export function isOpened(map: View, { program }: Lock): boolean {
  const cell = map.cell(address(program, LOCK_SLOTS.watch));
  return cell.type === "watch" && cell.state === "spent";
}
