/**
 * Where the triggers of a trace file stand: found without reading its records, so that any of them can be looked up.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { NOTHING, type TriggerRows } from "../effects/triggers.ts";
import { TimeBanditsError } from "../errors.ts";
import type { Row } from "../machine/transition.ts";
import { chunksOf } from "./traceFile.ts";
import { parseLine } from "./traceLines.ts";

/**
 * Place of each trigger line by digest, in decimal: its first byte and its length. The first line of a digest counts.
 */
export type TriggerPlaces = ReadonlyMap<string, readonly [at: number, length: number]>;

/** What a scan of a trace file finds. */
export interface Scan {
  /** Bytes that were read. */
  bytes: number;
  triggers: TriggerPlaces;
  /** Of the part before the mark: its lines, and its SHA-256 in hexadecimal. */
  before: { lines: number; sha256: string };
}

const LINE_BREAK = 0x0a;
const TRIGGER = Buffer.from('{"trigger":"');
/** A digest has fewer digits, and its line begins with it. */
const LONGEST_HEAD = TRIGGER.length + 80;

/**
 * Reads a trace file once, and parses nothing of it.
 * @param mark number of bytes of which lines and hash are wanted
 * @param end the place after the last byte to read
 * @throws InvalidInputError if it is not a file; EnvironmentError if it cannot be read
 */
export function scanTrace(path: string, mark = 0, end?: number): Scan {
  const triggers = new Map<string, readonly [number, number]>();
  const hash = createHash("sha256");
  let [bytes, lines] = [0, 0];
  let rest: Uint8Array = new Uint8Array();
  for (const chunk of chunksOf(path, 0, end)) {
    if (bytes < mark) hash.update(chunk.subarray(0, Math.min(chunk.length, mark - bytes)));
    const data = Buffer.concat([rest, chunk]);
    const begin = bytes - rest.length;
    bytes += chunk.length;
    let start = 0;
    for (let at = data.indexOf(LINE_BREAK, rest.length); at >= 0; at = data.indexOf(LINE_BREAK, start)) {
      if (begin + at < mark) lines++;
      // The third byte alone tells a trigger from records and checkpoints.
      if (data[start + 2] === TRIGGER[2] && data.subarray(start, start + TRIGGER.length).equals(TRIGGER)) {
        const head = data.toString("latin1", start + TRIGGER.length, Math.min(at, start + LONGEST_HEAD));
        const digest = head.slice(0, Math.max(0, head.indexOf('"')));
        if (!triggers.has(digest)) triggers.set(digest, [begin + start, at - start]);
      }
      start = at + 1;
    }
    rest = data.subarray(start);
  }
  return { bytes, triggers, before: { lines, sha256: hash.digest("hex") } };
}

/** Reads triggers where a scan has found them. */
export class TriggerIndex {
  readonly #path: string;
  readonly #places: TriggerPlaces;
  readonly #known = new Map<bigint, readonly Row[]>();

  constructor(path: string, places: TriggerPlaces) {
    this.#path = path;
    this.#places = places;
  }

  /** The rows behind a digest, and no rows behind the empty one. */
  readonly rows: TriggerRows = (digest) => (digest === NOTHING ? [] : this.#found(digest));

  /** The same of the triggers that stand before a place in the file, the empty one left out. */
  before(bytes: number): TriggerRows {
    return (digest) => {
      const place = this.#places.get(digest.toString());
      return place === undefined || place[0] >= bytes ? undefined : this.#found(digest);
    };
  }

  /** Undefined too if the line is no trigger, or of another digest: reading the trace finds that. */
  #found(digest: bigint): readonly Row[] | undefined {
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    const place = this.#places.get(digest.toString());
    if (place === undefined) return undefined;
    const rows = readTrigger(this.#path, place, digest);
    if (rows !== undefined) this.#known.set(digest, rows);
    return rows;
  }
}

function readTrigger(
  path: string,
  [at, length]: readonly [number, number],
  digest: bigint,
): readonly Row[] | undefined {
  const bytes = Buffer.alloc(length);
  const file = openSync(path, "r");
  try {
    if (readSync(file, bytes, 0, length, at) !== length) return undefined;
  } finally {
    closeSync(file);
  }
  try {
    const line = parseLine("trigger", bytes.toString("utf8"));
    return "trigger" in line && line.trigger.digest === digest ? line.trigger.rows : undefined;
  } catch (error) {
    if (error instanceof TimeBanditsError) return undefined;
    throw error;
  }
}
