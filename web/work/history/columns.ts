/**
 * A run as columns of numbers: what the worker hands to the picture. It stands apart, so that the page loads no more.
 */

/** A program's lane. */
export interface Lane {
  readonly program: number;
  /** Short enough for a picture. */
  readonly name: string;
  readonly fullName: string;
}

/** Bits of `flags`. */
export const INWARD = 1;
export const FIRED = 2;
export const TRIGGERED = 4;

/** Parents of each transition: one for each of the five cells that it may open. */
export const PARENTS = 5;

/** Ties over time, each from an earlier transition to a later one. */
export const LINKS = ["escrow", "lending", "watch", "trigger"] as const;
export type LinkName = (typeof LINKS)[number];

/** All transitions. Element i of a column is transition i + 1; `parents` has five elements for each. */
export interface Drawing {
  readonly transitions: number;
  readonly lanes: readonly Lane[];
  /** Index in `SORTS`. */
  readonly sort: Uint8Array<ArrayBuffer>;
  readonly flags: Uint8Array<ArrayBuffer>;
  /** Lane of the actor, and of the peer whose clock it meets; -1 for none. */
  readonly actor: Int32Array<ArrayBuffer>;
  readonly peer: Int32Array<ArrayBuffer>;
  /** Lamport clocks of both afterwards. */
  readonly clock: Uint32Array<ArrayBuffer>;
  readonly peerClock: Uint32Array<ArrayBuffer>;
  /** Seconds since 1970. */
  readonly at: Float64Array<ArrayBuffer>;
  /** seq of the first transition of its group; 0 if alone. */
  readonly group: Uint32Array<ArrayBuffer>;
  readonly parents: Uint32Array<ArrayBuffer>;
  readonly links: Links;
}

/** Ties over time, in the order of `to`. */
export interface Links {
  readonly from: Uint32Array<ArrayBuffer>;
  readonly to: Uint32Array<ArrayBuffer>;
  /** Index in `LINKS`. */
  readonly name: Uint8Array<ArrayBuffer>;
}

/** A transition's texts: "A escrows 100 Gold to B", and the same in a word or two. */
export interface Label {
  readonly text: string;
  readonly brief: string;
}
