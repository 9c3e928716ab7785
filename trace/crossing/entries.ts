/** What waits at the registry of a moored map to enter it or to leave it (docs/reference/protocol.md, section 8). */

/** A deposit that has not entered. */
export interface OpenDeposit {
  /** Its number at the registry. The resource's id is 2^61 plus this. */
  readonly number: bigint;
  /** The asset: its kind is `assetKind(label)`. */
  readonly label: number;
  readonly quantity: bigint;
  /** Who is to have it. */
  readonly program: number;
  /** The slot where it is to lie; 0 = any. */
  readonly slot: number;
  /** The key that the program must have. */
  readonly authority: bigint;
  /** First and last time at which a transition may let it in, in seconds since 1970. */
  readonly entered: number;
  readonly deadline: number;
}

/** A request to leave that nobody has answered. */
export interface OpenRequest {
  /** Its name at the registry. */
  readonly request: bigint;
  /** Address of the cell that holds the asset. */
  readonly location: number;
  /** Who leaves, and the key that signed the wish. */
  readonly program: number;
  readonly authority: bigint;
  /** Id of the resource. */
  readonly id: bigint;
  /** When it was asked, in seconds since 1970: who is entitled then may leave. */
  readonly time: number;
}

/** What a feed said. */
export interface Observation {
  /** Its number at the registry. The resource's id is 2^61 plus this. */
  readonly number: bigint;
  /** The feed: the kind of its facts is `assetKind(2^31 + feed)`. */
  readonly feed: number;
  readonly quantity: bigint;
  /** First and last time at which a transition may show it, in seconds since 1970. */
  readonly time: number;
  readonly freshUntil: number;
}
