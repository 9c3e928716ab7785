/**
 * What an audit keeps of a piece of the trace: little, and nothing that needs what was before the piece. Pieces are
 * looked at in any order and on any thread, and `Findings` puts them together in the trace's order.
 */
import type { WantedSignature } from "../../../prover/signing/signatures.ts";
import type { PublicInputs } from "../../../trace/commitment/commit.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import type { BindingEvent } from "./bindings.ts";
import type { MeasuredGroups } from "./measure.ts";

/** A place between two groups of a trace, and the state there. */
export interface Place {
  /** Transitions before it. */
  seq: number;
  /** Bytes before it. */
  bytes: number;
  /** Time of the last transition; 0 if there is none. */
  at: number;
  root: bigint;
  /** Number of programs. */
  programs: number;
}

/** A bundle's range, the rows of its profile (null if the profile is unknown), and its statement. */
export interface Range {
  firstSeq: number;
  lastSeq: number;
  rows: number | null;
  statement: PublicInputs;
}

/** What the trace gives for the range of a bundle. */
export interface SeenRange {
  /** Place of the bundle in the list. */
  index: number;
  notBefore: number;
  until: number;
  /** Undefined where the range cuts a group. */
  preRoot: bigint | undefined;
  postRoot: bigint | undefined;
  /** Undefined if the profile is unknown. */
  traceRoot: bigint | undefined;
  /** The last two inputs of a statement that says the rest of the bundle's; undefined if the rows do not fit one. */
  channel: Pick<PublicInputs, "point" | "value"> | undefined;
  /** The signatures that it needs; none if a program acts under two keys. */
  wanted: WantedSignature[];
}

/**
 * The transitions to keep, in numbers. It may keep too many: names are looked up at the end. An absent set is no bound.
 */
export interface ToldRange {
  from: number;
  to: number;
  /** The most to keep. */
  most: number;
  programs?: ReadonlySet<number>;
  resources?: ReadonlySet<bigint>;
  kinds?: ReadonlySet<bigint>;
  ranges?: readonly (readonly [first: number, last: number])[];
}

/** What to look for. */
export interface Wanted {
  levels: number;
  /** The bundles' ranges, by first transition. */
  ranges: readonly Range[];
  /** The last transition of the last bundle: what follows is measured, to plan its batches. */
  proven: number;
  told: ToldRange;
  /** Times of an imported run's blocks, in order: first transition, last, time. */
  blocks: readonly (readonly [first: number, last: number, time: number])[];
  /** Keep what approvals an imported run made. */
  approvals: boolean;
}

/** A piece of the trace, as looked at. */
export interface Part {
  /** The last transition of the piece. */
  seq: number;
  /** In the order in which they happened. */
  bindings: BindingEvent[];
  /** Programs that a signature must cover, by their first effect. */
  signers: number[];
  /** Selectors of functions, by their first use. */
  selectors: bigint[];
  /** Digests of triggers, by their last use. */
  digests: bigint[];
  /** The first transition in which a program set a trigger. */
  set: [program: number, digest: bigint, seq: number][];
  seen: SeenRange[];
  /** Groups behind the last bundle. */
  measured: MeasuredGroups;
  /** Transitions that the filter may let pass, the first ones. */
  told: Transition[];
  /** Number of all that it may let pass. */
  matching: number;
  /** Kinds of resources, and those of the wanted resources that there are. */
  kinds: bigint[];
  resources: bigint[];
  /** Approvals of an imported run. */
  approvals: Transition[];
  /** The first transition with another time than its block's. */
  mistimed: { seq: number; at: number } | null;
}
