/**
 * Authority signatures: EdDSA-Poseidon over Baby Jubjub, by circomlibjs; circuits/signature/ checks the same.
 *
 * An authority is the y coordinate of a public key, one word. The key's x is one of two numbers, x and −x, and whoever
 * can sign for (x, y) can sign for (−x, y), with the negated secret: y alone says who may sign. No authority has y = 0,
 * which stands for nobody: the point there is of order 4, and a signature of such a key would say nothing.
 */

import { buildEddsa, type JubPoint } from "circomlibjs";
import { count } from "../describe/count.ts";
import { InvalidInputError } from "../errors.ts";
import { BITS, FIELD, TAG } from "../layout.ts";
import { hash } from "../poseidon/index.ts";

const eddsa = await buildEddsa();
const { F, babyJub } = eddsa;

/** What an authority signs: the log of a program, once it is what the authority wants it to be. */
export interface LogStatement {
  /** Domain of the map, a word: a signature is good for one map. */
  domain: bigint;
  /** Whose log. */
  program: number;
  /** The log, a word: it covers all that the program did. */
  log: bigint;
  /** Seconds since 1970, 40 bits: the last `until` of a batch that the signature may be used for. */
  validUntil: number;
}

/** A signature with the key it was made with; every number below the field's order. */
export interface LogSignature {
  /** The public key A, x and y; y is the authority. */
  key: [bigint, bigint];
  /** The point R, x and y. */
  r: [bigint, bigint];
  /** The number S, below the order of the subgroup. */
  s: bigint;
}

/**
 * What fills the circuit's inputs where no signature is asked for: with the key of B8, any authority and message will
 * do.
 */
export const FILLER_SIGNATURE: Readonly<LogSignature> = { key: coordinates(babyJub.Base8), r: [0n, 0n], s: 0n };

/**
 * The message that is signed.
 * @throws InvalidInputError if a field of the statement is out of range
 */
export function statementHash(statement: LogStatement): bigint {
  const { domain, program, log, validUntil } = statement;
  if (!isWord(domain)) throw new InvalidInputError("domain", `${domain} is not a word: give a number of the field`);
  if (!isWord(log)) throw new InvalidInputError("log", `${log} is not a word: give a number of the field`);
  if (!isNatural(program, BITS.program)) {
    throw new InvalidInputError("program", `${program} is not a program: give a number of ${BITS.program} bits`);
  }
  if (!isNatural(validUntil, BITS.time)) {
    throw new InvalidInputError("validUntil", `${validUntil} is not a time: give seconds since 1970`);
  }
  return hash(TAG.signature, [domain, log, BigInt(program) + (BigInt(validUntil) << BigInt(BITS.program))]);
}

/** A fresh secret: 32 random bytes. */
export function newSecret(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32));
}

/**
 * The public key of a secret, x and y.
 * @throws InvalidInputError if the secret is not 32 bytes long
 */
export function publicKey(secret: Uint8Array): [bigint, bigint] {
  return coordinates(eddsa.prv2pub(checkedSecret(secret)));
}

/**
 * The authority that a secret signs for.
 * @throws InvalidInputError if the secret is not 32 bytes long
 */
export function authorityOf(secret: Uint8Array): bigint {
  return publicKey(secret)[1];
}

/**
 * Signs a statement. The same secret and statement give the same signature.
 * @throws InvalidInputError if the secret is not 32 bytes long, or a field of the statement is out of range
 */
export function signLog(secret: Uint8Array, statement: LogStatement): LogSignature {
  return signWord(secret, statementHash(statement));
}

/**
 * Signs a word. Each sort of message has a hash with a tag of its own, so that a signature for one sort is none for
 * another: never give a word that another party chose.
 */
export function signWord(secret: Uint8Array, word: bigint): LogSignature {
  const { R8, S } = eddsa.signPoseidon(checkedSecret(secret), F.e(word));
  return { key: publicKey(secret), r: coordinates(R8), s: S };
}

/**
 * Whether the signature is the authority's, for this very statement. A signature that is malformed in whatever way is
 * not.
 * @throws InvalidInputError if a field of the statement is out of range
 */
export function verifyLog(authority: bigint, statement: LogStatement, signature: LogSignature): boolean {
  return verifyWord(authority, statementHash(statement), signature);
}

/** Whether the signature is the authority's, for this very word. A malformed one is not. */
export function verifyWord(authority: bigint, word: bigint, signature: LogSignature): boolean {
  const { key, r, s } = signature;
  if (!isPair(key) || !isPair(r) || !isWord(s) || s >= babyJub.subOrder) return false;
  if (key[1] !== authority || !isAuthority(authority)) return false;
  // circomlibjs sees to it that key and r are on the curve.
  return eddsa.verifyPoseidon(F.e(word), { R8: point(r), S: s }, point(key));
}

/** Whether a word is the y coordinate of a key that can sign: of a point on the curve, of an order above 8. */
export function isAuthority(word: bigint): boolean {
  if (!isWord(word)) return false;
  const y = F.e(word);
  const yy = F.square(y);
  // The curve's equation, for x²; the divisor is not 0, as A / D is not a square.
  const xx = F.div(F.sub(F.one, yy), F.sub(babyJub.A, F.mul(babyJub.D, yy)));
  // Asked first: the square root of what is not a square is never found, nor given up.
  const x = F.isSquare(xx) ? F.sqrt(xx) : null;
  // Eight times a point of order 1, 2, 4 or 8 is (0, 1), and of no other.
  return x !== null && !F.isZero(babyJub.mulPointEscalar([x, y], 8n)[0]);
}

function coordinates([x, y]: JubPoint): [bigint, bigint] {
  return [F.toObject(x), F.toObject(y)];
}

function point([x, y]: readonly [bigint, bigint]): JubPoint {
  return [F.e(x), F.e(y)];
}

function isWord(value: unknown): value is bigint {
  return typeof value === "bigint" && value >= 0n && value < FIELD;
}

function isPair(value: unknown): value is [bigint, bigint] {
  return Array.isArray(value) && value.length === 2 && value.every(isWord);
}

function isNatural(value: number, bits: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < 2 ** bits;
}

function checkedSecret(secret: Uint8Array): Uint8Array {
  if (secret.length === 32) return secret;
  throw new InvalidInputError("secret", `it has ${count(secret.length, "byte")}: a secret has 32`);
}
