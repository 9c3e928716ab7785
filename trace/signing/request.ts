/**
 * Requests that a program signs: what a server takes as the program's own. The message has a tag of its own, so no
 * signature of a request is one of a log, and none of a log is one of a request.
 */
import { InvalidInputError } from "../errors.ts";
import { BITS, FIELD, TAG } from "../layout.ts";
import { hash } from "../poseidon/index.ts";
import { type LogSignature, signWord, verifyWord } from "./signature.ts";

/** What a signature of a request binds. */
export interface RequestStatement {
  /** Domain of the map, a word: a request is good for one map. */
  domain: bigint;
  /** Who asks. */
  program: number;
  /** Method in capitals, and path with query as sent: `POST /v1/proposals`. */
  target: string;
  /** The body's bytes; none if there is no body. */
  body: Uint8Array;
  /** Seconds since 1970 after which the request is void. */
  expires: number;
  /** 128 bits chosen at random: no two requests are the same. */
  nonce: bigint;
}

/** Bits of a nonce. */
export const NONCE_BITS = 128;

/**
 * The message that is signed: Poseidon(REQUEST; domain, program + 2^24 expires, nonce, and the SHA-256 of target and
 * body in halves of 128 bits).
 * @throws InvalidInputError if a field is out of range
 */
export async function requestHash(statement: RequestStatement): Promise<bigint> {
  const { domain, program, target, body, expires, nonce } = statement;
  if (domain < 0n || domain >= FIELD) throw new InvalidInputError("domain", "is no number of the field");
  if (!isNatural(program, BITS.program)) throw new InvalidInputError("program", "is not a program's number");
  if (!isNatural(expires, BITS.time)) throw new InvalidInputError("expires", "is not a time in seconds since 1970");
  if (nonce < 0n || nonce >> BigInt(NONCE_BITS) !== 0n) {
    throw new InvalidInputError("nonce", `has more than ${NONCE_BITS} bits`);
  }
  const [ofTarget, ofBody] = await Promise.all([halves(new TextEncoder().encode(target)), halves(body)]);
  const who = BigInt(program) + (BigInt(expires) << BigInt(BITS.program));
  return hash(TAG.request, [domain, who, nonce, ...ofTarget, ...ofBody]);
}

/** Signs a request. @throws InvalidInputError as {@link requestHash}, or if the secret is not 32 bytes long */
export async function signRequest(secret: Uint8Array, statement: RequestStatement): Promise<LogSignature> {
  return signWord(secret, await requestHash(statement));
}

/** Whether the signature is the authority's, for this very request. @throws InvalidInputError as {@link requestHash} */
export async function verifyRequest(
  authority: bigint,
  statement: RequestStatement,
  signature: LogSignature,
): Promise<boolean> {
  return verifyWord(authority, await requestHash(statement), signature);
}

/** SHA-256 as two numbers of 128 bits: a word of the field is too short for all of it. */
async function halves(bytes: Uint8Array): Promise<[bigint, bigint]> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
  const number = (from: number): bigint => {
    let value = 0n;
    for (const byte of digest.subarray(from, from + 16)) value = (value << 8n) | BigInt(byte);
    return value;
  };
  return [number(0), number(16)];
}

function isNatural(value: number, bits: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < 2 ** bits;
}
