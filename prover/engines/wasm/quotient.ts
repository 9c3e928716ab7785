/**
 * The polynomial work: the values of the constraints' A, B and C at the odd points of the double domain. On the rows
 * themselves A·B − C vanishes. At the odd points it gives the scalars for section 9 of the key.
 */
import type { Bn128 } from "../../curve/bn128Wasm.ts";
import { integerBytes } from "../../formats/binfile.ts";
import { COEFFICIENT_SIZE, rootOfUnity } from "../../keys/qap.ts";
import { CHUNK, checkPlace, chunksInto } from "./coefficients.ts";
import { matrixProducts } from "./laneMatrix.ts";
import { joinPairs, stepBytes, toOddPoints } from "./laneTransform.ts";
import type { Lanes } from "./simd/instance.ts";
import type { EvaluateTask, QuotientTask } from "./tasks.ts";

const ELEMENT = 32;

/**
 * Bytes of a vector passed from one task to another.
 * @param lanes whether it is in the form of the engine's own lanes
 */
export const vectorBytes = (rows: number, lanes: boolean): number => (lanes ? stepBytes(rows) : rows * ELEMENT);

/** The polynomial work on one thread. */
export class Quotients {
  readonly #wasm: Bn128;
  readonly #lanes: Lanes | null;

  constructor(wasm: Bn128, lanes: Lanes | null) {
    this.#wasm = wasm;
    this.#lanes = lanes;
  }

  /** @throws FormatError if the key names rows or wires that do not exist */
  evaluate(task: EvaluateTask): void {
    const lanes = this.#lanes;
    if (lanes === null) {
      calledEvaluate(this.#wasm, task);
      return;
    }
    const mark = lanes.mark();
    const pairs = matrixProducts(lanes, task);
    new Uint8Array(task.rows).set(lanes.bytes.subarray(pairs, pairs + task.rows.byteLength));
    toOddPoints(lanes, pairs, task.domainSize);
    new Uint8Array(task.odd).set(lanes.bytes.subarray(pairs, pairs + task.odd.byteLength));
    lanes.release(mark);
  }

  join(task: QuotientTask): void {
    if (this.#lanes === null) calledJoin(this.#wasm, task);
    else joinPairs(this.#lanes, task);
  }
}

/** The same with wasmcurves' functions. */
function calledEvaluate(wasm: Bn128, task: EvaluateTask): void {
  const mark = wasm.mark();
  const size = task.domainSize * ELEMENT;
  const values = wasm.alloc(size);
  wasm.bytes.fill(0, values, values + size);
  multiplyMatrix(wasm, task, values);
  new Uint8Array(task.rows).set(wasm.bytes.subarray(values, values + size));
  calledOddPoints(wasm, values, task.domainSize);
  new Uint8Array(task.odd).set(wasm.bytes.subarray(values, values + size));
  wasm.release(mark);
}

function calledJoin(wasm: Bn128, task: QuotientTask): void {
  const mark = wasm.mark();
  const count = task.domainSize;
  const size = count * ELEMENT;
  const a = wasm.alloc(size);
  const b = wasm.alloc(size);
  const c = wasm.alloc(size);
  const load = (vector: SharedArrayBuffer, address: number): void => wasm.bytes.set(new Uint8Array(vector), address);
  load(task.rowsA, a);
  load(task.rowsB, b);
  const mul = wasm.call("frm_mul");
  for (let at = 0; at < size; at += ELEMENT) mul(a + at, b + at, c + at);
  calledOddPoints(wasm, c, count);
  load(task.oddA, a);
  load(task.oddB, b);
  wasm.call("qap_joinABC")(a, b, c, count, a);
  wasm.call("frm_batchFromMontgomery")(a, count, a);
  new Uint8Array(task.result).set(wasm.bytes.subarray(a, a + size));
  wasm.release(mark);
}

/** Adds the matrix times the witness to `values`. */
function multiplyMatrix(wasm: Bn128, task: EvaluateTask, values: number): void {
  const wires = task.witness.byteLength / ELEMENT;
  const witness = wasm.put(new Uint8Array(task.witness));
  const product = wasm.alloc(ELEMENT);
  const buffer = wasm.alloc(CHUNK * COEFFICIENT_SIZE);
  // No allocation from here on: these stay valid.
  const { bytes, view } = wasm;
  const [mul, add] = [wasm.call("frm_mul"), wasm.call("frm_add")];
  for (const count of chunksInto(task, bytes, buffer)) {
    const end = buffer + count * COEFFICIENT_SIZE;
    for (let at = buffer; at < end; at += COEFFICIENT_SIZE) {
      if (view.getUint32(at, true) !== task.matrix) continue;
      const row = view.getUint32(at + 4, true);
      const wire = view.getUint32(at + 8, true);
      checkPlace(row, wire, task.domainSize, wires);
      // The file has value·R², so that one Montgomery product with the plain witness has the right form.
      mul(at + 12, witness + wire * ELEMENT, product);
      const sum = values + row * ELEMENT;
      add(sum, product, sum);
    }
  }
}

/** Turns the values of a polynomial on the domain into its values at the odd points of the domain twice as large. */
function calledOddPoints(wasm: Bn128, values: number, count: number): void {
  if (count === 1) return;
  const mark = wasm.mark();
  const one = wasm.alloc(ELEMENT);
  wasm.call("frm_one")(one);
  const root = wasm.put(integerBytes(rootOfUnity(Math.log2(count) + 1)));
  wasm.call("frm_toMontgomery")(root, root);
  wasm.call("frm_ifft")(values, count);
  wasm.call("frm_batchApplyKey")(values, count, one, root, values);
  wasm.call("frm_fft")(values, count);
  wasm.release(mark);
}
