/** What is counted where constraints are deleted: refused, implied by a twin, and neither. */
import { expect, it } from "vitest";
import { deletions } from "../../prover/certificate/deletions.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { System } from "../../verifier/constraints/system.ts";
import { fileOf, type Sums } from "../lib/r1csFile.ts";

/** times · signal 2 = signal 1, with signal 3 as factor. */
const product = (times: bigint, swapped = false): Sums => {
  const [a, b] = [[[3, times]], [[2, 1n]]] as const;
  return [swapped ? b : a, swapped ? a : b, [[1, times]]];
};
const copy: Sums = [
  [],
  [],
  [
    [1, 1n],
    [2, -1n],
  ],
];

const counted = (constraints: readonly Sums[], lines: readonly Line[]) => {
  const file = fileOf(constraints);
  const all = constraints.map((_, n) => n);
  return deletions(file, { circuit: new System(file).hash, lines }, all);
};

const LINES: readonly Line[] = [
  ["given", [1]],
  ["follows", 0],
];

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
