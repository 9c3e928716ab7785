/** What a constraint says of where its signals lie. */
import type { Sum } from "../../verifier/constraints/sums.ts";
import { eitherOf, hasBounds, says } from "./worth.ts";
import { gaps, type Trying, unfold } from "./zeroProducts.ts";

/** How often the bounds of a signal are looked at again. */
const LOOKS = 8;
/** Most signals of a sum that is solved for each of them. */
const MOST = 300;

export class Bounds {
  readonly #own: Trying;
  /** How often a signal was looked at; in a case, since it began. */
  looks = new Map<number, number>();

  constructor(own: Trying) {
    this.#own = own;
  }

  /** Tries the rules for bounds, with the sums of a constraint with constants in place. */
  look(n: number, a: Sum, b: Sum, c: Sum, linear: Sum | null): void {
    const own = this.#own;
    const { facts } = own.checker;
    if (linear !== null) {
      const without = [...linear.keys()].filter((signal) => !facts.bounds.has(signal));
      if (without.length > 1) return;
      for (const signal of without.length === 1 ? without : linear.keys()) {
        if (!this.#again(signal) || linear.size > MOST) continue;
        if (says(facts, signal, facts.solved(linear, signal)) && own.try("range", n, signal)) this.#count(signal);
      }
      return;
    }
    if (c.size === 0) {
      for (const signal of new Set([...a.keys(), ...b.keys()])) {
        if (!this.#again(signal) || !says(facts, signal, eitherOf(facts, a, b, signal))) continue;
        if (own.try("either", n, signal)) this.#count(signal);
      }
      unfold(own, n, a, b);
      gaps(own, n, a, b);
      return;
    }
    if (hasBounds(facts, a) && hasBounds(facts, b)) {
      for (const signal of c.keys()) {
        if (this.#again(signal) && hasBounds(facts, c, signal) && own.try("range", n, signal)) this.#count(signal);
      }
    }
    for (const signal of c.keys()) {
      if (signal === 0) continue;
      if (!facts.known.has(signal) || !facts.bounds.has(signal)) own.try("zero", n, n + 1, signal);
    }
  }

  #again(signal: number): boolean {
    const { facts } = this.#own.checker;
    if (signal === 0 || facts.constant(signal) !== null) return false;
    return !facts.bounds.has(signal) || (this.looks.get(signal) ?? 0) < LOOKS;
  }

  #count(signal: number): void {
    this.looks.set(signal, (this.looks.get(signal) ?? 0) + 1);
  }
}
