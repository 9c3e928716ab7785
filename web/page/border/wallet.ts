/** A wallet that the browser has put into the page (EIP-1193). It signs and sends the call; the page asks it once. */
import type { PrintedCall } from "../../../verifier/chain/registry.ts";

/** The part of it that is used. */
export interface Wallet {
  request(asked: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>;
}

/** The browser's wallet; undefined if it has none. */
export function injectedWallet(): Wallet | undefined {
  const found: unknown = Reflect.get(globalThis, "ethereum");
  return typeof found === "object" && found !== null && typeof Reflect.get(found, "request") === "function"
    ? (found as Wallet)
    : undefined;
}

/**
 * Has the wallet send the call, from an account that its owner chooses there.
 * @returns the transaction's hash
 * @throws Error if the owner refuses, or the wallet cannot go to the chain
 */
export async function sendByWallet(wallet: Wallet, call: PrintedCall, chainId: bigint): Promise<string> {
  const accounts = await answer(wallet, "eth_requestAccounts");
  const [from] = Array.isArray(accounts) ? accounts : [];
  if (typeof from !== "string") throw new Error("the wallet offers no account; unlock it, and send again");
  if (BigInt(String(await answer(wallet, "eth_chainId"))) !== chainId) {
    await answer(wallet, "wallet_switchEthereumChain", [{ chainId: hex(chainId) }]);
    if (BigInt(String(await answer(wallet, "eth_chainId"))) !== chainId)
      throw new Error(`the wallet is on another chain than ${chainId}; choose that chain in it, and send again`);
  }
  const { to, value, data } = call;
  const sent = await answer(wallet, "eth_sendTransaction", [{ from, to, value: hex(BigInt(value)), data }]);
  if (typeof sent !== "string" || !/^0x[0-9a-fA-F]{64}$/.test(sent))
    throw new Error("the wallet tells no transaction; look into it before you send again");
  return sent;
}

async function answer(wallet: Wallet, method: string, params: readonly unknown[] = []): Promise<unknown> {
  try {
    return await wallet.request({ method, params });
  } catch (error) {
    // A wallet throws objects of its own.
    const message: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "message") : error;
    throw new Error(`the wallet refuses ${method}: ${String(message)}`, { cause: error });
  }
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
