/**
 * The buses of the batch circuit: which of them holds each input of a batch (circuits/row/inputs.circom, tree,
 * authority).
 */

import type { CircuitInput, InputValue } from "../witness/witness.ts";
import type { BatchSignals } from "./batchInput.ts";

const names = (text: string): readonly string[] => text.trim().split(/\s+/);

/**
 * Fields of the buses that a row has, by bus; a batch has one of each for each row, and a field is named as in
 * {@link RowInput}.
 */
export const ROW_BUSES = {
  operations: names(`
    is actor peer holder sSlot dSlot xSlot resource kind quantity scope rights argument term last digest`),
  cellsFound: names(`
    aWords bWords sWords dWords xWords aLow aClock bClock bInbox bSteps aSeq bSeq sSeq dSeq xSeq
    sWatch dWatch sEscrow slotHolds clears`),
  choices: names(`
    clock wait spare held derives narrows inPlace before after expires expiryGap capRights scoped subjected
    condition rank checkTurn fired inverse`),
} as const;

/** The other buses of a batch: their fields, and the input of each. */
const TABLES = {
  treeNodes: {
    ...{ cells: "nodeCells", x: "nodeX", y: "nodeY", before: "nodeBefore", after: "nodeAfter" },
    ...{ signs: "nodeSigns", inverse: "nodeInverse" },
  },
  tableEntries: {
    ...{ active: "entryActive", program: "entryProgram", uses: "entryUses", key: "entryKey", keyX: "entryKeyX" },
    ...{ logHead: "entryLog", validUntil: "entryValidUntil", r: "entryR", s: "entryS" },
  },
} as const;

/** Bus and field of each input that is a list over rows, nodes or entries. */
const PLACES: ReadonlyMap<string, readonly [bus: string, field: string]> = new Map([
  ...Object.entries(ROW_BUSES).flatMap(([bus, fields]) => fields.map((field) => [field, [bus, field]] as const)),
  ...Object.entries(TABLES).flatMap(([bus, fields]) =>
    Object.entries(fields).map(([field, name]) => [name, [bus, field]] as const),
  ),
]);

/** The name in the circuit of one element of a batch's input, as in `operations[3].actor` for `actor` and 3. */
export function circuitName(name: string, index: number): string {
  const [bus, field] = PLACES.get(name) ?? [];
  return bus === undefined ? `${name}[${index}]` : `${bus}[${index}].${field}`;
}

/**
 * The inputs of a batch by their names in the circuit. An input that belongs to no bus keeps its name.
 *
 * @example
 * circuitInput({ domain: 7n, actor: [1n, 2n] })
 * // { domain: 7n, "operations[0].actor": 1n, "operations[1].actor": 2n }
 */
export function circuitInput(batch: BatchSignals): CircuitInput {
  const input: Record<string, InputValue> = {};
  for (const [name, value] of Object.entries(batch)) {
    if (!PLACES.has(name) || !Array.isArray(value)) input[name] = value;
    else for (const [i, each] of value.entries()) input[circuitName(name, i)] = each;
  }
  return input;
}
