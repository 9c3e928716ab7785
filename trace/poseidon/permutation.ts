/**
 * The permutation in WebAssembly: makes the bytes of trace/poseidon/poseidon.wasm.
 *
 * Full rounds are as in the definition: fifth powers, then each lane is one sum of products. Partial rounds do not carry
 * the state along. Only lane 0 goes through an S-box; the others change linearly, so lane 0 follows a recurrence: y(k+1) is
 * a fixed combination of the last t − 1 values y and the last t values x = y^5, and a constant. That takes as many products as
 * circomlib's sparse matrices, but one reduction in place of t, and 2t − 1 factors that are the same in every round. The
 * first t − 1 rounds have no such past and start from the state instead; the last t − 1 give the state back.
 */
import { addArithmetic } from "./arithmetic.ts";
import { Assembler, type Callee, type Code, wasm } from "./assembler.ts";
import { image } from "./image.ts";
import { ELEMENT, MEMORY, PAGES, PARTS, type Part, WORD } from "./memory.ts";

const { get, set, i32, add32, sub32, mul32, less32, call } = wasm;

/** A function's local as a counter: the body for 0, 1, … while it is below the bound, which is not 0. */
const upTo = (counter: number, bound: Code, body: Code): Code => [
  set(counter, i32(0)),
  wasm.repeat([body, set(counter, add32(get(counter), i32(1)))], less32(get(counter), bound)),
];
const element = (base: Code, index: Code): Code => add32(base, mul32(index, i32(ELEMENT)));

/**
 * The module: `permute(inputs, outs)` permutes one word more than there are inputs, in their place, and leaves the first `outs` lanes
 * there; the order itself may stand for 0. Its other functions are exported too, for tests.
 */
export function assemble(): Uint8Array<ArrayBuffer> {
  const module = new Assembler();
  const { multiply, square, dot, unpack, pack } = addArithmetic(module);
  const scratch = i32(MEMORY.scratch);
  const none = [i32(0), i32(0), i32(0)];

  /** (word, factor, start, out): start + the word times the factor. */
  const enter = module.add("enter", 4, (parameters) => {
    const [word, factor, start, out] = parameters as [number, number, number, number];
    return [call(unpack, get(word), scratch), call(dot, get(start), scratch, get(factor), i32(1), ...none, get(out))];
  });
  /** (element, word): the number that the element stands for. */
  const leave = module.add("leave", 2, ([from, word]) => [
    call(multiply, get(from as number), i32(MEMORY.plainOne), scratch),
    call(pack, scratch, get(word as number)),
  ]);
  /** (element, out): the S-box. */
  const fifth = module.add("fifth", 2, ([from, out]) => [
    call(square, get(from as number), scratch),
    call(square, scratch, scratch),
    call(multiply, get(from as number), scratch, get(out as number)),
  ]);
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
  const partial = addPartial(module, dot, fifth);

  module.add("permute", 2, (parameters, locals) => {
    const [inputs, outs] = parameters as [number, number];
    const [table, t, i] = locals.several("i32", 3) as [number, number, number];
    const lanes = i32(MEMORY.lanes);
    const others = i32(MEMORY.others);
    const word = add32(i32(MEMORY.words), mul32(get(i), i32(WORD)));
    const starts = (round: number): Code => element(part(table, "starts"), mul32(get(t), i32(round)));
    const round = (r: number, matrix: Part, count: Code = get(t)): Code => {
      const [from, to] = r % 2 === 0 ? [lanes, others] : [others, lanes];
      return call(full, from, to, starts(r + 1), part(table, matrix), get(t), count);
    };
    return [
      set(table, wasm.load32(mul32(get(inputs), i32(4)), MEMORY.directory)),
      set(t, wasm.load32(get(table), 0)),
      upTo(i, get(t), call(enter, word, i32(MEMORY.square), element(starts(0), get(i)), element(lanes, get(i)))),
      [round(0, "mix"), round(1, "mix"), round(2, "mix"), round(3, "enter")],
      call(partial, get(table)),
      [round(4, "mix"), round(5, "mix"), round(6, "mix"), round(7, "mix", get(outs))],
      upTo(i, get(outs), call(leave, element(lanes, get(i)), word)),
    ];
  });
  return module.bytes(PAGES, image());
}

/** Address of a part of the table. */
const part = (table: number, name: Part): Code => wasm.load32(get(table), 4 * (2 + PARTS.indexOf(name)));

/** The partial rounds, from `lanes` to `lanes`. */
function addPartial(module: Assembler, dot: Callee, fifth: Callee): Callee {
  return module.add("partial", 1, ([parameter], locals) => {
    const table = parameter as number;
    const [n, rounds, k, past] = locals.several("i32", 4) as [number, number, number, number];
    const y = (index: Code): Code => element(i32(MEMORY.y), index);
    const x = (index: Code): Code => element(i32(MEMORY.x), index);
    const lane = (index: Code): Code => element(i32(MEMORY.lanes), index);
    const next = add32(get(k), i32(1));
    const start = element(part(table, "partialStarts"), get(k));
    const factorsOf = (name: Part, row: Code): Code => element(part(table, name), mul32(row, get(n)));
    return [
      set(n, sub32(wasm.load32(get(table), 0), i32(1))),
      set(rounds, wasm.load32(get(table), 4)),
      call(fifth, lane(i32(0)), x(i32(0))),
      upTo(k, get(rounds), [
        wasm.when(
          less32(get(k), get(n)),
          call(
            dot,
            ...[start, x(i32(0)), element(part(table, "early"), sub32(get(n), get(k))), next],
            ...[lane(next), i32(MEMORY.one), i32(1), y(next)],
          ),
          [
            set(past, sub32(get(k), get(n))),
            call(
              dot,
              ...[start, y(add32(get(past), i32(1))), part(table, "factorsOfY"), get(n)],
              ...[x(get(past)), part(table, "factorsOfX"), add32(get(n), i32(1)), y(next)],
            ),
          ],
        ),
        call(fifth, y(next), x(next)),
      ]),
      set(past, sub32(get(rounds), get(n))),
      upTo(k, get(n), [
        call(
          dot,
          ...[
            element(part(table, "leaveStarts"), get(k)),
            y(add32(get(past), i32(1))),
            factorsOf("leaveY", get(k)),
            get(n),
          ],
          ...[x(get(past)), factorsOf("leaveX", get(k)), get(n), lane(next)],
        ),
      ]),
      // y(partial) is lane 0: an element times 1.
      call(dot, i32(MEMORY.zero), y(get(rounds)), i32(MEMORY.one), i32(1), i32(0), i32(0), i32(0), lane(i32(0))),
    ];
  });
}
