/**
 * Signing: one key's consent to its program's effects, batch by batch. The trace is replayed first, from the last proof
 * on at least, so only a valid history is signed. Batches are cut as `prove` cuts them, because a signature covers the
 * log at the end of a batch. The run is read once: the data shown is the data signed, even if the files change
 * meanwhile.
 */

import { Names } from "../trace/describe/names.ts";
import { type NamesInUse, namesInUse, type OwnNames } from "../trace/describe/ownNames.ts";
import { programNumber } from "../trace/describe/programNumber.ts";
import { triggersIn } from "../trace/describe/triggeredRows.ts";
import type { TriggerRows } from "../trace/effects/triggers.ts";
import { InvalidInputError, RefusedError } from "../trace/errors.ts";
import { address, BITS, mustSign } from "../trace/layout.ts";
import { isEffect } from "../trace/machine/rowShape.ts";
import type { Transition } from "../trace/machine/transition.ts";
import type { Manifest } from "../trace/run/manifest.ts";
import { lockRun } from "../trace/run/runLock.ts";
import { unsignable } from "../trace/signing/signable.ts";
import { readableStore, type StoreOptions } from "../trace/store/openStore.ts";
import { DamagedStoreError } from "../trace/store/storeErrors.ts";
import type { Batch } from "./batches/batcher.ts";
import { type SigningPlan, storedPlan, wholePlan } from "./batches/signingPlan.ts";
import type { OnProgress } from "./circuit/build.ts";
import {
  bookOf,
  type SignatureFile,
  signatureName,
  usableSignatures,
  writeSignature,
} from "./signing/signatureFiles.ts";
import { type WantedSignature, wantedSignatures } from "./signing/signatures.ts";
import { type UnsettledProgram, unsettledPrograms } from "./signing/unsettled.ts";

/** The program to sign for, its key, and how long the signatures last. */
export interface SignOptions {
  /** Program to sign for: its name in the manifest or among the reader's own names, or its number. */
  program: string;
  /** The key, 32 bytes. */
  secret: Uint8Array;
  /**
   * Time until which proofs may use the signatures, in seconds since 1970. Default: a week after now or after the
   * batch's end, whichever is later.
   */
  validUntil?: number | undefined;
  /** Only profile to plan with. It must be the one that `prove` will be given. */
  profile?: string | undefined;
  /** The reader's own names. They replace those of the manifest. */
  names?: OwnNames | undefined;
  /** Current time, in seconds since 1970. */
  now?: number | undefined;
  onProgress?: OnProgress | undefined;
  /** How the run's store is used; false for not at all. It is only read. */
  store?: Pick<StoreOptions, "onNotice"> | false | undefined;
}

/** A batch to sign. */
export interface SignedBatch {
  firstSeq: number;
  lastSeq: number;
  log: bigint;
  validUntil: number;
  /** Name of the signature's file. */
  file: string;
  /** The program's own effects in the batch, each with its whole group. */
  transitions: Transition[];
}

/** Result of signing, or a preview of it. */
export interface SignReport {
  program: number;
  /** Name of the program; null if it has none. */
  name: string | null;
  authority: bigint;
  domain: bigint;
  /** Root of the run's first state. */
  genesisRoot: bigint;
  signed: SignedBatch[];
  /** Programs that these effects name and that no proof covers yet. */
  unsettled: UnsettledProgram[];
  /** Batches that this key has already signed. */
  before: number;
  /** Batches in which the program acts under another key. */
  otherKeys: number;
  /** Signatures of other programs or other keys that unproven batches still lack. */
  stillMissing: number;
}

/** A run that was read, and its batches to sign. */
export interface Signing {
  report: SignReport;
  manifest: Manifest;
  names: NamesInUse;
  triggers: TriggerRows;
  /**
   * Signs the batches in the report and writes the signatures.
   * @throws EnvironmentError if another process writes to the directory
   */
  write(): Promise<void>;
}

const WEEK = 7 * 86_400;

/**
 * Signs every batch that needs the program's signature: batches without a valid bundle in which the program acts under
 * the key's authority and has not signed. Does not ask for confirmation, so programs can call it.
 * @throws InvalidInputError as {@link openSigning}; nothing is written then. EnvironmentError if another process writes
 *   there
 */
export async function signDirectory(dir: string, options: SignOptions): Promise<SignReport> {
  const signing = await openSigning(dir, options);
  await signing.write();
  return signing.report;
}

/**
 * Reads a run directory and finds the batches to sign. Writes nothing. With a store, only what is behind the last proof
 * is replayed, unless the program's log must be read from its beginning.
 * @throws InvalidInputError if the trace does not replay, the program does not exist, is open, or has another authority
 *   in every batch, or `validUntil` is before a batch ends
 */
export async function openSigning(dir: string, options: SignOptions): Promise<Signing> {
  const { profile, onProgress } = options;
  return (
    (await signingFromStore(dir, options)) ??
    ((await signingOf(dir, await wholePlan(dir, profile, onProgress), options)) as Signing)
  );
}

/** The same from the store. @returns undefined if the whole run has to be read */
async function signingFromStore(dir: string, options: SignOptions): Promise<Signing | undefined> {
  if (options.store === false) return undefined;
  try {
    using store = readableStore(dir, options.store?.onNotice);
    const plan = store && (await storedPlan(dir, store, options.profile, options.onProgress));
    return plan && (await signingOf(dir, plan, options));
  } catch (error) {
    if (!(error instanceof DamagedStoreError)) throw error;
    options.store?.onNotice?.(`${error.message.split(";")[0]}; everything is replayed`);
    return undefined;
  }
}

/** @returns undefined if the plan has not enough of the run to tell */
async function signingOf(dir: string, plan: SigningPlan, options: SignOptions): Promise<Signing | undefined> {
  const { manifest, open } = plan;
  const names = namesInUse(manifest, options.names);
  const program = programNumber(options.program, names.tables, plan.end.programs());
  const { authorityOf } = await import("../trace/signing/signature.ts");
  const authority = authorityOf(options.secret);
  const book = await bookOf(await usableSignatures(dir), plan.domain);
  const report: SignReport = {
    program,
    name: names.tables.programs[program] ?? null,
    authority,
    domain: plan.domain,
    genesisRoot: plan.genesisRoot,
    signed: [],
    unsettled: [],
    before: 0,
    otherKeys: 0,
    stillMissing: 0,
  };
  const fresh: { batch: Batch; wanted: WantedSignature }[] = [];
  const asked = new Set<Batch>();
  for (const batch of open) {
    const until = batch.transitions.at(-1)?.at ?? 0;
    for (const wanted of wantedSignatures(batch.transitions)) {
      const there = book(wanted, until) !== undefined;
      const ours = wanted.program === program && wanted.authority === authority;
      if (wanted.program === program) asked.add(batch);
      if (wanted.program === program && !ours) report.otherKeys++;
      if (ours && there) report.before++;
      else if (ours) fresh.push({ batch, wanted });
      else if (!there) report.stillMissing++;
    }
  }
  if (fresh.length + report.before === 0 && refuseStranger(plan, names, report) === undefined) return undefined;
  const triggers = remembering(plan.triggers);
  const beginning = plan.beginningOf(program);
  if (beginning === undefined) return undefined;
  const why = unsignable(beginning, plan.groups, program, triggers, new Names(names.tables));
  if (why !== null) throw new RefusedError("log-signed", why);
  // All statements are made before any is signed: a refusal leaves nothing behind.
  const statements = fresh.map(({ batch, wanted }) => {
    const statement = statementOf(batch, wanted, plan, options);
    const { log, validUntil, lastSeq } = statement;
    const firstSeq = batch.transitions[0]?.seq ?? 0;
    const transitions = bySigner([...unasked(open, batch, asked), ...batch.transitions], program);
    report.signed.push({ firstSeq, lastSeq, log, validUntil, file: signatureName(statement), transitions });
    return statement;
  });
  const shown = report.signed.flatMap(({ transitions }) => transitions);
  // What is shown is read now: the store is closed afterwards.
  triggersIn(shown, triggers);
  report.unsettled = unsettledPrograms(
    shown,
    triggers,
    open.flatMap((batch) => batch.transitions),
  );
  return { report, manifest, names, triggers, write: () => writeAll(dir, options.secret, statements) };
}

async function writeAll(dir: string, secret: Uint8Array, statements: readonly BatchStatement[]): Promise<void> {
  const { signLog } = await import("../trace/signing/signature.ts");
  using _lock = lockRun(dir, "sign");
  for (const statement of statements) {
    await writeSignature(dir, { ...statement, signature: signLog(secret, statement) });
  }
}

/** Asks once for each trigger. */
function remembering(triggers: TriggerRows): TriggerRows {
  const asked = new Map<bigint, ReturnType<TriggerRows>>();
  return (digest) => {
    if (!asked.has(digest)) asked.set(digest, triggers(digest));
    return asked.get(digest);
  };
}

/** The program's effects in the preceding batches that did not need its signature. Its log covers them too. */
function unasked(open: readonly Batch[], batch: Batch, asked: ReadonlySet<Batch>): Transition[] {
  const before = open.slice(0, open.indexOf(batch));
  return before.slice(before.findLastIndex((one) => asked.has(one)) + 1).flatMap(({ transitions }) => transitions);
}

/** The program's own effects, each with its whole group: a signature covers the whole group. */
function bySigner(transitions: readonly Transition[], program: number): Transition[] {
  const signs = (t: Transition): boolean => t.actor === program && isEffect(t) && !t.triggered;
  const groups = new Set(transitions.filter((t) => t.group !== 0 && signs(t)).map(({ group }) => group));
  return transitions.filter((t) => signs(t) || (groups.has(t.group) && isEffect(t)));
}

/** The signed content of a batch. */
type BatchStatement = Omit<SignatureFile, "signature">;

function statementOf(
  { transitions }: Batch,
  { program, log }: WantedSignature,
  { domain }: SigningPlan,
  { validUntil, now = Math.floor(Date.now() / 1000) }: SignOptions,
): BatchStatement {
  const { at: until = 0, seq: lastSeq = 0 } = transitions.at(-1) ?? {};
  const usual = Math.min(Math.max(until, now) + WEEK, 2 ** BITS.time - 1);
  const statement = { domain, program, log, validUntil: validUntil ?? usual };
  if (statement.validUntil < until) {
    throw new InvalidInputError(
      "validUntil",
      `${statement.validUntil} is before transition ${lastSeq}, which is at ${until}; the batch could not be proven with it`,
    );
  }
  return { ...statement, lastSeq };
}

/**
 * @returns true if the key is the program's all the same; undefined if only the batches that were not read tell
 * @throws InvalidInputError if there is nothing to sign because the key is not the program's, or the program is open
 */
function refuseStranger(
  { open, batches, end }: SigningPlan,
  { tables }: NamesInUse,
  { program, authority, otherKeys }: SignReport,
): true | undefined {
  const who = new Names(tables).program(program);
  const header = end.cell(address(program, 0));
  const current = header.type === "program" ? header.authority : 0n;
  if (otherKeys > 0) {
    const keys = open.flatMap(({ transitions }) => wantedSignatures(transitions));
    const theirs = new Set(keys.filter((wanted) => wanted.program === program).map((wanted) => wanted.authority));
    throw new InvalidInputError(
      "key",
      `has the authority ${authority}, but ${who} acts under ${[...theirs].join(" and ")}; give that key`,
    );
  }
  if (current === authority) return true;
  if (!mustSign(program, current)) {
    const what = current === 0n ? "is open" : "is the chain";
    throw new InvalidInputError("program", `${who} ${what} and needs no signature`);
  }
  const all = batches?.flatMap(({ transitions }) => wantedSignatures(transitions));
  if (all === undefined) return undefined;
  if (all.some((wanted) => wanted.program === program && wanted.authority === authority)) return true;
  throw new InvalidInputError("key", `has the authority ${authority}, but ${who}'s is ${current}; give that key`);
}
