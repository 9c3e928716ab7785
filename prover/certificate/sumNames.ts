/** Names for sums: a sum of several signals gets one signal that is defined to be it. */
import type { Line } from "../../verifier/certificate/check.ts";
import { centred, inverse, type Sum, type System } from "../../verifier/certificate/system.ts";
import { terms } from "./terms.ts";

/** Sums of so many signals are looked for by name. */
const WIDE = 12;

/** What names are made for: a propagator. */
interface Named {
  readonly system: System;
  /** Constraints that keep their sums: those of hashes, and those that were written anew. */
  readonly inHash: ReadonlySet<number>;
  readonly unfolded: ReadonlySet<number>;
  must(...line: Line): void;
}

export class SumNames {
  readonly #own: Named;

  constructor(own: Named) {
    this.#own = own;
  }

  /** A sum of several signals, as one signal that is defined to be it. */
  readonly #named = new Map<string, number>();
  named(sum: Sum): Sum {
    const constant = sum.get(0) ?? 0n;
    const rest = new Map([...sum].filter(([signal]) => signal !== 0));
    const key = keyOf(rest);
    let signal = this.#named.get(key);
    if (signal === undefined) {
      signal = this.#own.system.next;
      this.#named.set(key, signal);
      this.#own.must("define", terms(rest));
    }
    return new Map([[signal, 1n], ...(constant === 0n ? [] : ([[0, constant]] as [number, bigint][]))]);
  }

  /** A sum by the signal that was defined to be it, if there is one. */
  inNames(sum: Sum): Sum {
    return this.#named.has(keyOf(new Map([...sum].filter(([signal]) => signal !== 0)))) ? this.named(sum) : sum;
  }

  /** Constraints with a sum that is named by now get the name in its place. */
  renamed(): void {
    const scaled = (sum: Sum): [string, bigint] => {
      const rest = [...sum].filter(([signal]) => signal !== 0).sort(([x], [y]) => x - y);
      const times = inverse((rest[0] as [number, bigint])[1]);
      return [rest.map(([signal, factor]) => `${signal}:${centred(factor * times)}`).join(), times];
    };
    const names = new Map<string, [signal: number, times: bigint]>();
    for (const [signal, sum] of this.#own.system.sums) {
      if (sum.size < WIDE) continue;
      const [key, times] = scaled(sum);
      names.set(key, [signal, times]);
    }
    for (let n = 0; n < this.#own.system.own; n++) {
      if (this.#own.inHash.has(n) || this.#own.unfolded.has(n)) continue;
      const old = this.#own.system.constraints[n] as readonly [Sum, Sum, Sum];
      let found = false;
      const sums = old.map((sum) => {
        if (sum.size < WIDE) return sum;
        const [key, times] = scaled(sum);
        const name = names.get(key);
        if (name === undefined) return sum;
        found = true;
        const [signal, theirs] = name;
        // sum = whole / times + constant, and the named one = whole / theirs + its constant
        const factor = centred(theirs * inverse(times));
        const constant = centred((sum.get(0) ?? 0n) - factor * (this.#own.system.sums.get(signal)?.get(0) ?? 0n));
        return new Map([[signal, factor], ...(constant === 0n ? [] : ([[0, constant]] as [number, bigint][]))]);
      });
      if (found) this.#own.must("rewrite", n, ...sums.map(terms));
    }
  }
}

const keyOf = (sum: Sum): string =>
  [...sum]
    .sort(([x], [y]) => x - y)
    .map(([signal, factor]) => `${signal}:${factor}`)
    .join();
