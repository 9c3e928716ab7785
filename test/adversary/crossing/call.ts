/** A call that is compared with the model. */
import type { Held, Reason } from "./model.ts";

/** A call of the registry or of another contract, that may be made more than once. */
export interface Call {
  /** What it is, for the counts. */
  readonly what: string;
  readonly from: string;
  readonly data: string;
  readonly value?: bigint;
  /** The contract, if it is not the registry. */
  readonly to?: string;
  /** Looks at the chain before. */
  readonly before?: () => Promise<void>;
  /** What the registry must say. It does to the model what the call does. */
  readonly model: (held: Held, now: number, answer: Reason) => Reason | Promise<Reason>;
  /** After it was accepted. */
  readonly done?: () => void;
}

/** Something that must never be. */
export class Wrong extends Error {}
