/**
 * Values sent between programs: their resources move, the rest is data. The trace commits to the data's digest; only
 * the sender and the receiver have the data itself.
 */
import { createHash } from "node:crypto";
import { RuntimeUseError } from "./errors.ts";
import type { Data } from "./requests.ts";

/** Deepest nesting of a message; deeper nesting is a cycle or a mistake. */
const DEEPEST = 64;

/**
 * The canonical text of data: members sorted by name, big integers marked with `$n`.
 * @throws RuntimeUseError if it holds anything but data (a function, an instance of a class, a cycle)
 */
export function textOf(data: Data): string {
  return JSON.stringify(ordered(data, 0)) ?? "null";
}

function ordered(data: Data, depth: number): unknown {
  if (depth > DEEPEST)
    throw new RuntimeUseError(`a message is nested deeper than ${DEEPEST}: send something flatter, and no cycles`);
  if (data === null || data === undefined || typeof data === "boolean" || typeof data === "string") return data ?? null;
  if (typeof data === "bigint") return { $n: data.toString() };
  if (typeof data === "number") {
    if (!Number.isFinite(data)) throw new RuntimeUseError(`a message holds ${data}: only finite numbers can be sent`);
    return data;
  }
  if (isList(data)) return data.map((item) => ordered(item, depth + 1));
  if (typeof data !== "object" || ![Object.prototype, null].includes(Object.getPrototypeOf(data))) {
    throw new RuntimeUseError(`a message holds ${describe(data)}: send plain data and resources only`);
  }
  const names = Object.keys(data).sort();
  return Object.fromEntries(names.map((name) => [name, ordered(data[name] as Data, depth + 1)]));
}

/** Digest of data as a quantity, 1 to 2^128 − 1: the first half of SHA-256 over its text. */
export function digestOf(data: Data): bigint {
  const half = createHash("sha256").update(textOf(data), "utf8").digest("hex").slice(0, 32);
  return BigInt(`0x${half}`) || 1n;
}

export function isList(data: unknown): data is readonly Data[] {
  return Array.isArray(data);
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) return `a ${value.constructor?.name ?? "nameless object"}`;
  return `a ${typeof value}`;
}
