/** The project's own engine in Rust (`prover/native`), a program built by `npm run build:native`. */
import { resolve } from "node:path";
import type { Groth16Proof as SnarkjsProof } from "snarkjs";
import { ProofError } from "../errors.ts";
import { Programs } from "./childProcess.ts";
import type { Engine, Proven } from "./engine.ts";
import { nativeProgram } from "./native/program.ts";
import { fromSnarkjs } from "./snarkjs.ts";
import { checkWitness } from "./witnessCheck.ts";

/** The program's output. */
interface Answer {
  readonly proof: SnarkjsProof;
  readonly publicSignals: readonly string[];
  readonly peakMemoryMiB: number | null;
}

export class NativeEngine implements Engine {
  readonly name = "native";
  readonly needs = "a program that is built with `npm run build:native`";
  readonly #programs = new Programs();
  readonly #find: () => string | null;
  #peakMemoryMiB: number | null = null;

  /** @param find the path of the program, null if it is not built; tests give others */
  constructor(find: () => string | null = nativeProgram) {
    this.#find = find;
  }

  get peakMemoryMiB(): number | null {
    return this.#peakMemoryMiB;
  }

  async available(): Promise<boolean> {
    return this.#find() !== null;
  }

  async prove(zkeyPath: string, witness: Uint8Array | string): Promise<Proven> {
    const program = this.#find();
    if (program === null) {
      throw new ProofError(
        "PROOF_FAILED",
        "the native engine is not built for these sources: run `npm run build:native`",
      );
    }
    await checkWitness(zkeyPath, witness);
    // The witness is secret. Given as bytes, it is never written to a disk.
    const [source, input] = typeof witness === "string" ? [resolve(witness)] : ["-", witness];
    let output: string;
    try {
      ({ output } = await this.#programs.run(program, [resolve(zkeyPath), source], input));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ProofError("PROOF_FAILED", `cannot prove with ${zkeyPath}: ${reason}`, { cause });
    }
    const answer = parse(program, output);
    this.#peakMemoryMiB = Math.max(this.#peakMemoryMiB ?? 0, answer.peakMemoryMiB ?? 0) || null;
    return { proof: fromSnarkjs(answer.proof), publicSignals: answer.publicSignals.map(BigInt) };
  }

  async close(): Promise<void> {
    this.#programs.close();
  }
}

function parse(program: string, output: string): Answer {
  try {
    return JSON.parse(output) as Answer;
  } catch (cause) {
    const message = `${program} gave no readable answer: run \`npm run build:native\` again`;
    throw new ProofError("PROOF_FAILED", message, { cause });
  }
}
