/**
 * The certificate's checker against witnesses: whatever lines are applied, in small circuits made by chance, what it
 * says holds in all witnesses that there are over a few numbers.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Checker, type Line } from "../../verifier/certificate/checker.ts";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import { type Constraint, P, Refusal, type Sum } from "../../verifier/certificate/field.ts";
import { RULES } from "../../verifier/certificate/rules.ts";
import { inverse } from "../../verifier/constraints/sums.ts";
import { fileOf, type Sums } from "../lib/r1csFile.ts";
import { bit, given, isBit, nonzero } from "../lib/smallChecker.ts";

/** Signal 0 is the constant 1, signal 1 is public. The bits come after, and a signal that is not 0 by an assumption. */
const SIGNALS = 6;
const BITS = [2, 3, 4];
const OTHER = 5;
/** What the signals are looked at with: all that bits can be, and a few numbers. */
const NUMBERS = [-1n, 0n, 1n, 2n];

/** Leaves out the lines that do not hold: most lines made by chance do not. */
class Lenient extends Checker {
  override apply(line: Line): void {
    const { facts, next } = this;
    const [count, depth, isDead] = [this.added.length, this.zeros.length, facts.isDead];
    const [known, bounds] = [[...facts.known], [...facts.bounds]];
    try {
      super.apply(line);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      [this.facts, this.next, facts.isDead] = [facts, next, isDead];
      [this.added.length, this.zeros.length] = [count, depth];
      for (const one of this.definitions.keys()) if (one >= next) this.definitions.delete(one);
      facts.known.clear();
      for (const one of known) facts.known.add(one);
      facts.bounds.clear();
      for (const [one, span] of bounds) facts.bounds.set(one, span);
    }
  }
}

const signal = fc.integer({ min: 1, max: SIGNALS - 1 });
const factor = fc.oneof(fc.bigInt({ min: -3n, max: 3n }), fc.constantFrom(inverse(2n), (P - 1n) / 2n));
const sum = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: SIGNALS - 1 }), factor), {
  maxLength: 3,
  selector: ([one]) => one,
});
const isZero: fc.Arbitrary<Sums> = sum.map((one) => [[], [], one]);
const zeroProduct: fc.Arbitrary<Sums> = fc.tuple(sum, sum).map(([a, b]) => [a, b, []]);
const constraint = fc.oneof(isZero, zeroProduct, fc.tuple(sum, sum, sum) as fc.Arbitrary<Sums>);

/** Numbers of constraints that there are, or nearly: those of cases are negative. */
const LAST = 9;
const n = fc.integer({ min: -2, max: LAST });
const text = factor.map(String);
const parts = fc.array(fc.tuple(n, text), { minLength: 1, maxLength: 3 });
const where = fc.oneof(n, parts);
const terms = sum.map((list) => list.map(([one, times]) => [one, String(times)]));
/** Where cases are cut: also far from all numbers. */
const start = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("0", "1", "2") },
  { weight: 1, arbitrary: fc.constantFrom(P, -P, P + 1n, 1n - P, 2n * P, -3n).map(String) },
);
const monomials = fc.array(fc.tuple(text, signal), { maxLength: 2 });
const { line } = fc.letrec<{ line: Line; list: Line[] }>((tie) => ({
  list: fc.array(tie("line"), { maxLength: 3 }),
  line: fc.oneof(
    { maxDepth: 2, depthIdentifier: "cases" },
    where.map((one): Line => ["follows", one]),
    fc.tuple(where, signal).map(([one, of]): Line => ["range", one, of]),
    fc.tuple(where, signal).map(([one, of]): Line => ["radix", one, [of]]),
    fc.tuple(where, tie("list")).map(([one, only]): Line => ["either", one, [only]]),
    terms.map((one): Line => ["define", one]),
    terms.map((one): Line => ["define", one, OTHER]),
    fc
      .tuple(terms, terms, n, monomials)
      .map(([a, c, one, times]): Line => ["derive", [a, [[0, "1"]], c], [[one, times]], []]),
    fc.tuple(n, tie("list"), tie("list")).map(([one, first, second]): Line => ["either", one, [first, second]]),
    fc
      .tuple(signal, signal, start, tie("list"), tie("list"))
      .map(([one, by, from, first, second]): Line => ["cases", one, by, from, [first, second]]),
  ),
}));

const mod = (number: bigint): bigint => ((number % P) + P) % P;
const at = (one: Sum, witness: readonly bigint[]): bigint =>
  mod([...one].reduce((all, [own, times]) => all + times * (witness[own] as bigint), 0n));
const holds = ([a, b, c]: Constraint, witness: readonly bigint[]): boolean =>
  mod(at(a, witness) * at(b, witness) - at(c, witness)) === 0n;

/** All lists of these numbers that satisfy the circuit. */
function witnessesOf(circuit: Circuit): bigint[][] {
  const all = Array.from({ length: circuit.count }, (_, one) => circuit.at(one));
  let lists: bigint[][] = [[1n]];
  for (let one = 1; one < SIGNALS; one++) {
    const numbers = BITS.includes(one) ? [0n, 1n] : NUMBERS;
    lists = lists.flatMap((list) => numbers.map((number) => [...list, number]));
  }
  return lists.filter((list) => list[OTHER] !== 0n && all.every((one) => holds(one, list)));
}

/** Signals that lines added have their values, too. */
function extended(checker: Checker, witness: readonly bigint[]): bigint[] {
  const whole = [...witness];
  for (const [a, b, c] of checker.added) {
    const isDefinition = a.size === 1 && a.has(whole.length);
    if (isDefinition) whole.push(mod(at(c, whole) * inverse(at(b, whole))));
  }
  return whole;
}

it("what it says holds in all witnesses", () => {
  fc.assert(
    fc.property(
      fc.array(constraint, { minLength: 1, maxLength: 5 }),
      fc.array(line, { minLength: 3, maxLength: 12 }),
      (constraints, lines) => {
        const circuit = new Circuit(fileOf([...BITS.map(bit), ...constraints], SIGNALS));
        const witnesses = witnessesOf(circuit);
        const checker = new Lenient(circuit, RULES);
        const first: Line[] = [given, nonzero(OTHER), ...BITS.map((one, i) => isBit(i, one))];
        for (const one of [...first, ...lines]) checker.apply(one);
        const { facts, added } = checker;
        const values = new Map<string, bigint>();
        for (const witness of witnesses) {
          const whole = extended(checker, witness);
          expect(added.every((one) => holds(one, whole))).toBe(true);
          for (const [one, [low, high]] of facts.bounds) {
            expect(mod((whole[one] as bigint) - low) <= high - low).toBe(true);
          }
          // Witnesses of one statement have the same value of what is known.
          for (const one of facts.known) {
            const key = `${whole[1]} ${one}`;
            const value = mod(whole[one] as bigint);
            expect(value).toBe(values.get(key) ?? value);
            values.set(key, value);
          }
        }
      },
    ),
    { numRuns: 1000 },
  );
});
