/**
 * Hostile run directories for all readers of whole ones. Each reader must refuse or report in time. `verify` may accept
 * only proven statements that follow one another from the genesis on, `audit` only a known run, and `replay` must give
 * exactly the content of the files.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDomain } from "../../../prover/batches/plan.ts";
import { proofsIn } from "../../../prover/bundles/bundle.ts";
import { unpackSpan } from "../../../trace/commitment/commit.ts";
import { TimeBanditsError } from "../../../trace/errors.ts";
import { type Replayed, replayDirectory } from "../../../trace/replay/replay.ts";
import { parseGenesis } from "../../../trace/run/genesisFile.ts";
import { pathIn } from "../../../trace/run/runDirectory.ts";
import { mapOf } from "../../../trace/state/genesis.ts";
import { type AuditReport, auditDirectory } from "../../../verifier/audit/audit.ts";
import { renderAudit } from "../../../verifier/audit/render.ts";
import { type BatchReport, type VerifyReport, verifyDirectory } from "../../../verifier/verify.ts";
import type { Random } from "../../lib/random.ts";
import { type KnownRun, type KnownRuns, linesOf, makeKnownRuns, storyText } from "../lib/knownRuns.ts";
import type { Patient } from "./damagedDirectory.ts";
import { damage } from "./damagedRuns.ts";

/** A reader that takes longer counts as hanging, in ms. */
const PATIENCE = 5_000;
const LONGEST = 4_000;
/** Most damages to one directory. */
const MOST = 4;
/** Texts that no message for people may have: control characters, and JavaScript's own errors. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it finds control characters
const UNFIT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]|\[object |Cannot read propert|is not a function/;

/** A reader's result for a directory. */
type Answer<T> = { readonly said: T } | { readonly refused: TimeBanditsError };

/** A fault in words. It is thrown to end the judgement of a case. */
class Wrong extends Error {}

/** The known runs and a folder for damaged copies. */
export class HostileRuns {
  readonly #folder: string;
  readonly #runs: KnownRuns;

  private constructor(folder: string, runs: KnownRuns) {
    this.#folder = folder;
    this.#runs = runs;
  }

  static async open(): Promise<HostileRuns> {
    const folder = mkdtempSync(join(tmpdir(), "timebandits-hostile-runs-"));
    return new HostileRuns(folder, await makeKnownRuns(folder));
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One hostile directory. @returns the fault of a reader in words; null if there is none */
  async try(random: Random): Promise<string | null> {
    const dir = join(this.#folder, "damaged");
    rmSync(dir, { recursive: true, force: true });
    cpSync(this.#runs.original.dir, dir, { recursive: true });
    const patient: Patient = { dir, runs: this.#runs, random, proven: new Set() };
    const done: string[] = [];
    // Mostly one damage, because a single damage is found best.
    for (let left = Math.max(1, random.below(2 * MOST) - MOST + 1); left > 0; left--) done.push(damage(patient));
    try {
      await this.#judge(patient);
      return null;
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      return `run directory: ${done.join("; ")}: ${error.message}`;
    }
  }

  async #judge({ dir, proven }: Patient): Promise<void> {
    const all = [this.#runs.original, ...this.#runs.others];
    const verified = await asked("verify", () => verifyDirectory(dir));
    if ("said" in verified) {
      requireFit("verify", verified.said.problems.map(problemText));
      if (verified.said.ok)
        judgeVerified(dir, verified.said, new Set([...proven, ...all.flatMap((r) => r.statements)]));
    }
    const replayed = await asked("replay", () => replayDirectory(dir));
    if ("said" in replayed) judgeReplayed(dir, replayed.said, all);
    const audited = await asked("audit", () => auditDirectory(dir));
    if (!("said" in audited)) return;
    requireFit("audit", [...audited.said.problems.map(problemText), ...renderAudit(audited.said).split("\n")]);
    if (audited.said.ok) judgeAudited(dir, audited.said, replayed, all);
  }
}

async function asked<T>(what: string, ask: () => T | Promise<T>): Promise<Answer<T>> {
  const begun = performance.now();
  let answer: Answer<T>;
  try {
    answer = { said: await ask() };
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw new Wrong(`${what} threw ${String(error).slice(0, 200)}`);
    requireFit(what, [error.message]);
    answer = { refused: error };
  }
  const took = performance.now() - begun;
  if (took > PATIENCE) throw new Wrong(`${what} took ${Math.round(took)} ms`);
  return answer;
}

function requireFit(what: string, texts: readonly string[]): void {
  const unfit = texts.find((text) => text.length > LONGEST || UNFIT.test(text));
  if (unfit !== undefined) throw new Wrong(`${what} says ${JSON.stringify(unfit).slice(0, 300)}`);
}

const problemText = ({ where, field, message }: VerifyReport["problems"][number]): string =>
  `${where}: ${field}: ${message}`;

/** The statement of a batch in a report, in the form of the known statements. */
const statementOf = ({ preRoot, postRoot, traceRoot, firstSeq, lastSeq, notBefore, until, domain }: BatchReport) =>
  [preRoot, postRoot, traceRoot, [firstSeq, lastSeq, notBefore, until].join(), domain].join(" ");

/** The same of a known statement. */
function written(statement: string): string {
  const [preRoot, postRoot, traceRoot, span = "0", domain] = statement.split(" ");
  const { firstSeq, count, notBefore, until } = unpackSpan(BigInt(span));
  return [preRoot, postRoot, traceRoot, [firstSeq, firstSeq + count - 1, notBefore, until].join(), domain].join(" ");
}

/** Every file with a bundle's name is reported. */
function requireAllRead(dir: string, batches: readonly BatchReport[]): void {
  const folder = proofsIn(dir);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  if (names.length !== batches.length) throw new Wrong(`${names.length} bundles, ${batches.length} of them read`);
}

/**
 * Every statement has a proof, and each begins at the end of the one before. The first begins at the genesis, with
 * transition 1.
 */
function judgeVerified(dir: string, { batches }: VerifyReport, proven: ReadonlySet<string>): void {
  requireAllRead(dir, batches);
  const statements = new Set([...proven].map(written));
  let before = {
    postRoot: genesisRootIn(dir) ?? batches[0]?.preRoot,
    lastSeq: 0,
    until: 0,
    domain: batches[0]?.domain,
  };
  for (const batch of batches) {
    if (!statements.has(statementOf(batch))) throw new Wrong(`verify takes what nobody proved: ${statementOf(batch)}`);
    const { preRoot, firstSeq, notBefore, domain } = batch;
    if (
      preRoot !== before.postRoot ||
      firstSeq !== before.lastSeq + 1 ||
      notBefore < before.until ||
      domain !== before.domain
    )
      throw new Wrong(`verify takes batches that do not follow one another: ${JSON.stringify({ before, batch })}`);
    before = batch;
  }
}

/** Undefined if there is no genesis, which `verify` does not need. An unreadable genesis must be reported. */
function genesisRootIn(dir: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(pathIn(dir, "genesis"), "utf8");
  } catch {
    return undefined;
  }
  return mapOf(parseGenesis(text)).root().toString();
}

/**
 * The replay gives the file line by line. It is the beginning of a known run, unless it has a line of no known run:
 * then it is another history, which only the proofs can tell from the first.
 */
function judgeReplayed(dir: string, { groups, trace }: Replayed, all: readonly KnownRun[]): void {
  const found = linesOf(groups);
  const inFile = readFileSync(pathIn(dir, "trace"), "utf8")
    .split("\n")
    .slice(0, -1)
    .filter((line) => line.startsWith('{"seq":'));
  if (inFile.length !== found.length + trace.cut)
    throw new Wrong(`replay gives ${found.length} of ${inFile.length} records`);
  const other = found.findIndex((line, i) => line !== inFile[i]);
  if (other >= 0) throw new Wrong(`replay gives ${found[other]}, but the file says ${inFile[other]}`);
  const ofNoRun = found.some((line) => !all.some(({ lines }) => lines.includes(line)));
  if (!ofNoRun && !all.some(({ lines }) => beginsWith(lines, found)))
    throw new Wrong(`replay takes the lines of known runs in another order, ${found.length} of them`);
}

const beginsWith = (all: readonly string[], some: readonly string[]): boolean =>
  some.length <= all.length && some.every((each, i) => each === all[i]);

/** It is a known run up to the end of one of its batches. Later batches cannot be known here. */
function judgeAudited(dir: string, report: AuditReport, replayed: Answer<Replayed>, all: readonly KnownRun[]): void {
  if (!("said" in replayed)) throw new Wrong(`audit takes what does not replay: ${replayed.refused.message}`);
  const found = linesOf(replayed.said.groups);
  const { counts, batches, roots } = report;
  requireAllRead(dir, batches);
  const statements = batches.map(statementOf);
  const proven = batches.at(-1)?.lastSeq ?? 0;
  // Checkpoints too, which an audit recomputes. Some may be missing.
  const lines = readFileSync(pathIn(dir, "trace"), "utf8").split("\n");
  const domain = runDomain(replayed.said.manifest, replayed.said.trace.header.genesisRoot).toString();
  // Other names give other sentences for the same transitions.
  const names = existsSync(pathIn(dir, "manifest")) ? readFileSync(pathIn(dir, "manifest")) : undefined;
  const named = names !== undefined && all.some((run) => names.equals(readFileSync(pathIn(run.dir, "manifest"))));
  const same = all.some(
    (run) =>
      run.genesisRoot === roots.genesis &&
      run.domain === domain &&
      lines.every((line) => readFileSync(pathIn(run.dir, "trace"), "utf8").split("\n").includes(line)) &&
      beginsWith(run.lines, found) &&
      beginsWith(run.statements.map(written), statements) &&
      (!named || beginsWith(run.stories, report.transitions.map(storyText))),
  );
  const whole = [counts.transitions, counts.proven, found.length, report.transitions.length].every((n) => n === proven);
  if (!same || !whole || replayed.said.trace.torn) {
    throw new Wrong(`audit takes ${counts.transitions} transitions and ${batches.length} batches that are no run's`);
  }
}
