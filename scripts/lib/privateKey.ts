/**
 * Reads the private key of an Ethereum account from a file, plain or encrypted, or from a variable. No message contains
 * the key.
 */
import { EnvironmentError } from "../../trace/errors.ts";
import { parseFreeJson } from "../../trace/run/strictJson.ts";
import { KeyFileError, readSecretFile } from "../../trace/signing/secretFile.ts";
import { askedPassword } from "./password.ts";

/** Environment variable with a private key, as an alternative to a file. */
export const KEY_VARIABLE = "TIMEBANDITS_KEY";
/** Environment variable with a keystore's password, as an alternative to a file. */
export const PASSWORD_VARIABLE = "TIMEBANDITS_PASSWORD";

export interface KeyOptions {
  /** File with a private key: its digits, or a keystore. */
  key?: string;
  /** File with the password of a keystore. */
  passwordFile?: string;
}

const WHAT = "a file that holds a private key";
const LONGEST_KEY = 16_384;
const LONGEST_PASSWORD = 4_096;
/** The most work that a keystore may ask for: sixteen times what wallets use. */
const MOST_SCRYPT = 2 ** 25;
const MOST_PBKDF2 = 2 ** 24;

/**
 * The private key, 0x and 64 digits, if one is given.
 * @throws KeyFileError if the file must not be used or holds no key, or if a keystore's password is wrong
 * @throws EnvironmentError if no password is given for a keystore
 */
export async function privateKeyOf(options: KeyOptions): Promise<string | undefined> {
  const { key } = options;
  const given = key === undefined ? process.env[KEY_VARIABLE] : readSecretFile(key, WHAT, LONGEST_KEY);
  if (given === undefined || (given === "" && key === undefined)) return undefined;
  if (key !== undefined && given.trimStart().startsWith("{")) return await unlocked(key, given, options);
  const digits = given.trim().replace(/^0x/i, "");
  if (/^[0-9a-fA-F]{64}$/.test(digits)) return `0x${digits}`;
  throw new KeyFileError(
    key ?? KEY_VARIABLE,
    "holds no private key: give 64 hexadecimal digits, with or without 0x, or (in a file) a keystore, JSON version 3",
  );
}

/** The key in a keystore. Error messages do not quote the keystore. */
async function unlocked(path: string, text: string, options: KeyOptions): Promise<string> {
  requireKeystore(path, text);
  const password = await passwordOf(path, options);
  const { decryptKeystoreJson } = await import("ethers");
  try {
    return (await decryptKeystoreJson(text, password)).privateKey;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("incorrect password")) {
      throw new KeyFileError(path, "is encrypted with another password; give the right one");
    }
    throw new KeyFileError(path, "is not a readable keystore; export it again, as JSON version 3");
  }
}

/** Checks, before asking for a password, that the file is a keystore and needs a bearable amount of work. */
function requireKeystore(path: string, text: string): void {
  const keystore = lowerCase(parsed(path, text));
  if (keystore.format === "time-bandits-key") {
    throw new KeyFileError(path, "is the key of a program; give the key of an Ethereum account to sign a transaction");
  }
  const crypto = lowerCase(keystore.crypto);
  const { n, r, p, c } = lowerCase(crypto.kdfparams);
  if (keystore.version !== 3 || typeof crypto.kdf !== "string") {
    throw new KeyFileError(path, "is not a keystore, JSON version 3; export it again as one");
  }
  if (!(numberOf(n) * numberOf(r) * numberOf(p) <= MOST_SCRYPT && numberOf(c) <= MOST_PBKDF2)) {
    throw new KeyFileError(path, "asks for more work than wallets do; export it again with the usual parameters");
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return parseFreeJson(path, text);
  } catch {
    // The parser's message may quote the file.
    throw new KeyFileError(path, "is not JSON; export the keystore again");
  }
}

/** Members by lower-case name: wallets differ in their use of capitals. */
function lowerCase(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
}

/** A missing parameter counts as 1: it adds no work. */
function numberOf(value: unknown): number {
  return value === undefined ? 1 : Number(value);
}

async function passwordOf(path: string, { passwordFile }: KeyOptions): Promise<string> {
  if (passwordFile !== undefined) {
    const text = readSecretFile(passwordFile, "a file that holds a password", LONGEST_PASSWORD);
    return text.replace(/\r?\n$/, "");
  }
  const variable = process.env[PASSWORD_VARIABLE];
  if (variable !== undefined && variable !== "") return variable;
  const asked = await askedPassword(`password of ${path}: `);
  if (asked !== undefined) return asked;
  throw new EnvironmentError(
    "account",
    `${path} is encrypted: give --password-file FILE, or the password in ${PASSWORD_VARIABLE}`,
  );
}
