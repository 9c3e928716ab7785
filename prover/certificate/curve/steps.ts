/**
 * Steps that show that no denominator of a signature's curve arithmetic is 0: its templates, one after the other
 * (circuits/signature/). Signals are found by name, and constraints by the factors that they must have.
 */
import { Refusal, type Sum } from "../../../verifier/constraints/sums.ts";
import type { System, Terms } from "../../../verifier/constraints/system.ts";
import { type Bit, Curve, type CurvePoint, type Step } from "../../../verifier/curve/check.ts";
import { Z } from "../../../verifier/curve/points.ts";
import type { Names } from "../names.ts";
import { terms } from "../terms.ts";
import { Factors, one, plusNumber } from "./factors.ts";

const STEPS = 253;
const WINDOWS = 83;
/** Signatures are found by a signal that each of them has. */
const SIGNATURE = /^(.*)\.minus\.shift\.slope\.out$/;

export interface CurveSteps {
  readonly steps: readonly Step[];
  readonly signatures: number;
  /** Where a signature is not as it should be. */
  readonly stopped: readonly string[];
}

/** Steps for all signatures of a circuit; those of a signature that is not as it should be end where it is not. */
export function curveSteps(system: System, names: Names, log: (text: string) => void = () => {}): CurveSteps {
  const factors = new Factors(system);
  const curve = new Curve(system);
  const steps: Step[] = [];
  const stopped: string[] = [];
  let signatures = 0;
  for (const name of names.signals.keys()) {
    const path = SIGNATURE.exec(name)?.[1];
    if (path === undefined) continue;
    signatures++;
    try {
      new SignatureSteps(factors, curve, steps, (own) => named(names, `${path}.${own}`)).all();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      stopped.push(`${path}: ${error.message}`);
    }
    log(`${path}: ${steps.length} steps`);
  }
  return { steps, signatures, stopped };
}

function named(names: Names, name: string): Sum {
  const signal = names.signals.get(name);
  if (signal === undefined) throw new Refusal(`there is no signal ${name}`);
  return one(signal);
}

/** Which of Q and Q + Z a step adds or subtracts, as in scalarMulVariable.circom. */
const isShifted = (i: number): boolean => i % 2 === 0 && i > 0 && i < STEPS - 1;

class SignatureSteps {
  readonly #factors: Factors;
  readonly #curve: Curve;
  readonly #steps: Step[];
  readonly #named: (name: string) => Sum;

  constructor(factors: Factors, curve: Curve, steps: Step[], of: (name: string) => Sum) {
    this.#factors = factors;
    this.#curve = curve;
    this.#steps = steps;
    this.#named = of;
  }

  all(): void {
    const point = this.#eightfold();
    this.#must({ rule: "quotients", of: point, constraints: [] });
    const start = this.#variable(point);
    const end = this.#fixed(start);
    const { x, y } = this.#at(end);
    this.#must({
      rule: "quotients",
      of: end,
      constraints: [this.#factors.only(y), this.#factors.only(plusNumber(x, 1n))],
    });
  }

  /** signature.circom, 1 and 2. */
  #eightfold(): number {
    const xy = this.#named("twice.xy");
    const [point, products] = this.#doubled("twice");
    let of = this.#must({ rule: "key", point, constraints: [...products, this.#product(xy, xy)] });
    of = this.#double(of, "twice", this.#doubled("fourfold")[0]);
    of = this.#double(of, "fourfold", this.#doubled("eightfold")[0]);
    const [x, y] = [this.#named("eightfold.out[0]"), this.#named("eightfold.out[1]")];
    of = this.#double(of, "eightfold", [terms(x), terms(y)]);
    const [u, v] = [this.#named("minus.point[0]"), this.#named("minus.point[1]")];
    const constraints = [this.#product(plusNumber(y, -1n), u), this.#product(x, v)];
    return this.#must({ rule: "montgomery", of, point: [terms(u), terms(v)], constraints });
  }

  /** The point that a component doubles, and the constraints of x², y² and x·y. Its signals may be those of others. */
  #doubled(name: string): [point: [Terms, Terms], products: [number, number, number]] {
    const [xx, yy, xy] = ["xx", "yy", "xy"].map((one) => this.#factors.leading(this.#named(`${name}.${one}`)));
    const products: [number, number, number] = [xx as number, yy as number, xy as number];
    return [[terms(this.#factors.root(products[0])), terms(this.#factors.root(products[1]))], products];
  }

  #double(of: number, name: string, point: [Terms, Terms]): number {
    const [first, second] = point.map(([term]) => this.#factors.quotient(term?.[0] ?? 0, this.#named(`${name}.xx`)));
    const constraints = [...this.#doubled(name)[1], first as number, second as number];
    return this.#must({ rule: "double", of, point, constraints });
  }

  /** scalarMulVariable.circom. */
  #variable(point: number): number {
    const z = this.#must({
      rule: "cases",
      bits: [],
      constraints: [],
      point: [[[0, String(Z[0])]], [[0, String(Z[1])]]],
      of: [],
    });
    const shift = this.#sum(point, z, "minus.shift");
    this.#must({ rule: "quotients", of: shift, constraints: [] });
    const square = [point, shift].map((of) => this.#product(this.#at(of).y, this.#at(of).y)) as [number, number];
    let of = shift;
    for (let i = 0; i < STEPS; i++) {
      const signed = this.#named(`minus.signs.signed[${i}]`);
      const constraints = [this.#product(signed, signed), square[isShifted(i) ? 1 : 0]];
      const added = this.#must({
        rule: "signed",
        of: isShifted(i) ? shift : point,
        ordinate: terms(signed),
        constraints,
      });
      of = this.#doubleAndSum(of, added, `minus.step[${i}]`);
    }
    const low = this.#named("minus.signs.low");
    const rest = this.#must({
      rule: "cases",
      bits: [[terms(low), this.#product(low, plusNumber(low, -1n))]],
      constraints: [0, 1].map((k) => this.#product(low, plusNumber(this.#xy(shift)[k] as Sum, -(Z[k] as bigint)))),
      point: this.#pair("minus.rest"),
      of: [shift, z],
    });
    return this.#sum(this.#must({ rule: "negated", of }), rest, "minus.whole");
  }

  /** scalarMulFixed.circom. */
  #fixed(start: number): number {
    const bits = Array.from({ length: 3 * WINDOWS + 2 }, (_, k) => this.#bit(k));
    let of = this.#sum(start, this.#upper(start, bits.slice(-2)), `plus.sum[${WINDOWS}]`);
    for (let i = WINDOWS - 1; i >= 0; i--) {
      const [u, v] = [this.#named(`plus.u[${i}]`), this.#named(`plus.v[${i}]`)];
      const window = this.#must({
        rule: "cases",
        bits: bits.slice(3 * i, 3 * i + 3),
        constraints: [this.#factors.leading(u), this.#factors.only(u)],
        point: [terms(u), terms(v)],
        of: [],
      });
      of = this.#sum(of, window, `plus.sum[${i}]`);
    }
    return of;
  }

  /** The point for the upper two bits has no signals of its own: the slope's constraint says what it is. */
  #upper(start: number, bits: readonly Bit[]): number {
    const p = this.#at(start);
    const constraints = [this.#factors.leading(this.#named("plus.both"))];
    let refusal: unknown;
    for (const [x, y] of this.#factors.chords(p.x, p.y, this.#named(`plus.sum[${WINDOWS}].slope.out`))) {
      try {
        return this.#must({ rule: "cases", bits, constraints, point: [terms(x), terms(y)], of: [] });
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal ?? new Refusal("no constraint has the slope of the upper bits");
  }

  #bit(k: number): Bit {
    try {
      const bit = this.#named(`bits.out[${k}]`);
      return [terms(bit), this.#product(bit, plusNumber(bit, -1n))];
    } catch {
      // The compiler has left one out. Its constraint stands there with all others in it.
      const some = [0, 1, 2].find((other) => other !== k) as number;
      const [sum, n] = this.#factors.longBit(this.#named(`bits.out[${some}]`));
      return [terms(sum), n];
    }
  }

  #sum(p: number, q: number, name: string): number {
    const [slope, from, to] = [this.#named(`${name}.slope.out`), this.#at(p), this.#at(q)];
    const quotient = this.#factors.between(slope, to.x, from.x);
    const square = this.#product(slope, slope);
    const ordinate = this.#factors.others(slope, [quotient, square]);
    const constraints = [quotient, square, ordinate];
    return this.#must({ rule: "sum", of: [p, q], slope: terms(slope), constraints });
  }

  #doubleAndSum(p: number, q: number, name: string): number {
    const [slope, turn] = [this.#named(`${name}.slope.out`), this.#named(`${name}.turn.out`)];
    const [from, to] = [this.#at(p), this.#at(q)];
    const both: Sum = new Map([...slope, ...turn]);
    const last = this.#product(both, both);
    const constraints = [
      this.#factors.between(slope, to.x, from.x),
      this.#product(slope, slope),
      this.#factors.only(turn),
      last,
      this.#factors.others(both, [last]),
    ];
    return this.#must({ rule: "doubleAndSum", of: [p, q], slope: terms(slope), turn: terms(turn), constraints });
  }

  #product(x: Sum, y: Sum): number {
    return this.#factors.product(x, y);
  }

  #pair(name: string): [Terms, Terms] {
    return [terms(this.#named(`${name}[0]`)), terms(this.#named(`${name}[1]`))];
  }

  #at(point: number): CurvePoint {
    return this.#curve.points[point] as CurvePoint;
  }

  #xy(point: number): [Sum, Sum] {
    const { x, y } = this.#at(point);
    return [x, y];
  }

  /** @returns number of the point that was found last */
  #must(step: Step): number {
    this.#curve.apply(step);
    this.#steps.push(step);
    return this.#curve.points.length - 1;
  }
}
