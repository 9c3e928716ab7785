/**
 * What an audit found, kept by the auditor for the next one (`--save`, `--since`). The next audit believes it: so it is
 * the auditor's own file, and not a part of the run directory.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { runDomain } from "../../prover/batches/plan.ts";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { count } from "../../trace/describe/count.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { BITS, PROTOCOL_VERSION } from "../../trace/layout.ts";
import { pathIn, textAt, unwritable } from "../../trace/run/runDirectory.ts";
import { parseJson, StrictObject, wholeNumber } from "../../trace/run/strictJson.ts";
import { systemCode } from "../../trace/run/systemErrors.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import type { SavedFindings } from "./look/findings.ts";
import type { Place } from "./look/part.ts";
import type { RunFiles } from "./look/runFiles.ts";

/** What an audit found, as far as a later one can depend on it. */
export interface EarlierAudit {
  /** False if something was wrong, even if it is behind the place. */
  clean: boolean;
  domain: bigint;
  genesisRoot: bigint;
  /** SHA-256 in hexadecimal: of `genesis.json`, and of the trace up to the place. */
  genesis: string;
  trace: string;
  place: Place;
  /** The last transition that a bundle proved: the place, or 0 without bundles. */
  proven: number;
  /** The bundles up to the place: how many, the name of the last one, and SHA-256 of all names. */
  bundles: { count: number; last: string | null; names: string };
  /** The map's head on its chain, and the block as of which it was read; null if no node was asked. */
  chain: { seq: number; root: bigint; block: number } | null;
  findings: SavedFindings;
}

const FORMAT = "time-bandits-audit";
const SCHEMA = 1;
const KEYS = [
  ...["schemaVersion", "format", "version", "clean", "domain", "genesisRoot", "genesis", "trace", "place", "proven"],
  ...["bundles", "chain", "findings"],
];
const FINDINGS = ["keys", "bound", "signers", "selectors", "set"] as const;

/** Writes the file, whole or not at all. @throws EnvironmentError if it cannot be written */
export function writeEarlier(path: string, earlier: EarlierAudit): void {
  const facts = { schemaVersion: SCHEMA, format: FORMAT, version: PROTOCOL_VERSION, ...earlier };
  const text = JSON.stringify(facts, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  try {
    writeWhole(path, `${text}\n`);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Reads such a file. @throws InvalidInputError naming the member that is wrong */
export function readEarlier(path: string): EarlierAudit {
  const members = new StrictObject(path, parseJson(path, textAt(path, { what: "a file of audit --save" })), KEYS);
  members.constant("format", FORMAT);
  members.constant("schemaVersion", SCHEMA);
  members.protocol();
  const place = inner(members, "place", ["seq", "bytes", "at", "root", "programs"]);
  const bundles = inner(members, "bundles", ["count", "last", "names"]);
  const last = bundles.value("last");
  const chain = members.value("chain") === null ? null : inner(members, "chain", ["seq", "root", "block"]);
  return {
    clean: members.value("clean") === true,
    domain: members.word("domain"),
    genesisRoot: members.word("genesisRoot"),
    ...{ genesis: members.text("genesis"), trace: members.text("trace") },
    place: {
      seq: place.number("seq", BITS.seq),
      bytes: place.number("bytes", BYTES),
      at: place.number("at", BITS.time),
      root: place.word("root"),
      programs: place.number("programs", BITS.program),
    },
    proven: members.number("proven", BITS.seq),
    bundles: {
      count: bundles.number("count", BITS.seq),
      last: last === null ? null : bundles.text("last"),
      names: bundles.text("names"),
    },
    chain:
      chain === null
        ? null
        : { seq: chain.number("seq", BITS.seq), root: chain.word("root"), block: chain.number("block", BYTES) },
    findings: findingsIn(inner(members, "findings", FINDINGS)),
  };
}

/** Bits of a number of bytes or of a block. */
const BYTES = 53;

function inner(members: StrictObject, name: string, keys: readonly string[]): StrictObject {
  return new StrictObject(members.field(name), members.value(name), keys);
}

function findingsIn(members: StrictObject): SavedFindings {
  const rows = (name: string): unknown[][] => members.list(name).filter((row) => Array.isArray(row));
  const [number, word] = [
    (name: string, value: unknown) => wholeNumber(members.field(name), value, BITS.seq),
    (name: string, value: unknown) => wordOf(members.field(name), value),
  ];
  return {
    keys: rows("keys").map(([program, key]) => [number("keys", program), word("keys", key)] as const),
    bound: rows("bound").map(([program, other, key]) => {
      return [number("bound", program), number("bound", other), word("bound", key)] as const;
    }),
    signers: members.list("signers").map((program) => number("signers", program)),
    selectors: members.list("selectors").map((selector) => word("selectors", selector)),
    set: rows("set").map(([program, digest, seq]) => {
      return [number("set", program), word("set", digest), number("set", seq)] as const;
    }),
  };
}

function wordOf(field: string, value: unknown): bigint {
  if (typeof value === "string" && /^[0-9]{1,78}$/.test(value)) return BigInt(value);
  throw new InvalidInputError(field, "is not a number in decimal; audit from the beginning, and save again");
}

/** SHA-256 of the genesis of a run, in hexadecimal. */
export function genesisHash(dir: string): string {
  return createHash("sha256")
    .update(readFileSync(pathIn(dir, "genesis")))
    .digest("hex");
}

/** The names of the bundles whose batches begin at or before a transition, in order. */
export async function bundleNames(dir: string, seq: number): Promise<string[]> {
  try {
    return (await readdir(proofsIn(dir))).filter((name) => isUpTo(name, seq)).sort();
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** The same: how many there are, the last one, and a hash of all. */
export async function bundlesUpTo(dir: string, seq: number): Promise<EarlierAudit["bundles"]> {
  const names = await bundleNames(dir, seq);
  const hash = createHash("sha256").update(names.join("\n")).digest("hex");
  return { count: names.length, last: names.at(-1) ?? null, names: hash };
}

/** What a bundle's name says of its batch; the name is compared with the content when it is read. */
function isUpTo(name: string, seq: number): boolean {
  const first = /^([0-9]{10})-[0-9]{10}-[0-9a-f]+\.json$/.exec(name)?.[1];
  return first !== undefined && Number(first) <= seq;
}

/**
 * Checks that a run goes on where an earlier audit ended.
 * @param evenWrong go on from an audit that had found something wrong
 * @throws InvalidInputError naming what is another than then
 */
export async function requireContinues(run: RunFiles, earlier: EarlierAudit, evenWrong: boolean): Promise<void> {
  const { place, bundles } = earlier;
  const refuse = (field: string, message: string): never => {
    throw new InvalidInputError(`since ${field}`, `${message}; audit from the beginning`);
  };
  if (!earlier.clean && !evenWrong) refuse("clean", "is false: that audit had found something wrong");
  if (run.header.genesisRoot !== earlier.genesisRoot || genesisHash(run.dir) !== earlier.genesis)
    refuse("genesisRoot", `is ${earlier.genesisRoot}: that audit was of a run with another genesis`);
  if (runDomain(run.manifest, run.header.genesisRoot) !== earlier.domain)
    refuse("domain", `is ${earlier.domain}: that audit was of another map`);
  if (run.scan.bytes < place.bytes)
    refuse("trace", `is of ${count(place.bytes, "byte")}, and the trace has only ${run.scan.bytes} now`);
  if (run.scan.before.sha256 !== earlier.trace)
    refuse("trace", `is not the hash of the first ${count(place.bytes, "byte")} of the trace: they were changed`);
  const now = await bundlesUpTo(run.dir, place.seq);
  if (now.names !== bundles.names) {
    const then = `${count(bundles.count, "bundle")} up to transition ${place.seq}`;
    refuse("bundles", `are others than now: that audit saw ${then}, now there are ${now.count}`);
  }
}
