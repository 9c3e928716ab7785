/** WebAssembly's vector instructions, as far as the engine uses them: two lanes of 64 bits, integers or doubles. */
import { type Code, unsigned, wasm } from "../assembler.ts";

const instruction = (opcode: number, ...immediates: number[]): Code => [0xfd, ...unsigned(opcode), ...immediates];

const unary = (opcode: number) => {
  const code = instruction(opcode);
  return (a: Code): Code => [a, code];
};
const binary = (opcode: number, immediates: readonly number[] = []) => {
  const code = instruction(opcode, ...immediates);
  return (a: Code, b: Code): Code => [a, b, code];
};
const shift = (opcode: number) => {
  const code = instruction(opcode);
  return (a: Code, bits: number): Code => [a, wasm.i32(bits), code];
};
const loading = (opcode: number) => {
  const code = instruction(opcode, 0);
  return (at: Code, offset: number): Code => [at, code, unsigned(offset)];
};
/** The result's lanes: 0 and 1 are those of a, 2 and 3 those of b. */
const choose = (low: number, high: number) =>
  binary(
    0x0d,
    [low, high].flatMap((lane) => Array.from({ length: 8 }, (_, i) => 8 * lane + i)),
  );

const STORE = instruction(0x0b, 0);
const LOAD_LANE = instruction(0x57, 0);
const STORE_LANE = instruction(0x5b, 0);
const MULTIPLY_ADD = instruction(0x107);

/** Operands first; offsets in bytes, alignment is not promised. */
export const simd = {
  load: loading(0x00),
  store: (at: Code, offset: number, value: Code): Code => [at, value, STORE, unsigned(offset)],
  /** One double in both lanes. */
  loadBoth: loading(0x0a),
  /** One 32-bit word in all four lanes of 32 bits. */
  loadWord: loading(0x09),
  /** One double, or two words, in the low lane. */
  loadLow: loading(0x5d),
  /** The vector, with a double from memory in the high lane. */
  loadHigh: (at: Code, offset: number, vector: Code): Code => [at, vector, LOAD_LANE, unsigned(offset), 1],
  /** Stores the low lane (0) or the high one (1). */
  storeLane: (at: Code, offset: number, vector: Code, lane: 0 | 1): Code => [
    at,
    vector,
    STORE_LANE,
    unsigned(offset),
    lane,
  ],
  lows: choose(0, 2),
  highs: choose(1, 3),
  /** The low lane of a and the high lane of b. */
  blend: choose(0, 3),
  /** The high lane of a and the low lane of b. */
  cross: choose(1, 2),
  and: binary(0x4e),
  or: binary(0x50),
  xor: binary(0x51),
  /** The two low words, each in a lane of its own. */
  widen: unary(0xc9),
  shiftLeft: shift(0xcb),
  shiftRight: shift(0xcd),
  addIntegers: binary(0xce),
  subtractIntegers: binary(0xd1),
  /** −1 in lanes where a < b as signed integers, 0 in others. */
  lessIntegers: binary(0xd8),
  add: binary(0xf0),
  subtract: binary(0xf1),
  /** a·b + c, rounded once where the processor can do that: see exact.ts. */
  multiplyAdd: (a: Code, b: Code, c: Code): Code => [a, b, c, MULTIPLY_ADD],
} as const;
