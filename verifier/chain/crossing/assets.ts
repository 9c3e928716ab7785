/** Assets: what can enter moored maps, and what a registry owes to accounts. */
import { ZeroAddress } from "ethers";
import { plainAddress } from "../../../prover/batches/mapIdentity.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import { FACT_LABEL } from "../../../trace/layout.ts";
import { oddAnswer } from "../ask.ts";
import type { RegistryCall } from "../calls.ts";
import { type Outcome, type Registry, read } from "../contract.ts";
import { addressIn, labelIn, numberOf, wordOf } from "./numbers.ts";
import { told } from "./receipts.ts";

/** The label of ether. */
export const ETHER = 1;

/** An asset: ether, or a listed token. */
export interface Asset {
  readonly label: number;
  /** Null for ether. */
  readonly token: string | null;
}

/** The call that gives a token its label. Anybody may send it. */
export function listCall(token: string): RegistryCall {
  return { name: "list", args: [plainAddress(token)] };
}

/** Gives a token the next label, once for all maps of the registry. @throws CrossingRefusal TokenExists, NoCode */
export function listToken(registry: Registry, token: string): Promise<Asset & Outcome> {
  return told(registry, listCall(token), "TokenListed", ({ label, token: listed }) => ({
    label: labelIn("label of the token", label),
    token: addressIn("token", listed),
  }));
}

/** The label of a token; 0 if it is not listed. */
export async function labelOf(registry: Registry, token: string): Promise<number> {
  const label = numberOf("label of a token", (await read(registry, "labelOf", [plainAddress(token)]))[0], 32);
  if (label >= FACT_LABEL) throw oddAnswer("label of a token");
  return label;
}

/** The token with a label; null for ether, and for a label that no token has. */
export async function tokenOf(registry: Registry, label: number): Promise<string | null> {
  const token = addressIn("token of a label", (await read(registry, "tokenOf", [label]))[0]);
  return token === ZeroAddress ? null : token;
}

/** The asset with a label. @throws InvalidInputError "asset" if there is none; EnvironmentError */
export async function assetOf(registry: Registry, label: number): Promise<Asset> {
  if (label === ETHER) return { label, token: null };
  const token = await tokenOf(registry, label);
  if (token === null)
    throw new InvalidInputError("asset", `no token has the label ${label}; list-token gives a token its label`);
  // Both directions belong to one contract, so they must agree.
  if ((await labelOf(registry, token)) !== label) throw oddAnswer(`token of the label ${label}`);
  return { label, token };
}

/**
 * The asset that a text names: `ETH`, a label, or the address of a token.
 * @throws InvalidInputError "asset" if the text names none; EnvironmentError
 *
 * @example
 * const { label } = await assetNamed(registry, "0x5FbDB2315678afecb367f032d93F642f64180aa3");
 */
export async function assetNamed(registry: Registry, name: string): Promise<Asset> {
  if (/^eth$/i.test(name)) return { label: ETHER, token: null };
  if (/^[1-9][0-9]{0,9}$/.test(name) && Number(name) < FACT_LABEL) return assetOf(registry, Number(name));
  if (!/^0x[0-9a-fA-F]{40}$/.test(name))
    throw new InvalidInputError("asset", "is no asset; give ETH, a label from 1 to 2^31 - 1, or a token's address");
  const label = await labelOf(registry, name);
  if (label === 0)
    throw new InvalidInputError("asset", `the token ${plainAddress(name)} has no label yet; list it with list-token`);
  return assetOf(registry, label);
}

/** "ETH (label 1)", or "token 0x… (label 2)". */
export function assetText({ label, token }: Asset): string {
  return token === null ? "ETH (label 1)" : `token ${token} (label ${label})`;
}

/** What the registry owes an account of an asset. */
export async function owed(registry: Registry, recipient: string, label: number): Promise<bigint> {
  return wordOf("debt", (await read(registry, "owed", [plainAddress(recipient), label]))[0]);
}

/** What a map has of an asset: what has entered it less what has left it. */
export async function purse(registry: Registry, mapId: string, label: number): Promise<bigint> {
  return wordOf("purse", (await read(registry, "purse", [mapId, label]))[0]);
}

/** The call that pays an account what it is owed. Anybody may send it. */
export function withdrawCall(label: number, recipient: string): RegistryCall {
  return { name: "withdraw", args: [label, plainAddress(recipient)] };
}

/** Pays an account all that the registry owes it of one asset. @throws CrossingRefusal NothingOwed, TransferFailed */
export function withdrawFunds(
  registry: Registry,
  label: number,
  recipient: string,
): Promise<{ readonly quantity: bigint } & Outcome> {
  return told(registry, withdrawCall(label, recipient), "Withdrawn", ({ quantity }) => ({
    quantity: wordOf("paid quantity", quantity),
  }));
}
