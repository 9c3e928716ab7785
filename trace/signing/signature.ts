/**
 * Authority signatures: EdDSA-Poseidon over Baby Jubjub, as circomlibjs has it; circuits/signature.circom checks the
 * same. The curve and BLAKE-512 are those of the noble libraries, which load at once.
 *
 * An authority is the y coordinate of a public key, one word. The key's x is one of two numbers, x and −x, and whoever
 * can sign for (x, y) can sign for (−x, y), with the negated secret: y alone says who may sign. No authority has y = 0,
 * which stands for nobody: the point there is of order 4, and a signature of such a key would say nothing.
 */
import { randomBytes } from "node:crypto";
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/abstract/utils";
import { babyjubjub } from "@noble/curves/misc";
import { blake512 } from "@noble/hashes/blake1";
import { InvalidInputError } from "../errors.ts";
import { BITS, FIELD, TAG } from "../layout.ts";
import { hash } from "../poseidon/index.ts";
import { isAuthority } from "../state/authority.ts";

const { Point } = babyjubjub;
const { a: A, d: D } = babyjubjub.CURVE;
/** The base point B8, and the order of the subgroup that it generates. */
const BASE8 = Point.fromAffine({
  x: 5299619240641551281634865583518297030282874472190772894086521144482721001553n,
  y: 16950150798460657717958625567821834550301663161624707787222815936182638968203n,
});
const SUBORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;
const COFACTOR = 8n;
type Coordinates = [x: bigint, y: bigint];

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
export const FILLER_SIGNATURE: Readonly<LogSignature> = { key: coordinates(BASE8), r: [0n, 0n], s: 0n };

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
  return new Uint8Array(randomBytes(32));
}

/**
 * The public key of a secret, x and y.
 * @throws InvalidInputError if the secret is not 32 bytes long
 */
export function publicKey(secret: Uint8Array): [bigint, bigint] {
  return coordinates(BASE8.multiply(scalars(secret).key));
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
  const message = statementHash(statement);
  const { key: keyScalar, prefix } = scalars(secret);
  const nonce = bytesToNumberLE(blake512(Buffer.concat([prefix, numberToBytesLE(message, 32)]))) % SUBORDER;
  const key = coordinates(BASE8.multiply(keyScalar));
  const r = coordinates(BASE8.multiply(nonce));
  return { key, r, s: (nonce + challenge(r, key, message) * COFACTOR * keyScalar) % SUBORDER };
}

/**
 * Whether the signature is the authority's, for this very statement. A signature that is malformed in whatever way is
 * not.
 * @throws InvalidInputError if a field of the statement is out of range
 */
export function verifyLog(authority: bigint, statement: LogStatement, signature: LogSignature): boolean {
  const message = statementHash(statement);
  const { key, r, s } = signature;
  if (!isPair(key) || !isPair(r) || !isWord(s) || s >= SUBORDER) return false;
  if (key[1] !== authority || !isAuthority(authority) || !isOnCurve(key) || !isOnCurve(r)) return false;
  // First times the cofactor: what is left is in the subgroup, whatever the key has beside it.
  const cleared = point(key).multiplyUnsafe(COFACTOR);
  const right = point(r).add(cleared.multiplyUnsafe(challenge(r, key, message) % SUBORDER));
  return BASE8.multiplyUnsafe(s).equals(right);
}

/**
 * What a secret stands for: the number that the key is B8 times, and what nonces are made with. The lowest three bits
 * of the pruned number are 0, so an eighth of it and the cofactor make up the number itself.
 */
function scalars(secret: Uint8Array): { key: bigint; prefix: Uint8Array } {
  const digest = blake512(checkedSecret(secret));
  const pruned = (bytesToNumberLE(digest.subarray(0, 32)) & ~7n & ((1n << 255n) - 1n)) | (1n << 254n);
  return { key: (pruned / COFACTOR) % SUBORDER, prefix: digest.subarray(32) };
}

/** The number that binds a signature to its message. */
function challenge(r: Coordinates, key: Coordinates, message: bigint): bigint {
  return hash(0n, [...r, ...key, message]);
}

function coordinates(of: InstanceType<typeof Point>): Coordinates {
  const { x, y } = of.toAffine();
  return [x, y];
}

function point([x, y]: Coordinates): InstanceType<typeof Point> {
  return Point.fromAffine({ x, y });
}

function isOnCurve([x, y]: Coordinates): boolean {
  const [xx, yy] = [x * x, y * y];
  return (A * xx + yy - 1n - D * xx * yy) % FIELD === 0n;
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
  throw new InvalidInputError("secret", `it has ${secret.length} bytes: a secret has 32`);
}
