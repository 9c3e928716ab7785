/**
 * The challenges of a batch. They are held back until all is known that they are compared with, and then drawn one
 * after the other: what follows from the first is fixed before the second.
 */

import { permutationOf } from "../../verifier/constraints/poseidon.ts";
import { linearOf, Refusal, type Sum } from "../../verifier/constraints/sums.ts";
import type { Prepared } from "./hashes.ts";
import { multipliers } from "./multipliers.ts";
import type { Propagator } from "./propagate.ts";
import { Checker } from "./reasoning/check.ts";
import type { Line } from "./reasoning/reasoner.ts";
import { terms } from "./terms.ts";

/** As many lanes of the last call are challenges: β and γ. */
const DRAWN = 2;

export class Challenges {
  readonly #own: Propagator;
  readonly #hashes: readonly Prepared[];
  readonly #calls: readonly Prepared[];

  /** From now on nothing looks at the transcript. */
  constructor(own: Propagator, hashes: readonly Prepared[]) {
    this.#own = own;
    this.#hashes = [...hashes];
    const byPath = new Map(hashes.map((hash) => [hash.path, hash]));
    const calls: Prepared[] = [];
    for (;;) {
      const call = byPath.get(`transcript.absorb[${calls.length}]`);
      if (call === undefined) break;
      calls.push(call);
    }
    this.#calls = calls;
    own.held = new Set(calls.flatMap(({ constraints }) => constraints));
  }

  /** @throws Refusal if something may be chosen after them */
  draw(): void {
    const own = this.#own;
    const last = this.#calls.at(-1);
    if (last === undefined) return;
    const laneOf = permutationOf(own.system, last.lanes, last.constraints);
    const challenges = Array.from({ length: DRAWN }, (_, lane) => this.#signalOf(laneOf(lane)));
    const calls = this.#calls.map(({ lanes, constraints }) => [lanes.map(terms), constraints]);
    try {
      own.must("transcript", challenges, calls, this.#fromWords());
      for (const challenge of challenges) {
        own.must("challenge", challenge);
        own.run();
      }
    } finally {
      const { held } = own;
      own.held = new Set();
      for (const n of held) own.ask(n);
    }
  }

  /** A sum as one signal. */
  #signalOf(sum: Sum): number {
    const named = sum.size > 1 ? this.#own.names.named(sum) : sum;
    return [...named.keys()].find((signal) => signal !== 0) ?? 0;
  }

  /** Lines by which the words determine what was named. */
  #fromWords(): Line[] {
    const { checker, system } = this.#own;
    const inner = new Checker(system);
    const { facts } = inner;
    for (const [signal, bounds] of checker.facts.bounds) facts.bound(signal, bounds);
    const words = this.#calls.flatMap(({ lanes }) => lanes.slice(1)).flatMap((lane) => facts.unknown(lane));
    for (const word of words) facts.learn(word);
    const lines: Line[] = [];
    const holds = (...line: Line): boolean => {
      const mark = facts.trail.length;
      try {
        inner.apply(line);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        facts.undo(mark);
        return false;
      }
      lines.push(line);
      return true;
    };
    const isOpen = (signal: number): boolean => checker.named.has(signal) && !facts.known.has(signal);
    const linear = this.#linear([...words, ...checker.named]);
    for (let news = true; news; ) {
      news = false;
      for (const [n, sum] of linear) {
        const unknown = facts.unknown(sum);
        if (unknown.length === 1) news = holds("follows", n) || news;
        else if (unknown.length > 1 && unknown.every((signal) => facts.bounds.has(signal))) {
          const times = multipliers(new Map(unknown.map((signal) => [signal, sum.get(signal) as bigint])));
          news = times.some((one) => holds("radix", n, String(one))) || news;
        }
      }
      for (const { out, lanes, constraints } of this.#hashes) {
        if (!facts.unknown(...lanes).some(isOpen)) continue;
        const digest = this.#own.names.inNames(out);
        if (facts.unknown(digest, lanes[0] as Sum).length > 0) continue;
        news = holds("digest", terms(digest), lanes.map(terms), constraints) || news;
      }
    }
    return lines;
  }

  /** Linear constraints that have one of these signals. */
  #linear(signals: readonly number[]): Map<number, Sum> {
    const { system } = this.#own;
    const found = new Map<number, Sum>();
    for (const n of new Set(signals.flatMap((signal) => this.#own.of(signal)))) {
      const sum = linearOf(system.at(n));
      if (sum !== null) found.set(n, sum);
    }
    return found;
  }
}
