/**
 * Where the proofs of batches come from: this process, or workers on other machines. The operator sees no difference.
 */
import type { Bundle } from "../../prover/bundles/bundle.ts";
import type { PublicInputs } from "../../trace/commitment/commit.ts";

/** A batch whose proof is wanted. */
export interface WantedProof {
  /**
   * Names the batch by its content: `FIRST-LAST-` and 16 hexadecimal digits of the SHA-256 of the work. A batch that
   * was cut differently, or has other signatures, has another id.
   */
  readonly id: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Name of its profile. */
  readonly profile: string;
  /** The statement that its proof must have. */
  readonly statement: PublicInputs;
  /** Everything that a worker needs, compressed: see prover/work. */
  readonly work: Uint8Array;
}

/** A batch that nobody could prove. */
export interface SetAside {
  readonly id: string;
  /** What each worker said, in order. */
  readonly reasons: readonly string[];
}

/** What a proof source tells. */
export interface ProofListener {
  /**
   * A proof of a wanted batch, verified against its statement. Proofs come in any order, and may come twice: after a
   * crash the first one may not have been noted. The proof counts as delivered once the promise is fulfilled.
   */
  proven(id: string, bundle: Bundle): Promise<void>;
  /** A batch failed so often, on different workers, that it is not tried any more. */
  setAside(batch: SetAside): void;
}

/** The proofs under way, counted. */
export interface ProofCounts {
  /** Batches that wait for a worker. */
  readonly waiting: number;
  /** Batches that a worker has. */
  readonly active: number;
  readonly setAside: number;
  /** Workers heard of within the last minute. */
  readonly workers: number;
  /** Workers whose work is refused, by name, with the reason. */
  readonly workersSetAside: readonly { readonly worker: string; readonly reason: string }[];
}

/** Proves the batches that it is asked to. */
export interface ProofSource extends AsyncDisposable {
  /** Begins to deliver. Batches that were wanted before a restart are delivered, too. */
  start(listener: ProofListener): Promise<void>;
  /** Asks for a proof. Returns once the wish is kept. Asking again for the same id does nothing. */
  want(batch: WantedProof): Promise<void>;
  /** The proof is not needed any more. Nothing is delivered for the id afterwards. */
  forget(id: string): Promise<void>;
  /** Tries a batch again that was set aside. @returns false if it is not */
  retry(id: string): Promise<boolean>;
  /** The proofs under way, counted. */
  counts(): Promise<ProofCounts>;
}
