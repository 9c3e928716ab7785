/**
 * Fills buckets: every point is added to the bucket of its digit. The additions of a batch share one inversion. Points
 * are read in their order in memory, and the buckets fit into a core's cache, so additions rarely wait for memory.
 */
import type { GroupSums } from "./bucketSums.ts";
import { groupBy } from "./groupBy.ts";
import type { PointSpace } from "./pointSpace.ts";

/** Additions of a batch: at most this part of the buckets, so that few points find theirs in use. */
const PART = 1 / 8;
/** The data of so many additions lies in the cache beside the buckets. */
const MOST = 2048;

/** The filling of buckets in one memory. */
export class BucketFill {
  readonly #space: PointSpace;
  readonly #sums: GroupSums;
  /** Points whose bucket is in use by their batch, and that bucket. Kept, so that no window needs new memory. */
  #late = new Uint32Array(0);
  #lateBuckets = new Uint32Array(0);

  constructor(space: PointSpace, sums: GroupSums) {
    this.#space = space;
    this.#sums = sums;
  }

  /**
   * The sum of the points of each bucket, as references; 0 for none. They point to an operand if it is the only one,
   * otherwise to memory allocated here, which the caller releases. May grow the memory.
   *
   * @param digits one for each reference: the bucket, negative if the point is to be subtracted
   * @param buckets number of buckets with the one of digit 0, which stays empty
   */
  fill(references: Uint32Array, digits: Int16Array, buckets: number): Uint32Array {
    const sums = new Uint32Array(buckets);
    const places = this.#space.alloc(buckets);
    if (this.#late.length < references.length) {
      this.#late = new Uint32Array(references.length);
      this.#lateBuckets = new Uint32Array(references.length);
    }
    const late = this.#add(sums, places, references, digits);
    if (late === 0) return sums;
    // Added up with one another, they are one point at most for each bucket, so none is late again.
    const groups = groupBy(this.#late.subarray(0, late), this.#lateBuckets.subarray(0, late), buckets);
    this.#add(
      sums,
      places,
      this.#sums.sum(groups),
      Int16Array.from({ length: buckets }, (_, bucket) => bucket),
    );
    return sums;
  }

  /** Adds points to the sums, batch after batch. Returns how many are late. */
  #add(sums: Uint32Array, places: number, references: Uint32Array, digits: Int16Array): number {
    const space = this.#space;
    const mark = space.mark();
    const most = Math.min(MOST, Math.ceil(sums.length * PART));
    const adder = space.adder(most);
    const { left, right, target } = adder;
    const { size } = space;
    const [late, lateBuckets] = [this.#late, this.#lateBuckets];
    let waiting = 0;
    // The batch that last used a bucket, and the bucket of each addition.
    const used = new Uint32Array(sums.length);
    const slot = new Uint32Array(most);
    let batch = 1;
    let count = 0;
    for (let i = 0; i < references.length; i++) {
      const digit = digits[i] as number;
      let reference = references[i] as number;
      if (digit === 0 || reference === 0) continue;
      if (digit < 0) reference ^= 1;
      const bucket = digit < 0 ? -digit : digit;
      const sum = sums[bucket] as number;
      if (sum === 0) {
        sums[bucket] = reference;
      } else if (used[bucket] === batch) {
        late[waiting] = reference;
        lateBuckets[waiting++] = bucket;
      } else {
        const place = places + bucket * size;
        used[bucket] = batch;
        left[count] = sum;
        right[count] = reference;
        target[count] = place;
        slot[count++] = bucket;
        // A sum has the left one's sign.
        sums[bucket] = place + (sum & 1);
        if (count < most) continue;
        for (const k of adder.add(count)) sums[slot[k] as number] = 0;
        count = 0;
        batch++;
      }
    }
    if (count > 0) for (const k of adder.add(count)) sums[slot[k] as number] = 0;
    space.release(mark);
    return waiting;
  }
}
