/** What an operator is given, and what it keeps to. */
import type { OpenedBatch } from "../../prover/batches/batchInput.ts";
import type { GivenSignature } from "../../prover/signing/signatures.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { StoreOptions } from "../../trace/store/openStore.ts";
import type { ProofSource } from "../fleet/proofSource.ts";
import type { BorderSource } from "./borderSource.ts";
import type { Submitter } from "./submitter.ts";

/** A batch that is signed, for packing. */
export interface SignedBatch {
  readonly opened: OpenedBatch;
  /** The given signatures, in the order of `wantedSignatures`. */
  readonly given: readonly GivenSignature[];
  /** The map after the batch. */
  readonly map: {
    /** Number of programs. */
    programs(): number;
    readonly watches: number;
  };
}

/** Packs what a worker needs to prove a batch. The same batch must give the same id. */
export type WorkOf = (batch: SignedBatch) => Promise<{ id: string; work: Uint8Array }>;

/** Times in seconds unless the name says otherwise. */
export interface OperatorOptions {
  readonly proofs: ProofSource;
  readonly workOf: WorkOf;
  /** Submits proven batches; without one, nothing is submitted. */
  readonly submitter?: Submitter | undefined;
  /** Says what waits at the registry of a moored map; without one, nothing is let in or taken out. */
  readonly border?: BorderSource | undefined;
  /** The only profile to use: the largest of the map, so that it holds every group. By default the map's. */
  readonly profile?: string | undefined;
  /** A batch is cut when its oldest transition is older (default 10), or when the next group does not fit. */
  readonly batchAge?: number | undefined;
  /** A batch goes on without the effects of those who have not signed it by then, from its cut on (default 600). */
  readonly signWithin?: number | undefined;
  /** A group that was not approved by then is over (default 3,600). */
  readonly groupWithin?: number | undefined;
  /** How far ahead a proposal's `validUntil` may lie (default 86,400). Ids are remembered until then. */
  readonly mostAhead?: number | undefined;
  /** Longest suspension of a program that lets batches lapse (default 86,400). */
  readonly mostSuspended?: number | undefined;
  /**
   * Most open groups, of all (default 1,024) and begun by one program (default 16). An eighth of all is kept for the
   * operator, and an eighth for programs that have no open group yet.
   */
  readonly mostOpen?: number | undefined;
  readonly mostOpenEach?: number | undefined;
  /** Most batches whose proof is wanted at the same time (default 64). The others wait on disk. */
  readonly mostWanted?: number | undefined;
  /** Proposals of so many milliseconds share one commit (default 2). */
  readonly commitMs?: number | undefined;
  /** Milliseconds between two looks at ages, deadlines and the chain (default 250); 0: only `tick` looks. */
  readonly tickMs?: number | undefined;
  /** Seconds since 1970. */
  readonly clock?: (() => number) | undefined;
  /** How the run's store is used; false for not at all. */
  readonly store?: StoreOptions | false | undefined;
  /** For tests: called before each step that changes the disk. What it throws counts as the disk's refusal. */
  readonly onStep?: ((step: string) => void) | undefined;
}

/** The options with every default. */
export interface Rules {
  readonly batchAge: number;
  readonly signWithin: number;
  readonly groupWithin: number;
  readonly mostAhead: number;
  readonly mostSuspended: number;
  readonly mostOpen: number;
  readonly mostOpenEach: number;
  readonly mostWanted: number;
  readonly commitMs: number;
  readonly tickMs: number;
}

const DEFAULTS: Rules = {
  batchAge: 10,
  signWithin: 600,
  groupWithin: 3_600,
  mostAhead: 86_400,
  mostSuspended: 86_400,
  mostOpen: 1_024,
  mostOpenEach: 16,
  mostWanted: 64,
  commitMs: 2,
  tickMs: 250,
};

/** May be 0. */
const FROM_ZERO: ReadonlySet<string> = new Set(["batchAge", "commitMs", "tickMs"]);

/** @throws InvalidInputError naming the option that is no whole number, or too small */
export function rulesOf(options: { readonly [name in keyof Rules]?: number | undefined }): Rules {
  const rules: Record<keyof Rules, number> = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof Rules)[]) {
    const value = options[name];
    if (value === undefined) continue;
    const least = FROM_ZERO.has(name) ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < least)
      throw new InvalidInputError(name, `is ${value}; give a whole number, at least ${least}`);
    rules[name] = value;
  }
  return rules;
}

/** Seconds since 1970, by the machine's clock. */
export function systemClock(): number {
  return Math.floor(Date.now() / 1_000);
}
