/** A matrix of the constraints times the witness, in lanes. */
import { ELEMENT, PAIR } from "../../../trace/wasm/pairs/limbs.ts";
import { COEFFICIENT_SIZE } from "../../keys/qap.ts";
import { CHUNK, checkPlace, chunksInto } from "./coefficients.ts";
import { stepBytes } from "./laneTransform.ts";
import type { Lanes } from "./simd/instance.ts";
import type { EvaluateTask } from "./tasks.ts";

const WORD = 32;

/**
 * Allocates the vector of products, a value for each row.
 * @throws FormatError if the key names rows or wires that do not exist
 */
export function matrixProducts(lanes: Lanes, task: EvaluateTask): number {
  const { domainSize, matrix } = task;
  const half = Math.max(domainSize >> 1, 1);
  const pairs = lanes.alloc(stepBytes(domainSize));
  const mark = lanes.mark();
  const wires = task.witness.byteLength / WORD;
  const elements = loadElements(lanes, new Uint8Array(task.witness));
  const buffer = lanes.alloc(CHUNK * COEFFICIENT_SIZE);
  // Two terms a step: the places of their coefficients, and of their wires.
  const terms = lanes.alloc(8 * CHUNK);
  const rows = lanes.alloc(4 * CHUNK);
  const products = lanes.alloc(CHUNK * ELEMENT);
  // No allocation from here on: these stay valid.
  const { bytes } = lanes;
  const words = new Uint32Array(bytes.buffer, 0, bytes.length >> 2);
  bytes.fill(0, pairs, pairs + stepBytes(domainSize));
  const [multiply, add] = [lanes.call("fr_terms"), lanes.call("fr_rows")];
  for (const count of chunksInto(task, bytes, buffer)) {
    let own = 0;
    for (let i = 0; i < count; i++) {
      const at = buffer + i * COEFFICIENT_SIZE;
      if (words[at >> 2] !== matrix) continue;
      const row = words[(at >> 2) + 1] as number;
      const wire = words[(at >> 2) + 2] as number;
      checkPlace(row, wire, domainSize, wires);
      const term = (terms >> 2) + (own >> 1) * 4 + (own & 1);
      words[term] = at + 12;
      words[term + 2] = elements + wire * ELEMENT;
      words[(rows >> 2) + own] = row < half ? pairs + row * PAIR : pairs + (row - half) * PAIR + 8;
      own++;
    }
    if (own === 0) continue;
    // An odd last term has a neighbour that is not added.
    const last = (terms >> 2) + (own >> 1) * 4;
    if (own & 1) [words[last + 1], words[last + 3]] = [words[last] as number, words[last + 2] as number];
    multiply(terms, products, (own + 1) >> 1);
    add(rows, products, own);
  }
  if (domainSize === 1) {
    const { doubles } = lanes;
    for (let i = pairs / 8; i < (pairs + PAIR) / 8; i += 2) doubles[i + 1] = doubles[i] as number;
  }
  lanes.release(mark);
  return pairs;
}

/** The wires' values, as `fr_terms` takes them. */
function loadElements(lanes: Lanes, values: Uint8Array): number {
  const count = values.length / WORD;
  const elements = lanes.alloc((count + 1) * ELEMENT);
  const mark = lanes.mark();
  const words = lanes.alloc((count + 1) * WORD);
  lanes.bytes.set(values, words);
  lanes.bytes.fill(0, words + values.length, words + values.length + WORD);
  lanes.call("fr_wires")(words, elements, (count + 1) >> 1);
  lanes.release(mark);
  return elements;
}
