/** The wanted batches, and what became of each. The dispatcher decides; a queue keeps. */
import type { Bundle } from "../../prover/bundles/bundle.ts";
import type { SetAside, WantedProof } from "./proofSource.ts";

/** Why a worker could not prove a batch. */
export interface Failure {
  readonly worker: string;
  readonly reason: string;
}

/** One time that a batch was taken. An attempt that was lost is worth nothing any more. */
export interface Attempt {
  readonly id: string;
  readonly attempt: number;
}

/** A batch that was taken. */
export interface TakenBatch extends WantedProof, Attempt {
  readonly failures: readonly Failure[];
  /** Proves that the one who says it was given the batch. Hard to guess. */
  readonly lease: string;
}

/** A proof that was kept and not delivered yet. */
export interface KeptProof {
  readonly id: string;
  readonly bundle: Bundle;
}

/**
 * Keeps wanted batches. Every call that returns has been kept. Calls throw `EnvironmentError` while the place of
 * keeping is away; they may be repeated then.
 */
export interface WorkQueue extends AsyncDisposable {
  /** False while batches must not be handed out, because another server may have taken the queue over. */
  readonly mine: boolean;
  /** Begins. @returns what was kept before and not delivered. @throws EnvironmentError if another server has it */
  open(): Promise<{ proofs: KeptProof[]; setAside: SetAside[] }>;
  /** Keeps a wanted batch. One that is known already changes nothing. */
  add(batch: WantedProof): Promise<void>;
  /** Takes waiting batches, the oldest first. */
  take(most: number): Promise<TakenBatch[]>;
  /** Says that attempts go on. @returns the ids of those that are lost */
  beat(attempts: readonly Attempt[]): Promise<ReadonlySet<string>>;
  /** Finds the attempt that a lease was given for, if it goes on: after a restart, workers come back with theirs. */
  resume(id: string, lease: string): Promise<TakenBatch | undefined>;
  /** Lets a batch wait again. */
  giveBack(attempt: Attempt): Promise<void>;
  /** Lets a batch wait again, or sets it aside, and keeps why. */
  fail(attempt: Attempt, failure: Failure, setAside: boolean): Promise<void>;
  /** The batch, if it is wanted and has no proof yet. */
  find(id: string): Promise<WantedProof | undefined>;
  /** Keeps a verified proof. @returns false if it is not wanted, or not any more */
  keep(proof: KeptProof): Promise<boolean>;
  /** The proof was delivered: nothing of the batch need be kept. */
  delivered(id: string): Promise<void>;
  /** Nothing of the batch is wanted any more. */
  forget(id: string): Promise<void>;
  /** Lets a batch wait again that was set aside. @returns false if it is not */
  retry(id: string): Promise<boolean>;
  counts(): Promise<{ waiting: number; active: number; setAside: number }>;
}
