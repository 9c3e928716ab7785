/** Points that every reader must refuse. */
import { BASE_PRIME, type Fp2, type G2Point, inverse, isOnTwist, modulo, power } from "../../../prover/curve/bn254.ts";

const P = BASE_PRIME;

/** A square root mod P, which is 3 mod 4; null if there is none. */
function squareRoot(value: bigint): bigint | null {
  const root = power(value, (P + 1n) / 4n, P);
  return (root * root) % P === modulo(value, P) ? root : null;
}

/** A square root of c0 + c1·u, u² = −1, by way of the norm. */
function squareRoot2([c0, c1]: Fp2): Fp2 | null {
  const norm = squareRoot(c0 * c0 + c1 * c1);
  if (norm === null || c1 === 0n) return null;
  for (const sign of [1n, -1n]) {
    const x = squareRoot((c0 + sign * norm) * inverse(2n, P));
    if (x !== null && x !== 0n) return [x, modulo(c1 * inverse(2n * x, P), P)];
  }
  return null;
}

/** A point that lies on the twist but, the twist being larger than G2, almost certainly not in G2. */
export function offGroup(): G2Point {
  const times = (a: Fp2, b: Fp2): Fp2 => [modulo(a[0] * b[0] - a[1] * b[1], P), modulo(a[0] * b[1] + a[1] * b[0], P)];
  const norm = inverse(82n, P);
  // 3 / (9 + u) = 3 · (9 − u) / 82
  const b: Fp2 = [modulo(27n * norm, P), modulo(-3n * norm, P)];
  for (let i = 1n; ; i++) {
    const x: Fp2 = [i, 1n];
    const cube = times(times(x, x), x);
    const y = squareRoot2([modulo(cube[0] + b[0], P), modulo(cube[1] + b[1], P)]);
    if (y !== null && isOnTwist([x, y])) return [x, y];
  }
}
