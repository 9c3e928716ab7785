/** A circuit that hashes one word with Poseidon, for certificates that hash it a second time. */
import { constantsOf } from "../../trace/poseidon/constants.ts";
import type { Line, Terms } from "../../verifier/certificate/checker.ts";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import { plus } from "../../verifier/certificate/field.ts";
import { CHALLENGE, HashChecker } from "../../verifier/hashes/check.ts";
import { fileOf } from "./r1csFile.ts";

export type Factors = Map<number, bigint>;
export type Product = [a: Factors, b: Factors, c: Factors];

/** The word, which is public, and a signal that is 0 unless the hash is equal to the word. */
export const [WORD, LOOSE] = [1, 2];
const [LANES, ROUNDS, FULL] = [2, 64, 4];

export const of = (signal: number): Factors => new Map([[signal, 1n]]);
export const less = (a: Factors, b: Factors): Factors => plus(a, b, -1n);
export const termsOf = (sum: Factors): Terms => [...sum].map(([signal, factor]) => [signal, String(factor)]);
/** With other signals in the place of some. */
export const named = (sum: Factors, by: ReadonlyMap<number, number>): Factors =>
  new Map([...sum].map(([signal, factor]) => [by.get(signal) ?? signal, factor]));

/** Products of the hash, three for each S-box, and its first lane. Signals of products begin at 3. */
export function hashedWord(): { products: Product[]; digest: Factors; signals: number } {
  const { C, M } = constantsOf(LANES - 1);
  const products: Product[] = [];
  let signals = LOOSE + 1;
  const product = (a: Factors, b: Factors): Factors => {
    products.push([a, b, of(signals)]);
    return of(signals++);
  };
  let lanes: Factors[] = [new Map(), of(WORD)];
  for (let round = 0; round < ROUNDS; round++) {
    const isFull = round < FULL || round >= ROUNDS - FULL;
    const boxed = lanes.map((lane, i) => {
      const input = plus(lane, [[0, C[round * LANES + i] as bigint]]);
      if (i > 0 && !isFull) return input;
      if ([...input.keys()].every((signal) => signal === 0)) return plus([], [[0, (input.get(0) ?? 0n) ** 5n]]);
      const square = product(input, input);
      return product(product(square, square), input);
    });
    lanes = boxed.map((_, i) => boxed.reduce((sum, lane, j) => plus(sum, lane, M[i]?.[j]), new Map<number, bigint>()));
  }
  return { products, digest: lanes[0] as Factors, signals };
}

/** A checker of that circuit, and short ways to give it lines. Its last constraint is (hash − word) · loose = 0. */
export class Given {
  readonly hash = hashedWord();
  readonly #products: readonly Product[] = [
    ...this.hash.products,
    [less(this.hash.digest, of(WORD)), of(LOOSE), new Map()],
  ];
  readonly on = new HashChecker(
    new Circuit(
      fileOf(
        this.#products.map((sums) => sums.map((sum) => [...sum])),
        this.hash.signals,
      ),
    ),
  );

  apply(...line: Line): void {
    this.on.apply(line);
  }
  /** The number of the constraint that was added last. */
  get last(): number {
    return this.on.circuit.count + this.on.added.length - 1;
  }
  define(sum: Factors, ...divisor: number[]): number {
    this.apply("define", termsOf(sum), ...divisor);
    return this.on.next - 1;
  }
  derive(sides: Factors[], parts: unknown[]): number {
    this.apply("derive", sides.map(termsOf), parts, []);
    return this.last;
  }
}

/** The factor 1, and a sum as what a constraint is multiplied by. */
export const ONE = [["1"]];
export const times = (sum: Factors): unknown[] => [...sum].map(([signal, factor]) => [String(factor), signal]);

/** Draws the hash's first lane as a challenge, from products with these numbers: the file's, if there are no others. */
export function drawn(given: Given, products: readonly number[] = given.hash.products.map((_, n) => n)): void {
  const challenge = given.define(given.hash.digest);
  given.apply("named", "assumed", CHALLENGE, [challenge], [challenge], [[[[], termsOf(of(WORD))], products]], []);
}
