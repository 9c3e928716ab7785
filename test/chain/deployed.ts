/** What the contracts of the test chain are called, and what is known of them. */
import type { Interface } from "ethers";

/** A deployed contract. */
export interface WorldContract {
  /** Name of the contract in Solidity. */
  readonly contract: string;
  readonly address: string;
  readonly abi: Interface;
}

/** What a token's events tell. */
export type Honesty =
  /** The sums of `Transfer` are the balances. */
  | "honest"
  /** The sums of `Transfer`, `Deposit` and `Withdrawal` are the balances. */
  | "wrapped"
  /** The sums differ from the balances. */
  | "dishonest"
  /** There are events, and no `balanceOf`. */
  | "impostor";

/** A contract that emits `Transfer` as of ERC-20. */
export interface WorldToken extends WorldContract {
  /** Name in {@link Deployed.tokens}. */
  readonly name: string;
  readonly honesty: Honesty;
}

/** Names of the tokens. The last ones are shares of pairs. */
export const TOKEN_NAMES = [
  "gold",
  "silver",
  "bronze",
  "proxied",
  "huge",
  "loudFee",
  "weth",
  "silentFee",
  "rebasing",
  "lying",
  "impostor",
  "goldWeth",
  "goldSilver",
  "silverBronze",
  "proxiedWeth",
  "loudFeeGold",
] as const;
export type TokenName = (typeof TOKEN_NAMES)[number];

/** Names of the other contracts. */
export const CONTRACT_NAMES = [
  "factory",
  "router",
  "nft",
  "otherNft",
  "multi",
  "market",
  "vault",
  "pool",
  "splitter",
  "forwarder",
  "reverter",
  "create2",
  /** A forwarder behind a proxy. */
  "wallet",
] as const;
export type ContractName = (typeof CONTRACT_NAMES)[number];

/** What was deployed. */
export interface Deployed {
  readonly tokens: Readonly<Record<TokenName, WorldToken>>;
  readonly contracts: Readonly<Record<ContractName, WorldContract>>;
}
