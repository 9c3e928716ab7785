/** How a worker reaches its dispatcher: over HTTP, or within the process. */

/** A batch that the worker got. */
export interface Job {
  readonly id: string;
  readonly lease: string;
  readonly profile: string;
  readonly beatSeconds: number;
  /** SHA-256 of the circuit's witness program and of the proving key. */
  readonly artifacts: { readonly program: string; readonly key: string };
  readonly work: Uint8Array;
}

/** Every call throws `LinkError` while the other side is away, and `SentAwayError` if it refuses the worker. */
export interface Link {
  /** Waits for a batch. @returns undefined if there is none for now */
  take(signal: AbortSignal): Promise<Job | undefined>;
  /** @returns false if the batch is not the worker's any more */
  beat(job: Job): Promise<boolean>;
  /** Hands in a bundle, as data for JSON. */
  handIn(job: Job, bundle: object): Promise<"accepted" | "late">;
  /** Gives the batch back; with a reason if the worker failed at it. */
  giveBack(job: Job, reason?: string): Promise<void>;
}

/** The server is away, or has no time. */
export class LinkError extends Error {
  override readonly name = "LinkError";
}
