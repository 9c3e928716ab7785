/**
 * The circuit's Poseidon in the compiler's program, where it takes half of a witness's time. Uses the permutation that
 * hashes a time map (trace/poseidon). Computes every signal of circuits/poseidon.circom: for each S-box its square,
 * fourth and fifth power.
 */
import { addArithmetic, COLUMNS, load } from "../../trace/poseidon/arithmetic.ts";
import { image } from "../../trace/poseidon/image.ts";
import { ELEMENT, FULL, LIMBS, MAX_INPUTS, PARTIAL, placesFrom } from "../../trace/poseidon/memory.ts";
import { addRounds } from "../../trace/poseidon/permutation.ts";
import { type Body, type Callee, type Code, wasm } from "../../trace/wasm/assembler.ts";
import type { ProgramModule } from "./module.ts";
import { NORMAL, SIGNAL, SIGNAL_START, TYPE, VALUE } from "./signals.ts";
import { storeReduced } from "./words.ts";

const { get, set, i32, i64, add32, call } = wasm;
const COUNTERS = 8;

/** An instance of the template: its numbers of input words (without the capacity) and output words. */
export interface PoseidonShape {
  readonly inputs: number;
  readonly outs: number;
}

/** S-boxes of a permutation. */
const boxesOf = (inputs: number): number => FULL * (inputs + 1) + (PARTIAL[inputs - 1] as number);

/**
 * The shape of the instance whose signals have these names, in this order. Null if these are not the signals of
 * circuits/poseidon.circom, because another template has the same name.
 */
export function shapeOf(signals: readonly string[]): PoseidonShape | null {
  const count = (name: string): number => signals.filter((signal) => signal.startsWith(`${name}[`)).length;
  const [outs, inputs] = [count("out"), count("inputs")];
  if (outs === 0 || inputs === 0 || inputs > MAX_INPUTS || outs > inputs + 1) return null;
  const list = (name: string, length: number): string[] => Array.from({ length }, (_, i) => `${name}[${i}]`);
  const expected = [
    ...list("out", outs),
    "capacity",
    ...list("inputs", inputs),
    ...["square", "fourth", "fifth"].flatMap((name) => list(name, boxesOf(inputs))),
  ];
  return expected.length === signals.length && expected.every((name, i) => name === signals[i])
    ? { inputs, outs }
    : null;
}

/**
 * Adds the permutation.
 * @param at address of its memory, a multiple of 8
 * @param toLongNormal the compiler's function that writes a signal's value out, in its place
 * @returns the replacement of an instance's function, and the bytes it needs in memory
 */
export function addPoseidon(
  module: ProgramModule,
  at: number,
  shapes: readonly PoseidonShape[],
  toLongNormal: Callee,
): { run: (shape: PoseidonShape) => Body; data: Uint8Array } {
  const [cursor, stride] = [i32(at), i32(at + 4)];
  const places = placesFrom(at + COUNTERS);
  const arithmetic = addArithmetic(module);
  const { multiply, square } = arithmetic;
  const scratch = i32(places.scratch);

  /** (element, signal): sets the signal to the element's value. */
  const setSignal = module.add("setSignal", 2, ([from, signal], locals) => {
    const columns = locals.several("i64", COLUMNS);
    return [
      load(columns.slice(0, LIMBS), from as number),
      columns.slice(LIMBS).map((column) => set(column, i64(0))),
      storeReduced(columns, add32(get(signal as number), i32(VALUE)), locals),
      wasm.store32(get(signal as number), TYPE, i32(NORMAL)),
    ];
  });
  /** (from, out): the S-box. Writes its three signals at the cursor and advances it. */
  const fifth = module.add("fifth", 2, ([from, out], locals) => {
    const [signal, step] = [locals.one("i32"), locals.one("i32")];
    const next = set(signal, add32(get(signal), get(step)));
    return [
      set(signal, wasm.load32(cursor, 0)),
      set(step, wasm.load32(stride, 0)),
      wasm.store32(cursor, 0, add32(get(signal), i32(SIGNAL))),
      call(square, get(from as number), scratch),
      call(setSignal, scratch, get(signal)),
      next,
      call(square, scratch, scratch),
      call(setSignal, scratch, get(signal)),
      next,
      call(multiply, get(from as number), scratch, get(out as number)),
      call(setSignal, get(out as number), get(signal)),
    ];
  });
  const { enter, rounds } = addRounds(module, arithmetic, fifth, places);

  const run = ({ inputs, outs }: PoseidonShape): Body => {
    return ([component], locals) => {
      const start = locals.one("i32");
      const signal = (index: number): Code => add32(get(start), i32(SIGNAL * index));
      const each = (count: number, code: (i: number) => Code): Code[] =>
        Array.from({ length: count }, (_, i) => code(i));
      return [
        set(start, wasm.load32(get(component as number), SIGNAL_START)),
        each(inputs + 1, (i) => [
          call(toLongNormal, signal(outs + i)),
          call(enter, i32(inputs), i32(i), add32(signal(outs + i), i32(VALUE))),
        ]),
        wasm.store32(cursor, 0, signal(outs + 1 + inputs)),
        wasm.store32(stride, 0, i32(SIGNAL * boxesOf(inputs))),
        call(rounds, i32(inputs), i32(outs)),
        each(outs, (i) => call(setSignal, i32(places.lanes + ELEMENT * i), signal(i))),
        // No error.
        i32(0),
      ];
    };
  };
  const wanted = new Set(shapes.map(({ inputs }) => inputs));
  const data = image(at + COUNTERS, wanted);
  return { run, data: Buffer.concat([new Uint8Array(COUNTERS), data]) };
}
