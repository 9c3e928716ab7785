/** Draws from a seed: shares, Zipf's law, and the addresses of what is drawn. */
import { SeededRandom } from "../../../trace/runtime/random.ts";

const HALF = 2 ** 16;
/** Multiplies ranks, so that neighbours in rank are no neighbours as addresses. Odd, of 160 bits. */
const SPREAD = 0x9e3779b97f4a7c15f39cc0605cedc8341082276bn;
const MASK = (1n << 160n) - 1n;

/** Groups of addresses that never meet. */
const ORIGINS = {
  user: 1n,
  newcomer: 2n,
  token: 3n,
  code: 4n,
  pair: 5n,
  router: 6n,
  contract: 7n,
  collection: 8n,
  staker: 9n,
  builder: 10n,
} as const;
export type Origin = keyof typeof ORIGINS;

/** The address of the n-th of a group. */
export function addressOf(origin: Origin, n: number): string {
  const number = (((ORIGINS[origin] << 40n) + BigInt(n)) * SPREAD) & MASK;
  return `0x${number.toString(16).padStart(40, "0")}`;
}

/** A group, and the exponent of the law by which its members are drawn. */
export interface Group {
  count: number;
  exponent: number;
}

export class Draws {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  /** A number from 0 to below 1. */
  unit(): number {
    return (this.#random.below(HALF) + this.#random.below(HALF) / HALF) / HALF;
  }

  /** An integer from 0 to below the bound. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /** True in so many of a hundred draws. */
  percent(share: number): boolean {
    return this.unit() * 100 < share;
  }

  /** One of the names, by their shares, which sum to a hundred. */
  share<T extends string>(shares: Readonly<Record<T, number>>): T {
    const names = Object.keys(shares) as T[];
    let left = this.unit() * 100;
    for (const name of names) {
      left -= shares[name];
      if (left < 0) return name;
    }
    return names.at(-1) as T;
  }

  /** A rank from 0 on: the k-th is drawn in proportion to k to the power of the exponent, negative. */
  rank({ count, exponent }: Group): number {
    const power = 1 - exponent;
    const u = this.unit();
    const x = power === 0 ? (count + 1) ** u : (((count + 1) ** power - 1) * u + 1) ** (1 / power);
    return Math.min(count, Math.floor(x)) - 1;
  }

  /** A part of an amount: between a hundredth and a hundred-thousandth of it. */
  part(amount: bigint): bigint {
    return amount / BigInt(Math.floor(10 ** (2 + 3 * this.unit())));
  }
}
