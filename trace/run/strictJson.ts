/** Strict reading of JSON: every member is read by name and type, and no other member may be present. */
import { InvalidInputError } from "../errors.ts";
import { FIELD, PROTOCOL_VERSION } from "../layout.ts";

/** Parses one JSON value. @throws InvalidInputError naming `where` */
export function parseJson(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(where, "is not JSON; restore it from a copy", { cause: error });
  }
}

/**
 * Like {@link parseJson}, for a text in any layout. An object with a duplicate member is refused, because readers
 * differ in which of the two they take.
 * @throws InvalidInputError naming `where`
 */
export function parseFreeJson(where: string, text: string): unknown {
  const value = parseJson(where, text);
  let read = 0;
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== "object" || next === null) continue;
    const values: unknown[] = Object.values(next);
    if (!Array.isArray(next)) read += values.length;
    for (const each of values) pending.push(each);
  }
  if (membersWritten(text) !== read) throw new InvalidInputError(where, "has a member twice; leave one of them");
  return value;
}

/** Number of members written in a JSON text: the colons outside its strings. */
function membersWritten(text: string): number {
  let count = 0;
  for (let at = 0, quoted = false; at < text.length; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === ":") count++;
    else if (quoted && character === "\\") at++;
  }
  return count;
}

/** The members of one object, each checked as it is read. */
export class StrictObject {
  readonly where: string;
  readonly #members: ReadonlyMap<string, unknown>;

  /** @throws InvalidInputError if the value is not an object, or a member is missing or unknown */
  constructor(where: string, value: unknown, names: readonly string[]) {
    this.where = where;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new InvalidInputError(where, "is not an object");
    this.#members = new Map(Object.entries(value));
    for (const name of this.#members.keys()) {
      if (!names.includes(name))
        throw new InvalidInputError(this.field(name), "is not a member of this object; remove it");
    }
    for (const name of names) {
      if (!this.#members.has(name)) throw new InvalidInputError(this.field(name), "is missing");
    }
  }

  field(name: string): string {
    return this.where === "" ? name : `${this.where} ${name}`;
  }
  value(name: string): unknown {
    return this.#members.get(name);
  }
  /** A whole number of at most `bits` bits. */
  number(name: string, bits: number): number {
    return wholeNumber(this.field(name), this.value(name), bits);
  }
  /** A whole number of at most `bits` bits, written as a decimal text. */
  decimal(name: string, bits: number): bigint {
    return decimalText(this.field(name), this.value(name), bits);
  }
  /**
   * Checks the protocol version that the file was written under.
   * @throws InvalidInputError if it is another one: its ids and signatures have other meanings
   */
  protocol(): void {
    const version = this.value("version");
    if (version === PROTOCOL_VERSION) return;
    const written = typeof version === "number" && Number.isSafeInteger(version) ? `${version}` : "none that is known";
    throw new InvalidInputError(
      this.field("version"),
      `is protocol ${written}, and this is protocol ${PROTOCOL_VERSION}; ` +
        "trace the run again here, or read it with the release that wrote it",
    );
  }
  /** An element of the scalar field, written as a decimal text. */
  word(name: string): bigint {
    return fieldElement(this.field(name), this.value(name));
  }
  /** A list of at most `most` elements of the scalar field. */
  words(name: string, most: number): bigint[] {
    const list = this.list(name);
    if (list.length > most)
      throw new InvalidInputError(this.field(name), `has ${list.length} members, and there are at most ${most}`);
    return list.map((value, i) => fieldElement(`${this.field(name)}[${i}]`, value));
  }
  text(name: string): string {
    const value = this.value(name);
    if (typeof value !== "string") throw new InvalidInputError(this.field(name), "is not a text");
    return value;
  }
  list(name: string): unknown[] {
    const value = this.value(name);
    if (!Array.isArray(value)) throw new InvalidInputError(this.field(name), "is not a list");
    return value;
  }
  object(name: string): object {
    const value = this.value(name);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new InvalidInputError(this.field(name), "is not an object");
    }
    return value;
  }
  /** @throws InvalidInputError unless the member is exactly this */
  constant(name: string, wanted: string | number | boolean): void {
    if (this.value(name) !== wanted) {
      throw new InvalidInputError(this.field(name), `is ${shown(this.value(name))}, not ${JSON.stringify(wanted)}`);
    }
  }
}

/** A value as a message quotes it. Lists and objects may be nested deeper than the stack allows. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return JSON.stringify(value);
}

/** @throws InvalidInputError unless the value is a whole number of at most `bits` bits */
export function wholeNumber(field: string, value: unknown, bits: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value >= 2 ** bits) {
    throw new InvalidInputError(field, `${shown(value)} is not a whole number of at most ${bits} bits`);
  }
  return value;
}

function fieldElement(field: string, value: unknown): bigint {
  const word = decimalText(field, value, 254);
  if (word >= FIELD) throw new InvalidInputError(field, "is not below the field's order");
  return word;
}

function decimalText(field: string, value: unknown, bits: number): bigint {
  if (typeof value !== "string" || !/^(0|[1-9][0-9]{0,77})$/.test(value)) {
    throw new InvalidInputError(field, `${shown(value)} is not a decimal number written as a text`);
  }
  const number = BigInt(value);
  if (number >> BigInt(bits) !== 0n) throw new InvalidInputError(field, `${value} does not fit in ${bits} bits`);
  return number;
}

/**
 * Checks that a text is the canonical form of the data read from it.
 * @throws InvalidInputError naming the place where they begin to differ
 */
export function requireCanonical(where: string, text: string, canonical: string): void {
  if (text === canonical) return;
  let at = 0;
  while (at < text.length && text[at] === canonical[at]) at++;
  const names = [...text.matchAll(/"([A-Za-z]+)":/g)];
  const name = (names.findLast((match) => match.index <= at) ?? names[0])?.[1];
  throw new InvalidInputError(
    name === undefined ? where : `${where} ${name}`,
    `is not written as it should be, at character ${at + 1}; restore it`,
  );
}
