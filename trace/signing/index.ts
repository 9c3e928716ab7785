/**
 * Time Bandits, signing: keys of programs, and signatures with them. It is a subpath of its own because the curve takes
 * two seconds to load.
 *
 *     import { newKeyFile } from "time-bandits/signing";
 *
 *     const { authority } = newKeyFile("a.key");
 *
 * @module
 */
export {
  type ExitPlace,
  type ExitStatement,
  exitHash,
  packPlace,
  signExit,
  unpackPlace,
  verifyExit,
} from "./exit.ts";
export { type Key, KeyFileError, newKeyFile, readKeyFile } from "./keyFile.ts";
export {
  authorityOf,
  type LogSignature,
  type LogStatement,
  newSecret,
  publicKey,
  signLog,
  statementHash,
  verifyLog,
} from "./signature.ts";
