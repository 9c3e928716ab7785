/**
 * The permutation in WebAssembly: makes the bytes of trace/poseidon/poseidon.wasm.
 *
 * Full rounds are as in the definition: fifth powers, then each lane is one sum of products. Partial rounds do not
 * carry the state along. Only lane 0 goes through an S-box; the others change linearly, so lane 0 follows a recurrence:
 * y(k+1) is a fixed combination of the last t − 1 values y and the last t values x = y^5, and a constant. That takes as
 * many products as circomlib's sparse matrices, but one reduction in place of t, and 2t − 1 factors that are the same
 * in every round. The first t − 1 rounds have no such past and start from the state instead; the last t − 1 give the
 * state back.
 */

import { Assembler, type Callee, type Code, type Functions, wasm } from "../wasm/assembler.ts";
import { type Arithmetic, addArithmetic } from "./arithmetic.ts";
import { image } from "./image.ts";
import { ELEMENT, MEMORY, type MemoryPart, PAGES, PARTS, type Places, WORD } from "./memory.ts";

const { get, set, i32, add32, sub32, mul32, less32, call } = wasm;

/** A function's local as a counter: the body for 0, 1, … while it is below the bound, which is not 0. */
const upTo = (counter: number, bound: Code, body: Code): Code => [
  set(counter, i32(0)),
  wasm.repeat([body, set(counter, add32(get(counter), i32(1)))], less32(get(counter), bound)),
];
const element = (base: Code, index: Code): Code => add32(base, mul32(index, i32(ELEMENT)));

/**
 * The module. `permute(inputs, outs)` permutes one word more than there are inputs, in their place, and leaves the
 * first `outs` lanes there. The order itself may stand for 0. Its other functions are exported too, for tests.
 */
export function assemble(): Uint8Array<ArrayBuffer> {
  const module = new Assembler();
  const arithmetic = addArithmetic(module);
  const { multiply, square } = arithmetic;
  const scratch = i32(MEMORY.scratch);
  /** (from, out): the S-box. */
  const fifth = module.add("fifth", 2, ([from, out]) => [
    call(square, get(from as number), scratch),
    call(square, scratch, scratch),
    call(multiply, get(from as number), scratch, get(out as number)),
  ]);
  const { enter, rounds } = addRounds(module, arithmetic, fifth, MEMORY);
  /** (element, word): the number that the element represents. */
  const leave = module.add("leave", 2, ([from, word]) => [
    call(multiply, get(from as number), i32(MEMORY.plainOne), scratch),
    call(arithmetic.pack, scratch, get(word as number)),
  ]);
  module.add("permute", 2, (parameters, locals) => {
    const [inputs, outs] = parameters as [number, number];
    const i = locals.one("i32");
    const word = add32(i32(MEMORY.words), mul32(get(i), i32(WORD)));
    return [
      upTo(i, add32(get(inputs), i32(1)), call(enter, get(inputs), get(i), word)),
      call(rounds, get(inputs), get(outs)),
      upTo(i, get(outs), call(leave, element(i32(MEMORY.lanes), get(i)), word)),
    ];
  });
  return module.bytes(PAGES, image());
}

/** The permutation, over lanes in memory. */
export interface Rounds {
  /** (inputs, i, word): makes lane i of the word, with the first round's constant. */
  readonly enter: Callee;
  /** (inputs, outs): permutes the lanes and gives the first `outs` of them. */
  readonly rounds: Callee;
}

/**
 * Adds the permutation to a module whose memory has {@link image} at these places.
 * @param fifth (from, out): the S-box; called once for each, in the order of the rounds, lanes upwards
 */
export function addRounds(module: Functions, { dot, unpack }: Arithmetic, fifth: Callee, places: Places): Rounds {
  const scratch = i32(places.scratch);
  const none = [i32(0), i32(0), i32(0)];
  const lanes = i32(places.lanes);
  const others = i32(places.others);
  const tableFor = (inputs: number): Code => wasm.load32(mul32(get(inputs), i32(4)), places.directory);

  const enter = module.add("enter", 3, (parameters) => {
    const [inputs, i, word] = parameters as [number, number, number];
    const start = element(part(tableFor(inputs), "starts"), get(i));
    return [
      call(unpack, get(word), scratch),
      call(dot, start, scratch, i32(places.square), i32(1), ...none, element(lanes, get(i))),
    ];
  });
  /** (from, to, starts, rows, t, count): fifth powers of t lanes, in their place, and `count` rows of their mixing. */
  const full = module.add("full", 6, (parameters, locals) => {
    const [from, to, starts, rows, t, count] = parameters as [number, number, number, number, number, number];
    const i = locals.one("i32");
    const row = element(get(rows), mul32(get(i), get(t)));
    const start = element(get(starts), get(i));
    return [
      upTo(i, get(t), call(fifth, element(get(from), get(i)), element(get(from), get(i)))),
      upTo(i, get(count), call(dot, start, get(from), row, get(t), ...none, element(get(to), get(i)))),
    ];
  });
  const partial = addPartial(module, dot, fifth, places);

  const rounds = module.add("rounds", 2, (parameters, locals) => {
    const [inputs, outs] = parameters as [number, number];
    const [table, t] = locals.several("i32", 2) as [number, number];
    const starts = (round: number): Code => element(part(get(table), "starts"), mul32(get(t), i32(round)));
    const round = (r: number, matrix: MemoryPart, count: Code = get(t)): Code => {
      const [from, to] = r % 2 === 0 ? [lanes, others] : [others, lanes];
      return call(full, from, to, starts(r + 1), part(get(table), matrix), get(t), count);
    };
    return [
      set(table, tableFor(inputs)),
      set(t, wasm.load32(get(table), 0)),
      [round(0, "mix"), round(1, "mix"), round(2, "mix"), round(3, "enter")],
      call(partial, get(table)),
      [round(4, "mix"), round(5, "mix"), round(6, "mix"), round(7, "mix", get(outs))],
    ];
  });
  return { enter, rounds };
}

/** Address of a part of the table. */
const part = (table: Code, name: MemoryPart): Code => wasm.load32(table, 4 * (2 + PARTS.indexOf(name)));

/** The partial rounds, from `lanes` to `lanes`. */
function addPartial(module: Functions, dot: Callee, fifth: Callee, places: Places): Callee {
  return module.add("partial", 1, ([parameter], locals) => {
    const table = parameter as number;
    const [n, rounds, k, past] = locals.several("i32", 4) as [number, number, number, number];
    const y = (index: Code): Code => element(i32(places.y), index);
    const x = (index: Code): Code => element(i32(places.x), index);
    const lane = (index: Code): Code => element(i32(places.lanes), index);
    const next = add32(get(k), i32(1));
    const start = element(part(get(table), "partialStarts"), get(k));
    /** An element times 1. */
    const copy = (from: Code, to: Code): Code =>
      call(dot, i32(places.zero), from, i32(places.one), i32(1), i32(0), i32(0), i32(0), to);
    const factorsOf = (name: MemoryPart, row: Code): Code => element(part(get(table), name), mul32(row, get(n)));
    return [
      set(n, sub32(wasm.load32(get(table), 0), i32(1))),
      set(rounds, wasm.load32(get(table), 4)),
      copy(lane(i32(0)), y(i32(0))),
      upTo(k, get(rounds), [
        call(fifth, y(get(k)), x(get(k))),
        wasm.when(
          less32(get(k), get(n)),
          call(
            dot,
            ...[start, x(i32(0)), element(part(get(table), "early"), sub32(get(n), get(k))), next],
            ...[lane(next), i32(places.one), i32(1), y(next)],
          ),
          [
            set(past, sub32(get(k), get(n))),
            call(
              dot,
              ...[start, y(add32(get(past), i32(1))), part(get(table), "factorsOfY"), get(n)],
              ...[x(get(past)), part(get(table), "factorsOfX"), add32(get(n), i32(1)), y(next)],
            ),
          ],
        ),
      ]),
      set(past, sub32(get(rounds), get(n))),
      upTo(k, get(n), [
        call(
          dot,
          ...[
            element(part(get(table), "leaveStarts"), get(k)),
            y(add32(get(past), i32(1))),
            factorsOf("leaveY", get(k)),
            get(n),
          ],
          ...[x(get(past)), factorsOf("leaveX", get(k)), get(n), lane(next)],
        ),
      ]),
      copy(y(get(rounds)), lane(i32(0))),
    ];
  });
}
