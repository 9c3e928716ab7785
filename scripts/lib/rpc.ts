/** Options of the verbs that talk to a node, and their connection. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { EnvironmentError } from "../../trace/errors.ts";
import type { Chain } from "../../verifier/chain/registry.ts";
import { configOption } from "./configFile.ts";
import { UsageError } from "./failure.ts";
import { wholeNumber } from "./numberArgument.ts";
import { KEY_VARIABLE, type KeyOptions, PASSWORD_VARIABLE, privateKeyOf } from "./privateKey.ts";
import { secretFileArgument } from "./secretFile.ts";

export interface RpcOptions {
  rpc: string;
  /** Time limit for one answer of the node, in milliseconds. */
  rpcTimeout?: number;
}
export interface SignerOptions extends RpcOptions, KeyOptions {
  /** Highest price of a unit of gas, in wei. */
  maxFee?: bigint;
  /** Replace the account's first pending transaction. */
  replace?: boolean;
}

/** Default time limit for one answer. */
const ANSWER_MS = 8_000;
const LONGEST_ANSWER_S = 3_600;

/** `--rpc-timeout`, for every verb that talks to a node; `rpcTimeout` is in milliseconds. */
export function rpcTimeoutOption(): Option {
  const summary = `time limit for one answer of the node; default: ${ANSWER_MS / 1_000}`;
  return new Option("--rpc-timeout <seconds>", summary).argParser((text: string) => {
    const value = /^[0-9]{1,4}(\.[0-9]{1,3})?$/.test(text) ? Number(text) : 0;
    if (value > 0 && value <= LONGEST_ANSWER_S) return Math.ceil(value * 1_000);
    throw new InvalidArgumentError(`It is a number of seconds, up to ${LONGEST_ANSWER_S}.`);
  });
}

/** Adds the options for the signing key and the fees. */
export function withKey(command: Command): Command {
  return command
    .option(
      "--key <file>",
      `file with the signing private key: its digits, or a keystore (or set ${KEY_VARIABLE} to the digits)`,
      secretFileArgument,
    )
    .option(
      "--password-file <file>",
      `file with the keystore's password (or set ${PASSWORD_VARIABLE}; on a terminal it is asked for)`,
      secretFileArgument,
    )
    .option(
      "--max-fee <gwei>",
      "highest price of a unit of gas; a transaction not mined within a minute is sent again with a higher fee, up to this",
      gweiArgument,
    )
    .addOption(configOption())
    .option("--replace", "replace the account's first transaction that is still pending")
    .addOption(rpcTimeoutOption());
}

/** Checks an address on the command line, so that a typing error is a usage error. */
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
  return wholeNumber(text, [0, 2 ** 40 - 1], "It is a whole number of seconds below 2^40.");
}
/** The same for an amount of gwei, in wei. */
export function gweiArgument(text: string): bigint {
  const [, whole = "", part = ""] = /^([0-9]{1,9})(?:\.([0-9]{1,9}))?$/.exec(text) ?? [];
  const wei = BigInt(whole + part.padEnd(9, "0"));
  if (whole === "" || wei === 0n) throw new InvalidArgumentError("It is a number of gwei above 0, such as 2.5.");
  return wei;
}
/** The same for a seed. */
export function seedArgument(text: string): number {
  return wholeNumber(text, [0, 1e9 - 1], "It is a whole number below 10^9.");
}
/** The same for the URL of a node. It may hold secrets, so no error repeats it, not even commander's. */
export function urlArgument(text: string): string {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed?.protocol === "http:" || parsed?.protocol === "https:") return text;
  throw new UsageError("--rpc: give a URL that begins with http:// or https://, such as http://127.0.0.1:8545");
}

/** Connects for reading, runs `work`, and disconnects. */
export async function reading<T>({ rpc, rpcTimeout }: RpcOptions, work: (chain: Chain) => Promise<T>): Promise<T> {
  const { connect } = await import("../../verifier/chain/registry.ts");
  const chain = await connect(rpc, { timeoutMs: rpcTimeout ?? ANSWER_MS });
  try {
    return await work(chain);
  } finally {
    chain.provider.destroy();
  }
}

/**
 * Connects for sending transactions. The key comes from a file or a variable. The node's own account may sign only on a
 * local chain.
 * @throws EnvironmentError if no account can sign
 */
export async function signing<T>(options: SignerOptions, work: (chain: Chain) => Promise<T>): Promise<T> {
  const { connect, isLocalChain } = await import("../../verifier/chain/registry.ts");
  const privateKey = await privateKeyOf(options);
  const { rpc, rpcTimeout, maxFee, replace } = options;
  const chain = await connect(rpc, {
    timeoutMs: rpcTimeout ?? ANSWER_MS,
    ...(maxFee === undefined ? {} : { maxFee }),
    replace: replace === true,
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
