/** What the signals are that the compiler left out: sums of those that it kept. */
import { Sums } from "../../verifier/constraints/store.ts";
import {
  type Constraint,
  centred,
  constantOf,
  gather,
  inverse,
  linearOf,
  plus,
  type Sum,
} from "../../verifier/constraints/sums.ts";
import type { System } from "../../verifier/constraints/system.ts";
import { eliminate, type Row } from "./elimination.ts";
import { NumberLists } from "./numberLists.ts";

/** A signal that was left out. */
export interface Solved {
  readonly signal: number;
  /** The sum that it is by one linear constraint, over signals of the source; null if more was needed. */
  readonly from: Sum | null;
  /** The sum that it is over signals of the file. */
  readonly whole: Sum;
}

/** The sum, times a number. */
export const scaled = (sum: Sum, times: bigint): Sum =>
  new Map([...sum].map(([signal, factor]) => [signal, centred(factor * times)]));

/** Finds the sums, in an order in which each needs only those before it. */
export class LeftOut {
  /** Linear constraints of the source that say what one signal is. */
  readonly definedBy = new Set<number>();
  readonly #system: System;
  readonly #kept: ReadonlyMap<number, number>;
  /** What is solved, in its order; and the place of each signal there. */
  readonly #signals: number[] = [];
  readonly #from = new Sums();
  readonly #whole = new Sums();
  readonly #places = new Map<number, number>();
  /** Those that more than one constraint was needed for. */
  readonly #byMany = new Set<number>();
  /** Constraints by signals that are not solved. */
  readonly #waiting = new NumberLists();
  #queue: number[] = [];

  /**
   * @param kept signals of the source that the file has, with their numbers there
   * @param isLeft whether a signal stays left out
   */
  constructor(system: System, kept: ReadonlyMap<number, number>, isLeft: (signal: number) => boolean) {
    this.#system = system;
    this.#kept = kept;
    for (let n = 0; n < system.own; n++) {
      const open = this.#open(n);
      for (const one of open) this.#waiting.add(one, n);
      if (open.length === 1) this.#queue.push(n);
    }
    do {
      for (let n = this.#queue.pop(); n !== undefined; n = this.#queue.pop()) this.#solve(n);
      for (const [signal, sum] of this.#together(isLeft)) this.#found(signal, null, this.expanded(sum));
    } while (this.#queue.length > 0);
  }

  /** A sum of signals of the source over signals of the file. */
  expanded(sum: Sum): Map<number, bigint> {
    const whole = new Map<number, bigint>();
    for (const [signal, factor] of sum) {
      const place = this.#places.get(signal);
      if (place !== undefined) gather(whole, this.#whole.at(place), factor);
      else gather(whole, [[this.#kept.get(signal) as number, 1n]], factor);
    }
    return whole;
  }

  /** What was found, in an order in which each sum needs only those before it. */
  *solved(): Generator<Solved> {
    for (const [place, signal] of this.#signals.entries()) {
      const from = this.#byMany.has(signal) ? null : this.#from.at(place);
      yield { signal, from, whole: this.#whole.at(place) };
    }
  }

  /** Whether it is known what the signal is over signals of the file. */
  isSolved(signal: number): boolean {
    return this.#kept.has(signal) || this.#places.has(signal);
  }

  /** Signals of a constraint that are not solved yet. */
  #open(n: number): number[] {
    const found = new Set<number>();
    for (const sum of this.#system.constraints.at(n) as Constraint) {
      for (const one of sum.keys()) if (!this.isSolved(one)) found.add(one);
    }
    return [...found];
  }

  #found(signal: number, from: Sum | null, whole: Sum): void {
    this.#places.set(signal, this.#signals.push(signal) - 1);
    this.#whole.push(whole);
    this.#from.push(from ?? new Map());
    if (from === null) this.#byMany.add(signal);
    for (const other of this.#waiting.of(signal)) if (this.#open(other).length <= 1) this.#queue.push(other);
  }

  /** The one signal of a constraint that is not solved: if it is linear, or once sums are in place. */
  #solve(n: number): void {
    const [signal, ...others] = this.#open(n);
    if (signal === undefined || others.length > 0) return;
    const constraint = this.#system.constraints.at(n) as Constraint;
    const linear = linearOf(constraint);
    const rest = new Map(linear ?? this.#withNumbers(constraint, signal) ?? []);
    const factor = rest.get(signal);
    if (factor === undefined) return;
    rest.delete(signal);
    const times = -inverse(factor);
    const sum = scaled(rest, times);
    if (linear !== null) this.definedBy.add(n);
    this.#found(signal, linear === null ? null : sum, this.expanded(sum));
  }

  /** The sum that is 0, if a factor without the signal is a number by now. */
  #withNumbers([a, b, c]: Constraint, signal: number): Sum | null {
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      const number = x.has(signal) ? null : constantOf(this.expanded(x));
      if (number !== null) return plus(c, y, -number);
    }
    return null;
  }

  /** Signals that several linear constraints say only together. */
  #together(isLeft: (signal: number) => boolean): [signal: number, sum: Sum][] {
    const rows: Row[] = [];
    for (let n = 0; n < this.#system.own; n++) {
      const open = new Set(this.#open(n));
      if (open.size === 0 || [...open].some(isLeft)) continue;
      const linear = linearOf(this.#system.constraints.at(n) as Constraint);
      if (linear === null) continue;
      const part = (isOpen: boolean) => new Map([...linear].filter(([one]) => open.has(one) === isOpen));
      rows.push({ parts: part(false), left: part(true) });
    }
    const wanted = new Set(rows.flatMap(({ left }) => [...left.keys()]));
    eliminate(rows);
    const alone = new Map<number, Row>();
    for (const row of rows)
      for (const one of row.left.size === 1 ? row.left.keys() : []) if (!alone.has(one)) alone.set(one, row);
    return [...wanted].flatMap((signal): [number, Sum][] => {
      const row = alone.get(signal);
      return row === undefined ? [] : [[signal, scaled(row.parts, -inverse(row.left.get(signal) as bigint))]];
    });
  }
}
