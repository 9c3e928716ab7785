/** Marks from the report: which parts of the run each fault touches, and which it leaves alone. */
import type { AuditReport } from "../../../verifier/audit/auditReport.ts";
import type { SignatureReport } from "../../../verifier/audit/signatures.ts";
import { type BatchFaults, batchFaultsIn } from "./batchFaults.ts";
import { chainMarks } from "./chainMarks.ts";
import { Ranges } from "./ranges.ts";
import { type Replay, replayIn } from "./replayFault.ts";
import { type BrokenSignature, signatureMark, unreadableSignatures } from "./signatureMarks.ts";
import { standingOf } from "./signatureStanding.ts";
import type { Checks, Mark, Marks } from "./state.ts";

const WAITING: Mark = { verdict: "open", why: "the check is not over yet" };

/** Marks of all transitions. Between two edges, those of one signer are alike. */
export class Judge {
  readonly #checks: Checks;
  readonly #replay: Replay | undefined;
  readonly #faults: BatchFaults | undefined;
  readonly #chainOf: (seq: number) => Mark;
  /** By signer. */
  readonly #signatures = new Map<number, SignatureReport[]>();
  readonly #covering = new Map<number, Ranges<SignatureReport>>();
  readonly #broken: readonly BrokenSignature[];
  /** First transitions behind which marks may change, ascending. */
  readonly #edges: readonly number[];
  readonly #known = new Map<string, Marks>();
  /** By place between the edges. */
  readonly #shared = new Map<number, Omit<Marks, "signature">>();

  constructor(checks: Checks) {
    this.#checks = checks;
    const { report } = checks;
    this.#broken = report === undefined ? [] : unreadableSignatures(report);
    if (report === undefined) {
      this.#chainOf = chainMarks(checks, []);
      this.#edges = [1];
      return;
    }
    this.#replay = replayIn(report, checks.shown);
    this.#faults = batchFaultsIn(report, this.#replay);
    this.#chainOf = chainMarks(checks, this.#faults.batches);
    for (const signature of report.signatures) {
      const own = this.#signatures.get(signature.signer.program);
      if (own === undefined) this.#signatures.set(signature.signer.program, [signature]);
      else own.push(signature);
    }
    this.#edges = edgesOf(report, this.#replay, this.#faults, this.#broken, checks);
  }

  /** The batches with their marks, and where some are missing; none before the check is over. */
  get batchMarks(): Pick<BatchFaults, "batches" | "gaps"> {
    return this.#faults ?? { batches: [], gaps: [] };
  }

  marksOf(seq: number): Marks {
    const asker = this.#checks.shown?.askers[seq - 1];
    const place = this.#placeOf(seq);
    const key = `${place} ${asker}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const shared = this.#shared.get(place) ?? this.#judge(seq);
    this.#shared.set(place, shared);
    const made = { ...shared, signature: this.#signature(seq, asker) };
    this.#known.set(key, made);
    return made;
  }

  /** The marks that do not depend on who must sign. */
  #judge(seq: number): Omit<Marks, "signature"> {
    const chain = this.#chainOf(seq);
    if (this.#replay === undefined || this.#faults === undefined) {
      const mark = this.#unknown();
      return { replay: mark, proof: mark, chain };
    }
    return { replay: this.#replay.markOf(seq), proof: this.#faults.markOf(seq), chain };
  }

  #signature(seq: number, asker: number | undefined): Mark {
    const { report } = this.#checks;
    if (report === undefined || this.#replay === undefined) return this.#unknown();
    const found = this.#signatureAt(asker ?? 0, seq);
    const own = found && { ...found, standing: standingOf(found, report) };
    return signatureMark(seq, asker, { replay: this.#replay, broken: this.#broken, own });
  }

  /**
   * The one that covers a transition. A signer's batches do not overlap in a run in order; else the last one counts.
   */
  #signatureAt(signer: number, seq: number): SignatureReport | undefined {
    const own = this.#signatures.get(signer) ?? [];
    const last = own[numberUpTo(own, seq, ({ firstSeq }) => firstSeq) - 1];
    if (last === undefined || seq <= last.lastSeq) return last;
    const ranges = this.#covering.get(signer) ?? new Ranges(own);
    this.#covering.set(signer, ranges);
    return ranges.at(seq);
  }

  #unknown(): Mark {
    const { problem } = this.#checks;
    return problem === undefined ? WAITING : { verdict: "open", why: `the check failed: ${problem}` };
  }

  /** Number of edges up to a transition. */
  #placeOf(seq: number): number {
    return numberUpTo(this.#edges, seq, (edge) => edge);
  }
}

function edgesOf(
  report: AuditReport,
  replay: Replay,
  faults: BatchFaults,
  broken: readonly BrokenSignature[],
  { chain }: Checks,
): number[] {
  const edges = new Set<number>([1, ...replay.edges, ...faults.edges]);
  const addRange = ({ firstSeq, lastSeq }: { firstSeq: number; lastSeq: number }): void => {
    edges.add(firstSeq);
    edges.add(lastSeq + 1);
  };
  report.batches.forEach(addRange);
  report.signatures.forEach(addRange);
  for (const { lastSeq } of broken) edges.add(lastSeq).add(lastSeq + 1);
  chain?.report?.accepted.forEach(addRange);
  return [...edges].sort((a, b) => a - b);
}

/** How many of an ascending list are at most `seq`. */
function numberUpTo<T>(list: readonly T[], seq: number, of: (one: T) => number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(list[middle] as T) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
