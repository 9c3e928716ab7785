/**
 * An engine that makes no proofs. It returns those of a proven run, for fast tests of the code around proving.
 */
import type { Bundle } from "../../prover/bundles/bundle.ts";
import { readBundles } from "../../prover/bundles/bundle.ts";
import type { Engine, Proven } from "../../prover/engines/engine.ts";
import { witnessValues } from "../../prover/formats/wtns.ts";
import { PUBLIC_INPUTS } from "../../trace/commitment/commit.ts";

export interface KnownProofs extends Engine {
  /** Numbers of the requested batches, from 1, in order. */
  readonly asked: number[];
  /** The greatest number of calls at the same time. */
  readonly most: number;
  readonly closed: boolean;
}

/**
 * @param dir a run directory with all its bundles, read now
 * @param answer the answer for a batch, from its proof and its number, from 1; by default the proof
 */
export async function knownProofs(
  dir: string,
  answer: (proven: Proven, batch: number, all: readonly Bundle[]) => Promise<Proven> = async (proven) => proven,
): Promise<KnownProofs> {
  const bundles = (await readBundles(dir)).flatMap((entry) => ("bundle" in entry ? [entry.bundle] : []));
  const statements = bundles.map(({ statement }) => PUBLIC_INPUTS.map((name) => statement[name]));
  const state = { asked: [] as number[], underWay: 0, most: 0, closed: false };
  return {
    name: "known",
    get asked() {
      return state.asked;
    },
    get most() {
      return state.most;
    },
    get closed() {
      return state.closed;
    },
    available: async () => true,
    async prove(_zkey, witness) {
      const signals = witnessValues(witness as Uint8Array).slice(1, 1 + PUBLIC_INPUTS.length);
      const index = statements.findIndex((known) => known.join() === signals.join());
      const bundle = bundles[index];
      if (bundle === undefined) throw new Error("no known proof has this statement");
      state.asked.push(index + 1);
      state.most = Math.max(state.most, ++state.underWay);
      try {
        return await answer({ proof: bundle.proof, publicSignals: signals }, index + 1, bundles);
      } finally {
        state.underWay--;
      }
    },
    async close() {
      state.closed = true;
    },
  };
}
