/** The rules. docs/security/certificate.md says in words what each of them says, and why it holds. */
import { type Checker, type Line, type Parts, type Rules, SORTS, type Sort, type Terms } from "./checker.ts";
import * as f from "./field.ts";
import { refuse, type Sum, ZERO } from "./field.ts";

/** A polynomial in a line: for each monomial a factor in decimal, and signals. */
type Monomials = readonly (readonly [factor: string, ...signals: number[]])[];

/** a · b − c, over signals of the file. */
function zeroOf(on: Checker, sides: readonly Sum[]): f.Polynomial {
  const [a = ZERO, b = ZERO, c = ZERO] = sides.map((sum) => on.expanded(sum));
  return f.plus(f.product(f.polynomial(a), f.polynomial(b)), f.polynomial(c), -1n);
}
function polynomialOf(on: Checker, monomials: Monomials): f.Polynomial {
  const keyOf = (signals: number[]): string => signals.map((one) => `${on.exists(one) || ""}`).reduce(f.times, "");
  const terms = monomials.map(([factor, ...signals]) => [keyOf(signals), on.integer(factor)] as const);
  return f.plus(new Map(), terms);
}
/** A sum with one value: of known signals, or what a linear constraint leaves to those that are not known. */
function fixed(on: Checker, by: Terms | number | null): Sum | null {
  if (by === null) return null;
  if (typeof by === "number") return new Map([...on.linear(by)].filter(([signal]) => !on.facts.knows(signal)));
  return on.facts.unknown(on.sumOf(by)).length > 0 ? refuse("the sum is not known") : on.sumOf(by);
}
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

export const RULES: Rules = {
  /** The statement gives it, the prover may choose it, or it is assumed. What follows is for `verifier/hashes`. */
  named: (on, sort: Sort, reason: string, signals: number[]) => {
    if (!SORTS.includes(sort)) refuse(`there is no sort "${sort}"`);
    for (const signal of signals) {
      const isAllowed = sort === "given" ? on.exists(signal) <= on.circuit.given : !on.facts.knows(on.exists(signal));
      if (!isAllowed) refuse(`signal ${signal} is not ${sort}`);
      on.name(sort, signal, reason);
    }
  },
  /** An assumption: the signal lies between two numbers. */
  within: (on, reason: string, signal: number, low: string, high: string) => {
    on.suppose(reason);
    on.bound(on.exists(signal), [on.integer(low), on.integer(high)]);
  },
  /** An assumption: these signals are not 0. */
  nonzero: (on, reason: string, signals: number[]) => {
    for (const signal of signals) on.nonzero.add(on.exists(signal));
    on.suppose(reason, signals.length);
  },

  /** A new signal is a sum, divided by a signal that is not 0: that is the constant 1, if there is no other. */
  define: (on, terms: Terms, divisor = 0) => {
    const sum = on.sumOf(terms);
    if (divisor !== 0 && !on.nonzero.has(divisor)) refuse(`signal ${divisor} may be 0`);
    if (divisor === 0) on.definitions.set(on.next, on.expanded(sum));
    on.added.push([new Map([[on.next++, 1n]]), new Map([[divisor, 1n]]), sum]);
  },
  /** A new constraint, times signals that are not 0, is a sum of multiples of others. */
  derive: (on, sides: Terms[], parts: [n: number, times: Monomials][], divisors: number[]) => {
    const own = sides.map((terms) => on.sumOf(terms)) as [Sum, Sum, Sum];
    if (own.length !== 3 || divisors.some((one) => !on.nonzero.has(one))) refuse("this is no such constraint");
    if (on.zeros.length > 0) refuse("a constraint that is added is not one of a case");
    // Of the same three sums the product, which can be long, need not be looked at.
    const isSame = (sum: Sum, i: number): boolean => on.expanded(f.plus(sum, own[i] as Sum, -1n)).size === 0;
    const isOne = JSON.stringify([parts.map(([, times]) => times), divisors]) === '[[[["1"]]],[]]';
    if (isOne && parts.every(([n]) => on.at(n).every(isSame))) return void on.added.push(own);
    let rest = f.product(zeroOf(on, own), polynomialOf(on, [["1", ...divisors]]));
    for (const [n, times] of parts) rest = f.plus(rest, f.product(zeroOf(on, on.at(n)), polynomialOf(on, times)), -1n);
    if (rest.size > 0) refuse("the constraint is not that sum");
    on.added.push(own);
  },

  /** The factor of the one unknown signal is not 0. If all are known, nothing follows. */
  follows: (on, ...constraints: number[]) => {
    for (const n of constraints) {
      const [signal, times] = on.only(n);
      if (signal !== 0 && !on.isNonzero(times)) refuse(`in constraint ${n} the factor of signal ${signal} may be 0`);
      on.facts.known.add(signal);
    }
  },
  /** It is not 0 by an assumption. */
  divides: (on, reason: string, n: number) => {
    const [signal] = on.only(n);
    if (signal === 0) refuse(`constraint ${n} divides nothing`);
    on.name("assumed", signal, reason);
  },
  /** The signal lies between what the others allow. */
  range: (on, n: number | Parts, signal: number) => {
    const [a, b, c] = on.sides(n);
    const [low, high] = on.facts.boundsOf(signal) ?? [0n, 1n];
    if (low === high) return;
    // signal = a / factor · b − the rest of c / factor
    const by = f.inverse(c.get(signal) ?? refuse(`constraint ${n} leaves signal ${signal} without bounds`));
    const [x, y] = [on.facts.interval(f.plus(ZERO, a, by)), on.facts.interval(b)];
    const rest = on.facts.interval(f.plus(ZERO, c, -by), signal);
    const both = x && y && f.together(x.flatMap((p) => y.map((q) => [p * q, p * q] as const)));
    if (!both || !rest) refuse(`constraint ${n} leaves signal ${signal} without bounds`);
    else on.bound(signal, [both[0] + rest[0], both[1] + rest[1]]);
  },
  /** In a known sum, no other parts can make up for the signal's; then the same for the next signal. */
  radix: (on, n: number | Parts, times: string, signals: number[]) => {
    const sum = on.linear(n);
    const parts = new Map<number, readonly [factor: bigint, span: bigint]>();
    for (const signal of on.facts.unknown(sum)) {
      const [[low, high], own] = [on.boundsOf(signal), f.centred((sum.get(signal) as bigint) * on.integer(times))];
      const factor = own < 0n ? -own : own;
      parts.set(signal, [factor, factor * (high - low)]);
    }
    for (const signal of signals) {
      const [factor, span] = parts.get(signal) ?? refuse(`signal ${signal} is no unknown part of constraint ${n}`);
      parts.delete(signal);
      const spans = [...parts.values()].reduce((all, [, one]) => all + one, 0n);
      // What the others change is smaller than the factor, or a multiple of what is greater than the span.
      const isFixed = factor > spans || [...parts.values()].reduce((all, [one]) => gcd(all, one), 0n) > span;
      if (!isFixed || spans + span >= f.P) refuse(`constraint ${n} leaves signal ${signal} open`);
      on.facts.known.add(signal);
    }
  },

  /** A product is 0, so one factor is. */
  either: (on, n: number, branches: Line[][]) => {
    const [a, b, c] = on.folded(n);
    if (c.size > 0) refuse(`constraint ${n} is not a product that is 0`);
    const isKnown = [a, b].some((sum) => on.facts.unknown(sum).length === 0) || f.plus(a, b, -1n).size === 0;
    const cases = [a, b].map((zero) => [[], zero] as const);
    on.split(cases, branches, isKnown);
  },
  /** A signal lies in one of the parts of its interval: each but the first begins at a number of `starts`. */
  cases: (on, signal: number, by: Terms | number | null, starts: string[], branches: Line[][]) => {
    const [low, high] = on.boundsOf(signal);
    const cuts = [low, ...starts.map((one) => on.integer(one)), high + 1n];
    const parts = cuts.slice(1).map((cut, i) => [[[signal, cuts[i] as bigint, cut - 1n]], ZERO] as const);
    on.split(parts, branches, on.facts.knows(signal), fixed(on, by));
  },
  /** The sum of bits is 1, so one bit is. */
  onehot: (on, n: number, by: Terms | number | null, branches: Line[][]) => {
    const sum = on.linear(n);
    const bits = [...sum.keys()].filter((signal) => signal !== 0);
    for (const bit of bits) {
      const [[low, high], scale] = [on.boundsOf(bit), (sum.get(bit) as bigint) + (sum.get(0) ?? 0n)];
      if (low < 0n || high > 1n || f.centred(scale) !== 0n) refuse(`signal ${bit} is no bit of a sum that is 1`);
    }
    const values = bits.map((one) => bits.map((bit) => [bit, BigInt(bit === one), BigInt(bit === one)] as const));
    const cases = values.map((one) => [one, ZERO] as const);
    on.split(cases, branches, on.facts.unknown(sum).length === 0, fixed(on, by));
  },
  /** This case cannot be: a number that is not 0 would be 0. */
  absurd: (on, n: number | Parts) => {
    if (!on.isNonzero(on.linear(n))) refuse(`constraint ${n} may hold`);
    on.end(`constraint ${n} cannot hold`);
  },
};
