/**
 * Marks what this installation wrote itself. A run directory may come from somebody else, and a store with it. Cells
 * and nodes are checked by the root. The rest (places in the trace, triggers, meetings, proven batches) counts only
 * with a mark that needs the secret of this installation.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../run/runDirectory.ts";
import { hasCode } from "../run/systemErrors.ts";
import { userCache } from "../run/userCache.ts";
import { writeWhole } from "../run/wholeFile.ts";

const FILE = "store.secret";
const SECRET = 32;
/** Bytes of a mark. */
const MARK = 16;
/** Bytes that SHA-256 takes at once. */
const BLOCK = 64;

let known: { path: string; secret: Buffer } | undefined;

/**
 * The secret of this installation, made at the first call: 32 bytes beside the user's cache of circuits and keys. It
 * only saves work: without it, stores are made again.
 * @returns undefined if it can be neither read nor made
 */
export function installationSecret(): Buffer | undefined {
  const root = userCache();
  if (root === undefined) return undefined;
  const path = join(root, FILE);
  if (known?.path === path) return known.secret;
  try {
    const secret = readSecret(path) ?? makeSecret(root, path);
    if (secret?.length !== SECRET) return undefined;
    known = { path, secret };
    return secret;
  } catch {
    return undefined;
  }
}

function readSecret(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function makeSecret(root: string, path: string): Buffer | undefined {
  makeFolder(root);
  try {
    writeWhole(path, randomBytes(SECRET), { replace: false, mode: 0o600 });
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  }
  return readSecret(path);
}

/** The mark of some values under a secret: the first half of their HMAC with SHA-256. */
export function markOf(secret: Uint8Array, ...values: readonly (string | number | bigint | Uint8Array)[]): Buffer {
  const told = values.map((value) => (value instanceof Uint8Array ? hexOf(value) : `${value}`));
  const { inner, outer } = padded(secret);
  const within = createHash("sha256").update(inner).update(JSON.stringify(told)).digest();
  return createHash("sha256").update(outer).update(within).digest().subarray(0, MARK);
}

const hexOf = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString("hex");

let pads: { secret: Uint8Array; inner: Buffer; outer: Buffer } | undefined;

/** HMAC's two keys. Node's own HMAC makes a key object of the secret each time, which takes longer than the hashes. */
function padded(secret: Uint8Array): { inner: Buffer; outer: Buffer } {
  if (pads?.secret === secret) return pads;
  const block = (pad: number): Buffer => Buffer.from(Array.from({ length: BLOCK }, (_, i) => (secret[i] ?? 0) ^ pad));
  pads = { secret, inner: block(0x36), outer: block(0x5c) };
  return pads;
}
