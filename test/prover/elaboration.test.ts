/** From a draft to a certificate, rule by rule: the checker accepts what a line becomes, and then knows as much. */
import { describe, expect, it } from "vitest";
import { Elaboration } from "../../prover/certificate/elaboration/elaborate.ts";
import { constraintsIn, innerLines } from "../../prover/certificate/elaboration/lineParts.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { Refusal } from "../../verifier/certificate/field.ts";
import { System } from "../../verifier/constraints/system.ts";
import { changes, constraintsOf } from "../lib/changedLines.ts";
import { ALGEBRA, SIGNS, SPLITS } from "../lib/draftCases.ts";
import { chosen, type Example, given, NUMBERS, PRODUCTS, within } from "../lib/draftExamples.ts";
import { bit, checked, elaborated, lacking, moreKnown, product, terms, zero } from "../lib/drafts.ts";
import { fileOf, type Sums } from "../lib/r1csFile.ts";
import { WRONG } from "../lib/wrongDrafts.ts";

/** Whether the checker refuses a line, or knows less at the end. */
function isLess(engine: Elaboration, file: Buffer, lines: readonly Line[]): boolean {
  try {
    return lacking(engine, checked(file, lines)).length > 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return true;
  }
}

const isBit = (signal: number, n: number): Line => ["either", n, signal];
/** From signal 2 on; each is a bit by the constraint of its place. */
const bitsOf = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 2);

/** As many bits with the sum 1, times a number; and where signal 1 lies if signal 2 is worth 5, the next one 6. */
function onehot(count: number, scale: number): Example {
  const bits = bitsOf(count);
  const sum = Object.fromEntries([[0, -scale], ...bits.map((one) => [one, scale])]);
  const worth = Object.fromEntries([[1, -1], ...bits.map((one, i) => [one, 5 + i])]);
  return {
    what: `onehot: of ${count} bits, with the factor ${scale}`,
    system: [...bits.map(bit), zero(sum), zero(worth)],
    draft: [...bits.map(isBit), ["onehot", count, bits.map((): Line[] => [["range", count + 1, 1]])]],
    bounds: { 1: [5n, 4n + BigInt(count)], ...(count === 1 ? { 2: [1n, 1n] } : {}) },
    ...(count < 3 && scale === 1
      ? { also: "what is a bit and not 0 is 1, and that all of them are 1 says so, too" }
      : {}),
  };
}

/**
 * Four bits, of which one is 1, and the number of that one.
 *
 * @param scale of the sum of the bits
 * @param times of their numbers
 */
function index(what: string, known: readonly number[], numbers: readonly number[], scale = 1, times = 1): Example {
  const bits = bitsOf(4);
  const sum = Object.fromEntries([[0, -scale], ...bits.map((one) => [one, scale])]);
  const number = bits.map((one, i) => [one, times * (numbers[i] as number)]).filter(([, factor]) => factor !== 0);
  return {
    what: `index: ${what}`,
    system: [...bits.map(bit), zero(sum), zero(Object.fromEntries([[1, -times], ...number]))],
    draft: [given, ...(known.length > 0 ? [chosen(...known)] : []), ...bits.map(isBit), ["index", 4, 5]],
    known: bits,
  };
}

/** x1 = 10 · x2 + x3, where x3 is a digit; and x4 is 3 · x1. */
const DIGIT: readonly Sums[] = [zero({ 2: 10, 3: 1, 1: -1 }), zero({ 4: 1, 1: -3 })];
const DIGITS = (...starts: Line[]): Line[] => [given, ...starts, within(3, 0, 9)];
const ONE: Line = ["range", 0, 1];
const TWO: Line = ["range", 1, 4];

/** What becomes one cut in another, and what is scaled so that a signal has the factor 1. */
const SMALLER: readonly Example[] = [
  ...[1, 2, 4].flatMap((count) => [onehot(count, 1), onehot(count, 3)]),
  index("all bits are open", [], [1, 2, 3, 4]),
  index("all bits are open, and their numbers are in no order", [], [3, -1, 0, 7]),
  index("two bits are known", [2, 4], [2, 1, 0, 3]),
  index("all bits but one are known", [2, 3, 5], [0, 1, 2, 3]),
  index("with a factor of the sum", [], [0, 1, 2, 3], 3),
  index("with a factor of the sum, and one of the number; a bit is known", [3], [0, 1, 2, 3], 3, -5),
  {
    what: "apart: by a sum of two signals, which gets a name",
    also: "other sums lie elsewhere in each case, too",
    system: DIGIT,
    draft: [
      ...DIGITS(["follows", 1], within(2, 0, 1)),
      [
        "apart",
        2,
        terms({ 1: 1, 4: 1 }),
        [
          [ONE, TWO],
          [ONE, TWO],
        ],
      ],
    ],
    known: [2, 4],
    bounds: { 1: [0n, 19n], 4: [0n, 57n] },
  },
  {
    what: "apart: by one signal, in three cases",
    system: [DIGIT[0] as Sums],
    draft: [...DIGITS(within(2, -1, 1)), ["apart", 2, terms({ 1: 1 }), [[ONE], [ONE], [ONE]]]],
    known: [2],
    bounds: { 1: [-10n, 19n] },
  },
  {
    what: "apart: by one signal and a number, in three cases, and what follows in each",
    also: "another number does as well",
    system: [DIGIT[0] as Sums],
    draft: [
      ...DIGITS(within(2, 3, 5)),
      ["apart", 2, terms({ 1: 2, 0: 7 }), [0, 1, 2].map((): Line[] => [ONE, ["follows", 0]])],
    ],
    known: [2, 3],
    bounds: { 1: [30n, 59n] },
  },
  {
    what: "cases: over three values of a known signal, and in each of them a factor is not 0",
    system: [product({ 2: 2, 0: 1 }, { 3: 1 }, { 1: 1 })],
    draft: [given, chosen(2), within(2, -1, 1), ["cases", 2, [[["follows", 0]], [["follows", 0]], [["follows", 0]]]]],
    known: [3],
  },
  {
    what: "cases: over three values of an open signal, of which the first cannot be",
    system: [product({ 2: 1 }, { 3: 1 }, { 0: 1 }), zero({ 2: 4, 4: -1 })],
    draft: [within(2, 0, 2), ["cases", 2, [[["absurd", 0]], [["range", 1, 4]], [["range", 1, 4]]]]],
    bounds: { 2: [1n, 2n], 4: [4n, 8n] },
  },
  {
    what: "range: the signal has the factor 3, as all others",
    system: [zero({ 2: 3, 3: -6, 4: 3, 0: 9 })],
    draft: [within(2, 0, 3), within(3, -1, 1), ["range", 0, 4]],
    bounds: { 4: [-8n, -1n] },
  },
  {
    what: "range: the signal has the factor 3, and so has a product",
    system: [product({ 2: 3 }, { 3: 1 }, { 4: 3 })],
    draft: [within(2, 0, 3), within(3, -1, 1), ["range", 0, 4]],
    bounds: { 4: [-3n, 3n] },
  },
  {
    what: "range: the signal has the factor 3 in constraints that are added",
    system: [zero({ 2: 1, 3: 1, 4: 3 }), zero({ 2: 2, 3: -1, 5: 3 })],
    draft: [
      within(2, 0, 3),
      within(5, 0, 1),
      [
        "range",
        [
          [0, "1"],
          [1, "1"],
        ],
        4,
      ],
    ],
    bounds: { 4: [-4n, 0n] },
  },
  {
    what: "range: the signal has the factor 3 in a product with a number",
    system: [product({ 2: 3 }, { 3: 1 }, { 4: 3 })],
    draft: [within(2, 2, 2), within(3, -1, 1), ["range", 0, 4]],
    bounds: { 4: [-2n, 2n] },
  },
];

/** A line, each time with another signal in the place of one that decides a case. */
function* decidedBy(line: Line, by: number): Generator<Line> {
  const [rule, ...rest] = line;
  const branches = (rule === "either" ? rest[1] : rule === "cases" ? rest[3] : []) as Line[][];
  const at = rule === "either" ? 2 : 4;
  for (const [i, lines] of branches.entries())
    for (const [j, one] of lines.entries())
      for (const other of decidedBy(one, by))
        yield line.with(at, branches.with(i, lines.with(j, other))) as unknown as Line;
  if (rule === "cases") yield line.with(2, by) as unknown as Line;
}

for (const { what, system, draft, known = [], bounds = {}, also } of [
  ...NUMBERS,
  ...PRODUCTS,
  ...SIGNS,
  ...ALGEBRA,
  ...SPLITS,
  ...SMALLER,
]) {
  describe(what, () => {
    const file = fileOf(system);

    it("becomes lines that the checker accepts, and then it knows as much", () => {
      const { engine, lines } = elaborated(file, draft);
      const checker = checked(file, lines);
      expect([lacking(engine, checker), moreKnown(engine, checker)]).toEqual([[], []]);
      expect(known.filter((signal) => !checker.facts.knows(engine.numbers.signal(signal)))).toEqual([]);
      for (const [signal, span] of Object.entries(bounds)) {
        expect([signal, checker.facts.boundsOf(engine.numbers.signal(Number(signal)))]).toEqual([signal, span]);
      }
    });

    it("names constraints that are told of it", () => {
      const told = (line: Line): number[] => [...constraintsIn(line), ...innerLines(line).flatMap(told)];
      for (const line of elaborated(file, draft).lines) expect(told(line).sort()).toEqual(constraintsOf(line).sort());
    });

    it("is refused, or says less, with another number in one place", () => {
      const { engine, lines } = elaborated(file, draft);
      const same = [...changes(lines, system.length + checked(file, lines).added.length)].filter(
        (one) => !isLess(engine, file, one.lines),
      );
      if (also === undefined) expect(same.map((one) => one.what)).toEqual([]);
      else expect(same).not.toEqual([]);
    });

    if (!draft.some(([rule]) => rule === "index" || rule === "apart")) return;
    it("says less where what decides a case is the same in both, or is no signal", () => {
      const { engine, lines } = elaborated(file, draft);
      for (const by of [0, checked(file, lines).next]) {
        const others = lines.flatMap((line, i) => [...decidedBy(line, by)].map((one) => lines.with(i, one)));
        expect(others).not.toEqual([]);
        const same = others.filter((one) => !isLess(engine, file, one));
        expect(same.map((one) => JSON.stringify(one))).toEqual([]);
      }
    });
  });
}

describe("a line that the draft's engine refuses becomes no line", () => {
  for (const { what, system, draft, line, why } of WRONG) {
    it(what, () => {
      const lines: Line[] = [];
      const engine = new Elaboration(new System(fileOf(system)), (one) => lines.push(one));
      for (const one of draft) engine.take(one);
      const { length } = lines;
      expect(() => engine.take(line)).toThrow(why);
      expect(lines).toHaveLength(length);
    });
  }
});
