/** The prototype's circuit for a size, and numbers modulo the two primes. */
import { readFileSync } from "node:fs";

/** The order of the scalar field of BLS12-381: numbers of a blob are below it. */
export const P = 52435875175126190479447740508185965837690552500527637822603658699938581184513n;
/** The order of the circuit's field. */
export const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** A circom file for so many rows, with so many words between two reductions. */
export function sourceOf(rows, words) {
  const templates = readFileSync(new URL("value.circom", import.meta.url), "utf8");
  return `${templates}\ncomponent main { public [point] } = BlobValue(${rows}, ${words});\n`;
}

export const limbsOf = (word) => [word & MASK, (word >> 88n) & MASK, word >> 176n];
const MASK = 2n ** 88n - 1n;

/** Words of rows as the circuit's inputs. A row is three words; there are fewer rows than the circuit has room for. */
export function inputOf(room, point, rows) {
  const padded = [...rows, ...Array(room - rows.length).fill([0n, 0n, 0n])];
  return {
    point,
    real: padded.map((_, r) => (r < rows.length ? 1n : 0n)),
    ranged: padded.map(([first, second]) => [limbsOf(first), limbsOf(second)]),
    third: padded.map(([, , third]) => third),
  };
}

/** The words as coefficients, the first one first, at a point modulo p. */
export function valueAt(point, words) {
  return words.reduceRight((sum, word) => (sum * point + word) % P, 0n);
}
