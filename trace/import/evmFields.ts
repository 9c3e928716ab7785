/** Reads the fields of a node's answer. Each is checked on reading, and an error names it. */
import { InvalidInputError } from "../errors.ts";
import { BITS } from "../layout.ts";

/** A JSON object before its members are looked at. */
export type Fields = Readonly<Record<string, unknown>>;

const EVM_WORD = 1n << 256n;
const LONGEST_ERROR = 200;

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a field that a node leaves out or gives as null. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** The name of a field for messages: the path of its object, then the field. */
export function named(path: string, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}

export function asObject(field: string, value: unknown): Fields {
  if (!isObject(value))
    throw new InvalidInputError(field, `is ${describe(value)}, not an object as callTracer gives it`);
  return value;
}

/** An absent list is an empty one. */
export function asList(field: string, value: unknown, of: string): readonly unknown[] {
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) throw new InvalidInputError(field, `is not a list of ${of}`);
  return value;
}

/** The reason of a failure; null if absent or empty. */
export function asError(field: string, value: unknown): string | null {
  if (isAbsent(value) || value === "") return null;
  if (typeof value !== "string") throw new InvalidInputError(field, `is ${describe(value)}, not a text`);
  return value.slice(0, LONGEST_ERROR);
}

/** An address, in lower case. */
export function asAddress(field: string, value: unknown): string {
  if (typeof value !== "string" || !/^0x[0-9a-f]{40}$/i.test(value)) {
    throw new InvalidInputError(field, `is ${describe(value)}, not an address: 0x and 40 hexadecimal digits`);
  }
  return value.toLowerCase();
}

/** A hash of 32 bytes, in lower case. */
export function asHash(field: string, value: unknown): string {
  if (typeof value !== "string" || !/^0x[0-9a-f]{64}$/i.test(value)) {
    throw new InvalidInputError(field, `is ${describe(value)}, not a hash: 0x and 64 hexadecimal digits`);
  }
  return value.toLowerCase();
}

/** Bytes, in lower case; none if they are absent. */
export function asBytes(field: string, value: unknown): string {
  if (isAbsent(value)) return "0x";
  if (typeof value !== "string" || !isBytes(value)) {
    throw new InvalidInputError(field, `is ${describe(value)}, not bytes: 0x and two hexadecimal digits for each`);
  }
  return value.toLowerCase();
}

/**
 * True for 0x and two hexadecimal digits for each byte. A contract can make texts of any length, and a repeated group
 * in the pattern would overflow the stack.
 */
export function isBytes(text: string): boolean {
  return text.length % 2 === 0 && /^0x[0-9a-f]*$/i.test(text);
}

/** An amount of wei; null if it is absent. */
export function asWei(field: string, value: unknown): bigint | null {
  if (isAbsent(value)) return null;
  if (typeof value !== "string" || !/^0x[0-9a-f]+$/i.test(value)) {
    throw new InvalidInputError(field, `is ${describe(value)}, not an amount of wei: 0x and hexadecimal digits`);
  }
  const wei = BigInt(value);
  if (wei >= EVM_WORD) throw new InvalidInputError(field, `${describe(value)} is more than 256 bits`);
  return wei;
}

/** A number of a block or a time: hexadecimal or decimal text, or a number. */
export function asNumber(field: string, value: unknown): bigint {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^(0x[0-9a-f]{1,64}|[0-9]{1,64})$/i.test(text)) {
    throw new InvalidInputError(
      field,
      `is ${describe(value)}, not a whole number, decimal or 0x and hexadecimal digits`,
    );
  }
  return BigInt(text);
}

/** A time in seconds since 1970. */
export function asTime(field: string, value: unknown): number {
  const seconds = asNumber(field, value);
  if (seconds >> BigInt(BITS.time) !== 0n)
    throw new InvalidInputError(field, `${seconds} is no time: seconds since 1970, below 2^40`);
  return Number(seconds);
}

/** A value in a few words, for messages. */
export function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
