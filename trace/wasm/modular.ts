/** Residues in plain integers: for tables that are made once. */

/** Least non-negative residue. */
export function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** 1/value mod a prime. Zero has no inverse: a RangeError. */
export function inverse(value: bigint, prime: bigint): bigint {
  let [a, b] = [modulo(value, prime), prime];
  if (a === 0n) throw new RangeError("zero has no inverse");
  let [x, y] = [1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b] = [b - quotient * a, a];
    [x, y] = [y - quotient * x, x];
    // Euclid on (b mod a, a): `a` is always the smaller one, and ends at 1 because the modulus is prime.
  }
  return modulo(x, prime);
}
