/** Linear equations over the field, solved as they come: what a sum is by all of them. */
import { centred, gather, inverse, type Sum } from "../../../verifier/certificate/system.ts";

export class LinearSystem {
  /** Each solved signal as a sum of signals that are not solved. */
  readonly #solved: Map<number, Map<number, bigint>>;
  /** Solved signals by the signals in their sums. */
  readonly #users: Map<number, Set<number>>;
  /** Grows with each equation that says something new. */
  version = 0;
  readonly #rank: (signal: number) => number;

  /** @param rank signals of a higher rank are solved for first */
  constructor(rank: (signal: number) => number, of?: LinearSystem) {
    this.#rank = rank;
    this.#solved = new Map([...(of?.solved ?? [])].map(([signal, sum]) => [signal, new Map(sum)]));
    this.#users = new Map([...(of?.users ?? [])].map(([signal, set]) => [signal, new Set(set)]));
  }

  get solved(): ReadonlyMap<number, Sum> {
    return this.#solved;
  }
  get users(): ReadonlyMap<number, ReadonlySet<number>> {
    return this.#users;
  }

  copy(): LinearSystem {
    return new LinearSystem(this.#rank, this);
  }

  /** The sum over signals that are not solved. */
  normal(sum: Sum): Map<number, bigint> {
    const whole = new Map<number, bigint>();
    for (const [signal, factor] of sum) gather(whole, this.#solved.get(signal) ?? [[signal, 1n]], factor);
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
    this.version++;
    const times = -inverse(rest.get(pivot) as bigint);
    rest.delete(pivot);
    const value = new Map([...rest].map(([signal, factor]) => [signal, centred(factor * times)]));
    this.#solved.set(pivot, value);
    for (const signal of value.keys()) this.#use(signal, pivot);
    for (const user of this.#users.get(pivot) ?? []) {
      const own = this.#solved.get(user) as Map<number, bigint>;
      const factor = own.get(pivot);
      if (factor === undefined) continue;
      own.delete(pivot);
      gather(own, value, factor);
      for (const signal of value.keys()) this.#use(signal, user);
    }
    this.#users.delete(pivot);
    return pivot;
  }

  #before(a: number, b: number): boolean {
    const by = this.#rank(a) - this.#rank(b);
    return by !== 0 ? by > 0 : a > b;
  }

  #use(signal: number, user: number): void {
    if (signal === 0) return;
    const set = this.#users.get(signal);
    if (set === undefined) this.#users.set(signal, new Set([user]));
    else set.add(user);
  }
}
