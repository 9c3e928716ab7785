/**
 * Signatures of a run, as files: one for each program and end of a batch. A file states the domain, program and log it
 * was made for, so it is harmless elsewhere. It is found by its content; its name only distinguishes it from others.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInputError } from "../../trace/errors.ts";
import { BITS, PROTOCOL_VERSION } from "../../trace/layout.ts";
import { parseJson, requireCanonical, StrictObject } from "../../trace/run/strictJson.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import type { LogSignature, LogStatement } from "../../trace/signing/signature.ts";
import { readFolder } from "../storage/jsonFolder.ts";
import type { SignatureBook, WantedSignature } from "./signatures.ts";

/** A signature over a program's log at the end of a batch. */
export interface SignatureFile extends LogStatement {
  /** seq of the batch's last transition; only the file's name depends on it. */
  lastSeq: number;
  signature: LogSignature;
}

/** A signature file as found on disk: its content, or the reason why it is invalid. */
export type StoredSignature =
  | { readonly name: string; readonly file: SignatureFile }
  | { readonly name: string; readonly error: InvalidInputError };

const FORMAT = "time-bandits-signature";
const KEYS = ["format", "version", "program", "lastSeq", "log", "domain", "validUntil", "key", "r", "s"] as const;
const FOLDER = "signatures";
/** Digits of a program and of a seq in a name, so that names sort by number. */
const PROGRAM_DIGITS = 8;
const SEQ_DIGITS = 10;

/** Folder of a run directory that holds its signatures. */
export function signaturesIn(dir: string): string {
  return join(dir, FOLDER);
}

/** Name of the file. */
export function signatureName({ program, lastSeq }: Pick<SignatureFile, "program" | "lastSeq">): string {
  return `${program.toString().padStart(PROGRAM_DIGITS, "0")}-${lastSeq.toString().padStart(SEQ_DIGITS, "0")}.json`;
}

/** The file's one text. */
export function signatureText({ program, lastSeq, log, domain, validUntil, signature }: SignatureFile): string {
  const { key, r, s } = signature;
  const text = {
    format: FORMAT,
    version: PROTOCOL_VERSION,
    program,
    lastSeq,
    log: log.toString(),
    domain: domain.toString(),
    validUntil,
    key: { x: key[0].toString(), y: key[1].toString() },
    r: { x: r[0].toString(), y: r[1].toString() },
    s: s.toString(),
  };
  return `${JSON.stringify(text, null, 2)}\n`;
}

/**
 * Reads a signature file's text. Does not check the signature; see {@link bookOf}.
 * @param name the file name, for errors and for comparison
 * @throws InvalidInputError naming the file and the wrong member
 */
export function parseSignature(name: string, text: string): SignatureFile {
  const where = `${FOLDER}/${name}`;
  const members = new StrictObject(where, parseJson(where, text), KEYS);
  members.constant("format", FORMAT);
  members.protocol();
  const file: SignatureFile = {
    program: members.number("program", BITS.program),
    lastSeq: members.number("lastSeq", BITS.seq),
    log: members.word("log"),
    domain: members.word("domain"),
    validUntil: members.number("validUntil", BITS.time),
    signature: { key: point(members, "key"), r: point(members, "r"), s: members.word("s") },
  };
  requireCanonical(where, text, signatureText(file));
  if (signatureName(file) !== name) {
    throw new InvalidInputError(
      where,
      `does not match its content, which belongs in ${signatureName(file)}; rename it back`,
    );
  }
  return file;
}

function point(members: StrictObject, name: string): [bigint, bigint] {
  const coordinates = new StrictObject(members.field(name), members.value(name), ["x", "y"]);
  return [coordinates.word("x"), coordinates.word("y")];
}

/** Every signature file of a run directory, by name; none if there is no folder. */
export async function readSignatures(dir: string): Promise<StoredSignature[]> {
  const found = await readFolder(signaturesIn(dir), parseSignature, (name) => `${FOLDER}/${name}`);
  return found.map((stored) => ("error" in stored ? stored : { name: stored.name, file: stored.value }));
}

/** The signatures of a run directory. @throws InvalidInputError naming the first file that is damaged */
export async function usableSignatures(dir: string): Promise<SignatureFile[]> {
  return (await readSignatures(dir)).map((stored) => {
    if ("error" in stored) throw stored.error;
    return stored.file;
  });
}

/** Writes a signature, whole or not at all. @returns its file name */
export async function writeSignature(dir: string, file: SignatureFile): Promise<string> {
  const name = signatureName(file);
  await mkdir(signaturesIn(dir), { recursive: true });
  writeWhole(join(signaturesIn(dir), name), signatureText(file));
  return name;
}

/**
 * Whether the file claims to be the wanted signature. Signatures for other maps, for other logs or by other keys are
 * harmless: they are not used.
 */
export function isFor(
  { program, log, domain, signature }: SignatureFile,
  wanted: Pick<WantedSignature, "program" | "authority" | "log">,
  ofDomain: bigint,
): boolean {
  return (
    program === wanted.program && log === wanted.log && domain === ofDomain && signature.key[1] === wanted.authority
  );
}

/**
 * Tells whether a file's signature is valid under the key it names. Loads the curve only if there is something to
 * check: loading takes as long as replaying a small run.
 */
export async function checker(files: readonly unknown[]): Promise<(file: SignatureFile) => boolean> {
  if (files.length === 0) return () => false;
  const { verifyLog } = await import("../../trace/signing/signature.ts");
  const known = new Map<SignatureFile, boolean>();
  return (file) => {
    const { signature, ...statement } = file;
    const good = known.get(file) ?? verifyLog(signature.key[1], statement, signature);
    known.set(file, good);
    return good;
  };
}

/** The valid signatures among these files, for proofs bound to the domain. */
export async function bookOf(files: readonly SignatureFile[], domain: bigint): Promise<SignatureBook> {
  const checked = await checker(files);
  return (wanted, until) => {
    const file = files.find((each) => isFor(each, wanted, domain) && each.validUntil >= until && checked(each));
    return file === undefined ? undefined : { validUntil: file.validUntil, signature: file.signature };
  };
}
