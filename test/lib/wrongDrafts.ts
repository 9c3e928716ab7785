/** For each rule of a draft, the nearest line that does not hold: the draft's engine refuses it. */
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { chosen, given, within } from "./draftExamples.ts";
import { bit, product, terms, zero } from "./drafts.ts";
import type { Sums } from "./r1csFile.ts";

export interface Wrong {
  readonly what: string;
  readonly system: readonly Sums[];
  /** Lines that hold. */
  readonly draft: readonly Line[];
  readonly line: Line;
  readonly why: string;
}

const GAP: readonly Sums[] = [product({ 2: 1, 3: -1 }, { 2: 1, 5: -1 }), zero({ 2: 2, 3: -1, 5: -1, 4: -1 })];
const BITS: readonly Sums[] = [bit(2), bit(3), zero({ 2: 1, 3: 1, 0: -1 }), zero({ 2: 3, 3: 3, 1: -1 })];
const SQUARES: readonly Sums[] = [
  product({ 2: 2 }, { 2: 3 }, { 4: 6 }),
  product({ 3: 1 }, { 3: 1 }, { 4: 1 }),
  product({ 5: 1 }, { 5: 1 }, { 4: 2 }),
  product({ 3: 1 }, { 1: 1 }, { 2: 1, 5: 2 }),
];
const ROOT: Line = ["nonzero", "test", [3]];
const ZERO: Sums = product({ 1: 1 }, { 2: 1 }, { 0: 1, 3: -1 });

export const WRONG: readonly Wrong[] = [
  { what: "given: is not public", system: [], draft: [], line: ["given", [2]], why: "signal 2 is not public" },
  { what: "chosen: is known", system: [], draft: [given], line: chosen(1), why: "known, and no choice" },
  { what: "free: is known", system: [], draft: [given], line: ["free", "test", [1]], why: "is known, and not free" },
  {
    what: "within: leaves nothing",
    system: [],
    draft: [within(2, 0, 4)],
    line: within(2, 5, 9),
    why: "signal 2 has no value",
  },
  {
    what: "follows: two signals are open",
    system: [zero({ 2: 1, 3: 1, 1: -1 })],
    draft: [given],
    line: ["follows", 0],
    why: "has not one unknown signal",
  },
  {
    what: "follows: the factor may be 0",
    system: [product({ 1: 1 }, { 2: 1 }, { 3: 1 })],
    draft: [given, chosen(3), within(1, 0, 9)],
    line: ["follows", 0],
    why: "the factor of signal 2 may be 0",
  },
  {
    what: "asserts: a signal is open",
    system: [zero({ 2: 1, 1: -1 })],
    draft: [given],
    line: ["asserts", 0],
    why: "has unknown signals",
  },
  {
    what: "divides: a square",
    system: [product({ 2: 1 }, { 2: 1 }, { 1: 1 })],
    draft: [given],
    line: ["divides", "test", 0],
    why: "has a square of the unknown signal",
  },
  {
    what: "rewrite: as another sum",
    system: [zero({ 2: 1, 1: -4 })],
    draft: [["define", terms({ 2: 1, 1: 1 })]],
    line: ["rewrite", 0, [], [], terms({ 6: 1, 1: -4 })],
    why: "is not what it is rewritten as",
  },
  {
    what: "identity: of two sums",
    system: [],
    draft: [["define", terms({ 2: 1 })]],
    line: ["identity", [], [], terms({ 6: 1, 3: -1 })],
    why: "this is no identity",
  },
  {
    what: "add: a product",
    system: [product({ 1: 1 }, { 2: 1 }, { 3: 1 })],
    draft: [],
    line: ["add", [[0, "1"]]],
    why: "constraint 0 is not linear",
  },
  {
    what: "either: a product that is not 0",
    system: [product({ 2: 1 }, { 2: 1, 0: -1 }, { 3: 1 })],
    draft: [],
    line: ["either", 0, 2],
    why: "is not a product that is 0",
  },
  {
    what: "either: one factor does not say where the signal lies",
    system: [product({ 2: 1 }, { 3: 1 })],
    draft: [],
    line: ["either", 0, 2],
    why: "leaves signal 2 without bounds",
  },
  {
    what: "range: another signal has no bounds",
    system: [zero({ 2: 1, 3: 2, 4: -1 })],
    draft: [within(2, 0, 3)],
    line: ["range", 0, 4],
    why: "leaves signal 4 without bounds",
  },
  {
    what: "radix: a part as large as the next factor",
    system: [zero({ 2: 1, 3: 256, 1: -1 })],
    draft: [given, within(2, 0, 256), within(3, 0, 255)],
    line: ["radix", 0, "1"],
    why: "leaves all its signals open",
  },
  {
    what: "positive: the product may be 0",
    system: [product({ 2: 1 }, { 3: 1 }, { 4: 1 })],
    draft: [within(2, 0, 9), within(4, 0, 9)],
    line: ["positive", 0, 2],
    why: "does not say that of 2",
  },
  {
    what: "gap: the sum of both is not what has bounds",
    system: [product({ 2: 1 }, { 3: 1 }), zero({ 2: 1, 3: 2, 4: -1 })],
    draft: [within(4, 0, 9)],
    line: ["gap", 0, 1, 2],
    why: "leaves the sum open",
  },
  {
    what: "most: the sum of both may be negative",
    system: GAP,
    draft: [given, chosen(3, 5), within(4, -1, 9)],
    line: ["most", 0, 1, 2],
    why: "leaves two ways",
  },
  {
    what: "most: one of the two is not known",
    system: GAP,
    draft: [given, chosen(3), within(4, 0, 9)],
    line: ["most", 0, 1, 2],
    why: "leaves two ways",
  },
  {
    what: "zero: the numbers are not the same",
    system: [ZERO, product({ 1: 1, 4: 1 }, { 3: 1 })],
    draft: [given, chosen(4)],
    line: ["zero", 0, 1, 3],
    why: "do not decide signal 3",
  },
  {
    what: "zero: one constraint does not have the signal",
    system: [ZERO, product({ 1: 1 }, { 4: 1 })],
    draft: [given, chosen(4)],
    line: ["zero", 0, 1, 3],
    why: "do not decide signal 3",
  },
  {
    what: "zero: the number is not known, and there are no bounds",
    system: [product({ 1: 1 }, { 2: 1 }, { 4: 1, 3: -1 }), product({ 1: 1 }, { 3: 1 })],
    draft: [chosen(4)],
    line: ["zero", 0, 1, 3],
    why: "do not decide signal 3",
  },
  {
    what: "index: two bits have the same number",
    system: BITS,
    draft: [given, ["either", 0, 2], ["either", 1, 3]],
    line: ["index", 2, 3],
    why: "two bits have the same number",
  },
  {
    what: "sign: of another square",
    system: SQUARES,
    draft: [ROOT],
    line: ["sign", 2, 1, 5, 3],
    why: "the squares are not the same",
  },
  { what: "sign: of what may be 0", system: SQUARES, draft: [], line: ["sign", 0, 1, 2, 3], why: "signal 3 may be 0" },
  {
    what: "cancel: a sum with a number that is no sign",
    system: SQUARES,
    draft: [ROOT, ["sign", 0, 1, 2, 3]],
    line: ["cancel", 3, 3],
    why: "signal 5 is no sign",
  },
  {
    what: "cases: not all values",
    system: [],
    draft: [within(2, 0, 2)],
    line: ["cases", 2, [[], []]],
    why: "there are not as many cases as values",
  },
  {
    what: "cases: a line that does not hold in one of them",
    system: [product({ 2: 1 }, { 3: 1 }, { 1: 1 })],
    draft: [given, chosen(2), within(2, 0, 1)],
    line: ["cases", 2, [[["follows", 0]], [["follows", 0]]]],
    why: "has not one unknown signal",
  },
  {
    what: "apart: both cases allow one number",
    system: [zero({ 2: 10, 3: 1, 1: -1 })],
    draft: [given, within(2, 0, 1), within(3, 0, 10)],
    line: ["apart", 2, terms({ 1: 1 }), [[["range", 0, 1]], [["range", 0, 1]]]],
    why: "the sum is not elsewhere in each case",
  },
  {
    what: "onehot: the sum of the bits is 2",
    system: [bit(2), bit(3), zero({ 2: 1, 3: 1, 0: -2 })],
    draft: [
      ["either", 0, 2],
      ["either", 1, 3],
    ],
    line: ["onehot", 2, [[], []]],
    why: "the sum of the bits is not 1",
  },
  {
    what: "absurd: a product that can be 0",
    system: [product({ 2: 1, 3: 1 }, { 4: 1 })],
    draft: [within(2, 0, 1), within(3, -1, 1), within(4, 1, 1)],
    line: ["cases", 2, [[], [["absurd", 0]]]],
    why: "may hold",
  },
  { what: "a rule that there is not", system: [], draft: [], line: ["guess", 2], why: "are not elaborated" },
];
