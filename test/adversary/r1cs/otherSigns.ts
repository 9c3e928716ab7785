/**
 * Other signs for the same challenge. The template SignedDigits (circuits/signature/scalarMulVariable.circom) would
 * accept them if it did not compare their squares.
 */

/** What a root may be of its point, where its square is free: the first number over the second. */
export const RATIOS = [
  [3n, 1n],
  [1n, 3n],
  [5n, 3n],
  [3n, 5n],
  [7n, 5n],
  [5n, 7n],
  [9n, 7n],
  [7n, 9n],
  [5n, 1n],
  [1n, 5n],
  [7n, 3n],
  [3n, 7n],
] as const;
/** The point of the i-th sign, one of two. */
export const shifted = (i: number): number => (i % 2 === 0 && i > 0 && i < 252 ? 1 : 0);

/** An odd number as a sum of ±weight(i)·2^(to − 1 − i), with odd weights; null if there is no such sum. */
function sumOf(number: bigint, from: number, to: number, weight: (i: number) => bigint): bigint[] | null {
  const signs: bigint[] = [];
  let rest = number;
  for (let i = to - 1; i >= from; i--) {
    // Of the two signs, one leaves twice an odd number.
    const plus = i === from ? rest > 0n : ((rest - weight(i)) / 2n) % 2n !== 0n;
    signs.unshift(plus ? 1n : -1n);
    rest = (rest - (plus ? weight(i) : -weight(i))) / 2n;
  }
  return rest === 0n ? signs : null;
}

/**
 * Signs that say the same challenge (circuits/signature/scalarMulVariable.circom, SignedDigits), if those of one point
 * count top / bottom times; null if none were found.
 */
export function signsOf(challenge: bigint, point: number, [top, bottom]: readonly [bigint, bigint]): bigint[] | null {
  const weight = (i: number): bigint => (shifted(i) === point ? top : bottom);
  for (const carry of [0n, 1n, -1n]) {
    const upper = 2n * ((challenge >> 190n) - carry) + 1n - (1n << 64n);
    const lower = 2n * (((challenge >> 1n) & ((1n << 189n) - 1n)) + (carry << 189n)) + 1n - (1n << 189n);
    const first = sumOf(bottom * upper, 0, 64, weight);
    const second = sumOf(bottom * lower, 64, 253, weight);
    if (first !== null && second !== null) return [...first, ...second];
  }
  return null;
}
