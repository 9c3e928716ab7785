/** What an audit is asked, and what it answers. */
import type { OnProgress } from "../../prover/circuit/build.ts";
import type { KeyReport } from "../../prover/keyReport.ts";
import type { KeyOptions } from "../../prover/verifyingArtifacts.ts";
import type { ShownUnit } from "../../trace/describe/names.ts";
import type { NamesInUse, OwnNames } from "../../trace/describe/ownNames.ts";
import type { TriggerFacts } from "../../trace/describe/triggeredRows.ts";
import type { FilterWords } from "../../trace/query/filter.ts";
import type { ContractRecord, FailureRecord } from "../../trace/run/runtimeRecord.ts";
import type { Problem } from "../bundleSequence.ts";
import type { BatchReport } from "../verify.ts";
import type { ChainReport } from "./chain.ts";
import type { EarlierAudit } from "./earlier.ts";
import type { ProgramReport, SignatureReport } from "./signatures.ts";
import type { TransitionReport } from "./transitionReport.ts";

/** Options of an audit: what to compare the run with, and what to accept. */
export interface AuditOptions extends KeyOptions {
  /** URL of a node: compares with the chain as well. */
  rpc?: string | undefined;
  /** Time limit for one answer of the node, in milliseconds. */
  rpcTimeout?: number | undefined;
  /** Address of the registry. Default: the manifest's. */
  registry?: string | undefined;
  /** Accept unfinished work: batches without signatures, proofs or submission. */
  allowUnproven?: boolean | undefined;
  /** Name of the only profile for the unproven batches. Default: the map's profiles. */
  profile?: string | undefined;
  /** The reader's own names, in place of the manifest's. */
  names?: OwnNames | undefined;
  /** Functions of the reader's ABI files: selectors in hexadecimal, and signatures. */
  functions?: readonly (readonly [selector: string, signature: string])[] | undefined;
  /** The transitions to report. Default: all. The audit checks everything in any case. */
  only?: FilterWords | undefined;
  /** Most transitions to report, the first of those that match. Default: 10,000. */
  most?: number | undefined;
  /** Threads that replay and verify. Default: as many as there are cores. */
  threads?: number | undefined;
  /** What an earlier audit found, as `earlierAudit` gave it: this one begins where it ended. */
  since?: EarlierAudit | undefined;
  /** Go on also from an audit that had found something wrong. */
  evenWrong?: boolean | undefined;
  /** Keep what the next audit can begin with. */
  save?: boolean | undefined;
  onProgress?: OnProgress | undefined;
}

/** The result of an audit. Field elements are decimal texts, times are seconds since 1970. */
export interface AuditReport {
  /** There is no contradiction, and no unfinished work unless that was allowed. */
  ok: boolean;
  /** `wrong`: there is a contradiction. `unfinished`: there is none, but work is left. Else `in order`. */
  state: "in order" | "unfinished" | "wrong";
  scenario: string;
  /** Roots recomputed from genesis and trace; null if the trace does not replay. */
  roots: { genesis: string | null; end: string | null };
  /** Number of transitions in the trace, and of those that valid batches prove. */
  counts: { transitions: number; proven: number };
  /** Every program, with the authority that signs for it. */
  programs: ProgramReport[];
  batches: BatchReport[];
  /** Required signatures by batch, with their status. */
  signatures: SignatureReport[];
  /** The transitions that the filter selects; all of them without a filter. */
  transitions: TransitionReport[];
  /** What is reported of them; null if all are. */
  shown: Shown | null;
  /** The effects behind the digests of all triggers that were set. */
  triggers: TriggerFacts;
  /** The map on its chain; null if no node was asked. */
  chain: ChainReport | null;
  /**
   * Clauses of contracts that the programs checked while they ran, and failures of actors. No proof covers them.
   */
  contracts: ContractRecord[];
  failures: FailureRecord[];
  developmentKeys: boolean;
  /** Every key that a batch names, with its origin. */
  keys: KeyReport[];
  problems: Problem[];
  /** Remarks that are not problems. */
  notes: string[];
  /** Remarks of the manifest's writer. No proof covers them. */
  manifestNotes: string[];
  /** The source of the names, and the differences between the reader's names and the manifest's. */
  names: Pick<NamesInUse, "from" | "own" | "differences" | "addressesFrom">;
  /** What `blocks.jsonl` of an imported run tells of. Absent in other runs, and if that file is not used. */
  blocks?: { chainId: string; from: number | null; to: number | null; transactions: number };
  /** The units of imported kinds in this report, and what they stand for. */
  units?: ShownUnit[];
  /** How the trace was replayed. */
  replay: ReplayReport;
  /** What was taken from an earlier audit; null if everything was looked at now. */
  since: SinceReport | null;
  /** Members of this report that no proof covers, besides all names of programs, kinds and slots. */
  notProven: readonly string[];
}

/** Transitions that are reported if nobody asks for more. */
export const USUALLY_TOLD = 10_000;

/** What is reported of the transitions. */
export interface Shown {
  /** Number of reported transitions, the first of those that match. */
  transitions: number;
  /** Number of transitions that were looked at. */
  of: number;
  /** Number of those that match the filter. */
  matching: number;
  /** Empty if there is none. */
  filter: FilterWords;
}

/** How a trace was replayed. */
export interface ReplayReport {
  threads: number;
  /** Pieces that were replayed beside each other; 1 for one after the other. */
  pieces: number;
  /** Why not all threads could be used, as a sentence without its end; null if they were. */
  note: string | null;
}

/** What an audit took from an earlier one. */
export interface SinceReport {
  /** The last transition that the earlier audit looked at. */
  seq: number;
  /** Root of the state there, in decimal. */
  root: string;
  /** Bundles that it looked at. */
  batches: number;
  /** What was there already, and was not looked at again, in sentences without their ends. */
  taken: string[];
}
