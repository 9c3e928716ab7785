/** Which valid bundle proves a transition. */
import type { BatchReport } from "../verify.ts";

/** The valid batches of a run, in the order of their transitions. They may overlap, if something is wrong. */
export class Coverage {
  readonly #batches: readonly BatchReport[];
  /** The greatest last transition of each batch and those before it. */
  readonly #reach: number[] = [];

  constructor(batches: readonly BatchReport[]) {
    this.#batches = batches.filter(({ ok }) => ok);
    let reach = 0;
    for (const { lastSeq } of this.#batches) {
      reach = Math.max(reach, lastSeq);
      this.#reach.push(reach);
    }
  }

  /** Name of the bundle, the last one if there are several; null if there is none. */
  of(seq: number): string | null {
    let [low, high] = [0, this.#batches.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#batches[middle]?.firstSeq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= 0 && (this.#reach[i] ?? 0) >= seq; i--) {
      const batch = this.#batches[i];
      if (batch !== undefined && batch.lastSeq >= seq) return batch.bundle;
    }
    return null;
  }

  /** Number of proven transitions, up to one of them. */
  countUpTo(end: number): number {
    let [proven, next] = [0, 1];
    for (const { firstSeq, lastSeq } of this.#batches) {
      const [from, to] = [Math.max(firstSeq, next), Math.min(lastSeq, end)];
      if (to < from) continue;
      proven += to - from + 1;
      next = to + 1;
    }
    return proven;
  }
}
