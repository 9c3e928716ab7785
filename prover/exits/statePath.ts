/** The path from a map's root to a cell, as the circuits over one state take it (circuits/path.circom). */
import { InvalidInputError } from "../../trace/errors.ts";
import { programOf, slotOf } from "../../trace/layout.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { firstLeaf, type NodeName, pathOf, SLOTS_PER_NODE } from "../../trace/state/tree.ts";

/** Steps down from a program's first cells node to its last. */
const STEPS = 3;

/** Lanes of the nodes, and the way between the cells nodes. */
export interface StatePath {
  /** The inner nodes, from the root down. */
  readonly inner: bigint[][];
  /** Four cells nodes. On a shorter path the first is repeated. */
  readonly cells: bigint[][];
  /** For each step between them: 1 if it goes to a child, 0 if it stays. */
  readonly down: bigint[];
  /** Bits of the child's number in its node. */
  readonly turn: bigint[][];
}

/**
 * The path to an address. That of an empty slot exists, too.
 * @throws InvalidInputError "address" if it lies in no program that the map's tree has room for
 */
export function statePath(map: TimeMap, address: number): StatePath {
  requireInTree(map, address);
  const path = pathOf(map.levels, address);
  const lanes = (node: NodeName): bigint[] => map.lanes(node);
  const inner = path.slice(0, map.levels).map(lanes);
  const below = path.slice(map.levels);
  const stays = STEPS + 1 - below.length;
  const cells = [...new Array<NodeName>(stays).fill(below[0] as NodeName), ...below].map(lanes);
  const turns = turnsTo(slotOf(address));
  return {
    inner,
    cells,
    down: Array.from({ length: STEPS }, (_, step) => (step < stays ? 0n : 1n)),
    turn: [...new Array<number>(stays).fill(0), ...turns].map((turn) => [BigInt(turn & 1), BigInt(turn >> 1)]),
  };
}

/** Numbers of the children on the way from a program's first cells node to that of a slot. */
function turnsTo(slot: number): number[] {
  const turns: number[] = [];
  for (let y = Math.floor(slot / SLOTS_PER_NODE); y > 0; y = (y - 1) >> 2) turns.unshift((y - 1) & 3);
  return turns;
}

function requireInTree({ levels }: TimeMap, address: number): void {
  const program = programOf(address);
  if (Number.isSafeInteger(address) && program >= 1 && program < firstLeaf(levels)) return;
  throw new InvalidInputError("address", `${address} lies in no program of this map: give 256 times one, plus a slot`);
}
