/** Arithmetic in the circuit's field. */
import { FIELD } from "../../../trace/layout.ts";

export const mod = (n: bigint): bigint => {
  const rest = n % FIELD;
  return rest < 0n ? rest + FIELD : rest;
};

/** 1 / n; of 0, 0, as in circom. */
export function inverse(n: bigint): bigint {
  let [a, b] = [n, FIELD];
  let [x, y] = [1n, 0n];
  while (a > 0n) {
    const times = b / a;
    [a, b] = [b - times * a, a];
    [x, y] = [y - times * x, x];
  }
  return mod(y);
}

/** A square root; null if there is none. Tonelli and Shanks: https://en.wikipedia.org/wiki/Tonelli–Shanks_algorithm */
export function squareRoot(n: bigint): bigint | null {
  const power = (base: bigint, exponent: bigint): bigint => {
    let [result, square] = [1n, mod(base)];
    for (let rest = exponent; rest > 0n; rest >>= 1n) {
      if ((rest & 1n) === 1n) result = mod(result * square);
      square = mod(square * square);
    }
    return result;
  };
  if (n === 0n) return 0n;
  if (power(n, (FIELD - 1n) / 2n) !== 1n) return null;
  let [odd, twos] = [FIELD - 1n, 0];
  for (; (odd & 1n) === 0n; odd >>= 1n) twos++;
  // 5 is no square in this field.
  let [root, rest, unit] = [power(n, (odd + 1n) / 2n), power(n, odd), power(5n, odd)];
  while (rest !== 1n) {
    let order = 0;
    for (let square = rest; square !== 1n; square = mod(square * square)) order++;
    for (let i = order + 1; i < twos; i++) unit = mod(unit * unit);
    root = mod(root * unit);
    unit = mod(unit * unit);
    rest = mod(rest * unit);
    twos = order;
  }
  return root;
}
