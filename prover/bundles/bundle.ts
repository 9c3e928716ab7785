/**
 * Proof bundles: one batch's proof and its statement, as a file. Every bundle has exactly one text. Its name holds the
 * range of its batch and a part of the text's SHA-256. A name identifies a file, not a batch: anyone can vary a Groth16
 * proof, so two different bundles may prove the same statement.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PUBLIC_INPUTS, type PublicInputs, type Span, unpackSpan } from "../../trace/commitment/commit.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { PROTOCOL_VERSION } from "../../trace/layout.ts";
import { parseJson, requireCanonical, StrictObject } from "../../trace/run/strictJson.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { ProofError } from "../errors.ts";
import { type Groth16Proof, proofFromJson, proofToJson } from "../groth16/groth16.ts";
import { KEY_KINDS, type KeyKind } from "../keys/check.ts";
import { sha256 } from "../storage/cache.ts";
import { readFolder } from "../storage/jsonFolder.ts";

/** A proof with everything needed to check it, except the key itself. */
export interface Bundle {
  /** Name of the profile. */
  readonly profile: string;
  /** Hash of the profile's circuit, as `setup` prints it. */
  readonly circuit: string;
  /** Hash of the verification key, with 0x, and the prover's knowledge of its secrets. */
  readonly key: { readonly hash: string; readonly kind: KeyKind };
  readonly statement: PublicInputs;
  readonly proof: Groth16Proof;
}

/** A bundle as found on disk: its file name, and either its content or the reason why it is invalid. */
export type StoredBundle =
  | { readonly name: string; readonly bundle: Bundle }
  | { readonly name: string; readonly error: InvalidInputError };

const FORMAT = "time-bandits-proof";
const KEYS = ["format", "version", "profile", "circuit", "key", "range", "statement", "proof"] as const;
const FOLDER = "proofs";
/** Folder below the proofs for bundles that do not prove the current trace. */
export const STALE = "stale";
/** Hexadecimal digits of the hash in a name. */
const NAME_DIGITS = 16;
/** Digits of a seq in a name, so that names sort as their batches do: seqs are below 2^32. */
const SEQ_DIGITS = 10;

/** Folder of a run directory that holds its bundles. */
export function proofsIn(dir: string): string {
  return join(dir, FOLDER);
}

/** The range of the bundle's batch. */
export function rangeOf(bundle: Pick<Bundle, "statement">): Span & { lastSeq: number } {
  const span = unpackSpan(bundle.statement.span);
  return { ...span, lastSeq: span.firstSeq + span.count - 1 };
}

/** The bundle as data for JSON: its members in their one order. */
export function bundleJson(bundle: Bundle): object {
  const { firstSeq, lastSeq, notBefore, until } = rangeOf(bundle);
  const statement = Object.fromEntries(PUBLIC_INPUTS.map((name) => [name, bundle.statement[name].toString()]));
  return {
    format: FORMAT,
    version: PROTOCOL_VERSION,
    profile: bundle.profile,
    circuit: bundle.circuit,
    key: { hash: bundle.key.hash, kind: bundle.key.kind },
    range: { firstSeq, lastSeq, notBefore, until },
    statement,
    proof: proofToJson(bundle.proof),
  };
}

/** The bundle's one text. */
export function bundleText(bundle: Bundle): string {
  return `${JSON.stringify(bundleJson(bundle), null, 2)}\n`;
}

/** File name of a bundle with this text. */
export function bundleName(bundle: Pick<Bundle, "statement">, text: string): string {
  const { firstSeq, lastSeq } = rangeOf(bundle);
  const digits = (seq: number): string => seq.toString().padStart(SEQ_DIGITS, "0");
  return `${digits(firstSeq)}-${digits(lastSeq)}-${sha256(text).slice(0, NAME_DIGITS)}.json`;
}

/**
 * Reads a bundle from parsed JSON: that of a file, or of a record that holds it.
 * @param where the bundle's name in errors
 * @throws InvalidInputError naming the wrong member
 */
export function bundleFrom(where: string, json: unknown): Bundle {
  const members = new StrictObject(where, json, KEYS);
  members.constant("format", FORMAT);
  members.protocol();
  const key = new StrictObject(members.field("key"), members.value("key"), ["hash", "kind"]);
  const said = key.text("kind");
  const kind = KEY_KINDS.find((known) => known === said);
  if (kind === undefined) throw new InvalidInputError(key.field("kind"), `is "${said}", which no key is`);
  const inputs = new StrictObject(members.field("statement"), members.value("statement"), PUBLIC_INPUTS);
  const statement = Object.fromEntries(PUBLIC_INPUTS.map((input) => [input, inputs.word(input)])) as PublicInputs;
  const bundle: Bundle = {
    profile: members.text("profile"),
    circuit: pattern(members, "circuit", /^[0-9a-f]{64}$/),
    key: { hash: pattern(key, "hash", /^0x[0-9a-f]{64}$/), kind },
    statement,
    proof: parseProof(members),
  };
  checkRange(members, inputs, bundle);
  return bundle;
}

/**
 * Reads a bundle's text.
 * @param name the file name, for errors and for comparison
 * @throws InvalidInputError naming the file and the wrong member
 */
export function parseBundle(name: string, text: string): Bundle {
  const bundle = bundleFrom(name, parseJson(name, text));
  const canonical = bundleText(bundle);
  requireCanonical(name, text, canonical);
  if (bundleName(bundle, canonical) !== name) {
    throw new InvalidInputError(
      name,
      `does not match its content, which belongs in ${bundleName(bundle, canonical)}; it was changed or renamed`,
    );
  }
  return bundle;
}

/** The range is for people to read. It must agree with the span. */
function checkRange(members: StrictObject, inputs: StrictObject, bundle: Bundle): void {
  const range = new StrictObject(members.field("range"), members.value("range"), [
    "firstSeq",
    "lastSeq",
    "notBefore",
    "until",
  ]);
  let covered: ReturnType<typeof rangeOf>;
  try {
    covered = rangeOf(bundle);
  } catch (error) {
    throw new InvalidInputError(inputs.field("span"), "has more than 129 bits", { cause: error });
  }
  if (covered.firstSeq === 0 || covered.count === 0) {
    throw new InvalidInputError(inputs.field("span"), "covers no transition: they are numbered from 1");
  }
  for (const name of ["firstSeq", "lastSeq", "notBefore", "until"] as const) range.constant(name, covered[name]);
}

function parseProof(members: StrictObject): Groth16Proof {
  try {
    return proofFromJson(members.value("proof"));
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    throw new InvalidInputError(members.field("proof"), error.message, { cause: error });
  }
}

function pattern(members: StrictObject, name: string, wanted: RegExp): string {
  const value = members.text(name);
  if (!wanted.test(value)) throw new InvalidInputError(members.field(name), "is not a hash");
  return value;
}

/**
 * Every bundle of a run directory, in the order of their names; none if there is no folder.
 * @param except names of files that are not read
 */
export async function readBundles(dir: string, except?: ReadonlySet<string>): Promise<StoredBundle[]> {
  const found = await readFolder(proofsIn(dir), parseBundle, undefined, except);
  return found.map((file) => ("error" in file ? file : { name: file.name, bundle: file.value }));
}

/** Writes a bundle, whole or not at all. @returns its file name */
export async function writeBundle(dir: string, bundle: Bundle): Promise<string> {
  const text = bundleText(bundle);
  const name = bundleName(bundle, text);
  await mkdir(proofsIn(dir), { recursive: true });
  writeWhole(join(proofsIn(dir), name), text);
  return name;
}
