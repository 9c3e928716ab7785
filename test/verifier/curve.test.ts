/** The checker of the curve: each rule where it holds, and nearest to that where it does not. */
import { describe, expect, it } from "vitest";
import { plus, ZERO } from "../../verifier/constraints/sums.ts";
import { checkCurve, type Step } from "../../verifier/curve/check.ts";
import { classOf, Z } from "../../verifier/curve/points.ts";
import {
  BASE,
  type Case,
  CHOICE,
  DOUBLE,
  type Form,
  KEY,
  minus,
  number,
  OPPOSITE,
  OUT,
  P0,
  P1,
  type Point,
  pair,
  SIGNED,
  SLOPE,
  SUM,
  signal,
  sumOf,
  systemOf,
  terms,
} from "../lib/curveCases.ts";

const check = ({ forms, steps }: Case) => checkCurve(systemOf(forms), JSON.parse(JSON.stringify(steps)) as Step[]);

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
