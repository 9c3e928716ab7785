/** The rules. docs/security/certificate.md says in words what each of them says, and why it holds. */
import type { Case, Checker, Line, Parts, Rules, Terms } from "./checker.ts";
import { areApart, P, plus, refuse, type Sum, together, ZERO } from "./field.ts";

/** A polynomial in a line: for each monomial a factor in decimal, and signals. */
type Monomials = readonly (readonly [factor: string, ...signals: number[]])[];

/** The polynomial a · b − c times another, over signals of the file and quotients: factors by the signals in order. */
function product(on: Checker, sides: readonly Sum[], times: Monomials): ReadonlyMap<string, bigint> {
  const [a = [], b = [], c = []] = sides.map((sum) => [...on.expanded(sum)]);
  const ab = a.flatMap(([x, f]) => b.map(([y, g]) => [f * g, x, y] as const));
  const terms = [...ab, ...c.map(([x, f]) => [-f, x] as const)];
  let whole = new Map<string, bigint>();
  for (const [factor, ...others] of times) {
    const key = (own: number[]): string => [...own, ...others].filter(on.exists).sort().join();
    const own = terms.map(([f, ...signals]) => [key(signals), f] as const);
    whole = plus(whole, own, on.integer(factor));
  }
  return whole;
}
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

export const RULES: Rules = {
  /** What is said without a proof. What is free may be chosen, and is not known: so nothing can rest on it. */
  named: (on, sort: string, reason: string, signals: number[], low: string, high: string) => {
    for (const signal of signals) {
      const isNew = !on.facts.knows(on.name(sort, reason, signal)) && ["chosen", "assumed", "free"].includes(sort);
      if (sort === "within") on.facts.bound(signal, [on.integer(low), on.integer(high)]);
      else if (sort === "nonzero") on.nonzero.add(signal);
      else if (!isNew && (sort !== "given" || signal > on.circuit.given)) refuse(`signal ${signal} is not ${sort}`);
      else if (sort !== "free") on.facts.known.add(signal);
    }
  },
  /** A new signal is a sum, divided by a signal that is not 0: that is the constant 1, if there is no other. */
  define: (on, terms: Terms, divisor = 0) => {
    const sum = on.sumOf(terms);
    if (divisor === 0) on.definitions.set(on.next, on.expanded(sum));
    else if (!on.nonzero.has(divisor)) refuse(`signal ${divisor} may be 0`);
    on.added.push([new Map([[on.next++, 1n]]), new Map([[divisor, 1n]]), sum]);
  },
  /** A new constraint, times signals that are not 0, is a sum of multiples of others. */
  derive: (on, sides: Terms[], parts: [n: number, times: Monomials][], divisors: number[]) => {
    const own = sides.map((terms) => on.sumOf(terms)) as [Sum, Sum, Sum];
    const isOfCase = parts.some(([n]) => n < 0);
    if (own.length !== 3 || isOfCase || divisors.some((one) => !on.nonzero.has(one))) refuse("nothing is added so");
    // Of the same three sums the product, which can be long, need not be looked at.
    const isSame = (sum: Sum, i: number): boolean => on.expanded(plus(sum, own[i] as Sum, -1n)).size === 0;
    const isOne = JSON.stringify([parts.map(([, times]) => times), divisors]) === '[[[["1"]]],[]]';
    if (isOne && parts.every(([n]) => on.at(n).every(isSame))) return void on.added.push(own);
    let rest = product(on, own, [["1", ...divisors]]);
    for (const [n, times] of parts) rest = plus(rest, product(on, on.at(n), times), -1n);
    if (rest.size > 0) refuse("the constraint is not that sum");
    on.added.push(own);
  },
  /** The factor of the one unknown signal is not 0. If all are known, nothing follows. */
  follows: (on, ...constraints: (number | Parts)[]) => {
    for (const n of constraints) {
      const [one, times] = on.only(n);
      if (one !== 0 && !on.facts.isNonzero(times)) refuse(`in constraint ${n} the factor of signal ${one} may be 0`);
      on.facts.known.add(one);
    }
  },
  /** It is not 0 by an assumption. */
  divides: (on, reason: string, n: number) => {
    const [signal] = on.only(n);
    on.facts.known.add(on.name("assumed", reason, signal || refuse(`constraint ${n} divides nothing`)));
  },
  /** The signal lies between what the others allow. Its factor is 1 or −1. */
  range: (on, n: number | Parts, signal: number) => {
    const [a, b, c] = on.sides(n);
    const factor = c.get(signal) ?? 0n;
    // The signal is factor · a · b, less factor · (c without the signal).
    const sums = [plus(ZERO, a, factor), b, plus([[signal, 1n]], c, -factor)];
    const [x, y, rest] = sums.map((sum) => on.facts.interval(sum));
    const both = x && y && together(x.flatMap((p) => y.map((q) => [p * q, p * q] as const)));
    if (!both || !rest || factor ** 2n !== 1n) refuse(`constraint ${n} leaves signal ${signal} without bounds`);
    on.facts.bound(signal, [both[0] + rest[0], both[1] + rest[1]]);
  },
  /** In a known sum, no other parts can make up for the signal's; then the same for the next signal. */
  radix: (on, n: number | Parts, signals: number[]) => {
    const parts = new Map<number, readonly [factor: bigint, change: bigint]>();
    for (const [signal, factor] of [...on.linear(n)].filter(([one]) => !on.facts.knows(one))) {
      const [low, high] = on.facts.boundsOf(signal) ?? refuse(`signal ${signal} has no bounds`);
      const size = factor < 0n ? -factor : factor;
      parts.set(signal, [size, size * (high - low)]);
    }
    let rest = [...parts.values()].reduce((all, [, change]) => all + change, 0n);
    if (rest >= P) refuse(`constraint ${n} may wrap`);
    for (const signal of signals) {
      const [factor, change] = parts.get(signal) ?? refuse(`signal ${signal} is no unknown part of constraint ${n}`);
      parts.delete(signal);
      rest -= change;
      // What the others change is smaller than the factor, or a multiple of what is greater than the change.
      const isFixed = factor > rest || [...parts.values()].reduce((all, [one]) => gcd(all, one), 0n) > change;
      if (!isFixed) refuse(`constraint ${n} leaves signal ${signal} open`);
      on.facts.known.add(signal);
    }
  },
  /** A factor of a product is 0, or a sum is. Two witnesses are in one case if a factor is known, or both are equal. */
  either: (on, n: number | Parts, branches: Line[][]) => {
    const [a, b, c] = typeof n === "number" ? on.at(n) : on.sides(n);
    const zeros = a.size > 0 && on.facts.isZero(c) ? [a, b] : [on.linear(n)];
    const isKnown = zeros.some((sum) => on.facts.unknown(sum).length === 0) || on.facts.isZero(plus(a, b, -1n));
    const cases = zeros.map((zero): Case => [zero, 0, 1n, 1n]);
    on.split(cases, branches, () => isKnown);
  },
  /** A signal is less than a number, or not. Two witnesses are in one case if `by` is known, and tells which it is. */
  cases: (on, signal: number, by: number, start: string, branches: Line[][]) => {
    const [low, high] = on.facts.boundsOf(signal) ?? refuse(`signal ${signal} has no bounds`);
    const below: Case = [ZERO, signal, low, on.integer(start) - 1n];
    const rest: Case = [ZERO, signal, on.integer(start), high];
    on.split([below, rest], branches, ([a, b]) => on.facts.knows(by) && areApart(a?.boundsOf(by), b?.boundsOf(by)));
  },
};
