/** What the words of a resource's cell say, read apart from both the contracts' and the machine's reader. */

/** A resource as its cell has it. */
export interface AssetCell {
  readonly kind: bigint;
  readonly escrowFrom: number;
  readonly quantity: bigint;
  readonly id: bigint;
  readonly deadline: number;
}

const bits = (word: bigint, from: bigint, count: number): bigint => BigInt.asUintN(count, word >> from);

/** The resource; undefined if the words are of another cell. */
export function unpackAsset(w0: bigint, w1: bigint): AssetCell | undefined {
  if (bits(w0, 0n, 3) !== 2n) return undefined;
  return {
    kind: bits(w0, 7n, 56),
    escrowFrom: Number(bits(w0, 63n, 24)),
    quantity: bits(w1, 0n, 128),
    id: bits(w1, 130n, 64),
    deadline: Number(bits(w1, 194n, 40)),
  };
}
