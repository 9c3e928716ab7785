/**
 * Questions to a node itself, not to its contracts. An unusable answer is an EnvironmentError.
 */
import { isHexString, type JsonRpcApiProvider } from "ethers";
import { EnvironmentError, TimeBanditsError } from "../../trace/errors.ts";
import { reasonOf } from "./errors.ts";

/** What to do if a node fails. */
const NEXT = "ask again, or name another node";

/** The facts of a block that are used here. */
export interface BlockFacts {
  readonly number: number;
  /** In seconds since 1970. */
  readonly timestamp: number;
}

/** The error for an answer that cannot be used. */
export function oddAnswer(what: string, cause?: unknown): EnvironmentError {
  const reason = cause === undefined ? "" : ` (${reasonOf(cause)})`;
  return new EnvironmentError("rpc", `the node gives no readable ${what}${reason}; ${NEXT}`, { cause });
}

/** Asks, and treats every error as a failure of the node. @throws EnvironmentError */
export async function ask<T>(what: string, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof TimeBanditsError) throw error;
    throw oddAnswer(what, error);
  }
}

/**
 * The latest block, the latest final block, or the one of a number.
 * @throws EnvironmentError if the node names none, as a node without finality does
 */
export async function blockAt(provider: JsonRpcApiProvider, tag: "latest" | "finalized" | number): Promise<BlockFacts> {
  const what = typeof tag === "number" ? `block ${tag}` : `${tag} block`;
  const block = await ask(what, () => provider.getBlock(tag));
  if (block === null || !Number.isSafeInteger(block.number) || !Number.isSafeInteger(block.timestamp)) {
    throw oddAnswer(what);
  }
  return { number: block.number, timestamp: block.timestamp };
}

/** The number of the latest block. @throws EnvironmentError */
export async function latestNumber(provider: JsonRpcApiProvider): Promise<number> {
  const what = "number of the latest block";
  const number = await ask(what, () => provider.getBlockNumber());
  if (!Number.isSafeInteger(number)) throw oddAnswer(what);
  return number;
}

/** The code at an address, 0x if there is none. @throws EnvironmentError */
export async function codeAt(provider: JsonRpcApiProvider, address: string): Promise<string> {
  const what = `code of ${address}`;
  const code: unknown = await ask(what, () => provider.getCode(address));
  if (!isHexString(code)) throw oddAnswer(what);
  return code;
}
