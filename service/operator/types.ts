/** What the operator of a map does for those who ask. The HTTP server knows the operator by these types alone. */
import type { SignatureFile } from "../../prover/signing/signatureFiles.ts";
import type { LeftWaiting } from "../../trace/crossing/takeIn.ts";
import type { Effect } from "../../trace/effects/effects.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import type { DismissReason } from "../../verifier/exits/dismissReason.ts";
import type { ProofCounts } from "../fleet/proofSource.ts";

/** Who asks, as the server has authenticated them. */
export type Caller =
  | { readonly kind: "operator" }
  | { readonly kind: "program"; readonly program: number; readonly authority: bigint };

/** Effects that somebody wants to happen: those of one program, or of several as one group, all or none. */
export interface Proposal {
  /** 32 hexadecimal digits that the proposer chooses at random. A proposal that is sent twice happens once. */
  readonly id: string;
  readonly parts: readonly { readonly actor: number; readonly effect: Effect }[];
  /** Seconds since 1970 after which it must not happen any more. */
  readonly validUntil: number;
  /** `numbering` of the status by which its numbers of programs are meant. It is needed once numbers have changed. */
  readonly numbering?: number | undefined;
}

/** What became of a proposal. */
export type ProposalStatus =
  /** Programs must still approve it. */
  | { readonly status: "open"; readonly missing: readonly number[] }
  /** It happened, and is on disk. */
  | { readonly status: "accepted"; readonly firstSeq: number; readonly lastSeq: number }
  /** A rule refused it. It never happens. */
  | { readonly status: "refused"; readonly code: string; readonly message: string }
  /** It was not approved in time. */
  | { readonly status: "expired" }
  /** It happened, and was taken out again, because a signature was missing. */
  | { readonly status: "withdrawn"; readonly message: string };

/** A proposal with its fate. */
export interface ProposalReport {
  readonly proposal: Proposal;
  readonly state: ProposalStatus;
}

/** Which open groups to show, in the order of their ids. */
export interface OpenPage {
  /** Only groups behind this id. */
  readonly after?: string | undefined;
  /** So many at most. */
  readonly most?: number | undefined;
}

/** A log that a program is to sign, so that a batch can be proven. */
export interface LogToSign {
  readonly program: number;
  readonly authority: bigint;
  /** The log at the end of the batch. */
  readonly log: bigint;
  /** First and last transition of the batch. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** The signature's `validUntil` must not be before it. */
  readonly until: number;
  /** When the batch goes on without the program's effects, in seconds since 1970. */
  readonly withdrawnAt: number;
}

/** A batch on its way. */
export type BatchStage = "signing" | "proving" | "setAside" | "proven" | "submitted" | "confirmed";

/** A batch that was cut. */
export interface BatchReport {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly profile: string;
  readonly stage: BatchStage;
  /** Programs whose signature is missing. */
  readonly missing: readonly number[];
}

/** Where the map stands. */
export interface OperatorStatus {
  readonly domain: bigint;
  readonly genesisRoot: bigint;
  readonly levels: number;
  /** Number and time of the last transition on disk, and the root after it. */
  readonly seq: number;
  readonly at: number;
  readonly root: bigint;
  readonly programs: number;
  /** Last transition of the last batch that was cut, proven, and accepted on chain; 0 if none was. */
  readonly cut: number;
  readonly proven: number;
  readonly submitted: number;
  readonly openProposals: number;
  /** How often a withdrawal has given programs other numbers. */
  readonly numbering: number;
  readonly proofs: ProofCounts;
  /** Why the map stands still, for the operator to mend; null if it does not. */
  readonly halted: string | null;
  /** Of a moored map: what waits at the registry, and why it is not in the map or out of it. */
  readonly waiting: readonly LeftWaiting[];
}

/** What happens, as it happens. */
export type OperatorEvent =
  | { readonly type: "proposal"; readonly id: string; readonly state: ProposalStatus }
  | { readonly type: "transitions"; readonly firstSeq: number; readonly lastSeq: number }
  | { readonly type: "cut"; readonly firstSeq: number; readonly lastSeq: number; readonly profile: string }
  | { readonly type: "toSign"; readonly log: LogToSign }
  | { readonly type: "signed"; readonly program: number; readonly lastSeq: number }
  | { readonly type: "withdrawn"; readonly program: number; readonly firstSeq: number; readonly transitions: number }
  | { readonly type: "proven"; readonly firstSeq: number; readonly lastSeq: number; readonly bundle: string }
  | { readonly type: "setAside"; readonly firstSeq: number; readonly lastSeq: number; readonly reason: string }
  | { readonly type: "submitted"; readonly firstSeq: number; readonly lastSeq: number; readonly transaction: string }
  | { readonly type: "head"; readonly seq: number; readonly root: bigint }
  /** A request to leave was closed, because its maker was not entitled. */
  | {
      readonly type: "dismissed";
      readonly request: bigint;
      readonly reason: DismissReason;
      readonly transaction: string;
    }
  | { readonly type: "halted"; readonly why: string };

/** The operator of one map. */
export interface Operator extends AsyncDisposable {
  /**
   * Takes a proposal. Effects of one program happen at once. A group of several programs happens when the last of its
   * signing programs has approved it. Returns when what is accepted is on disk.
   * @throws RefusedError, InvalidInputError if it can never happen; nothing is kept then
   * @throws EnvironmentError with the code "open-groups" if the caller has as many open groups as a program may have;
   *   with another code if it cannot be taken now
   */
  propose(proposal: Proposal, by: Caller): Promise<ProposalStatus>;
  /** Approves an open group. @throws InvalidInputError if there is none of that id, or the caller is not in it */
  approve(id: string, by: Caller): Promise<ProposalStatus>;
  /** undefined if there is no such proposal. */
  proposal(id: string): ProposalReport | undefined;
  /** Open groups that wait for the program's approval, in the order of their ids; all without a program. */
  openProposals(program?: number, page?: OpenPage): ProposalReport[];
  /** Applies the trigger of a fired watch. Anybody may ask for it. @throws RefusedError */
  applyTrigger(watch: { program: number; slot: number }): Promise<{ firstSeq: number; lastSeq: number }>;
  /** What is to be signed; all without a program. */
  toSign(program?: number): LogToSign[];
  /**
   * Takes a signature. It counts at once for every cut batch that it serves; one over a log that no batch ends with yet
   * is kept, in case a batch does.
   * @throws InvalidInputError if it is no signature of the program's key over a log that the program had
   */
  sign(signature: SignatureFile): Promise<void>;
  /** The batches that were cut, and the last ones that are settled. */
  batches(): BatchReport[];
  /** Where the map stands. */
  status(): Promise<OperatorStatus>;
  /** The state on disk. Read only, and only until the next await. */
  map(): TimeMap;
  /** Transitions on disk, in order. Their cells are not known. */
  records(firstSeq: number, lastSeq: number): ReadonlyArray<Omit<Transition, "columns" | "last" | "triggered">>;
  /** @returns a function that ends the subscription */
  subscribe(listener: (event: OperatorEvent) => void): () => void;
}
