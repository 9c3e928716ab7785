/** Small circuits with points of the curve, and steps about them: one for each rule. */
import { Circuit } from "../../verifier/certificate/circuit.ts";
import { centred, inverse, plus, type Sum, ZERO } from "../../verifier/constraints/sums.ts";
import { System, type Terms } from "../../verifier/constraints/system.ts";
import type { Step } from "../../verifier/curve/check.ts";
import { Z } from "../../verifier/curve/points.ts";
import { fileOf, type Sums } from "./r1csFile.ts";

export type Point = readonly [bigint, bigint];

/** Of order l. */
export const BASE: Point = [
  15911430547061389793000475571378725100056101078419116934490913615534943964770n,
  15604226377194715175437583611220688199830490385506725180762234400943242628522n,
];

/** By chord and tangent, as in any book. */
export function sumOf([a, b]: Point, [c, d]: Point): Point {
  const slope = a === c ? (3n * a * a + 2n * 168698n * a + 1n) * inverse(2n * b) : (d - b) * inverse(centred(c - a));
  const u = centred(slope * slope - 168698n - a - c);
  return [u, centred(slope * (a - u) - b)];
}

export const terms = (sum: Sum): Terms => [...sum].map(([signal, factor]) => [signal, String(factor)] as const);
const of = (...list: (readonly [signal: number, factor: bigint])[]): Sum =>
  new Map(list.map(([signal, factor]) => [signal, centred(factor)]));
export const signal = (n: number): Sum => of([n, 1n]);
export const number = (n: bigint): Sum => of([0, n]);
export const minus = (a: Sum, b: Sum): Sum => plus(a, b, -1n);
const both = (a: Sum, ...others: Sum[]): Sum => others.reduce((sum, one) => plus(sum, one), a);
/** What a bit chooses from two numbers. */
const chosen = (bit: number, zero: bigint, one: bigint): Sum => of([0, zero], [bit, one - zero]);

export type Form = readonly [Sum, Sum, Sum];
type Pair = readonly [Sum, Sum];

const bitForm = (bit: number): Form => [signal(bit), minus(signal(bit), number(1n)), ZERO];
/** A chord's slope, the third point's abscissa and its ordinate. */
const chord = ([a, b]: Pair, [c, d]: Pair, slope: Sum, [u, v]: Pair): Form[] => [
  [minus(c, a), slope, minus(d, b)],
  [slope, slope, both(u, a, c, number(168698n))],
  [minus(a, u), slope, plus(v, b)],
];

export interface Case {
  readonly forms: readonly Form[];
  readonly steps: readonly Step[];
}

const bytesOf = (forms: readonly Form[]): Buffer =>
  fileOf(forms.map((form) => form.map((sum) => [...sum])) as unknown as Sums[], 40);
export const systemOf = (forms: readonly Form[]): System => new System(bytesOf(forms));
/** The same, for the checker of certificates. */
export const circuitOf = (forms: readonly Form[]): Circuit => new Circuit(bytesOf(forms));

export const pair = ([x, y]: Pair): [Terms, Terms] => [terms(x), terms(y)];

/** Z or Z + BASE by bit 1, and BASE or −BASE by bit 2. */
export const OTHER = sumOf(Z, BASE);
export const P1: Pair = [chosen(1, Z[0], OTHER[0]), chosen(1, Z[1], OTHER[1])];
export const P0: Pair = [number(BASE[0]), chosen(2, BASE[1], -BASE[1])];
export const OUT: Pair = [signal(4), signal(5)];
const [BETWEEN, TURN] = [signal(6), signal(7)];
export const SLOPE = signal(3);
const SECOND = minus(plus(ZERO, SLOPE, -1n), TURN);

const BITS: Form[] = [bitForm(1), bitForm(2)];
const POINTS: Step[] = [
  { rule: "cases", bits: [[terms(signal(1)), 0]], constraints: [], point: pair(P1), of: [] },
  { rule: "cases", bits: [[terms(signal(2)), 1]], constraints: [], point: pair(P0), of: [] },
];
export const SUM: Case = {
  forms: [...BITS, ...chord(P1, P0, SLOPE, OUT)],
  steps: [...POINTS, { rule: "sum", of: [0, 1], slope: terms(SLOPE), constraints: [2, 3, 4] }],
};
const [QUOTIENT, MIDDLE] = chord(P1, P0, SLOPE, [BETWEEN, ZERO]) as [Form, Form, Form];
const [, ABSCISSA, ORDINATE] = chord(P1, [BETWEEN, ZERO], SECOND, OUT) as [Form, Form, Form];
export const DOUBLE: Case = {
  forms: [...BITS, QUOTIENT, MIDDLE, [minus(BETWEEN, P1[0]), TURN, plus(ZERO, P1[1], 2n)], ABSCISSA, ORDINATE],
  steps: [
    ...POINTS,
    { rule: "doubleAndSum", of: [0, 1], slope: terms(SLOPE), turn: terms(TURN), constraints: [2, 3, 4, 5, 6] },
  ],
};
/** A point of class 2, and (0, 0) of class 4: they are neither equal nor opposite, but 2p + q is O for some p. */
export const OPPOSITE: Case = {
  forms: [...DOUBLE.forms, ...chord(OUT, [ZERO, ZERO], signal(8), [signal(9), signal(10)])],
  steps: [
    ...DOUBLE.steps,
    { rule: "cases", bits: [], constraints: [], point: pair([ZERO, ZERO]), of: [] },
    { rule: "doubleAndSum", of: [2, 3], slope: terms(signal(8)), turn: terms(TURN), constraints: [7, 8, 9, 9, 9] },
  ],
};
export const SIGNED: Case = {
  forms: [
    ...SUM.forms,
    [signal(8), signal(8), signal(9)],
    [plus(ZERO, OUT[1], -1n), OUT[1], plus(ZERO, signal(9), -1n)],
  ],
  steps: [...SUM.steps, { rule: "signed", of: 2, ordinate: terms(signal(8)), constraints: [5, 6] }],
};
/** One of the points with which the sum was made, by a bit. */
export const CHOICE: Case = {
  forms: [
    ...SUM.forms,
    bitForm(8),
    [signal(8), minus(number(Z[0]), OUT[0]), minus(signal(9), OUT[0])],
    [signal(8), minus(number(Z[1]), OUT[1]), minus(signal(10), OUT[1])],
  ],
  steps: [
    ...SUM.steps,
    {
      rule: "cases",
      bits: [[terms(signal(8)), 5]],
      constraints: [6, 7],
      point: pair([signal(9), signal(10)]),
      of: [2],
    },
  ],
};

/** x, y, x², y², x·y from a signal on; and twice that point. */
const products = (n: number): Form[] => [
  [signal(n), signal(n), signal(n + 2)],
  [signal(n + 1), signal(n + 1), signal(n + 3)],
  [signal(n), signal(n + 1), signal(n + 4)],
];
const bottom = (n: number): Sum => of([n + 2, 168700n], [n + 3, 1n]);
const twice = (n: number): Form[] => [
  [bottom(n), signal(n + 5), of([n + 4, 2n])],
  [minus(number(2n), bottom(n)), signal(n + 6), of([n + 3, 1n], [n + 2, -168700n])],
];
const doubled = (of: number): Step => ({
  rule: "double",
  of,
  point: pair([signal(6 + 5 * of), signal(7 + 5 * of)]),
  constraints: [0, 1, 2, 3, 4].map((k) => 1 + 5 * of + k),
});
export const KEY: Case = {
  forms: [
    [of([5, 168696n]), signal(5), of([3, 168700n], [4, 1n], [0, -1n])],
    ...[1, 6, 11].flatMap((n) => [...products(n), ...twice(n)]),
    [minus(number(1n), signal(17)), signal(18), plus(number(1n), signal(17))],
    [signal(16), signal(19), signal(18)],
    [signal(19), signal(20), signal(18)],
    [plus(signal(18), number(1n)), signal(21), signal(18)],
  ],
  steps: [
    { rule: "key", point: pair([signal(1), signal(2)]), constraints: [1, 2, 3, 0] },
    doubled(0),
    doubled(1),
    doubled(2),
    { rule: "montgomery", of: 3, point: pair([signal(18), signal(19)]), constraints: [16, 17] },
    { rule: "quotients", of: 4, constraints: [18, 19] },
  ],
};
