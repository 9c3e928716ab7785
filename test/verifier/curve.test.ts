/** The checker of the curve: each rule where it holds, and nearest to that where it does not. */
import { describe, expect, it } from "vitest";
import { centred, inverse, plus, type Sum, ZERO } from "../../verifier/constraints/sums.ts";
import { System, type Terms } from "../../verifier/constraints/system.ts";
import { checkCurve, type Step } from "../../verifier/curve/check.ts";
import { classOf, Z } from "../../verifier/curve/points.ts";
import { fileOf, type Sums } from "../lib/r1csFile.ts";

type Point = readonly [bigint, bigint];

/** Of order l. */
const BASE: Point = [
  15911430547061389793000475571378725100056101078419116934490913615534943964770n,
  15604226377194715175437583611220688199830490385506725180762234400943242628522n,
];

/** By chord and tangent, as in any book. */
function sumOf([a, b]: Point, [c, d]: Point): Point {
  const slope = a === c ? (3n * a * a + 2n * 168698n * a + 1n) * inverse(2n * b) : (d - b) * inverse(centred(c - a));
  const u = centred(slope * slope - 168698n - a - c);
  return [u, centred(slope * (a - u) - b)];
}

describe("classes", () => {
  it("adds them as points are added", () => {
    const points = [BASE, Z];
    for (let k = 2; k < 8; k++) points.push(sumOf(points.at(-1) as Point, Z));
    expect(points.map((point) => classOf(...point))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(classOf(...sumOf(points[3] as Point, points[3] as Point))).toBe(6);
    expect(classOf(...sumOf(points[5] as Point, points[7] as Point))).toBe(4);
    expect(classOf(...sumOf(BASE, BASE))).toBe(0);
    expect(classOf(0n, 0n)).toBe(4);
  });

  it("refuses what is not on the curve", () => {
    expect(() => classOf(BASE[0], BASE[1] + 1n)).toThrow("not on the curve");
    expect(() => classOf(-1n, 0n)).toThrow("not on the curve");
  });
});

const terms = (sum: Sum): Terms => [...sum].map(([signal, factor]) => [signal, String(factor)] as const);
const of = (...list: (readonly [signal: number, factor: bigint])[]): Sum =>
  new Map(list.map(([signal, factor]) => [signal, centred(factor)]));
const signal = (n: number): Sum => of([n, 1n]);
const number = (n: bigint): Sum => of([0, n]);
const minus = (a: Sum, b: Sum): Sum => plus(a, b, -1n);
const both = (a: Sum, ...others: Sum[]): Sum => others.reduce((sum, one) => plus(sum, one), a);
/** What a bit chooses from two numbers. */
const chosen = (bit: number, zero: bigint, one: bigint): Sum => of([0, zero], [bit, one - zero]);

type Form = readonly [Sum, Sum, Sum];
type Pair = readonly [Sum, Sum];

const bitForm = (bit: number): Form => [signal(bit), minus(signal(bit), number(1n)), ZERO];
/** A chord's slope, the third point's abscissa and its ordinate. */
const chord = ([a, b]: Pair, [c, d]: Pair, slope: Sum, [u, v]: Pair): Form[] => [
  [minus(c, a), slope, minus(d, b)],
  [slope, slope, both(u, a, c, number(168698n))],
  [minus(a, u), slope, plus(v, b)],
];

interface Case {
  readonly forms: readonly Form[];
  readonly steps: readonly Step[];
}

const systemOf = (forms: readonly Form[]): System =>
  new System(fileOf(forms.map((form) => form.map((sum) => [...sum])) as unknown as Sums[], 40));
const check = ({ forms, steps }: Case) => checkCurve(systemOf(forms), JSON.parse(JSON.stringify(steps)) as Step[]);
const pair = ([x, y]: Pair): [Terms, Terms] => [terms(x), terms(y)];

/** Z or Z + BASE by bit 1, and BASE or −BASE by bit 2. */
const OTHER = sumOf(Z, BASE);
const P1: Pair = [chosen(1, Z[0], OTHER[0]), chosen(1, Z[1], OTHER[1])];
const P0: Pair = [number(BASE[0]), chosen(2, BASE[1], -BASE[1])];
const OUT: Pair = [signal(4), signal(5)];
const [BETWEEN, TURN] = [signal(6), signal(7)];
const SLOPE = signal(3);
const SECOND = minus(plus(ZERO, SLOPE, -1n), TURN);

const BITS: Form[] = [bitForm(1), bitForm(2)];
const POINTS: Step[] = [
  { rule: "cases", bits: [[terms(signal(1)), 0]], constraints: [], point: pair(P1), of: [] },
  { rule: "cases", bits: [[terms(signal(2)), 1]], constraints: [], point: pair(P0), of: [] },
];
const SUM: Case = {
  forms: [...BITS, ...chord(P1, P0, SLOPE, OUT)],
  steps: [...POINTS, { rule: "sum", of: [0, 1], slope: terms(SLOPE), constraints: [2, 3, 4] }],
};
const [QUOTIENT, MIDDLE] = chord(P1, P0, SLOPE, [BETWEEN, ZERO]) as [Form, Form, Form];
const [, ABSCISSA, ORDINATE] = chord(P1, [BETWEEN, ZERO], SECOND, OUT) as [Form, Form, Form];
const DOUBLE: Case = {
  forms: [...BITS, QUOTIENT, MIDDLE, [minus(BETWEEN, P1[0]), TURN, plus(ZERO, P1[1], 2n)], ABSCISSA, ORDINATE],
  steps: [
    ...POINTS,
    { rule: "doubleAndSum", of: [0, 1], slope: terms(SLOPE), turn: terms(TURN), constraints: [2, 3, 4, 5, 6] },
  ],
};
/** A point of class 2, and (0, 0) of class 4: they are neither equal nor opposite, but 2p + q is O for some p. */
const OPPOSITE: Case = {
  forms: [...DOUBLE.forms, ...chord(OUT, [ZERO, ZERO], signal(8), [signal(9), signal(10)])],
  steps: [
    ...DOUBLE.steps,
    { rule: "cases", bits: [], constraints: [], point: pair([ZERO, ZERO]), of: [] },
    { rule: "doubleAndSum", of: [2, 3], slope: terms(signal(8)), turn: terms(TURN), constraints: [7, 8, 9, 9, 9] },
  ],
};
const SIGNED: Case = {
  forms: [
    ...SUM.forms,
    [signal(8), signal(8), signal(9)],
    [plus(ZERO, OUT[1], -1n), OUT[1], plus(ZERO, signal(9), -1n)],
  ],
  steps: [...SUM.steps, { rule: "signed", of: 2, ordinate: terms(signal(8)), constraints: [5, 6] }],
};
/** One of the points with which the sum was made, by a bit. */
const CHOICE: Case = {
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
const KEY: Case = {
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

describe("rules", () => {
  it("finds the classes of what they make, and the divisors", () => {
    expect(check(SUM).points.map(({ classes }) => classes)).toEqual([[1], [0], [1]]);
    expect(check(SUM).points[2]).toMatchObject({ x: OUT[0], y: OUT[1] });
    expect(check(SUM).divisors).toEqual([minus(P0[0], P1[0])]);
    expect(check(DOUBLE).points[2]).toMatchObject({ x: OUT[0], y: OUT[1], classes: [2] });
    expect(check(DOUBLE).divisors).toHaveLength(2);
    expect(check(SIGNED).points[3]).toMatchObject({ x: OUT[0], y: signal(8), classes: [1, 7] });
    expect(check(CHOICE).points[3]?.classes).toEqual([1]);
    expect(check(KEY).points.map(({ classes }) => classes.length)).toEqual([8, 4, 2, 1, 1]);
    expect(check(KEY).divisors).toHaveLength(10);
  });

  /** The case with a form or a step in another way. */
  const withForm = (whole: Case, n: number, change: (form: Form) => Form): Case => ({
    ...whole,
    forms: whole.forms.map((form, i) => (i === n ? change(form) : form)),
  });
  const withStep = (whole: Case, n: number, change: object): Case => ({
    ...whole,
    steps: whole.steps.map((step, i) => (i === n ? ({ ...step, ...change } as Step) : step)),
  });
  const one = number(1n);

  const REFUSED: readonly (readonly [what: string, whole: Case, message: string])[] = [
    [
      "a constant that is off by one",
      withStep(SUM, 0, { point: pair([P1[0], plus(P1[1], one)]) }),
      "step 1 (cases): (",
    ],
    ["a bit that is no bit", withForm(SUM, 0, ([a, b]) => [a, b, signal(9)]), "constraint 0 has another product"],
    ["a bit that is 0 or 2", withForm(SUM, 0, ([a, b]) => [a, minus(b, one), ZERO]), "constraint 0 has other factors"],
    ["another signal's bit", withStep(SUM, 0, { bits: [[terms(signal(2)), 0]] }), "constraint 0 has other factors"],
    ["a case without its bit", withStep(SUM, 0, { bits: [] }), "no point that is known"],
    ["a sum of one point", withStep(SUM, 2, { of: [0, 0] }), "both may be equal or opposite"],
    ["classes that meet", withStep(SUM, 2, { of: [1, 1] }), "both may be equal or opposite"],
    ["a point that is not there", withStep(SUM, 2, { of: [0, 2] }), "there is no point 2"],
    ["a slope with another bottom", withForm(SUM, 2, ([a, b, c]) => [plus(a, one), b, c]), "has other factors"],
    ["a slope with another top", withForm(SUM, 2, ([a, b, c]) => [a, b, plus(ZERO, c, -1n)]), "has another product"],
    ["a slope's factor", withForm(SUM, 2, ([a, b, c]) => [plus(ZERO, a, 2n), b, c]), "has another product"],
    ["a constraint that is missing", withStep(SUM, 2, { constraints: [2, 3] }), "a constraint is missing"],
    ["a constraint that is not there", withStep(SUM, 2, { constraints: [2, 3, 5] }), "there is no constraint 5"],
    ["an ordinate from another point", withForm(SUM, 4, ([, b, c]) => [minus(P0[0], OUT[0]), b, c]), "other factors"],
    ["2p + q that may be O", OPPOSITE, "2p + q may be O"],
    ["half a slope", withForm(DOUBLE, 4, ([a, b]) => [a, b, P1[1]]), "constraint 4 has another product"],
    ["a second slope", withForm(DOUBLE, 5, ([a, , c]) => [a, SLOPE, c]), "constraint 5 has other factors"],
    ["another square", withForm(SIGNED, 6, ([a, b]) => [a, b, signal(9)]), "constraint 5 has another product"],
    ["a choice with another class", withStep(CHOICE, 3, { of: [1] }), "no point that is known"],
    ["a choice without a bit", withForm(CHOICE, 5, ([a, b]) => [a, b, one]), "constraint 5 has another product"],
    ["a choice of a number alone", withForm(CHOICE, 7, ([a, , c]) => [a, number(1n), c]), "step 4 (cases)"],
    [
      "a key on another curve",
      withForm(KEY, 0, ([a, b, c]) => [a, b, plus(c, one)]),
      "constraint 0 has another product",
    ],
    ["a key times 2 alone", withStep(KEY, 4, { of: 1 }), "the point may have order 2"],
    ["a key as a sum", withStep(KEY, 5, { of: 3 }), "point 3 is in edwards form"],
    ["a double's other bottom", withForm(KEY, 4, ([a, b, c]) => [plus(a, one), b, c]), "has other factors"],
    ["1 − y that may be 0", withForm(KEY, 16, ([a, b, c]) => [a, b, minus(c, number(2n))]), "has another product"],
    ["another divisor", withStep(KEY, 5, { constraints: [16] }), "constraint 16 has another divisor"],
    ["no rule", withStep(KEY, 5, { rule: "so" }), "there is no such rule"],
    ["no step", { ...KEY, steps: [null as unknown as Step] }, "this is no such step"],
  ];
  it.each(REFUSED)("refuses %s", (_, whole, message) => {
    expect(() => check(whole)).toThrow(message);
  });
});
