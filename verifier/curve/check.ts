/**
 * Denominators of the curve's arithmetic that are not 0, shown for a compiled circuit.
 *
 * A step names constraints, and sums of signals; what follows from them is computed here. Facts say of two sums (x, y):
 * in every witness they are an affine point of the curve, and its class (points.ts) is one of these. Who makes the
 * steps is not trusted, and no name is looked at. docs/security/curve.md says what this is for.
 */
import {
  type Constraint,
  centred,
  constantOf,
  inverse,
  linearOf,
  plus,
  Refusal,
  ratio,
  refuse,
  type Sum,
  ZERO,
} from "../constraints/sums.ts";
import type { System, Terms } from "../constraints/system.ts";
import { classOf, MIDDLE, NO_SQUARE, SQUARE } from "./points.ts";
import { Relations } from "./relations.ts";

/** Points are named by their numbers: each step but `quotients` makes one. Constraints are in the order of the rule. */
export type Step =
  | { readonly rule: "cases"; readonly bits: readonly Bit[]; readonly constraints: Ns; readonly point: Pair; of: Ns }
  | { readonly rule: "negated"; readonly of: number }
  | { readonly rule: "signed"; readonly of: number; readonly ordinate: Terms; readonly constraints: Ns }
  | { readonly rule: "sum"; readonly of: Ns; readonly slope: Terms; readonly constraints: Ns }
  | { readonly rule: "doubleAndSum"; of: Ns; slope: Terms; turn: Terms; readonly constraints: Ns }
  | { readonly rule: "key"; readonly point: Pair; readonly constraints: Ns }
  | { readonly rule: "double"; readonly of: number; readonly point: Pair; readonly constraints: Ns }
  | { readonly rule: "montgomery"; readonly of: number; readonly point: Pair; readonly constraints: Ns }
  | { readonly rule: "quotients"; readonly of: number; readonly constraints: Ns };

type Ns = readonly number[];
type Pair = readonly [Terms, Terms];
/** A sum, and the constraint by which it is 0 or 1. */
export type Bit = readonly [sum: Terms, n: number];

/** Two sums that are a point in every witness. */
export interface CurvePoint {
  readonly form: "edwards" | "montgomery";
  readonly x: Sum;
  readonly y: Sum;
  /** Those that it may have, 0 to 7. */
  readonly classes: readonly number[];
}

const number = (n: bigint): Sum => new Map([[0, n]]);
const ALL = [0, 1, 2, 3, 4, 5, 6, 7];
const MOST_BITS = 3;
const distinct = (classes: readonly number[]): number[] => [...new Set(classes.map((k) => k & 7))].sort();

export class Curve {
  readonly points: CurvePoint[] = [];
  /** Sums that are 0 in no witness; and constraints that divide by one of them. */
  readonly divisors: Sum[] = [];
  readonly divisions: number[] = [];
  readonly system: System;

  constructor(system: System) {
    const isOfFile = system.next === system.signals && system.constraints.length === system.own;
    if (!isOfFile) refuse("the circuit has signals or constraints that are not of its file");
    this.system = system;
  }

  /** @throws Refusal that says why the step does not hold */
  apply(step: Step): void {
    if (step.rule === "cases") this.#cases(step.bits, step.constraints, step.point, step.of);
    else if (step.rule === "negated") this.#negated(step.of);
    else if (step.rule === "signed") this.#signed(step.of, step.ordinate, step.constraints);
    else if (step.rule === "sum") this.#sum(step.of, step.slope, step.constraints);
    else if (step.rule === "doubleAndSum") this.#doubleAndSum(step.of, step.slope, step.turn, step.constraints);
    else if (step.rule === "key") this.#key(step.point, step.constraints);
    else if (step.rule === "double") this.#double(step.of, step.point, step.constraints);
    else if (step.rule === "montgomery") this.#montgomery(step.of, step.point, step.constraints);
    else if (step.rule === "quotients") this.#quotients(step.of, step.constraints);
    else refuse("there is no such rule");
  }

  /**
   * In each case of up to three bits, constraints that are linear then leave a point of numbers, or one that is known.
   */
  #cases(bits: readonly Bit[], constraints: Ns, point: Pair, of: Ns): void {
    if (bits.length > MOST_BITS) refuse(`these are more than ${MOST_BITS} bits`);
    const sums = bits.map(([terms, n]) => {
      const bit = this.system.sumOf(terms);
      this.#says(n, bit, plus(bit, number(-1n)), ZERO);
      return bit;
    });
    const [x, y] = this.#pair(point);
    const others = of.map((one) => this.#point(one, "montgomery"));
    const classes: number[] = [];
    for (let values = 0; values < 1 << bits.length; values++) {
      const zero = new Relations();
      for (const [i, bit] of sums.entries()) zero.add(plus(bit, number(-BigInt((values >> i) & 1))));
      for (const n of constraints) {
        const [a, b, c] = this.system.at(n).map((sum) => zero.reduced(sum)) as [Sum, Sum, Sum];
        const constraint: Constraint = [a, b, c];
        zero.add(linearOf(constraint) ?? refuse(`constraint ${n} is not linear in a case`));
      }
      const [u, v] = [constantOf(zero.reduced(x)), constantOf(zero.reduced(y))];
      const isIt = (one: CurvePoint): boolean =>
        [plus(one.x, x, -1n), plus(one.y, y, -1n)].every((sum) => zero.reduced(sum).size === 0);
      const known = others.find(isIt);
      if (u !== null && v !== null) classes.push(classOf(u, v));
      else classes.push(...(known ?? refuse("in a case this is no point that is known")).classes);
    }
    this.#found("montgomery", x, y, classes);
  }

  /** −(u, v) = (u, −v). */
  #negated(of: number): void {
    const { x, y, classes } = this.#point(of, "montgomery");
    const minus = classes.map((k) => -k);
    this.#found("montgomery", x, plus(ZERO, y, -1n), minus);
  }

  /** w² = v² by two constraints: (u, w) is the point or its opposite. */
  #signed(of: number, ordinate: Terms, [first, second]: Ns): void {
    const { x, y, classes } = this.#point(of, "montgomery");
    const own = this.system.sumOf(ordinate);
    this.#says(first, own, own, this.#product(second, y, y));
    this.#found("montgomery", x, own, [...classes, ...classes.map((k) => -k)]);
  }

  /**
   * p + q by the chord's slope. Points of classes that are neither equal nor opposite are neither, so their abscissas
   * differ, and the sum is not O.
   */
  #sum([first, second]: Ns, slope: Terms, [quotient, abscissa, ordinate]: Ns): void {
    const [p, q] = [this.#point(first, "montgomery"), this.#point(second, "montgomery")];
    const s = this.system.sumOf(slope);
    this.#apart(p, q);
    this.#divides(quotient, plus(q.x, p.x, -1n), s, plus(q.y, p.y, -1n));
    const u = this.#third(abscissa, s, p.x, q.x);
    const v = plus(this.#product(ordinate, plus(p.x, u, -1n), s), p.y, -1n);
    const classes = p.classes.flatMap((j) => q.classes.map((k) => j + k));
    this.#found("montgomery", u, v, classes);
  }

  /**
   * 2p + q = (p + q) + p. The slope of the second chord is (s·(p.x − between) − 2·p.y) / (between − p.x), which is
   * −s − turn. p + q is not p, for q has coordinates, so it is not O; nor is it −p, by the classes of 2p and −q.
   */
  #doubleAndSum(
    [first, second]: Ns,
    slope: Terms,
    turn: Terms,
    [quotient, middle, half, abscissa, ordinate]: Ns,
  ): void {
    const [p, q] = [this.#point(first, "montgomery"), this.#point(second, "montgomery")];
    const [s, t] = [this.system.sumOf(slope), this.system.sumOf(turn)];
    this.#apart(p, q);
    this.#divides(quotient, plus(q.x, p.x, -1n), s, plus(q.y, p.y, -1n));
    const between = this.#third(middle, s, p.x, q.x);
    const classes = distinct(p.classes.flatMap((j) => q.classes.map((k) => 2 * j + k)));
    if (classes.includes(0)) refuse("2p + q may be O");
    this.#divides(half, plus(between, p.x, -1n), t, plus(ZERO, p.y, 2n));
    const other = plus(plus(ZERO, s, -1n), t, -1n);
    const u = this.#third(abscissa, other, p.x, between);
    const v = plus(this.#product(ordinate, plus(p.x, u, -1n), other), p.y, -1n);
    this.#found("montgomery", u, v, classes);
  }

  /** The curve's equation in Edwards form. Constraints: x², y², x·y, and the equation with the square of x·y. */
  #key(point: Pair, [xx, yy, xy, equation]: Ns): void {
    const [x, y] = this.#pair(point);
    const both = this.#product(xy, x, y);
    const left = plus(plus(ZERO, this.#product(xx, x, x), SQUARE), this.#product(yy, y, y));
    this.#says(equation, both, both, plus(ZERO, plus(left, number(-1n)), inverse(NO_SQUARE)));
    this.#found("edwards", x, y, ALL);
  }

  /**
   * 2p in Edwards form. The denominators are 1 + d·x²y² and 1 − d·x²y². If one were 0, d would be 1 or −1 divided by a
   * square. Both are squares, and d is none. Constraints: x², y², x·y, and the two quotients.
   */
  #double(of: number, point: Pair, [xx, yy, xy, first, second]: Ns): void {
    const { x, y, classes } = this.#point(of, "edwards");
    const [ax, yySum] = [plus(ZERO, this.#product(xx, x, x), SQUARE), this.#product(yy, y, y)];
    const bottom = plus(ax, yySum);
    const [u, v] = this.#pair(point);
    this.#divides(first, bottom, u, plus(ZERO, this.#product(xy, x, y), 2n));
    this.#divides(second, plus(number(2n), bottom, -1n), v, plus(yySum, ax, -1n));
    const twice = classes.map((k) => 2 * k);
    this.#found("edwards", u, v, twice);
  }

  /**
   * From Edwards to Montgomery form. 1 − y is not 0, or the first constraint were 0 = 2: so the point is not O. Then x
   * is 0 only in (0, −1), which has order 2 and class 4.
   */
  #montgomery(of: number, point: Pair, [first, second]: Ns): void {
    const { x, y, classes } = this.#point(of, "edwards");
    if (classes.includes(4)) refuse("the point may have order 2");
    const [u, v] = this.#pair(point);
    this.#divides(first, plus(number(1n), y, -1n), u, plus(number(1n), y));
    this.#divides(second, x, v, u);
    this.#found("montgomery", u, v, classes);
  }

  /**
   * What a point is divided by on the way back. v is 0 only in (0, 0): u² + 168698u + 1 has no root, as 168698² − 4 is
   * 168696 · 168700, no square. That point has order 2 and class 4. u is not −1: v² would be 168696.
   */
  #quotients(of: number, constraints: Ns): void {
    const { x, y, classes } = this.#point(of, "montgomery");
    if (classes.includes(4)) refuse("the point may have order 2");
    const bottoms = [y, plus(x, number(1n))];
    for (const n of constraints) {
      const [a, b] = this.system.at(n);
      const divides = bottoms.some((bottom) => ratio(a, bottom) !== null || ratio(b, bottom) !== null);
      if (!divides) refuse(`constraint ${n} has another divisor`);
    }
    this.divisors.push(...bottoms);
    this.divisions.push(...constraints);
  }

  #apart(p: CurvePoint, q: CurvePoint): void {
    for (const j of p.classes) {
      if (q.classes.some((k) => ((j - k) & 7) === 0 || ((j + k) & 7) === 0)) refuse("both may be equal or opposite");
    }
  }

  /** u of the third point on a line, reflected: s² − 168698 − u of the two others. */
  #third(n: number | undefined, slope: Sum, p: Sum, q: Sum): Sum {
    return plus(plus(plus(this.#product(n, slope, slope), number(-MIDDLE)), p, -1n), q, -1n);
  }

  /** bottom · x = top, and the rule has shown that bottom is not 0. */
  #divides(n: number | undefined, bottom: Sum, x: Sum, top: Sum): void {
    this.#says(n, bottom, x, top);
    this.divisors.push(bottom);
    this.divisions.push(n as number);
  }

  /** x · y = z. */
  #says(n: number | undefined, x: Sum, y: Sum, z: Sum): void {
    if (!this.system.isSame(this.#product(n, x, y), z)) refuse(`constraint ${n} has another product`);
  }

  /** The sum that is x · y by a constraint. */
  #product(n: number | undefined, x: Sum, y: Sum): Sum {
    const [a, b, c] = this.system.at(n ?? refuse("a constraint is missing"));
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const [s, t] = [ratio(one, x), ratio(other, y)];
      if (s !== null && t !== null) return plus(ZERO, c, inverse(centred(s * t)));
    }
    return refuse(`constraint ${n} has other factors`);
  }

  #pair([x, y]: Pair): [Sum, Sum] {
    return [this.system.sumOf(x), this.system.sumOf(y)];
  }

  #point(of: number | undefined, form: CurvePoint["form"]): CurvePoint {
    const point = this.points[of ?? -1] ?? refuse(`there is no point ${of}`);
    return point.form === form ? point : refuse(`point ${of} is in ${point.form} form`);
  }

  #found(form: CurvePoint["form"], x: Sum, y: Sum, classes: readonly number[]): void {
    this.points.push({ form, x, y, classes: distinct(classes) });
  }
}

/**
 * @param system a circuit as it was read, to which no line has added anything
 * @throws Refusal that names the step
 */
export function checkCurve(system: System, steps: Iterable<Step>): Curve {
  const curve = new Curve(system);
  let count = 0;
  for (const step of steps) {
    count++;
    try {
      curve.apply(step);
    } catch (error) {
      // What is no step at all is refused as one that does not hold: no rule makes sense of it.
      const why = error instanceof Refusal ? error.message : `this is no such step: ${String(error)}`;
      throw new Refusal(`step ${count} (${step?.rule}): ${why}`, { cause: error });
    }
  }
  return curve;
}
