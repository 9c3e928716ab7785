/** The constants of Poseidon's definition, as circomlib has them. The page makes the same ones (web/replaced/). */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** As in the file: base64 of 32 bytes each, highest first. */
interface Constants {
  C: string[];
  M: string[][];
}

/** poseidon-lite keeps circomlib's constants, one file for each number of inputs, but does not export them by name. */
export function constantsOf(inputs: number): {
  /** t for each round. */
  readonly C: bigint[];
  /** The mixing, by rows. */
  readonly M: bigint[][];
} {
  const entry = require.resolve(`poseidon-lite/poseidon${inputs}`);
  const file: { default: Constants } = require(entry.replace(/poseidon(\d+)\.js$/, "constants/$1.js"));
  const number = (base64: string): bigint => BigInt(`0x${Buffer.from(base64, "base64").toString("hex")}`);
  return { C: file.default.C.map(number), M: file.default.M.map((row) => row.map(number)) };
}
