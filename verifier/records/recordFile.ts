/**
 * A record file: one readable transition, with the data that shows that a proof covers it. Verifying it needs no run
 * directory.
 */
import { type Bundle, bundleFrom, bundleJson, rangeOf } from "../../prover/bundles/bundle.ts";
import { InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { BITS, PROTOCOL_VERSION } from "../../trace/layout.ts";
import { factsOf } from "../../trace/machine/rowFacts.ts";
import { type ChainEntry, chainFrom, chainJson } from "../../trace/run/manifest.ts";
import { textAt } from "../../trace/run/runDirectory.ts";
import { parseFreeJson, StrictObject } from "../../trace/run/strictJson.ts";
import { rowFrom } from "../../trace/run/traceLines.ts";
import type { Words } from "../../trace/state/cells.ts";
import { ARITY } from "../../trace/state/tree.ts";
import type { InclusionProof, OpeningStep } from "../audit/inclusion.ts";

/** One transition with its cells as found, its place under a proof, and the map that the proof is bound to. */
export interface RecordFile {
  inclusion: InclusionProof;
  bundle: Bundle;
  map: {
    /** Root of the map before its first transition. */
    genesisRoot: bigint;
    /** Absent if the map is on no chain. */
    chain?: ChainEntry;
  };
}

/** A record is not valid. `field` names the part of the file that is refuted. */
export class RecordError extends TimeBanditsError {
  readonly field: string;
  constructor(field: string, message: string, options?: ErrorOptions) {
    super("record", `the record is not valid: ${field} ${message}`, 1, options);
    this.field = field;
  }
}

const FORMAT = "time-bandits-record";
/** Version of this file's layout. `version` is the version of the protocol. */
const SCHEMA = 1;
/** Most bytes of a record file. One of the largest profile has less than 20,000. */
const LARGEST = 65_536;
/** Most levels of a tree: over as many rows as a span can count. */
const MOST_LEVELS = 4;
const MEMBERS = ["format", "schemaVersion", "version", "seq", "map", "transition", "inclusion", "batch"];
const CELLS = ["A", "B", "S", "D", "X"] as const;

/** The file's text. */
export function recordText({ inclusion, bundle, map }: RecordFile): string {
  const { seq, at, last, row, found, chain, logLane, path } = inclusion;
  const cells = Object.fromEntries(CELLS.map((cell) => [cell, found[cell].map(String)]));
  const steps = path.map(({ index, digests }) => ({ index, digests: digests.map(String) }));
  const json = {
    ...{ format: FORMAT, schemaVersion: SCHEMA, version: PROTOCOL_VERSION, seq },
    map: { genesisRoot: `${map.genesisRoot}`, chain: map.chain === undefined ? null : chainJson(map.chain) },
    transition: { at, last, row: factsOf(row), found: cells },
    inclusion: { chain: `${chain}`, logLane: `${logLane}`, path: steps },
    batch: bundleJson(bundle),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/**
 * Reads a record file.
 * @throws InvalidInputError if the file is unreadable or too large; otherwise it names the wrong member
 */
export function readRecord(path: string): RecordFile {
  return parseRecordFile(path, textAt(path, { most: LARGEST, what: "a record in JSON" }));
}

/**
 * Reads the text of a record file in any layout. Checks only its form; `verifyRecord` checks its truth.
 * @param where name of the text in errors
 * @throws InvalidInputError naming the member that is wrong
 */
export function parseRecordFile(where: string, text: string): RecordFile {
  if (text.length > LARGEST) throw new InvalidInputError(where, `is longer than the ${LARGEST} that a record may be`);
  const members = new StrictObject(where, parseFreeJson(where, text), MEMBERS);
  members.constant("format", FORMAT);
  members.constant("schemaVersion", SCHEMA);
  members.protocol();
  const bundle = bundleFrom(members.field("batch"), members.value("batch"));
  const map = new StrictObject(members.field("map"), members.value("map"), ["genesisRoot", "chain"]);
  const genesisRoot = map.word("genesisRoot");
  const chain = map.value("chain") === null ? undefined : chainFrom(map.field("chain"), map.value("chain"));
  return {
    inclusion: { seq: members.number("seq", BITS.seq), ...transitionFrom(members), ...placeFrom(members, bundle) },
    bundle,
    map: chain === undefined ? { genesisRoot } : { genesisRoot, chain },
  };
}

function transitionFrom(members: StrictObject): Pick<InclusionProof, "at" | "last" | "row" | "found"> {
  const names = ["at", "last", "row", "found"];
  const transition = new StrictObject(members.field("transition"), members.value("transition"), names);
  const last = transition.value("last");
  if (typeof last !== "boolean") throw new InvalidInputError(transition.field("last"), "is neither true nor false");
  const cells = new StrictObject(transition.field("found"), transition.value("found"), CELLS);
  const words = (cell: (typeof CELLS)[number]): Words => {
    const list = cells.words(cell, 3);
    if (list.length !== 3) throw new InvalidInputError(cells.field(cell), `has 3 words, not ${list.length}`);
    return list as unknown as Words;
  };
  return {
    ...{ at: transition.number("at", BITS.time), last },
    row: rowFrom(transition.field("row"), transition.value("row")),
    found: { A: words("A"), B: words("B"), S: words("S"), D: words("D"), X: words("X") },
  };
}

function placeFrom(
  members: StrictObject,
  bundle: Bundle,
): Pick<InclusionProof, "chain" | "logLane" | "path" | "firstSeq" | "traceRoot"> {
  const place = new StrictObject(members.field("inclusion"), members.value("inclusion"), ["chain", "logLane", "path"]);
  const steps = place.list("path");
  if (steps.length < 1 || steps.length > MOST_LEVELS)
    throw new InvalidInputError(place.field("path"), `has ${steps.length} levels, and a batch has 1 to ${MOST_LEVELS}`);
  const path = steps.map((step, i): OpeningStep => {
    const level = new StrictObject(`${place.field("path")}[${i}]`, step, ["index", "digests"]);
    const digests = level.words("digests", ARITY);
    const index = level.number("index", 4);
    if (index < digests.length) return { index, digests };
    throw new InvalidInputError(level.field("index"), `is ${index}, and there are ${digests.length} digests`);
  });
  // These two come from the batch, so the file has them once.
  const { firstSeq } = rangeOf(bundle);
  const { traceRoot } = bundle.statement;
  return { chain: place.word("chain"), logLane: place.word("logLane"), path, firstSeq, traceRoot };
}
