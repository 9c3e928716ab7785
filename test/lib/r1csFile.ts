/** Files of constraints, made by hand: also such as no compiler makes. */
import { P } from "../../verifier/constraints/sums.ts";

/** The sums a, b and c of a constraint a · b = c. */
export type Sums = readonly (readonly (readonly [signal: number, factor: bigint])[])[];

function words(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [i, n] of numbers.entries()) bytes.writeUInt32LE(n, 4 * i);
  return bytes;
}

function field(n: bigint): Buffer {
  const hex = (((n % P) + P) % P).toString(16).padStart(64, "0");
  return Buffer.from(hex, "hex").reverse();
}

export function section(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([words(type, body.length, 0), body]);
}

/** An .r1cs file: signal 1 is public, the others are not. @param more sections at its end */
export function fileOf(constraints: readonly Sums[], signals = 6, more: readonly Buffer[] = []): Buffer {
  const sum = (terms: Sums[number]): Buffer =>
    Buffer.concat([words(terms.length), ...terms.flatMap(([signal, factor]) => [words(signal), field(factor)])]);
  const header = section(1, words(32), field(0n), words(signals, 0, 1, signals - 2, signals, 0, constraints.length));
  header.set(Buffer.from(P.toString(16).padStart(64, "0"), "hex").reverse(), 16);
  const body = section(2, ...constraints.flatMap((sums) => sums.map(sum)));
  return Buffer.concat([Buffer.from("r1cs"), words(1, 2 + more.length), header, body, ...more]);
}
