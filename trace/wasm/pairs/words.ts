/** Converts between settled elements and 32-byte words, little-endian, the form used everywhere outside the lanes. */
import { type Code, wasm } from "../assembler.ts";
import { inverse } from "../modular.ts";
import { BIAS, CARRIED_BIAS, codes, D, type Pair, type PairCode } from "./field.ts";
import { bitsOf, LIMB_BITS, LIMBS, MASK, RADIX } from "./limbs.ts";
import { simd } from "./simd.ts";

const { get, set } = wasm;
const WORDS = 4;

/** What the numbers outside are: the value times 2^256, or the plain value. */
type Form = "montgomery" | "plain";

/** Two numbers from memory, at `low` and `high`, as settled elements. Accepts any numbers below 2^256. */
export function loadWords(
  code: PairCode,
  into: readonly number[],
  low: Code,
  high: Code,
  form: Form = "montgomery",
): Code {
  const factor = code.constant(form === "plain" ? RADIX : RADIX * inverse(1n << 256n, code.field.modulus));
  return [loadRaw(code, into, low, high), code.multiply(into, [[codes(into), factor]])];
}

/** The same numbers as the values of limbs, not multiplied by 2^255. */
export function loadRaw(code: PairCode, limbs: readonly number[], low: Code, high: Code): Code {
  const { constants } = code.field;
  const words = code.locals.several("v128", WORDS);
  const word = (i: number): Code => get(words[i] as number);
  const part = (i: number): Code => {
    const [index, bit] = [Math.floor((LIMB_BITS * i) / 64), (LIMB_BITS * i) % 64];
    const first = simd.shiftRight(word(index), bit);
    // The last one takes the remaining 52 bits.
    if (i === LIMBS - 1) return first;
    const across = bit + LIMB_BITS > 64;
    return simd.and(across ? simd.or(first, simd.shiftLeft(word(index + 1), 64 - bit)) : first, constants.vector(MASK));
  };
  return [
    words.map((local, i) => set(local, simd.loadHigh(high, 8 * i, simd.loadLow(low, 8 * i)))),
    limbs.map((local, i) => {
      const double = simd.or(part(i), constants.vector(bitsOf(2 ** 52)));
      return set(local, simd.subtract(double, constants.double(2 ** 52)));
    }),
    // These limbs are unsigned, and the last may be 2^52. 2^256 are 5.3 moduli.
    code.settle(limbs, codes(limbs), 5),
  ];
}

/** Stores a settled pair at `low` and `high` as least residues. */
export function storeWords(code: PairCode, pair: Pair, low: Code, high: Code, form: Form): Code {
  const { constants, modulus, reduction } = code.field;
  const limbs = code.pair();
  const words = code.locals.several("v128", WORDS);
  const [carry, negative] = [code.locals.one("v128"), code.locals.one("v128")];
  const vector = (value: bigint): Code => constants.vector(value);
  const last = limbs[LIMBS - 1] as number;
  /** Brings all limbs but the last between 0 and 2^51. The last one then has the sign of the whole. */
  const ripple = limbs.slice(0, -1).map((local, i) => {
    const next = limbs[i + 1] as number;
    return [
      set(carry, simd.shiftRight(simd.addIntegers(get(local), vector(BIAS)), LIMB_BITS)),
      set(carry, simd.subtractIntegers(get(carry), vector(CARRIED_BIAS))),
      set(local, simd.and(get(local), vector(MASK))),
      set(next, simd.addIntegers(get(next), get(carry))),
    ];
  });
  const word = (i: number): Code =>
    limbs
      .flatMap((local, j) => {
        const shift = LIMB_BITS * j - 64 * i;
        if (shift <= -LIMB_BITS || shift >= 64) return [];
        return [shift < 0 ? simd.shiftRight(get(local), -shift) : simd.shiftLeft(get(local), shift)];
      })
      .reduce((a, b) => simd.or(a, b));
  const factor = (form === "plain" ? 1n : 1n << 256n) * inverse(RADIX, modulus);
  return [
    code.multiply(limbs, [[pair, code.constant(factor)]]),
    limbs.map((local) => {
      const bits = simd.add(get(local), constants.double(D));
      return set(local, simd.subtractIntegers(bits, vector(bitsOf(D))));
    }),
    ripple,
    set(negative, simd.lessIntegers(get(last), vector(0n))),
    limbs.map((local, i) => {
      const limb = vector(BigInt(reduction.limbs[i] as number));
      return set(local, simd.addIntegers(get(local), simd.and(get(negative), limb)));
    }),
    ripple,
    words.map((local, i) => set(local, word(i))),
    words.map((local, i) => [simd.storeLane(low, 8 * i, get(local), 0), simd.storeLane(high, 8 * i, get(local), 1)]),
  ];
}
