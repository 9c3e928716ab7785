/**
 * Points of one group in a memory where they can be added: the basis for computing multiples of points. There are two
 * implementations: the lanes of the engine's own module, three times as fast, and wasmcurves' functions where lanes are
 * not exact.
 */

/** Fills `size` bytes of memory from byte `offset` of the points' own 32-byte coordinates. */
export type ReadPoints = (bytes: Uint8Array, address: number, size: number, offset: number) => void;

export interface PointSpace {
  /** Bytes of a point in this memory. Addresses are multiples of 8 and not 0. */
  readonly size: number;
  alloc(points: number): number;
  mark(): number;
  /** Gives back everything allocated since `mark`. */
  release(mark: number): void;
  /** Allocates and fills: affine points, Montgomery form, as keys have them. */
  load(count: number, read: ReadPoints): number;
  /** Whether a loaded point is the one at infinity, which is never added. */
  isZero(address: number): boolean;
  copy(from: number, to: number): void;
  /** The point in wasmcurves' memory, in the form of keys. Valid until the next call. */
  plain(address: number): number;
  /** Allocates the memory for additions. Allocate nothing else before that is released. */
  adder(most: number): Adder;
}

/** Additions in affine form that share an inversion. */
export interface Adder {
  /** References (see groupBy.ts) to the nonzero operands, and the addresses for the sums. */
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly target: Uint32Array;
  /**
   * Does the first `count` additions, as if the left points had no sign: a sum has its left one's sign. A target may be
   * the left point. The lists are overwritten.
   * @returns the additions that gave the point at infinity; they have no sum
   */
  add(count: number): readonly number[];
}
