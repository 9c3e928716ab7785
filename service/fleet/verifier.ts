/** Checks the proofs that workers hand in, in threads, many at once. */
import { availableParallelism } from "node:os";
import type { Bundle } from "../../prover/bundles/bundle.ts";
import type { VerifyingArtifacts } from "../../prover/verifyingArtifacts.ts";
import { PUBLIC_INPUTS } from "../../trace/commitment/commit.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { StealingPool } from "../../trace/pool/pool.ts";
import { Gathered } from "./gathered.ts";
import type { WantedProof } from "./proofSource.ts";
import type { VerifyAnswer, VerifyTask } from "./verifierWorker.ts";

/** Checks a proof against the batch that asked for it. */
export interface ProofVerifier extends AsyncDisposable {
  /** @returns the fault, in words; null if the proof holds and is the one asked for */
  check(bundle: Bundle, wanted: WantedProof): Promise<string | null>;
}

/** Finds the circuit and the key that count for a profile. */
export type ArtifactsOf = (profile: string) => Promise<VerifyingArtifacts>;

/** As many bundles as `verifyBatch` multiplies together. */
const MOST_TOGETHER = 64;
const MOST_THREADS = 4;

/** Verifies with the real keys. The calling thread only compares statements. */
export class BundleVerifier implements ProofVerifier {
  readonly #artifacts: ArtifactsOf;
  readonly #threads: number;
  readonly #byProfile = new Map<string, Gathered<Bundle, string | null>>();
  #pool: StealingPool<VerifyTask, VerifyAnswer> | null = null;

  /** @param threads by default one less than there are cores, and at most 4 */
  constructor(artifacts: ArtifactsOf, threads = Math.max(1, Math.min(MOST_THREADS, availableParallelism() - 1))) {
    this.#artifacts = artifacts;
    this.#threads = threads;
  }

  async check(bundle: Bundle, wanted: WantedProof): Promise<string | null> {
    if (bundle.profile !== wanted.profile) return `profile: is ${bundle.profile}, but ${wanted.profile} was asked for`;
    const other = PUBLIC_INPUTS.find((name) => bundle.statement[name] !== wanted.statement[name]);
    if (other !== undefined) return `statement ${other}: is not the one that was asked for`;
    let gathered = this.#byProfile.get(wanted.profile);
    if (gathered === undefined) {
      const work = (bundles: readonly Bundle[]) => this.#verify(wanted.profile, bundles);
      gathered = new Gathered(work, { most: MOST_TOGETHER, lanes: this.#threads });
      this.#byProfile.set(wanted.profile, gathered);
    }
    return await gathered.run(bundle);
  }

  async #verify(profile: string, bundles: readonly Bundle[]): Promise<readonly (string | null)[]> {
    const { profile: size, circuit, key, given } = await this.#artifacts(profile);
    const { verificationKey, vkeyHash, kind, ceremony } = key;
    const artifacts = {
      profile: size,
      circuit: { hash: circuit.hash },
      key: { verificationKey, vkeyHash, kind, ceremony },
    };
    if (this.#pool === null || !this.#pool.usable) {
      const program = new URL("./verifierWorker.ts", import.meta.url);
      this.#pool = new StealingPool({ program, setup: null, threads: this.#threads, lost });
    }
    return await this.#pool.run({ artifacts: given === true ? { ...artifacts, given } : artifacts, bundles });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.close(lost("it was closed"));
    this.#pool = null;
  }
}

function lost(cause: unknown): EnvironmentError {
  return new EnvironmentError("verifier", `the thread that verifies proofs failed: ${String(cause)}; hand in again`);
}
