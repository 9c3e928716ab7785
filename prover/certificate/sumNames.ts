/** Names for sums: a sum of several signals gets one signal that is defined to be it. */
import { hash } from "node:crypto";
import { centred, type Sum } from "../../verifier/constraints/sums.ts";
import type { System } from "../../verifier/constraints/system.ts";
import type { Line } from "./reasoning/reasoner.ts";
import { terms } from "./terms.ts";

/** What names are made for: a propagator. */
interface Named {
  readonly system: System;
  must(...line: Line): void;
}

export class SumNames {
  readonly #own: Named;

  constructor(own: Named) {
    this.#own = own;
  }

  /** Names by their sum without its constant; the constant is beside it. */
  readonly #named = new Map<string, readonly [signal: number, constant: bigint]>();

  /** A signal that lines defined to be this sum. */
  is(signal: number, sum: Sum): void {
    const rest = withoutConstant(sum);
    const key = keyOf(rest);
    if (rest.size > 1 && !this.#named.has(key)) this.#named.set(key, [signal, sum.get(0) ?? 0n]);
  }

  /** A sum of several signals, as one signal that is defined to be it, and a constant. */
  named(sum: Sum): Sum {
    const rest = withoutConstant(sum);
    const key = keyOf(rest);
    let name = this.#named.get(key);
    if (name === undefined) {
      name = [this.#own.system.next, 0n];
      this.#named.set(key, name);
      this.#own.must("define", terms(rest));
    }
    const constant = centred((sum.get(0) ?? 0n) - name[1]);
    return new Map([[name[0], 1n], ...(constant === 0n ? [] : ([[0, constant]] as [number, bigint][]))]);
  }

  /** A sum by the signal that was defined to be it, if there is one. */
  inNames(sum: Sum): Sum {
    return this.has(this.keyOf(sum)) ? this.named(sum) : sum;
  }

  /** What a sum is found by, whatever its constant is. */
  keyOf(sum: Sum): string {
    return keyOf(withoutConstant(sum));
  }

  /** Whether there is a name for sums of that key. */
  has(key: string): boolean {
    return this.#named.has(key);
  }
}

const withoutConstant = (sum: Sum): Sum => new Map([...sum].filter(([signal]) => signal !== 0));

const keyOf = (sum: Sum): string =>
  brief(
    [...sum]
      .sort(([x], [y]) => x - y)
      .map(([signal, factor]) => `${signal}:${factor}`)
      .join(),
  );

/** A text that stands for a longer one: there are as many texts as sums, and some are as long as a page. */
export const brief = (text: string): string => (text.length > 64 ? hash("sha256", text, "base64") : text);
