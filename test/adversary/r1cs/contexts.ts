/** Honest witnesses: the neighbours of the forgeries, one for each sort of row. */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { unpackSpan } from "../../../trace/commitment/commit.ts";
import { OPS } from "../../../trace/layout.ts";
import { FORGERIES } from "../forgeries/index.ts";
import type { Evaluator } from "./evaluate.ts";
import { inputWires } from "./forge.ts";
import type { Model } from "./model.ts";

const opsOf = (input: BatchSignals): number[] => (input.is as bigint[][]).map((bits) => bits.indexOf(1n));

/**
 * Witnesses with every operation and a signature. Those with the most new operations come first, those of moored maps
 * last: they say the least about other rows.
 */
export function honestWitnesses(model: Model, evaluator: Evaluator): bigint[][] {
  const seen = new Set<number>();
  const found: bigint[][] = [];
  const ofTheChain: bigint[][] = [];
  let signed = false;
  for (const { neighbour } of FORGERIES) {
    if (seen.size >= OPS && signed) break;
    const input = neighbour();
    const active = (input.entryActive as bigint[])[0] === 1n;
    const ops = opsOf(input);
    if (ops.every((op) => seen.has(op)) && (signed || !active)) continue;
    for (const op of ops) seen.add(op);
    signed ||= active;
    const { values, broken } = evaluator.whole(inputWires(model, input));
    if (broken.length > 0) throw new Error(`a neighbour of a forgery breaks constraint ${broken[0]}`);
    const moored = unpackSpan(input.span as bigint).moored;
    if (moored) ofTheChain.push(values);
    else found.push(values);
  }
  return [...found.reverse(), ...ofTheChain];
}
