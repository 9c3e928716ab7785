/** What is counted where constraints are deleted: refused, implied by a twin, and neither. */
import { expect, it } from "vitest";
import { deletions } from "../../prover/certificate/deletions.ts";
import type { Line } from "../../verifier/certificate/checker.ts";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import { challengeCertificate, lineOf } from "../lib/challengeCertificate.ts";
import { source } from "../lib/challengeScene.ts";
import { fileOf, type Sums } from "../lib/r1csFile.ts";
import { bit, chosen, given, isBit, linear, within } from "../lib/smallChecker.ts";

/** times · signal 2 = signal 1, with signal 3 as factor. */
const product = (times: bigint, swapped = false): Sums => {
  const [a, b] = [[[3, times]], [[2, 1n]]] as const;
  return [swapped ? b : a, swapped ? a : b, [[1, times]]];
};
const copy = linear([1, 1n], [2, -1n]);

const counted = (constraints: readonly Sums[], lines: readonly Line[]) =>
  deletions(
    new Circuit(fileOf(constraints)),
    lines,
    constraints.map((_, n) => n),
  );

const LINES: readonly Line[] = [given, ["follows", 0]];

it("a constraint that a line names is refused", () => {
  expect(counted([copy], LINES)).toEqual({ tried: 1, refused: 1, implied: 0, twins: [], spared: [] });
});

it("a constraint that no line names is implied if another one says the same, also times a number", () => {
  expect(counted([copy, product(1n), product(5n, true)], LINES)).toEqual({
    tried: 3,
    refused: 1,
    implied: 2,
    twins: [1, 2],
    spared: [],
  });
});

it("and is not if no other one does", () => {
  const other: Sums = [[[3, 2n]], [[2, 1n]], [[1, 1n]]];
  const { implied, spared } = counted([copy, product(1n), other], LINES);
  expect([implied, spared]).toEqual([0, [1, 2]]);
});

it("a constraint is named by each rule that takes one, and by lines of cases", () => {
  const sum = linear([2, 1n], [4, 1n], [0, -1n]);
  const told = linear([1, 1n], [2, -1n], [4, -2n]);
  const bits = [bit(2), bit(4), sum, told, linear([3, 1n], [2, -1n])];
  const lines: Line[] = [
    given,
    isBit(0, 2),
    ["either", 1, [[["range", -1, 4]], [["range", -1, 4]]]],
    ["radix", 3, [4, 2]],
    ["cases", 2, 2, "1", [[["range", 4, 3]], [["range", 2, 4]]]],
  ];
  expect(counted(bits, lines)).toMatchObject({ tried: 5, refused: 5 });
  const same: Line = [
    "derive",
    [
      [],
      [],
      [
        [1, "1"],
        [2, "-1"],
      ],
    ],
    [[0, [["1"]]]],
    [],
  ];
  expect(counted([copy], [same]).refused).toBe(1);
  expect(counted([copy], [within(2, 0, 1), ["range", [[0, "1"]], 1]]).refused).toBe(1);
  expect(counted([copy], [given, within(2, 0, 1), ["radix", [[0, "1"]], [2]]]).refused).toBe(1);
  expect(counted([product(1n)], [given, chosen(3), ["divides", "test", 0]]).refused).toBe(1);
  expect(counted([copy], [given, ["follows", [[0, "1"]]]]).refused).toBe(1);
  expect(counted([copy], [given, within(2, 0, 1), ["either", [[0, "1"]], [[["range", -1, 1]]]]]).refused).toBe(1);
});

it("a line of a case that cannot be needs nothing", () => {
  const never: Line = [
    "cases",
    2,
    2,
    "1",
    [[["follows", 0]], [["cases", 2, 2, "2", [[["follows", 0]], [["follows", 1]]]]]],
  ];
  const lines: Line[] = [given, within(2, 0, 2), within(2, 0, 1), never];
  const { refused, spared } = counted([linear([3, 1n], [1, -1n]), linear([4, 1n], [1, -1n])], lines);
  expect([refused, spared]).toEqual([1, [1]]);
});

it("a line that is tried without a constraint leaves nothing behind", () => {
  const lines: Line[] = [
    given,
    within(2, 0, 1),
    ["define", [[2, "2"]]],
    [
      "derive",
      [
        [],
        [],
        [
          [6, "1"],
          [1, "-2"],
        ],
      ],
      [
        [1, [["1"]]],
        [0, [["-2"]]],
      ],
      [],
    ],
    ["follows", 2],
    ["follows", 1],
  ];
  expect(counted([copy], lines)).toMatchObject({ tried: 1, refused: 1 });
});

it("constraints are named by the line that draws challenges, and by the lines in it about its words", async () => {
  const text = source("gamma - low - second");
  const more = "signal square <== third * third;\n    signal output out";
  const { file, own, lines, at, drawn, signal } = await challengeCertificate(text.replace("signal output out", more));
  const hash = drawn.calls.flatMap(([, constraints]) => constraints);
  const some = [0, 1, 2, Math.floor(hash.length / 2), hash.length - 1].map((i) => hash[i] as number);
  expect(deletions(new Circuit(file), lines, some)).toMatchObject({ tried: some.length, refused: some.length });
  // What only the words need, after they were told apart by what they lie between.
  const n = own.of(signal("square"))[0] as number;
  const changed = lines.flatMap((line, i): Line[] => {
    if (i === at) return [lineOf({ ...drawn, lines: [...drawn.lines, ["follows", n]] })];
    return line[0] === "follows" ? [["follows", ...line.slice(1).filter((one) => one !== n)]] : [line];
  });
  expect(deletions(new Circuit(file), changed, [n])).toMatchObject({ tried: 1, refused: 1 });
});
