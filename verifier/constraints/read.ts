/** The constraints of an `.r1cs` file, read here with code of its own: the checker shares none with who makes keys. */
import { createHash } from "node:crypto";
import { Constraints } from "./store.ts";
import { centred, P, refuse, type Sum } from "./sums.ts";

/** So many bytes are hashed at once: fewer than are too many. */
const PART = 1 << 30;

export interface R1cs {
  /** SHA-256 of the file. */
  readonly hash: string;
  /** Signals of the file, 0 included; and of those 1..`given`, the public ones. */
  readonly signals: number;
  readonly given: number;
  readonly constraints: Constraints;
}

/** @throws Refusal if it is no `.r1cs` file over this field, or says one thing in two ways */
export function readR1cs(file: Buffer): R1cs {
  const hash = createHash("sha256");
  for (let at = 0; at < file.length; at += PART) hash.update(file.subarray(at, at + PART));
  if (file.toString("latin1", 0, 4) !== "r1cs") refuse("this is not an .r1cs file");
  const sections = new Map<number, Buffer>();
  let at = 12;
  for (let left = file.readUInt32LE(8); left > 0; left--) {
    const [type, length] = [file.readUInt32LE(at), Number(file.readBigUInt64LE(at + 4))];
    if (sections.has(type)) refuse(`the .r1cs file has two sections ${type}`);
    sections.set(type, file.subarray(at + 12, at + 12 + length));
    at += 12 + length;
  }
  const [header, body] = [1, 2].map(
    (type) => sections.get(type) ?? refuse(`the .r1cs file has no section ${type}`),
  ) as [Buffer, Buffer];
  const number = (from: Buffer, place: number): bigint =>
    [24, 16, 8, 0].reduce((high, low) => (high << 64n) | from.readBigUInt64LE(place + low), 0n);
  if (header.readUInt32LE(0) !== 32 || number(header, 4) !== P) refuse("the .r1cs file has another field");
  const signals = header.readUInt32LE(36);
  at = 0;
  // A factor that comes again is the same object: the files of large circuits have few, and each of them often.
  const factors = new Map<string, bigint>();
  const factorAt = (place: number): bigint => {
    const bytes = body.toString("latin1", place, place + 32);
    const found = factors.get(bytes) ?? centred(number(body, place));
    factors.set(bytes, found);
    return found;
  };
  const sum = (): Sum => {
    const terms = new Map<number, bigint>();
    const end = at + 4 + 36 * body.readUInt32LE(at);
    let isPlain = true;
    for (at += 4; at < end; at += 36) {
      const [signal, factor] = [body.readUInt32LE(at), factorAt(at + 4)];
      // A signal of no number here would be one that a line adds; of two factors, who reads the file may take one.
      if (signal >= signals) refuse(`the .r1cs file has a signal ${signal}, which is none of its own`);
      if (terms.has(signal)) refuse(`the .r1cs file has signal ${signal} twice in a sum`);
      terms.set(signal, factor);
      isPlain &&= factor !== 0n;
    }
    return isPlain ? terms : new Map([...terms].filter(([, factor]) => factor !== 0n));
  };
  const constraints = new Constraints();
  for (let left = header.readUInt32LE(60); left > 0; left--) constraints.push([sum(), sum(), sum()]);
  if (at !== body.length) refuse("the .r1cs file has more constraints than it says");
  return { hash: hash.digest("hex"), signals, given: header.readUInt32LE(40) + header.readUInt32LE(44), constraints };
}
