/** Options of the verbs that talk to a node, and how they reach it. */
import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import type { Chain } from "../../verifier/chain.ts";

export interface RpcOptions {
  rpc: string;
}
export interface SignerOptions extends RpcOptions {
  /** File with a private key. */
  key?: string;
}

/** How long a node may take for one answer. */
const ANSWER_MS = 8_000;
/** Where a private key may be, beside a file. */
export const KEY_VARIABLE = "TIMEBANDITS_KEY";

/** Adds `--key`. */
export function withKey(command: Command): Command {
  return command.option("--key <file>", `file with the private key that signs (or the key itself in ${KEY_VARIABLE})`);
}

/** Checks an address where it is given, so that a typing error is a usage error. */
export function addressArgument(text: string): string {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new InvalidArgumentError("It is 0x and 40 hexadecimal digits.");
  return text;
}
/** The same for a hash of 32 bytes. */
export function hashArgument(text: string): string {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw new InvalidArgumentError("It is 0x and 64 hexadecimal digits.");
  return text.toLowerCase();
}
/** The same for seconds. */
export function secondsArgument(text: string): number {
  if (!/^[0-9]{1,13}$/.test(text)) throw new InvalidArgumentError("It is a whole number of seconds.");
  const value = Number(text);
  if (value >= 2 ** 40) throw new InvalidArgumentError("It is below 2^40.");
  return value;
}
/** The same for a seed. */
export function seedArgument(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError("It is a whole number below 10^9.");
  return Number(text);
}
/** The same for the URL of a node. */
export function urlArgument(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new InvalidArgumentError("It is a URL, such as http://127.0.0.1:8545.");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new InvalidArgumentError("It begins with http:// or https://.");
  return text;
}

/** Connects for reading, does something, and disconnects. */
export async function reading<T>({ rpc }: RpcOptions, work: (chain: Chain) => Promise<T>): Promise<T> {
  const { connect } = await import("../../verifier/chain.ts");
  const chain = await connect(rpc, { timeoutMs: ANSWER_MS });
  try {
    return await work(chain);
  } finally {
    chain.provider.destroy();
  }
}

/**
 * Connects for sending transactions. The key comes from a file or the environment; only on a local chain may the node's own account sign.
 * @throws EnvironmentError if nobody can sign
 */
export async function signing<T>(options: SignerOptions, work: (chain: Chain) => Promise<T>): Promise<T> {
  const { connect, isLocalChain } = await import("../../verifier/chain.ts");
  const privateKey = privateKeyOf(options);
  const chain = await connect(options.rpc, {
    timeoutMs: ANSWER_MS,
    ...(privateKey === undefined ? {} : { privateKey }),
  });
  try {
    if (privateKey === undefined && (chain.signer === undefined || !isLocalChain(chain.chainId))) {
      throw new EnvironmentError(
        "account",
        `no account signs on chain ${chain.chainId}: give --key FILE, or the key in ${KEY_VARIABLE}`,
      );
    }
    return await work(chain);
  } finally {
    chain.provider.destroy();
  }
}

/** The private key, if one is given. It appears in no message. */
function privateKeyOf({ key }: SignerOptions): string | undefined {
  const given = key === undefined ? process.env[KEY_VARIABLE] : keyFile(key);
  if (given === undefined || given === "") return undefined;
  const digits = given.trim().replace(/^0x/i, "");
  if (!/^[0-9a-fA-F]{64}$/.test(digits)) {
    throw new InvalidInputError(key ?? KEY_VARIABLE, "holds no private key: 64 hexadecimal digits, with or without 0x");
  }
  return `0x${digits}`;
}

function keyFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InvalidInputError(path, "cannot be read; name a file that holds a private key", { cause: error });
  }
}
