/** iden3's rapidsnark, if its program is on the PATH. It is for comparison and never the default. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { Groth16Proof as SnarkjsProof } from "snarkjs";
import { ProofError } from "../errors.ts";
import { Programs } from "./childProcess.ts";
import type { Engine, Proven } from "./engine.ts";
import { isExecutable } from "./native/program.ts";
import { fromSnarkjs } from "./snarkjs.ts";
import { checkWitness } from "./witnessCheck.ts";

const PROGRAM = process.platform === "win32" ? "rapidsnark.exe" : "rapidsnark";

export class RapidsnarkEngine implements Engine {
  readonly name = "rapidsnark";
  readonly needs = "the program rapidsnark on the PATH";
  readonly #programs = new Programs();
  #peakMemoryMiB: number | null = null;

  get peakMemoryMiB(): number | null {
    return this.#peakMemoryMiB;
  }

  async available(): Promise<boolean> {
    return rapidsnarkProgram() !== null;
  }

  async prove(zkeyPath: string, witness: Uint8Array | string): Promise<Proven> {
    const program = rapidsnarkProgram();
    if (program === null) {
      throw new ProofError("PROOF_FAILED", "there is no rapidsnark on the PATH: install it or choose another engine");
    }
    await checkWitness(zkeyPath, witness);
    // It reads and writes files only. No other user can read this folder.
    const folder = await mkdtemp(join(tmpdir(), "timebandits-rapidsnark-"));
    try {
      const [proofPath, signalsPath] = [join(folder, "proof.json"), join(folder, "public.json")];
      let witnessPath = join(folder, "witness.wtns");
      if (typeof witness === "string") witnessPath = resolve(witness);
      else await writeFile(witnessPath, witness, { mode: 0o600 });
      const ran = await this.#programs.run(program, [resolve(zkeyPath), witnessPath, proofPath, signalsPath]);
      this.#peakMemoryMiB = Math.max(this.#peakMemoryMiB ?? 0, ran.peakMemoryMiB ?? 0) || null;
      const proof = (await json(proofPath)) as SnarkjsProof;
      const publicSignals = (await json(signalsPath)) as string[];
      return { proof: fromSnarkjs(proof), publicSignals: publicSignals.map(BigInt) };
    } catch (cause) {
      if (cause instanceof ProofError && cause.code !== "PROOF_FAILED") throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ProofError("PROOF_FAILED", `rapidsnark cannot prove with ${zkeyPath}: ${reason}`, { cause });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    this.#programs.close();
  }
}

/** The first program of that name on the PATH; null if there is none. */
function rapidsnarkProgram(): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, PROGRAM)).find(isExecutable) ?? null;
}

async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8")) as unknown;
}
