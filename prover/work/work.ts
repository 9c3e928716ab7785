/**
 * A work: everything that proving one batch needs, as bytes for another machine. It holds the batch's records, the tree
 * nodes that they open, and the signatures. Witness inputs are computed from it where it is proven.
 *
 * The bytes: `TBWK`, one byte of version, the SHA-256 of the content, its length (4 bytes), and the content, compressed
 * by brotli. The content is one line of JSON, the records as a trace has them, and the nodes in binary.
 */
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { PUBLIC_INPUTS, type PublicInputs, unpackSpan } from "../../trace/commitment/commit.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { BITS, CELL, PROTOCOL_VERSION, slotOf, WATCHES } from "../../trace/layout.ts";
import { COLUMNS, type Transition } from "../../trace/machine/transition.ts";
import { parseJson, requireCanonical, StrictObject } from "../../trace/run/strictJson.ts";
import { parseLine, recordLine, recordOf, type TraceRecord } from "../../trace/run/traceLines.ts";
import type { NodeName } from "../../trace/state/tree.ts";
import type { OpenedBatch } from "../batches/batchInput.ts";
import { KEY_KINDS, type KeyKind } from "../keys/check.ts";
import type { GivenSignature } from "../signing/signatures.ts";
import { sha256 } from "../storage/cache.ts";
import { packNodes, unpackNodes } from "./nodeBytes.ts";
import { withoutOpened } from "./openedNodes.ts";

/** What a work says, before the records are applied. */
export interface ProofWork {
  /** Name of the profile, hash of its circuit, and its key. */
  readonly profile: string;
  readonly circuit: string;
  readonly key: { readonly hash: string; readonly kind: KeyKind };
  /** The statement that the proof must have; the domain is part of it. */
  readonly statement: PublicInputs;
  /** Most armed watches on a slot of the map. */
  readonly watches: number;
  /** Number of programs before the batch. */
  readonly programs: number;
  /** The given signatures, by program. */
  readonly signatures: readonly GivenSignature[];
  /** The batch's records: whole groups. */
  readonly records: readonly TraceRecord[];
  /** The opened nodes, each after its parent, and their lanes without the digests of opened nodes. */
  readonly nodes: readonly NodeName[];
  readonly lanes: readonly (readonly bigint[])[];
}

/** What a work is made of. */
export interface WorkParts {
  readonly opened: OpenedBatch;
  /** The given signatures, in the order of `wantedSignatures`. */
  readonly given: readonly GivenSignature[];
  readonly circuit: string;
  readonly key: { readonly hash: string; readonly kind: KeyKind };
  /** The map's state after the batch: only its numbers of programs and of watches are read. */
  readonly map: { programs(): number; readonly watches: number };
}

const MAGIC = Buffer.from("TBWK\x01", "latin1");
const HASH_BYTES = 32;
const START = MAGIC.length + HASH_BYTES + 4;
/** Most bytes of a content: four times what the largest profile needs. */
const MOST_CONTENT = 8 << 20;
/** Most bytes of a work. */
export const MOST_WORK = 4 << 20;
const ID_DIGITS = 16;
/**
 * A full batch of `batch-8`, `batch-64`, `batch-256` and `batch-768` has 2, 4, 7 and 15 kB. gzip's are a fifth larger.
 * The highest quality saves another tenth or two, and takes a hundred times as long.
 */
const QUALITY = 5;
const HEAD_KEYS = [
  "version",
  "profile",
  "circuit",
  "key",
  "statement",
  "watches",
  "programs",
  "signatures",
  "records",
  "nodes",
] as const;
const SIGNATURE_KEYS = ["validUntil", "key", "r", "s"] as const;

/**
 * Packs what a worker needs to prove an opened batch. The same batch gives the same content.
 *
 * @example
 * const work = packWork({ opened, given, circuit: circuit.hash, key: { hash: key.vkeyHash, kind: key.kind }, map });
 */
export function packWork({ opened, given, circuit, key, map }: WorkParts): Uint8Array {
  const { profile, transitions, statement, nodes, before } = opened;
  const head = headLine({
    profile: profile.name,
    circuit,
    key,
    statement,
    watches: map.watches,
    programs: map.programs() - programsMade(transitions),
    signatures: given,
    records: transitions.map(recordOf),
    nodes,
    lanes: [],
  });
  const lines = [head, ...transitions.map((each) => recordLine(recordOf(each))), ""].join("\n");
  const content = Buffer.concat([Buffer.from(lines), packNodes(nodes, withoutOpened(nodes, before))]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const compressed = brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  });
  return Buffer.concat([MAGIC, Buffer.from(sha256(content), "hex"), length, compressed]);
}

/**
 * The name of a work: `FIRST-LAST-` and 16 hexadecimal digits of the SHA-256 of its content. Another release of the
 * compression gives other bytes, and the same name.
 * @throws InvalidInputError if the bytes are no work
 */
export function workId(work: Uint8Array, statement: PublicInputs): string {
  requireWork(work);
  const { firstSeq, count } = unpackSpan(statement.span);
  const digits = Buffer.from(work).toString("hex", MAGIC.length, MAGIC.length + ID_DIGITS / 2);
  return `${firstSeq}-${firstSeq + count - 1}-${digits}`;
}

/**
 * Reads a work. Nothing in it is believed: {@link openWork} applies it.
 * @throws InvalidInputError naming the wrong part
 */
export function unpackWork(work: Uint8Array): ProofWork {
  const content = contentOf(work);
  const lines: string[] = [];
  let at = 0;
  const line = (): string => {
    const end = content.indexOf(0x0a, at);
    if (end < 0) throw new InvalidInputError("work", "ends within a line; ask for it again");
    const text = content.toString("utf8", at, end);
    at = end + 1;
    return text;
  };
  const head = readHead(line());
  for (let i = 0; i < head.records; i++) lines.push(line());
  const records = lines.map((text, i) => recordIn(`work record ${i + 1}`, text));
  const { nodes, lanes } = unpackNodes(content.subarray(at), head.nodes);
  const { records: _records, nodes: _nodes, ...rest } = head;
  const read: ProofWork = { ...rest, records, nodes, lanes };
  requireCanonical("work", content.toString("utf8", 0, content.indexOf(0x0a)), headLine(read));
  return read;
}

function requireWork(work: Uint8Array): void {
  if (work.length <= START || MAGIC.compare(work, 0, MAGIC.length) !== 0) {
    throw new InvalidInputError("work", "is no work of this version; use the same release on server and worker");
  }
  if (work.length > MOST_WORK) throw new InvalidInputError("work", `has more than ${MOST_WORK} bytes`);
}

function contentOf(work: Uint8Array): Buffer {
  requireWork(work);
  const bytes = Buffer.from(work.buffer, work.byteOffset, work.byteLength);
  const length = bytes.readUInt32BE(START - 4);
  if (length > MOST_CONTENT) throw new InvalidInputError("work", `holds more than ${MOST_CONTENT} bytes`);
  let content: Buffer;
  try {
    content = brotliDecompressSync(bytes.subarray(START), { maxOutputLength: Math.max(length, 1) });
  } catch (error) {
    throw new InvalidInputError("work", "cannot be decompressed, or holds more than it says", { cause: error });
  }
  if (content.length !== length || sha256(content) !== bytes.toString("hex", MAGIC.length, START - 4)) {
    throw new InvalidInputError("work", "differs from its hash; ask for it again");
  }
  return content;
}

function recordIn(where: string, text: string): TraceRecord {
  const line = parseLine(where, text);
  if (!("record" in line)) throw new InvalidInputError(where, "is no record");
  return line.record;
}

/** Programs that the transitions created. */
function programsMade(transitions: readonly Transition[]): number {
  let made = 0;
  for (const { columns } of transitions) {
    for (const column of COLUMNS) {
      const { address, before, after } = columns[column];
      if (address === 0 || slotOf(address) !== 0) continue;
      if (Number(after[0] & 7n) === CELL.program && Number(before[0] & 7n) !== CELL.program) made++;
    }
  }
  return made;
}

/** The head, with the numbers of records and nodes. */
type Head = Omit<ProofWork, "records" | "nodes" | "lanes"> & { readonly records: number; readonly nodes: number };

function headLine(work: ProofWork): string {
  const { profile, circuit, key, statement, watches, programs, signatures, records, nodes } = work;
  const words = (list: readonly bigint[]): string[] => list.map(String);
  return JSON.stringify({
    version: PROTOCOL_VERSION,
    profile,
    circuit,
    key: { hash: key.hash, kind: key.kind },
    statement: words(PUBLIC_INPUTS.map((name) => statement[name])),
    watches,
    programs,
    signatures: signatures.map(({ validUntil, signature: { key: point, r, s } }) => {
      return { validUntil, key: words(point), r: words(r), s: `${s}` };
    }),
    records: records.length,
    nodes: nodes.length,
  });
}

function readHead(text: string): Head {
  const members = new StrictObject("work", parseJson("work", text), HEAD_KEYS);
  members.protocol();
  const key = new StrictObject("work key", members.value("key"), ["hash", "kind"]);
  const kind = KEY_KINDS.find((known) => known === key.value("kind"));
  if (kind === undefined) throw new InvalidInputError("work key kind", "is none");
  const words = members.words("statement", PUBLIC_INPUTS.length);
  if (words.length !== PUBLIC_INPUTS.length) throw new InvalidInputError("work statement", "is not whole");
  const watches = members.number("watches", 3);
  if (watches > WATCHES) throw new InvalidInputError("work watches", `is more than ${WATCHES}`);
  return {
    profile: members.text("profile"),
    circuit: hashIn(members, "circuit", /^[0-9a-f]{64}$/),
    key: { hash: hashIn(key, "hash", /^0x[0-9a-f]{64}$/), kind },
    statement: Object.fromEntries(PUBLIC_INPUTS.map((name, i) => [name, words[i]])) as PublicInputs,
    watches,
    programs: members.number("programs", BITS.program),
    signatures: members.list("signatures").map(signatureIn),
    records: members.number("records", 16),
    nodes: members.number("nodes", 16),
  };
}

function hashIn(members: StrictObject, name: string, wanted: RegExp): string {
  const text = members.text(name);
  if (!wanted.test(text)) throw new InvalidInputError(members.field(name), "is not a hash");
  return text;
}

function signatureIn(value: unknown, index: number): GivenSignature {
  const members = new StrictObject(`work signatures[${index}]`, value, SIGNATURE_KEYS);
  const point = (name: "key" | "r"): [bigint, bigint] => {
    const [x, y] = members.words(name, 2);
    if (x === undefined || y === undefined) throw new InvalidInputError(members.field(name), "is no point");
    return [x, y];
  };
  const signature = { key: point("key"), r: point("r"), s: members.word("s") };
  return { validUntil: members.number("validUntil", BITS.time), signature };
}
