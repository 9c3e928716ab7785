/**
 * The block mix that `bench -- --chain` imports. No block of a chain is copied: every number here is stated, and is an
 * assumption unless a source stands beside it.
 */

/** What a transaction does. */
export type Sort = "payment" | "token transfer" | "swap" | "approval" | "collectible" | "wrapping" | "other call";

export const MIX = {
  /** Ethereum's time between blocks. */
  secondsPerBlock: 12,
  /** 1.12 million transactions a day in September 2022 were 156 a block; more blocks hold about 200 since. */
  transactionsPerBlock: 200,
  /**
   * Shares in percent. Glassnode's classes, as Delphi Digital told them in 2023: 29 % plain payments, about 25 % calls
   * of token contracts, stable coins included. The other shares are assumptions.
   */
  shares: {
    payment: 29,
    "token transfer": 25,
    swap: 22,
    approval: 6,
    collectible: 3,
    wrapping: 2,
    "other call": 13,
  } satisfies Record<Sort, number>,
  /** Percent of the calls of contracts that fail. */
  failing: 4,
  /** Percent of the swaps by their way: see `swaps.ts`. */
  swaps: { "ether for tokens": 35, "tokens for ether": 30, "tokens for tokens": 20, "by an aggregator": 15 },
  /** Addresses that exist, and the exponent of the Zipf law by which they are drawn: the top 10 take part in 9 %. */
  users: { count: 1_000_000, exponent: 0.9 },
  /** Percent of the recipients that are new to the chain. */
  newcomers: 12,
  /** Tokens, drawn by a Zipf law too: the first has a fifth of the transfers, the first two have a third. */
  tokens: { count: 2_000, exponent: 1.3 },
  /** Percent of the tokens whose contract delegates to another, as that of a well-known stable coin does. */
  proxies: 30,
  /** Percent of the approvals that are endless; the others are of the very amount. */
  endless: 85,
  /** Contracts of other sorts, and the calls below one of their transactions, from one to this number. */
  contracts: { count: 5_000, exponent: 1.1 },
  mostCalls: 60,
  collections: { count: 300, exponent: 1 },
  /** Payments of the beacon chain in each block; 16 is Ethereum's most, and the usual number. */
  withdrawals: 16,
  stakers: { count: 20_000, exponent: 0.9 },
  builders: { count: 12, exponent: 1.2 },
} as const;

/** Sorts of swaps. */
export type Way = keyof typeof MIX.swaps;

/** The mix in sentences. */
export function mixText(): string[] {
  const percents = (shares: Readonly<Record<string, number>>): string =>
    Object.entries(shares)
      .map(([what, share]) => `${share} % ${what}`)
      .join(", ");
  const { users, tokens, newcomers, failing, endless, withdrawals } = MIX;
  return [
    `the mix (assumed; see docs/reference/performance.md): a block of ${MIX.transactionsPerBlock} transactions every ` +
      `${MIX.secondsPerBlock} s: ${percents(MIX.shares)};`,
    `  swaps: ${percents(MIX.swaps)}; ${failing} % of the calls fail; ${endless} % of the approvals are endless; ` +
      `${withdrawals} withdrawals;`,
    `  ${users.count.toLocaleString("en-US")} users by Zipf's law (${users.exponent}), ` +
      `${tokens.count.toLocaleString("en-US")} tokens (${tokens.exponent}); ${newcomers} % of the recipients are new`,
  ];
}
