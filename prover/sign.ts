/**
 * Signing: one key's consent to what its program did, batch by batch. The trace is replayed first, so nobody signs what is not a valid
 * history; batches are cut as `prove` cuts them, because what is signed is the log at the end of a batch.
 */
import { InvalidInputError } from "../trace/errors.ts";
import { address, BITS } from "../trace/layout.ts";
import type { Manifest } from "../trace/manifest.ts";
import type { Transition } from "../trace/record.ts";
import { authorityAsked } from "../trace/rows.ts";
import { authorityOf, signLog } from "../trace/signature.ts";
import type { Batch } from "./batcher.ts";
import type { OnProgress } from "./keys/makeKey.ts";
import { lockRun } from "./lock.ts";
import { type Plan, planOf } from "./plan.ts";
import { programNumber } from "./programs.ts";
import { bookOf, type SignatureFile, usableSignatures, writeSignature } from "./signatureFiles.ts";
import { type WantedSignature, wantedSignatures } from "./signatures.ts";
import { validBundles } from "./standing.ts";

/** Who signs, with which key, and for how long. */
export interface SignOptions {
  /** Name in the manifest, or number, of the program to sign for. */
  program: string;
  /** The key, 32 bytes. */
  secret: Uint8Array;
  /** Until when proofs may use the signatures, in seconds since 1970; by default a week after now and after the batch's end. */
  validUntil?: number | undefined;
  /** Name of the only profile to plan with; the same as `prove` will be given. */
  profile?: string | undefined;
  /** What time it is, in seconds since 1970. */
  now?: number | undefined;
  onProgress?: OnProgress | undefined;
  /** Told of the run that is about to be signed, the very one that was read; what it throws prevents the signing. */
  accept?: ((manifest: Manifest) => Promise<void>) | undefined;
}

/** A batch that was signed. */
export interface SignedBatch {
  firstSeq: number;
  lastSeq: number;
  log: bigint;
  validUntil: number;
  /** Name of the signature's file. */
  file: string;
  /** Its own effects in the batch: they are what was signed, each with all of its group. */
  transitions: Transition[];
}

/** What `signDirectory` did. */
export interface SignReport {
  program: number;
  /** What the manifest calls it. */
  name: string | null;
  authority: bigint;
  domain: bigint;
  signed: SignedBatch[];
  /** Batches that this key had signed before. */
  before: number;
  /** Batches in which the program acts under another key. */
  otherKeys: number;
  /** Signatures of other programs, or other keys, that batches without a proof still lack. */
  stillMissing: number;
}

const WEEK = 7 * 86_400;

/**
 * Signs for a program whatever batches need it: those without a valid bundle in which it acts under the key's authority and that it has
 * not signed.
 * @throws InvalidInputError if the trace does not replay, the program does not exist, is open, or has another authority in all of them, or
 *   `validUntil` is before a batch ends; nothing is written then. EnvironmentError if another process writes there
 */
export async function signDirectory(dir: string, options: SignOptions): Promise<SignReport> {
  using _lock = lockRun(dir, "sign");
  const plan = await planOf(dir, options.profile);
  const { manifest, map } = plan.run;
  await options.accept?.(manifest);
  const program = programNumber(options.program, manifest, map.programs());
  const authority = authorityOf(options.secret);
  const files = await usableSignatures(dir);
  const book = await bookOf(files, plan.domain);
  const proven = await validBundles(plan, options.onProgress);
  const open = plan.batches.filter((batch) => !proven.has(batch));
  const report: SignReport = {
    program,
    name: manifest.programs[program] ?? null,
    authority,
    domain: plan.domain,
    signed: [],
    before: 0,
    otherKeys: 0,
    stillMissing: 0,
  };
  const fresh: { batch: Batch; wanted: WantedSignature }[] = [];
  for (const batch of open) {
    const until = batch.transitions.at(-1)?.at ?? 0;
    for (const wanted of wantedSignatures(batch.transitions)) {
      const there = book(wanted, until) !== undefined;
      const ours = wanted.program === program && wanted.authority === authority;
      if (wanted.program === program && !ours) report.otherKeys++;
      if (ours && there) report.before++;
      else if (ours) fresh.push({ batch, wanted });
      else if (!there) report.stillMissing++;
    }
  }
  if (fresh.length + report.before === 0) refuseStranger(plan, report, open);
  // All of them before any is written: a refusal leaves nothing behind.
  const made = fresh.map((one) => signed(one.batch, one.wanted, plan, options));
  for (const { file, batch } of made) {
    const { log, validUntil, lastSeq } = file;
    report.signed.push({
      firstSeq: batch.transitions[0]?.seq ?? 0,
      lastSeq,
      log,
      validUntil,
      file: await writeSignature(dir, file),
      transitions: batch.transitions.filter((t) => t.actor === program && authorityAsked(t) === authority),
    });
  }
  return report;
}

function signed(
  { transitions }: Batch,
  { program, log }: WantedSignature,
  { domain }: Plan,
  { secret, validUntil, now = Math.floor(Date.now() / 1000) }: SignOptions,
): { file: SignatureFile; batch: Pick<Batch, "transitions"> } {
  const { at: until = 0, seq: lastSeq = 0 } = transitions.at(-1) ?? {};
  const usual = Math.min(Math.max(until, now) + WEEK, 2 ** BITS.time - 1);
  const statement = { domain, program, log, validUntil: validUntil ?? usual };
  if (statement.validUntil < until) {
    throw new InvalidInputError(
      "validUntil",
      `${statement.validUntil} is before transition ${lastSeq}, which is at ${until}; the batch could not be proven with it`,
    );
  }
  return { file: { ...statement, lastSeq, signature: signLog(secret, statement) }, batch: { transitions } };
}

/** @throws InvalidInputError if there is nothing to sign because the key is not the program's, or nobody's */
function refuseStranger(plan: Plan, { program, authority, otherKeys }: SignReport, open: readonly Batch[]): void {
  const who = plan.run.manifest.programs[program] ?? `program ${program}`;
  const header = plan.run.map.cell(address(program, 0));
  const current = header.type === "program" ? header.authority : 0n;
  if (otherKeys > 0) {
    const keys = open.flatMap(({ transitions }) => wantedSignatures(transitions));
    const theirs = new Set(keys.filter((wanted) => wanted.program === program).map((wanted) => wanted.authority));
    throw new InvalidInputError(
      "key",
      `has the authority ${authority}, but ${who} acts under ${[...theirs].join(" and ")}; give that key`,
    );
  }
  if (current === authority) return;
  if (current === 0n) throw new InvalidInputError("program", `${who} is open: nobody signs for it`);
  const all = plan.batches.flatMap(({ transitions }) => wantedSignatures(transitions));
  if (all.some((wanted) => wanted.program === program && wanted.authority === authority)) return;
  throw new InvalidInputError("key", `has the authority ${authority}, but ${who}'s is ${current}; give that key`);
}
