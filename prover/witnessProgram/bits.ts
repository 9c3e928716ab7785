/**
 * circomlib's Num2Bits in the compiler's program. A number that fits is split into bits at once. Any other number goes
 * to the compiler's code, which reports the fault and its place.
 */
import { type Body, type Callee, type Code, wasm } from "../../trace/wasm/assembler.ts";
import { SIGNAL, SIGNAL_START, VALUE } from "./signals.ts";

const { get, set, i32, i64, add32, and, or, shiftRight, loadI64, call } = wasm;
const WORDS = 4;
const WORD_BITS = 64;
/** Bits of a number below the field's order. If a template has more bits, the rest are 0. */
const MOST_BITS = 254;

/** Number of bits of the Num2Bits instance whose signals have these names; null if it is another template. */
export function bitsOf(signals: readonly string[]): number | null {
  const bits = signals.length - 1;
  const expected = [...Array.from({ length: bits }, (_, i) => `out[${i}]`), "in"];
  return bits > 0 && bits <= MOST_BITS && expected.every((name, i) => name === signals[i]) ? bits : null;
}

/**
 * (component): sets its bits, and returns 0. If the number does not fit, returns the result of the previous function.
 */
export function numberToBits(bits: number, before: Callee, toLongNormal: Callee): Body {
  return ([component], locals) => {
    const [start, result] = [locals.one("i32"), locals.one("i32")];
    const words = locals.several("i64", WORDS);
    const word = (i: number): Code => get(words[i] as number);
    const number = add32(get(start), i32(SIGNAL * bits));
    const beyond = words.flatMap((_, i) => {
      const kept = bits - WORD_BITS * i;
      if (kept >= WORD_BITS) return [];
      return [kept <= 0 ? word(i) : shiftRight(word(i), i64(kept))];
    });
    return [
      set(start, wasm.load32(get(component as number), SIGNAL_START)),
      call(toLongNormal, number),
      words.map((local, i) => set(local, loadI64(number, VALUE + 8 * i))),
      wasm.when(
        wasm.equalsZero64(beyond.reduce((a, b) => or(a, b))),
        Array.from({ length: bits }, (_, i) => {
          const bit = and(shiftRight(word(Math.floor(i / WORD_BITS)), i64(i % WORD_BITS)), i64(1));
          // The lower half is the value, the upper one its type: a 32-bit number.
          return wasm.storeI64(get(start), SIGNAL * i, bit);
        }),
        set(result, call(before, get(component as number))),
      ),
      get(result),
    ];
  };
}
