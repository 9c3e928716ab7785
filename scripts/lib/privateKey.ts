/**
 * The private key of an Ethereum account: from a file, plain or encrypted, or from a variable. It appears in no
 * message.
 */
import { EnvironmentError } from "../../trace/errors.ts";
import { parseFreeJson } from "../../trace/run/strictJson.ts";
import { KeyFileError, readSecretFile } from "../../trace/signing/secretFile.ts";
import { askedPassword } from "./password.ts";

/** Where a private key may be, beside a file. */
export const KEY_VARIABLE = "TIMEBANDITS_KEY";
/** Where the password of an encrypted key may be, beside a file. */
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
/** Work that a keystore may ask for: sixteen times as much as wallets ask for. */
const MOST_SCRYPT = 2 ** 25;
const MOST_PBKDF2 = 2 ** 24;

/**
 * The private key, 0x and 64 digits, if one is given.
 * @throws KeyFileError if the file must not be used, or holds none; if the password of a keystore is wrong
 * @throws EnvironmentError if a keystore's password is nowhere to be had
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
    "holds no private key: 64 hexadecimal digits, with or without 0x, or (in a file) a keystore, JSON version 3",
  );
}

/** The key in a keystore. What is wrong with it is said without quoting it. */
async function unlocked(path: string, text: string, options: KeyOptions): Promise<string> {
  requireKeystore(path, text);
  const password = await passwordOf(path, options);
  const { decryptKeystoreJson } = await import("ethers");
  try {
    return (await decryptKeystoreJson(text, password)).privateKey;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("incorrect password")) {
      throw new KeyFileError(path, "the password is not the one that it is encrypted with; give the right one");
    }
    throw new KeyFileError(path, "is no keystore that can be read; export it again, as JSON version 3");
  }
}

/** Before a password is asked for: is it one, and does it ask for a bearable amount of work? */
function requireKeystore(path: string, text: string): void {
  const keystore = lowerCase(parsed(path, text));
  if (keystore.format === "time-bandits-key") {
    throw new KeyFileError(
      path,
      "is the key of a program; a transaction is signed with the key of an Ethereum account",
    );
  }
  const crypto = lowerCase(keystore.crypto);
  const { n, r, p, c } = lowerCase(crypto.kdfparams);
  if (keystore.version !== 3 || typeof crypto.kdf !== "string") {
    throw new KeyFileError(path, "is no keystore, JSON version 3; export it again as such");
  }
  if (!(numberOf(n) * numberOf(r) * numberOf(p) <= MOST_SCRYPT && numberOf(c) <= MOST_PBKDF2)) {
    throw new KeyFileError(path, "asks for more work than any wallet; export it again with the usual parameters");
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return parseFreeJson(path, text);
  } catch {
    // What is wrong with it may be quoted there.
    throw new KeyFileError(path, "is no JSON; export the keystore again");
  }
}

/** Wallets do not agree on capitals. */
function lowerCase(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
}

/** What is not there asks for no work. */
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
