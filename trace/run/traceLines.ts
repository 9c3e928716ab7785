/** The lines of `trace.jsonl`: header, records and checkpoints. Each has exactly one form. */

import type { Trigger } from "../effects/triggers.ts";
import { InvalidInputError, inOneLine, TimeBanditsError } from "../errors.ts";
import { BITS, PROTOCOL_VERSION } from "../layout.ts";
import { triggerDigest } from "../machine/group.ts";
import { factsOf, IDS, WORDS } from "../machine/rowFacts.ts";
import { checkShape, isEffect, SHAPES } from "../machine/rowShape.ts";
import type { Argument, Row, RowName, Transition } from "../machine/transition.ts";
import { MAX_LEVELS } from "../state/tree.ts";
import { parseJson, requireCanonical, StrictObject, wholeNumber } from "./strictJson.ts";

/** First line of a trace. */
export interface TraceHeader {
  /** Root of the genesis that the trace starts from. */
  genesisRoot: bigint;
  levels: number;
  /** Names of the profiles that may prove the map. */
  profiles: readonly string[];
}

/** One transition in a trace: all fields that cannot be recomputed, and clock and parents for comparison. */
export interface TraceRecord extends Row {
  seq: number;
  /** seq of the first row of its group; 0 if alone. */
  group: number;
  /** Seconds since 1970. */
  at: number;
  /** Clock of the actor afterwards. */
  clock: number;
  /** The seqs found in the five cells A, B, S, D, X; 0 where closed. */
  parents: readonly [number, number, number, number, number];
}

/** The state's root after the transition `checkpoint`. */
export interface Checkpoint {
  checkpoint: number;
  root: bigint;
}

export type TraceLine = { record: TraceRecord } | { checkpoint: Checkpoint } | { trigger: Trigger };

const FORMAT = "time-bandits-trace";
const HEADER_KEYS = ["format", "version", "genesisRoot", "levels", "profiles"] as const;
const ROW_KEYS = [
  "effect",
  "actor",
  "peer",
  "source",
  "destination",
  "authority",
  "resource",
  "kind",
  "quantity",
  "argument",
  "deadline",
] as const;
const RECORD_KEYS = ["seq", "group", "at", ...ROW_KEYS, "clock", "parents"] as const;
/** Bits of the members of an argument that are small numbers. */
const SMALL_BITS: Partial<Record<keyof Argument, number>> = {
  inbox: BITS.inbox,
  nargs: BITS.nargs,
  guard: 1,
  scope: BITS.address,
  rights: BITS.rights,
  condition: BITS.condition,
  steps: BITS.steps,
  escrowFrom: BITS.program,
  cleared: 3,
};

/** The header as a line, without the line break. */
export function headerLine({ genesisRoot, levels, profiles }: TraceHeader): string {
  return JSON.stringify({
    format: FORMAT,
    version: PROTOCOL_VERSION,
    genesisRoot: genesisRoot.toString(),
    levels,
    profiles,
  });
}

/** A record as a line, without the line break. */
export function recordLine(record: TraceRecord): string {
  const { seq, group, at, clock, parents } = record;
  return JSON.stringify({ seq, group, at, ...factsOf(record), clock, parents });
}

/** A trigger as a line, without the line break. It precedes the group that sets a watch with it. */
export function triggerLine({ digest, rows }: Trigger): string {
  return JSON.stringify({ trigger: digest.toString(), rows: rows.map(factsOf) });
}

/** A checkpoint as a line, without the line break. */
export function checkpointLine({ checkpoint, root }: Checkpoint): string {
  return JSON.stringify({ checkpoint, root: root.toString() });
}

/** The record of a transition. */
export function recordOf(transition: Transition): TraceRecord {
  const { columns: _columns, last: _last, triggered: _triggered, ...record } = transition;
  return record;
}

/** Reads the header. @throws InvalidInputError naming line and field */
export function parseHeader(where: string, text: string): TraceHeader {
  const members = new StrictObject(where, parseJson(where, text), HEADER_KEYS);
  members.constant("format", FORMAT);
  members.protocol();
  const levels = members.number("levels", 3);
  if (levels < 1 || levels > MAX_LEVELS)
    throw new InvalidInputError(members.field("levels"), `is not between 1 and ${MAX_LEVELS}`);
  const profiles = members.list("profiles").map((name) => {
    if (typeof name !== "string") throw new InvalidInputError(members.field("profiles"), "is not a list of texts");
    return name;
  });
  const header = { genesisRoot: members.word("genesisRoot"), levels, profiles };
  requireCanonical(where, text, headerLine(header));
  return header;
}

/** Reads any line but the first. @throws InvalidInputError naming line and field */
export function parseLine(where: string, text: string): TraceLine {
  const value = parseJson(where, text);
  if (typeof value === "object" && value !== null && "checkpoint" in value) {
    const members = new StrictObject(where, value, ["checkpoint", "root"]);
    const checkpoint = { checkpoint: members.number("checkpoint", BITS.seq), root: members.word("root") };
    requireCanonical(where, text, checkpointLine(checkpoint));
    return { checkpoint };
  }
  if (typeof value === "object" && value !== null && "trigger" in value) {
    const trigger = parseTrigger(where, value);
    requireCanonical(where, text, triggerLine(trigger));
    return { trigger };
  }
  const record = parseRecord(where, value);
  requireCanonical(where, text, recordLine(record));
  return { record };
}

function parseTrigger(where: string, value: unknown): Trigger {
  const members = new StrictObject(where, value, ["trigger", "rows"]);
  const digest = members.word("trigger");
  const rows = members.list("rows").map((row, i) => {
    const at = `${members.field("rows")}[${i}]`;
    const parsed = rowFrom(at, row);
    if (!isEffect(parsed))
      throw new InvalidInputError(`${at} effect`, `"${parsed.effect}" is in no trigger; restore the line`);
    // A trigger has no row that every rule refuses: its digest could be read in another way.
    try {
      checkShape(parsed, MAX_LEVELS);
    } catch (error) {
      if (!(error instanceof TimeBanditsError)) throw error;
      throw new InvalidInputError(at, `is not a row that a trigger could apply: ${error.message}`, { cause: error });
    }
    return parsed;
  });
  if (triggerDigest(rows) !== digest) {
    throw new InvalidInputError(
      members.field("trigger"),
      "is not the digest of these rows; restore the line from a copy",
    );
  }
  return { digest, rows };
}

function parseRecord(where: string, value: unknown): TraceRecord {
  const members = new StrictObject(where, value, RECORD_KEYS);
  const row = parseRow(members);
  const parents = members.list("parents").map((seq) => wholeNumber(members.field("parents"), seq, BITS.seq));
  const [a, b, s, d, x] = parents;
  if (
    parents.length !== 5 ||
    a === undefined ||
    b === undefined ||
    s === undefined ||
    d === undefined ||
    x === undefined
  ) {
    throw new InvalidInputError(members.field("parents"), `has 5 numbers, not ${parents.length}`);
  }
  return {
    seq: members.number("seq", BITS.seq),
    group: members.number("group", BITS.seq),
    at: members.number("at", BITS.time),
    ...row,
    clock: members.number("clock", BITS.clock),
    parents: [a, b, s, d, x],
  };
}

/** Reads a row as `factsOf` writes it. @throws InvalidInputError naming the field */
export function rowFrom(where: string, json: unknown): Row {
  return parseRow(new StrictObject(where, json, ROW_KEYS));
}

function parseRow(members: StrictObject): Row {
  const effect = members.text("effect");
  if (!Object.hasOwn(SHAPES, effect))
    throw new InvalidInputError(members.field("effect"), `${JSON.stringify(inOneLine(effect))} is no effect`);
  return {
    effect: effect as RowName,
    actor: members.number("actor", BITS.program),
    peer: members.number("peer", BITS.program),
    source: members.number("source", BITS.address),
    destination: members.number("destination", BITS.address),
    authority: members.number("authority", BITS.address),
    resource: members.decimal("resource", BITS.id),
    kind: members.decimal("kind", BITS.kind),
    quantity: members.decimal("quantity", BITS.quantity),
    argument: parseArgument(members.field("argument"), effect as RowName, members.value("argument")),
    deadline: members.number("deadline", BITS.time),
  };
}

function parseArgument(where: string, effect: RowName, value: unknown): Argument {
  const names = SHAPES[effect].argument;
  const members = new StrictObject(where, value, names);
  const read = (name: keyof Argument): number | bigint => {
    if (WORDS.has(name)) return members.word(name);
    return IDS.has(name) ? members.decimal(name, BITS.id) : members.number(name, SMALL_BITS[name] ?? 0);
  };
  return Object.fromEntries(names.map((name) => [name, read(name)])) as Argument;
}
