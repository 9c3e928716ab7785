/**
 * Poseidon's tables for one number of inputs, from circomlib's constants (trace/poseidon/memory.ts describes their
 * use).
 */
import { FIELD } from "../layout.ts";
import { inverse, modulo } from "../wasm/modular.ts";
import { constantsOf } from "./constants.ts";
import { FULL, type MemoryPart, PARTIAL } from "./memory.ts";

type Vector = bigint[];
type Matrix = Vector[];

const reduced = (value: bigint): bigint => modulo(value, FIELD);
const at = (vector: readonly bigint[], i: number): bigint => vector[i] as bigint;
const dot = (a: readonly bigint[], b: readonly bigint[]): bigint => {
  let sum = 0n;
  for (let i = 0; i < a.length; i++) sum += at(a, i) * at(b, i);
  return sum % FIELD;
};
const times = (matrix: Matrix, vector: Vector): Vector => matrix.map((row) => dot(row, vector));
const transposed = (matrix: Matrix): Matrix => (matrix[0] ?? []).map((_, i) => matrix.map((row) => at(row, i)));

/** Gauss-Jordan elimination, on rows with the identity beside them. */
function inverted(matrix: Matrix): Matrix {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1n : 0n))]);
  for (let i = 0; i < n; i++) {
    const pivot = rows.findIndex((row, j) => j >= i && row[i] !== 0n);
    if (pivot < 0) throw new Error("the tables need the inverse of a singular matrix");
    [rows[i], rows[pivot]] = [rows[pivot] as Vector, rows[i] as Vector];
    const factor = inverse(at(rows[i] as Vector, i), FIELD);
    const own = (rows[i] as Vector).map((value) => (value * factor) % FIELD);
    rows[i] = own;
    for (const [j, row] of rows.entries()) {
      const negated = FIELD - at(row, i);
      if (j === i) continue;
      for (let k = i; k < 2 * n; k++) row[k] = (at(row, k) + negated * at(own, k)) % FIELD;
    }
  }
  return rows.map((row) => row.slice(n));
}

/** Numbers of each part, below the field's order. */
export type Table = Record<MemoryPart, bigint[]>;

/**
 * The parts for one number of inputs. Before partial round k, let y be lane 0 and s the other lanes, and x = y^5; with
 * M = ((a, v), (w, B)), y(k+1) = a x + v s + constant and s(k+1) = w x + B s + constant.
 * @param inputs 1 to 16
 */
export function tableOf(inputs: number): Table {
  const n = inputs;
  const t = n + 1;
  const partial = PARTIAL[n - 1] as number;
  const { C, M } = constantsOf(inputs);
  const constants = (round: number): Vector => C.slice(round * t, (round + 1) * t);
  const [[a, ...v], ...below] = M as [[bigint, ...bigint[]], ...Matrix];
  const w = below.map((row) => at(row, 0));
  const B = below.map((row) => row.slice(1));
  const turned = transposed(B);

  // v B^i and v B^i w, for i = 0 to n.
  const observed: Matrix = [v];
  while (observed.length <= n) observed.push(times(turned, observed.at(-1) as Vector));
  const response = observed.map((row) => dot(row, w));
  const last = observed.pop() as Vector;
  const unobserved = inverted(observed.map((row) => [...row]));

  // B^n = Σ p(i) B^i. So B^n times the inverse of the observed rows is that inverse times the n-th power of a companion
  // matrix.
  const p = times(transposed(unobserved), last);
  let leaveY = unobserved;
  for (let i = 0; i < n; i++) {
    leaveY = leaveY.map((row) => {
      const top = at(row, n - 1);
      return p.map((factor, j) => ((j === 0 ? 0n : at(row, j - 1)) + top * factor) % FIELD);
    });
  }

  // The contribution of the constants alone to lanes 1 to n (rest) and to lane 0 (shift): y = shift + a part without
  // constants.
  const first = FULL / 2;
  const shift: Vector = [0n];
  let rest: Vector = w.map(() => 0n);
  for (let k = 0; k < partial; k++) {
    const [own, ...others] = constants(first + 1 + k) as [bigint, ...bigint[]];
    shift.push((dot(v, rest) + own) % FIELD);
    rest = times(B, rest).map((value, i) => (value + at(others, i)) % FIELD);
  }
  const pastShift = (factors: Vector, from: number): bigint => dot(factors, shift.slice(from, from + n));

  const reached: Matrix = [w];
  while (reached.length < n) reached.push(times(B, reached.at(-1) as Vector));
  const span = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  /** Σ over i > j of factors(i) times the response to an input i − 1 − j rounds ago. */
  const later = (factors: Vector, j: number): bigint =>
    span(j + 1, n).reduce((sum, i) => sum + at(factors, i) * at(response, i - 1 - j), 0n);

  const enterStart = constants(first);
  return {
    starts: [
      ...C.slice(0, first * t),
      ...[at(enterStart, 0), ...observed.map((row) => dot(row, enterStart.slice(1)))],
      ...C.slice((first + partial + 1) * t),
      ...enterStart.map(() => 0n),
    ],
    mix: M.flat(),
    enter: [M[0] as Vector, ...observed.map((row) => times(transposed(below), row))].flat(),
    early: [...response.slice(0, n).reverse(), a],
    factorsOfY: p,
    factorsOfX: [...span(0, n).map((j) => reduced(at(response, n - 1 - j) - later(p, j) - a * at(p, j))), a],
    partialStarts: span(0, partial).map((k) =>
      k < n ? at(shift, k + 1) : reduced(at(shift, k + 1) - pastShift(p, k - n + 1)),
    ),
    leaveStarts: rest.map((value, i) => reduced(value - pastShift(leaveY[i] as Vector, partial - n + 1))),
    leaveY: leaveY.flat(),
    leaveX: leaveY.flatMap((row, i) =>
      span(0, n).map((j) => reduced(at(reached[n - 1 - j] as Vector, i) - a * at(row, j) - later(row, j))),
    ),
  };
}
