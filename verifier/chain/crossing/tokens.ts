/** The few functions of an ERC-20 that a deposit needs. Tokens are foreign code: their answers are only compared. */
import { Interface } from "ethers";
import { plainAddress } from "../../../prover/batches/mapIdentity.ts";
import { TimeBanditsError } from "../../../trace/errors.ts";
import { oddAnswer } from "../ask.ts";
import type { RegistryCall } from "../calls.ts";
import { call } from "../connect.ts";
import type { Registry } from "../contract.ts";
import { ChainRefusal } from "../errors.ts";
import { type Asset, ETHER } from "./assets.ts";
import { wordOf } from "./numbers.ts";

const ERC20 = new Interface([
  "function approve(address spender, uint256 quantity)",
  "function allowance(address owner, address spender) view returns (uint256)",
  "function balanceOf(address owner) view returns (uint256)",
]);

/** A token does not answer as an ERC-20. */
export class TokenError extends TimeBanditsError {
  readonly field = "asset";
  constructor(token: string, name: string, cause: unknown) {
    super("token", `the token ${token} gives no ${name}; do not rely on it`, 1, { cause });
  }
}

/** @throws TokenError; EnvironmentError if the node does not answer */
async function asked(registry: Registry, token: string, name: string, args: readonly unknown[]): Promise<bigint> {
  try {
    const answer = await call(registry.chain, token, ERC20.encodeFunctionData(name, args), ERC20, registry.at);
    return wordOf(name, ERC20.decodeFunctionResult(name, answer)[0]);
  } catch (error) {
    if (error instanceof TimeBanditsError && !(error instanceof ChainRefusal)) throw error;
    throw new TokenError(token, name, error);
  }
}

/** How much of a token the registry may take from an account. */
export function allowance(registry: Registry, token: string, owner: string): Promise<bigint> {
  return asked(registry, token, "allowance", [plainAddress(owner), registry.address]);
}

/** How much of a token or of ether an account has. */
export async function balance(registry: Registry, { label, token }: Asset, account: string): Promise<bigint> {
  if (label !== ETHER && token !== null) return asked(registry, token, "balanceOf", [plainAddress(account)]);
  const { provider } = registry.chain;
  try {
    return wordOf("balance", await provider.getBalance(account, registry.at ?? "latest"));
  } catch (error) {
    throw oddAnswer(`balance of ${account}`, error);
  }
}

/** The call that lets the registry take so much of a token from the sender, and no more. */
export function approveCall({ address }: Registry, token: string, quantity: bigint): RegistryCall {
  return { name: "approve", args: [address, quantity], contract: { address: token, abi: ERC20 } };
}

/**
 * The approvals that a deposit needs: none if enough is allowed. Some tokens change an approval only by way of 0.
 * @param allowed what is allowed now
 */
export function approvals(registry: Registry, token: string, allowed: bigint, quantity: bigint): RegistryCall[] {
  if (allowed >= quantity) return [];
  const reset = allowed === 0n ? [] : [approveCall(registry, token, 0n)];
  return [...reset, approveCall(registry, token, quantity)];
}
