/** Sums of signals where some of them are 0. */
import { inverse, plus, refuse, type Sum, ZERO } from "../constraints/sums.ts";

/** Sums that are 0 in a case. Any sum is the same number without multiples of them. */
export class Relations {
  readonly #sums: (readonly [signal: number, sum: Sum])[] = [];

  /** @throws Refusal if the sum is a number that is not 0: then there is no such case */
  add(sum: Sum): void {
    const rest = this.reduced(sum);
    if (rest.size === 0) return;
    for (const [signal, factor] of rest) {
      if (signal === 0) continue;
      this.#sums.push([signal, plus(ZERO, rest, inverse(factor))]);
      return;
    }
    refuse("this case cannot be");
  }

  /** `sum` without the signals that the relations give. */
  reduced(sum: Sum): Sum {
    let rest = sum;
    for (const [signal, zero] of this.#sums) {
      const factor = rest.get(signal);
      if (factor !== undefined) rest = plus(rest, zero, -factor);
    }
    return rest;
  }
}
