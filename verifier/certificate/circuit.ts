/** Constraints of an `.r1cs` file. Each is read where a line asks for it: memory cannot keep those of a large file. */
import { createHash } from "node:crypto";
import { type Constraint, P, plus, refuse, type Sum, ZERO } from "./field.ts";

/** So many bytes are hashed at once: Node takes no 2 GiB. */
const PART = 1 << 30;
const numberAt = (from: Buffer, at: number): bigint =>
  [24, 16, 8, 0].reduce((high, low) => (high << 64n) | from.readBigUInt64LE(at + low), 0n);

export class Circuit {
  /** SHA-256 of the file. */
  readonly hash: string;
  /** Signals, 0 included; of those 1..`given`, the public ones; and constraints. */
  readonly signals: number;
  readonly given: number;
  readonly count: number;
  readonly #body: Buffer;
  /** Where sums begin, three of each constraint, and where the last one ends. */
  readonly #places: Float64Array;
  /** @throws Refusal if it is no `.r1cs` file over this field */
  constructor(file: Buffer) {
    const hash = createHash("sha256");
    for (let at = 0; at < file.length; at += PART) hash.update(file.subarray(at, at + PART));
    this.hash = hash.digest("hex");
    if (file.toString("latin1", 0, 4) !== "r1cs") refuse("this is not an .r1cs file");
    const sections = new Map<number, Buffer>();
    for (let [left, at] = [file.readUInt32LE(8), 12]; left > 0; left--) {
      const [type, length] = [file.readUInt32LE(at), Number(file.readBigUInt64LE(at + 4))];
      if (sections.has(type)) refuse(`the .r1cs file has two sections ${type}`);
      sections.set(type, file.subarray(at + 12, at + 12 + length));
      at += 12 + length;
    }
    const header = sections.get(1) ?? refuse("the .r1cs file has no section 1");
    this.#body = sections.get(2) ?? refuse("the .r1cs file has no section 2");
    if (header.readUInt32LE(0) !== 32 || numberAt(header, 4) !== P) refuse("the .r1cs file has another field");
    this.signals = header.readUInt32LE(36);
    this.given = header.readUInt32LE(40) + header.readUInt32LE(44);
    this.count = header.readUInt32LE(60);
    this.#places = new Float64Array(3 * this.count + 1);
    for (let [sum, at] = [0, 0]; sum < 3 * this.count; this.#places[++sum] = at)
      at += 4 + 36 * this.#body.readUInt32LE(at);
    if (this.#places.at(-1) !== this.#body.length) refuse("the .r1cs file has more constraints than it says");
  }

  /** One that there is. @throws Refusal if it has a signal that there is not */
  at(n: number): Constraint {
    const sum = (place: number): Sum => {
      const [from = 0, end = 0] = this.#places.subarray(place);
      const terms: [signal: number, factor: bigint][] = [];
      for (let at = from + 4; at < end; at += 36)
        terms.push([this.#body.readUInt32LE(at), numberAt(this.#body, at + 4)]);
      if (terms.some(([signal]) => signal >= this.signals)) refuse(`constraint ${n} has a signal that there is not`);
      return plus(ZERO, terms);
    };
    return [sum(3 * n), sum(3 * n + 1), sum(3 * n + 2)];
  }
}
