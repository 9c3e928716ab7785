/**
 * The permutation with two elements in each vector (trace/wasm/pairs). A full round takes two lanes of the state at a
 * time. A partial round sums up what earlier y contribute in one half of the vectors, and what earlier x contribute in
 * the other one (trace/poseidon/permutation.ts explains y and x).
 */
import { FIELD } from "../../layout.ts";
import { Assembler, type Callee, type Code, type Locals, wasm } from "../../wasm/assembler.ts";
import { codes, type Pair, PairCode } from "../../wasm/pairs/field.ts";
import { Constants, ELEMENT, LIMBS, PAIR, PairField } from "../../wasm/pairs/limbs.ts";
import { advance, loop } from "../../wasm/pairs/loops.ts";
import { simd } from "../../wasm/pairs/simd.ts";
import { loadWords, storeWords } from "../../wasm/pairs/words.ts";
import { FULL, PARTIAL, WORD } from "../memory.ts";
import { type PairTable, pairImage } from "./image.ts";
import { CONSTANTS, PAGES, PAIR_MEMORY, permuteName } from "./memory.ts";

const { get, set, i32, add32, call } = wasm;
const { words, lanes, others, history } = PAIR_MEMORY;

/**
 * The module: for each number of inputs `permuteN(outs)` permutes n + 1 words in their place, and leaves there the
 * first `outs` lanes, less than the order, and perhaps one more.
 */
export function assemblePairs(): Uint8Array<ArrayBuffer> {
  const module = new Assembler();
  const field = new PairField(FIELD, new Constants());
  const { data, tables } = pairImage();
  const shared = addShared(module, field);
  for (const table of tables) addPermutation(module, field, table, shared);
  const constants = field.constants.bytes();
  if (constants.length > CONSTANTS) throw new Error("the constants of the code are longer than their place");
  data.set(constants);
  return module.bytes(PAGES, data);
}

/** Code over lanes that lie one after the other, two at a time. */
const besides = {
  load: (into: readonly number[], from: number): Code =>
    into.map((local, i) => set(local, simd.loadHigh(get(from), ELEMENT + 8 * i, simd.loadLow(get(from), 8 * i)))),
  store: (pair: Pair, to: number): Code =>
    pair.map((limb, i) => [simd.storeLane(get(to), 8 * i, limb, 0), simd.storeLane(get(to), ELEMENT + 8 * i, limb, 1)]),
};

interface Shared {
  /** (words, constants, lanes): two words as lanes, plus the constants. */
  readonly enter: Callee;
  /** (lanes): fifth powers of two lanes, in their place. */
  readonly fifth: Callee;
  /** (x, row, terms, lower, upper, out): two sums of lanes times factors. */
  readonly mix: Callee;
  /** (lanes, words): two settled lanes as words. */
  readonly leave: Callee;
}

function addShared(module: Assembler, field: PairField): Shared {
  const enter = module.add("enter", 3, ([word, constants, out] = [], locals) => {
    const code = new PairCode(field, locals);
    const [pair, added] = [code.pair(), code.pair()];
    return [
      code.prologue,
      loadWords(code, pair, get(word as number), add32(get(word as number), i32(WORD)), "plain"),
      besides.load(added, constants as number),
      besides.store(plus(codes(pair), codes(added)), out as number),
    ];
  });
  const fifth = module.add("fifth", 1, ([at] = [], locals) => {
    const code = new PairCode(field, locals);
    const [x, y] = [code.pair(), code.pair()];
    return [
      code.prologue,
      besides.load(x, at as number),
      code.narrow(x, codes(x)),
      power(code, y, codes(x)),
      besides.store(codes(y), at as number),
    ];
  });
  const mix = module.add("mix", 6, (parameters, locals) => {
    const [x, row, terms, lower, upper, out] = parameters as [number, number, number, number, number, number];
    const code = new PairCode(field, locals);
    const [a, b, result] = [code.pair(), code.pair(), code.pair()];
    return [
      code.prologue,
      code.sum(result, startAt(get(lower), get(upper)), (add) =>
        loop(terms, [
          a.map((local, i) => set(local, simd.load(get(row), 16 * i))),
          b.map((local, i) => set(local, simd.loadBoth(get(x), 8 * i))),
          add(codes(b), codes(a)),
          advance([x], ELEMENT),
          advance([row], PAIR),
        ]),
      ),
      besides.store(codes(result), out as number),
    ];
  });
  const leave = module.add("leave", 2, ([at, word] = [], locals) => {
    const code = new PairCode(field, locals);
    const pair = code.pair();
    return [
      code.prologue,
      besides.load(pair, at as number),
      storeWords(code, codes(pair), get(word as number), add32(get(word as number), i32(WORD)), "plain"),
    ];
  });
  return { enter, fifth, mix, leave };
}

const plus = (a: Pair, b: Pair): Pair => a.map((limb, i) => simd.add(limb, b[i] as Code));

/** The fifth power of a pair. */
const power = (code: PairCode, into: readonly number[], x: Pair): Code => {
  const square = codes(into);
  return [code.multiply(into, [[x, x]]), code.multiply(into, [[square, square]]), code.multiply(into, [[square, x]])];
};

/** The columns of a sum, from memory. */
const startAt = (lower: Code, upper: Code): Code[] => [
  ...Array.from({ length: LIMBS }, (_, i) => simd.load(lower, 16 * i)),
  ...Array.from({ length: LIMBS }, (_, i) => simd.loadBoth(upper, 8 * i)),
];

/** Runs the body for a pointer at 0, 1, … `count` − 1 steps behind an address. */
const over = (locals: Locals, from: number, step: number, count: number, body: (at: number) => Code): Code => {
  const [at, left] = locals.several("i32", 2) as [number, number];
  return [set(at, i32(from)), set(left, i32(count)), loop(left, [body(at), advance([at], step)])];
};

function addPermutation(module: Assembler, field: PairField, table: PairTable, shared: Shared): void {
  const t = table.inputs + 1;
  const pairs = Math.ceil(t / 2);
  const upper = i32(table.upper + 8 * LIMBS * (t - 1));
  const partial = addPartial(module, field, table);

  module.add(permuteName(table.inputs), 1, ([outs] = [], locals) => {
    const [word, constants, lower, row, left] = locals.several("i32", 5) as [number, number, number, number, number];
    /** Two lanes at a time. */
    const mixed = (round: number, matrix: number, count: Code = i32(pairs)): Code => {
      const [from, to] = round % 2 === 0 ? [lanes, others] : [others, lanes];
      const out = locals.one("i32");
      return [
        over(locals, from, 2 * ELEMENT, pairs, (at) => call(shared.fifth, get(at))),
        set(lower, i32(table.starts + round * pairs * PAIR)),
        set(row, i32(matrix)),
        set(out, i32(to)),
        set(left, count),
        loop(left, [
          call(shared.mix, i32(from), get(row), i32(t), get(lower), upper, get(out)),
          advance([lower], PAIR),
          advance([row], t * PAIR),
          advance([out], 2 * ELEMENT),
        ]),
      ];
    };
    const half = FULL / 2;
    const rounds = Array.from({ length: FULL - 1 }, (_, r) => r);
    return [
      set(word, i32(words)),
      set(constants, i32(table.constants)),
      over(locals, lanes, 2 * ELEMENT, pairs, (at) => [
        call(shared.enter, get(word), get(constants), get(at)),
        advance([word], 2 * WORD),
        advance([constants], 2 * ELEMENT),
      ]),
      rounds.slice(0, half - 1).map((r) => mixed(r, table.mix)),
      mixed(half - 1, table.enter),
      call(partial),
      rounds.slice(half).map((r) => mixed(r, table.mix)),
      mixed(FULL - 1, table.mix, wasm.shiftRight32(add32(get(outs as number), i32(1)), i32(1))),
      set(word, i32(words)),
      set(left, wasm.shiftRight32(add32(get(outs as number), i32(1)), i32(1))),
      set(lower, i32(lanes)),
      loop(left, [call(shared.leave, get(lower), get(word)), advance([lower], 2 * ELEMENT), advance([word], 2 * WORD)]),
    ];
  });
}

/** The partial rounds, from `lanes` to `lanes`. */
function addPartial(module: Assembler, field: PairField, table: PairTable): Callee {
  const n = table.inputs;
  const t = n + 1;
  const rounds = PARTIAL[n - 1] as number;
  return module.add(`partial${n}`, 0, (_, locals) => {
    const code = new PairCode(field, locals);
    const [y, settled, x, result, a, b] = Array.from({ length: 6 }, () => code.pair()) as [
      number[],
      number[],
      number[],
      number[],
      number[],
      number[],
    ];
    const [now, past, factor, terms, lower, upper, lane, left, count] = locals.several("i32", 9) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    /** Sums up pairs of the history times pairs of factors, `terms` of them. */
    const summed = (): Code =>
      code.sum(result, startAt(get(lower), get(upper)), (add) =>
        loop(terms, [
          code.load(a, get(past)),
          code.load(b, get(factor)),
          add(codes(a), codes(b)),
          advance([past, factor], PAIR),
        ]),
      );
    /** The sum of both halves, in both. */
    const folded = (): Pair => result.map((local) => simd.add(get(local), simd.cross(get(local), get(local))));
    const noted = (ofX: Pair): Code =>
      settled.map((local, i) => simd.store(get(now), 16 * i, simd.blend(get(local), ofX[i] as Code)));
    const keep = (pair: Pair): Code => y.map((local, i) => set(local, pair[i] as Code));
    /** Enters y(k) and x(k) into the history. */
    const boxed = [
      code.settle(settled, codes(y)),
      power(code, x, codes(settled)),
      noted(codes(x)),
      advance([now], PAIR),
    ];
    return [
      code.prologue,
      set(now, i32(history)),
      set(lower, i32(table.partialStarts)),
      keep(y.map((_, i) => simd.loadBoth(i32(lanes), 8 * i))),
      // y(1) to y(n): the state before the partial rounds has its part in them.
      set(lane, i32(lanes + ELEMENT)),
      set(count, i32(1)),
      set(upper, i32(table.upper)),
      set(left, i32(n)),
      loop(left, [
        boxed,
        set(past, i32(history)),
        set(factor, wasm.sub32(i32(table.early + t * PAIR), wasm.mul32(get(count), i32(PAIR)))),
        set(terms, get(count)),
        summed(),
        keep(result.map((local, i) => simd.add(simd.highs(get(local), get(local)), simd.loadBoth(get(lane), 8 * i)))),
        set(count, add32(get(count), i32(1))),
        advance([lane], ELEMENT),
        advance([upper], 8 * LIMBS),
        advance([lower], PAIR),
      ]),
      set(upper, i32(table.upper + 8 * LIMBS * n)),
      set(left, i32(rounds - n)),
      loop(left, [
        boxed,
        set(past, wasm.sub32(get(now), i32(t * PAIR))),
        set(factor, i32(table.late)),
        set(terms, i32(t)),
        summed(),
        keep(folded()),
        advance([lower], PAIR),
      ]),
      code.settle(settled, codes(y)),
      noted(codes(settled)),
      settled.map((local, i) => simd.storeLane(i32(lanes), 8 * i, get(local), 0)),
      // Lanes 1 to n.
      set(lower, i32(table.leaveStarts)),
      set(factor, i32(table.leave)),
      over(locals, lanes + ELEMENT, ELEMENT, n, (out) => [
        set(past, i32(history + (rounds - n) * PAIR)),
        set(terms, i32(t)),
        summed(),
        folded().map((limb, i) => simd.storeLane(get(out), 8 * i, limb, 0)),
        advance([lower], PAIR),
      ]),
    ];
  });
}
