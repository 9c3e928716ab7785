/** How messages name a batch. */

/** A batch as messages name it. */
export function batchName(batch: { name: string; firstSeq: number; lastSeq: number }): string {
  return `batch ${batch.firstSeq}..${batch.lastSeq} (${batch.name})`;
}
