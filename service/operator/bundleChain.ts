/** The bundles of a run, by where their batches begin: an unbroken chain from the first transition on. */
import { bundleRanges, type NamedRange } from "../../prover/bundles/bundleRanges.ts";

/** Bundles by name; their contents are not read. */
export class BundleChain {
  readonly #byFirst = new Map<number, NamedRange[]>();
  readonly #byLast = new Map<number, NamedRange[]>();

  static async read(dir: string): Promise<BundleChain> {
    const chain = new BundleChain();
    for (const range of await bundleRanges(dir)) chain.add(range);
    return chain;
  }

  add(range: NamedRange): void {
    put(this.#byFirst, range.firstSeq, range);
    put(this.#byLast, range.lastSeq, range);
  }

  /** The bundle that claims to prove exactly these transitions. */
  of(firstSeq: number, lastSeq: number): NamedRange | undefined {
    return this.#byFirst.get(firstSeq)?.find((range) => range.lastSeq === lastSeq);
  }

  /** The bundles that claim to end with a transition. */
  endingAt(lastSeq: number): NamedRange[] {
    return this.#byLast.get(lastSeq) ?? [];
  }

  /** The first bundle that begins behind a transition and ends at or before another. */
  after(seq: number, upTo: number): NamedRange | undefined {
    return this.#byFirst.get(seq + 1)?.find((range) => range.lastSeq <= upTo);
  }
}

function put(ranges: Map<number, NamedRange[]>, seq: number, range: NamedRange): void {
  const same = ranges.get(seq) ?? [];
  same.push(range);
  ranges.set(seq, same);
}
