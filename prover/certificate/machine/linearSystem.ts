/** Linear equations over the field, solved as they come: what a sum is by all of them. Equations can be taken back. */
import { centred, gather, inverse, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Trail } from "./trail.ts";

/** A sum that is kept over signals that are not solved. */
export interface Kept {
  readonly sum: Sum;
  /** Called when the sum has changed, or when more is known of one of its signals. */
  readonly wake: () => void;
}
interface Own extends Kept {
  sum: Sum;
}
interface Solved extends Own {
  /** The factor of the signal in the equation that it was solved by. */
  readonly times: bigint;
}

export class LinearSystem {
  /** Each solved signal as a sum of signals that are not solved. */
  readonly #solved = new Map<number, Solved>();
  /** Kept sums, those of solved signals among them, by their signals. */
  readonly #users = new Map<number, Set<Own>>();
  /** Another number after each change. */
  version = 0;
  readonly #rank: (signal: number) => number;
  readonly #trail: Trail;
  readonly #wake: (signal: number) => void;

  /**
   * @param rank signals of a higher rank are solved for first
   * @param wake called when a solved signal is another sum
   */
  constructor(rank: (signal: number) => number, trail: Trail, wake: (signal: number) => void) {
    this.#rank = rank;
    this.#trail = trail;
    this.#wake = wake;
  }

  /** The sum that a solved signal is. */
  solved(signal: number): Sum | undefined {
    return this.#solved.get(signal)?.sum;
  }

  /** The sum that is 0 because of that, with the factors of the equation that the signal was solved by. */
  equation(signal: number): Sum {
    const { sum, times } = this.#solved.get(signal) as Solved;
    const whole = new Map([[signal, times]]);
    gather(whole, sum, -times);
    return whole;
  }

  /** Keeps a sum over signals that are not solved, until that is taken back. */
  keep(sum: Sum, wake: () => void): Kept {
    const kept: Own = { sum: this.normal(sum), wake };
    this.#index(kept);
    return kept;
  }

  /** Keeps it no more: the sum stays as it is. */
  drop(kept: Kept): void {
    const dropped = [...kept.sum.keys()].filter((signal) => this.#users.get(signal)?.delete(kept));
    this.#trail.push(() => {
      for (const signal of dropped) this.#users.get(signal)?.add(kept);
    });
  }

  /** The kept sums that have the signal. */
  users(signal: number): Iterable<Kept> {
    return this.#users.get(signal) ?? [];
  }

  /** The sum over signals that are not solved. */
  normal(sum: Sum): Map<number, bigint> {
    const whole = new Map<number, bigint>();
    for (const [signal, factor] of sum) gather(whole, this.#solved.get(signal)?.sum ?? [[signal, 1n]], factor);
    return whole;
  }

  /**
   * Adds the equation that the sum is 0.
   * @returns the signal that it is solved for; null if it says nothing new; "never" if it cannot hold
   */
  add(sum: Sum): number | null | "never" {
    const rest = this.normal(sum);
    let pivot = 0;
    for (const signal of rest.keys()) if (signal !== 0 && (pivot === 0 || this.#before(signal, pivot))) pivot = signal;
    if (pivot === 0) return rest.size === 0 ? null : "never";
    const own = rest.get(pivot) as bigint;
    const times = -inverse(own);
    rest.delete(pivot);
    const value = new Map([...rest].map(([signal, factor]) => [signal, centred(factor * times)]));
    const users = this.#users.get(pivot);
    this.#users.delete(pivot);
    const solved: Solved = { sum: value, times: own, wake: () => this.#wake(pivot) };
    this.#solved.set(pivot, solved);
    this.version++;
    this.#trail.push(() => {
      this.version++;
      this.#solved.delete(pivot);
      if (users !== undefined) this.#users.set(pivot, users);
    });
    this.#index(solved);
    solved.wake();
    for (const user of users ?? []) this.#replace(user, pivot, value);
    return pivot;
  }

  /** Puts a sum in the place of a signal. */
  #replace(user: Own, pivot: number, value: Sum): void {
    const former = user.sum;
    const factor = former.get(pivot);
    if (factor === undefined) throw new Error("a sum is kept under a signal that it does not have");
    const sum = new Map(former);
    sum.delete(pivot);
    gather(sum, value, factor);
    user.sum = sum;
    const added: number[] = [];
    const gone: number[] = [];
    for (const signal of value.keys()) {
      if (signal === 0) continue;
      if (!sum.has(signal)) {
        if (this.#users.get(signal)?.delete(user)) gone.push(signal);
      } else if (this.#use(signal, user)) added.push(signal);
    }
    this.#trail.push(() => {
      user.sum = former;
      for (const signal of added) this.#users.get(signal)?.delete(user);
      for (const signal of gone) this.#users.get(signal)?.add(user);
    });
    user.wake();
  }

  #index(kept: Own): void {
    const added = [...kept.sum.keys()].filter((signal) => this.#use(signal, kept));
    this.#trail.push(() => {
      for (const signal of added) this.#users.get(signal)?.delete(kept);
    });
  }

  /** @returns whether it was not there */
  #use(signal: number, kept: Own): boolean {
    if (signal === 0) return false;
    const users = this.#users.get(signal);
    if (users === undefined) this.#users.set(signal, new Set([kept]));
    else if (users.has(kept)) return false;
    else users.add(kept);
    return true;
  }

  #before(a: number, b: number): boolean {
    const by = this.#rank(a) - this.#rank(b);
    return by !== 0 ? by > 0 : a > b;
  }
}
