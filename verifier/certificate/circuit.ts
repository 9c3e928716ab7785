/** Constraints of an `.r1cs` file. Each is read where a line asks for it: a large file has more than memory keeps. */
import { createHash } from "node:crypto";
import { type Constraint, centred, P, refuse, type Sum } from "./field.ts";

/** So many bytes are hashed at once: fewer than are too many for Node. */
const PART = 1 << 30;

export class Circuit {
  /** SHA-256 of the file. */
  readonly hash: string;
  /** Signals, 0 included; of those 1..`given`, the public ones; and constraints. */
  readonly signals: number;
  readonly given: number;
  readonly count: number;
  readonly #body: Buffer;
  /** Where each constraint begins. */
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
    this.#places = new Float64Array(this.count);
    let at = 0;
    for (let n = 0; n < this.count; n++) {
      this.#places[n] = at;
      for (let sum = 0; sum < 3; sum++) at += 4 + 36 * this.#body.readUInt32LE(at);
    }
    if (at !== this.#body.length) refuse("the .r1cs file has more constraints than it says");
  }

  /** One that there is. @throws Refusal if it has a signal twice in a sum, or one that there is not */
  at(n: number): Constraint {
    let at = this.#places[n] as number;
    const sum = (): Sum => {
      const terms = new Map<number, bigint>();
      const end = at + 4 + 36 * this.#body.readUInt32LE(at);
      for (at += 4; at < end; at += 36) {
        const signal = this.#body.readUInt32LE(at);
        if (signal >= this.signals || terms.has(signal))
          refuse(`constraint ${n} has signal ${signal} in a wrong place`);
        terms.set(signal, centred(numberAt(this.#body, at + 4)));
      }
      return new Map([...terms].filter(([, factor]) => factor !== 0n));
    };
    return [sum(), sum(), sum()];
  }
}

const numberAt = (from: Buffer, at: number): bigint =>
  [24, 16, 8, 0].reduce((high, low) => (high << 64n) | from.readBigUInt64LE(at + low), 0n);
