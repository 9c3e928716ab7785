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
