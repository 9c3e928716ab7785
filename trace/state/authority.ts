/**
 * Authorities without signatures: which words can be one. Kept apart from signing, whose curve library takes seconds to
 * load, because every genesis and every effect that names an authority needs this check.
 */
import { FIELD } from "../layout.ts";

/** Baby Jubjub: A·x² + y² = 1 + D·x²·y². */
const A = 168_700n;
const D = 168_696n;

/** Whether a word is the y coordinate of a key that can sign: of a point on the curve, of an order above 8. */
export function isAuthority(word: bigint): boolean {
  if (word < 0n || word >= FIELD) return false;
  let y = word;
  // The curve's equation, for x²; the divisor is not 0, as A / D is not a square.
  let xx = reduced((1n - y * y) * inverse(A - D * y * y));
  if (power(xx, (FIELD - 1n) / 2n) > 1n) return false;
  // Doubling needs x² only. Eight times a point of order 1, 2, 4 or 8 is (0, 1), and of no other.
  for (let doubled = 0; doubled < 3; doubled++) {
    const sum = inverse(A * xx + y * y);
    [xx, y] = [reduced(4n * xx * y * y * sum * sum), reduced((y * y - A * xx) * inverse(2n - A * xx - y * y))];
  }
  return xx !== 0n;
}

function reduced(value: bigint): bigint {
  const rest = value % FIELD;
  return rest < 0n ? rest + FIELD : rest;
}

function inverse(value: bigint): bigint {
  return power(reduced(value), FIELD - 2n);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % FIELD;
    square = (square * square) % FIELD;
  }
  return result;
}
