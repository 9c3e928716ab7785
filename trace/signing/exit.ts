/**
 * Wishes to leave a map that a program signs. The message has a tag of its own, so no signature of an exit is one of a
 * log or of a request, and none of these is one of an exit.
 */
import { type ExitStatement, exitHash } from "./exitMessage.ts";
import { type LogSignature, signWord, verifyWord } from "./signature.ts";

export { type ExitPlace, type ExitStatement, exitHash, packPlace, unpackPlace } from "./exitMessage.ts";

/**
 * Signs an exit. The same secret and statement give the same signature.
 * @throws InvalidInputError if the secret is not 32 bytes long, or a field of the statement is out of range
 */
export function signExit(secret: Uint8Array, statement: ExitStatement): LogSignature {
  return signWord(secret, exitHash(statement));
}

/**
 * Whether the signature is the authority's, for this very exit. A malformed one is not.
 * @throws InvalidInputError if a field of the statement is out of range
 */
export function verifyExit(authority: bigint, statement: ExitStatement, signature: LogSignature): boolean {
  return verifyWord(authority, exitHash(statement), signature);
}
