/** From a work to its bundle: the witness in a thread, then the proof by an engine. */
import { PUBLIC_INPUTS } from "../../trace/commitment/commit.ts";
import { StealingPool } from "../../trace/pool/pool.ts";
import type { Bundle } from "../bundles/bundle.ts";
import { publicSignals } from "../bundles/checkBundle.ts";
import type { Engine } from "../engines/engine.ts";
import { ProverError } from "../errors.ts";
import { verifyProof } from "../groth16/groth16.ts";
import type { VerificationKey } from "../keys/verificationKey.ts";
import type { WitnessProgram } from "../witness/witness.ts";
import { type ProofWork, unpackWork } from "./work.ts";
import type { WorkAnswer, WorkTask } from "./workWorker.ts";

/** What proving with a profile needs. `ProfileArtifacts` qualify. */
export interface ProvingArtifacts {
  readonly circuit: WitnessProgram & { readonly hash: string };
  readonly key: { readonly zkey: string; readonly vkeyHash: string; readonly verificationKey: VerificationKey };
}

/** Means of proving works. */
export interface WorkMeans {
  readonly engine: Engine;
  /** The circuit and the key that a work names. @throws if they are not to be had */
  readonly artifacts: (work: ProofWork) => Promise<ProvingArtifacts>;
  /** Threads that make witnesses; 1 by default. */
  readonly threads?: number;
}

/** A work with its witness. */
export interface PreparedWork {
  readonly work: ProofWork;
  readonly artifacts: ProvingArtifacts;
  readonly witness: Uint8Array;
}

/**
 * Proves works. Witnesses of several are made at the same time, and the engine proves one after the other.
 *
 *     const prover = new WorkProver({ engine: engineByName("wasm"), artifacts });
 *     const bundle = await prover.prove(await prover.prepare(bytes));
 *     await prover.close();
 */
export class WorkProver {
  readonly #means: WorkMeans;
  #pool: StealingPool<WorkTask, WorkAnswer> | null = null;
  /** The proof under way. */
  #proving: Promise<unknown> = Promise.resolve();

  constructor(means: WorkMeans) {
    this.#means = means;
  }

  /** Name of the engine. */
  get engine(): string {
    return this.#means.engine.name;
  }

  /**
   * Applies the records of a work, and makes the witness.
   * @throws InvalidInputError if the bytes are no work; ProverError if its parts do not lead to its statement, or the
   *   circuit refuses it
   */
  async prepare(bytes: Uint8Array): Promise<PreparedWork> {
    const work = unpackWork(bytes);
    const artifacts = await this.#means.artifacts(work);
    if (artifacts.circuit.hash !== work.circuit || artifacts.key.vkeyHash !== work.key.hash) {
      throw new ProverError("WORK_OTHER_CIRCUIT", `this prover has another circuit or key of ${work.profile}`);
    }
    if (this.#pool === null || !this.#pool.usable) {
      const program = new URL("./workWorker.ts", import.meta.url);
      this.#pool = new StealingPool({ program, setup: null, threads: this.#means.threads ?? 1, lost });
    }
    const { name, program, programHash } = artifacts.circuit;
    const answer = await this.#pool.run({ work: bytes, circuit: { name, program, programHash } });
    if ("witness" in answer) return { work, artifacts, witness: answer.witness };
    throw new ProverError(answer.code, answer.message);
  }

  /**
   * Proves a prepared work, and verifies the proof.
   * @throws ProverError if the proof is not one of the statement that the work asks for
   */
  async prove({ work, artifacts, witness }: PreparedWork): Promise<Bundle> {
    const { engine } = this.#means;
    const before = this.#proving;
    const made = before.catch(() => undefined).then(() => engine.prove(artifacts.key.zkey, witness));
    this.#proving = made;
    const { proof, publicSignals: proven } = await made;
    const wanted = publicSignals(work.statement);
    const other = PUBLIC_INPUTS.find((_, i) => proven[i] !== wanted[i]);
    if (other !== undefined || !(await verifyProof(artifacts.key.verificationKey, wanted, proof))) {
      const fault = other === undefined ? "does not verify" : `has another ${other}`;
      throw new ProverError("WORK_UNPROVEN", `the proof that ${engine.name} made ${fault}; try another engine`);
    }
    const { profile, circuit, key, statement } = work;
    return { profile, circuit, key, statement, proof };
  }

  /** Ends the engine and the threads. What is under way fails. */
  async close(): Promise<void> {
    await Promise.all([this.#pool?.close(lost("it was closed")), this.#means.engine.close()]);
    this.#pool = null;
  }
}

/** Proves one work. The engine stays open. @throws as {@link WorkProver} does */
export async function proveWork(bytes: Uint8Array, means: WorkMeans): Promise<Bundle> {
  const engine: Engine = { ...bound(means.engine), close: async () => undefined };
  const prover = new WorkProver({ ...means, engine });
  try {
    return await prover.prove(await prover.prepare(bytes));
  } finally {
    await prover.close();
  }
}

function bound(engine: Engine): Engine {
  const { name } = engine;
  return {
    name,
    available: () => engine.available(),
    prove: (zkey, witness) => engine.prove(zkey, witness),
    close: () => engine.close(),
  };
}

function lost(cause: unknown): ProverError {
  return new ProverError("WORK_FAILED", `the thread that makes witnesses failed: ${String(cause)}`);
}
