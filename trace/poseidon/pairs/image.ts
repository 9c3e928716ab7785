/**
 * The tables of the permutation in pairs. An element is five limbs (trace/wasm/pairs); two elements lie
 * either as a pair, limbs in turns, or one after the other.
 */
import { FIELD } from "../../layout.ts";
import { startsOf } from "../../wasm/pairs/columns.ts";
import { bitsOf, centred, LIMBS, limbsOf, RADIX } from "../../wasm/pairs/limbs.ts";
import { FULL } from "../memory.ts";
import { type Table, tableOf } from "../tables.ts";
import { PAGES, PAIR_MEMORY, PAIRED } from "./memory.ts";

/** Addresses of the tables for one number of inputs n; t = n + 1. Lower columns are five vectors of integers. */
export interface PairTable {
  readonly inputs: number;
  /** The first round's constants, t and one more, one after the other. */
  readonly constants: number;
  /** Rows of t pairs, for two lanes each. */
  readonly mix: number;
  readonly enter: number;
  /** Lower columns for each full round, for two lanes each. */
  readonly starts: number;
  /** Upper columns for 1 to t terms: five integers, for both elements of a pair. */
  readonly upper: number;
  /** n + 1 pairs: factors of y and x, in the first n partial rounds the last ones. */
  readonly early: number;
  readonly late: number;
  /** Lower columns for each partial round. */
  readonly partialStarts: number;
  /** n rows of n + 1 pairs, and lower columns for each: lanes 1 to n after the partial rounds. */
  readonly leave: number;
  readonly leaveStarts: number;
}

const ZERO = 0n;
const limbs = (value: bigint): number[] => limbsOf(centred(value * RADIX, FIELD));
/** Limbs of an element that is divided by 2^255 once more. */
const lowLimbs = (value: bigint): bigint[] => limbsOf(centred(value * RADIX ** 2n, FIELD)).map(BigInt);

/** The memory's content but for the constants of the code, and where the tables are. */
export function pairImage(): { data: Uint8Array; tables: readonly PairTable[] } {
  const data = new BigInt64Array(PAGES * 8_192);
  let free: number = PAIR_MEMORY.tables;
  const put = (words: readonly bigint[]): number => {
    const at = free;
    data.set(words, at / 8);
    free += 8 * words.length;
    return at;
  };
  const tables = PAIRED.map((inputs) => putTable(inputs, tableOf(inputs), put));
  return { data: new Uint8Array(data.buffer, 0, free), tables };
}

function putTable(n: number, parts: Table, put: (words: readonly bigint[]) => number): PairTable {
  const t = n + 1;
  const element = (value: bigint): bigint[] => limbs(value).map(bitsOf);
  const turns = (a: readonly bigint[], b: readonly bigint[]): bigint[] => a.flatMap((x, i) => [x, b[i] as bigint]);
  const pair = (low: bigint, high: bigint): bigint[] => turns(element(low), element(high));
  const lower = (terms: number, low: bigint, high: bigint): bigint[] => {
    const base = startsOf(terms).slice(0, LIMBS);
    const [a, b] = [lowLimbs(low), lowLimbs(high)];
    return turns(
      base.map((start, i) => start + (a[i] as bigint)),
      base.map((start, i) => start + (b[i] as bigint)),
    );
  };
  const at = (list: readonly bigint[], i: number): bigint => list[i] ?? ZERO;
  const span = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  /** Two rows of a matrix, column by column; the last one alone. */
  const rows = (matrix: readonly bigint[]): bigint[] =>
    span(Math.ceil(t / 2)).flatMap((p) =>
      span(t).flatMap((j) => pair(at(matrix, 2 * p * t + j), 2 * p + 1 < t ? at(matrix, (2 * p + 1) * t + j) : ZERO)),
    );
  const fullStarts = span(FULL).flatMap((round) => {
    const own = parts.starts.slice((round + 1) * t, (round + 2) * t);
    return span(Math.ceil(t / 2)).flatMap((p) => lower(t, at(own, 2 * p), at(own, 2 * p + 1)));
  });
  const row = (ofY: readonly bigint[], ofX: readonly bigint[]): bigint[] =>
    span(t).flatMap((i) => pair(i === 0 ? ZERO : at(ofY, i - 1), at(ofX, i)));
  const cut = (matrix: readonly bigint[], i: number): bigint[] => matrix.slice(i * n, (i + 1) * n);
  return {
    inputs: n,
    constants: put(span(t + 1).flatMap((i) => element(i < t ? at(parts.starts, i) : ZERO))),
    mix: put(rows(parts.mix)),
    enter: put(rows(parts.enter)),
    starts: put(fullStarts),
    upper: put(span(t).flatMap((i) => startsOf(i + 1).slice(LIMBS))),
    early: put(span(t).flatMap((i) => pair(ZERO, at(parts.early, i)))),
    late: put(row(parts.factorsOfY, parts.factorsOfX)),
    partialStarts: put(parts.partialStarts.flatMap((start, k) => lower(Math.min(k, n) + 1, ZERO, start))),
    leave: put(span(n).flatMap((i) => row(cut(parts.leaveY, i), cut(parts.leaveX, i)))),
    leaveStarts: put(parts.leaveStarts.flatMap((start) => lower(t, ZERO, start))),
  };
}
