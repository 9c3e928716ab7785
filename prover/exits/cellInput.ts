/** From a map to the inputs of the cell circuit. */

import type { TimeMap } from "../../trace/state/timeMap.ts";
import { CELL_CIRCUIT } from "../stateCircuits.ts";
import type { CircuitInput } from "../witness/witness.ts";
import { requireLevels } from "./levels.ts";
import { statePath } from "./statePath.ts";

/** What a proof of a cell states. */
export interface CellStatement {
  readonly root: bigint;
  readonly address: bigint;
  readonly w0: bigint;
  readonly w1: bigint;
  readonly w2: bigint;
}

/** The public inputs of such a statement, in their order. */
export function cellSignals({ root, address, w0, w1, w2 }: CellStatement): bigint[] {
  return [root, address, w0, w1, w2, 0n, 0n];
}

/**
 * What lies at an address of a map, and the inputs of the circuit that show it. It may be empty.
 * @throws InvalidInputError "levels", "address"
 */
export function cellInput(map: TimeMap, address: number): { statement: CellStatement; input: CircuitInput } {
  requireLevels(map, CELL_CIRCUIT);
  const { inner, cells, down, turn } = statePath(map, address);
  const [w0, w1, w2] = map.words(address);
  const statement = { root: map.root(), address: BigInt(address), w0, w1, w2 };
  const input = { ...statement, unused: [0n, 0n], innerNodes: inner, cellNodes: cells, down, turn };
  return { statement, input };
}
