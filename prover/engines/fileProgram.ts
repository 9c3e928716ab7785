/**
 * Engines of others: programs on the PATH that read key and witness from files and write the proof into one. They are
 * for comparison and never the default.
 */
import { rmSync } from "node:fs";
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

/** The programs, and the arguments before the four files: key, witness, proof, public signals. */
const PROGRAMS = { rapidsnark: [], snarkrs: ["groth16", "prove"] } as const;

/** Name of a program, and of its engine. */
export type FileProgram = keyof typeof PROGRAMS;

export class FileProgramEngine implements Engine {
  readonly name: FileProgram;
  readonly needs: string;
  readonly #programs = new Programs();
  #peakMemoryMiB: number | null = null;

  /** @param name iden3's rapidsnark, or snarkrs, which takes snarkjs's arguments */
  constructor(name: FileProgram) {
    this.name = name;
    this.needs = `the program ${name} on the PATH`;
  }

  get peakMemoryMiB(): number | null {
    return this.#peakMemoryMiB;
  }

  async available(): Promise<boolean> {
    return programOnPath(this.name) !== null;
  }

  async prove(zkeyPath: string, witness: Uint8Array | string): Promise<Proven> {
    const program = programOnPath(this.name);
    if (program === null) {
      const message = `there is no ${this.name} on the PATH: install it or choose another engine`;
      throw new ProofError("PROOF_FAILED", message);
    }
    await checkWitness(zkeyPath, witness);
    // It reads and writes files only. No other user can read this folder. It goes with the process, too.
    const folder = await mkdtemp(join(tmpdir(), `timebandits-${this.name}-`));
    const remove = (): void => rmSync(folder, { recursive: true, force: true });
    process.once("exit", remove);
    try {
      const [proofPath, signalsPath] = [join(folder, "proof.json"), join(folder, "public.json")];
      let witnessPath = join(folder, "witness.wtns");
      if (typeof witness === "string") witnessPath = resolve(witness);
      else await writeFile(witnessPath, witness, { mode: 0o600 });
      const files = [resolve(zkeyPath), witnessPath, proofPath, signalsPath];
      const ran = await this.#programs.run(program, [...PROGRAMS[this.name], ...files]);
      this.#peakMemoryMiB = Math.max(this.#peakMemoryMiB ?? 0, ran.peakMemoryMiB ?? 0) || null;
      const proof = (await json(proofPath)) as SnarkjsProof;
      const publicSignals = (await json(signalsPath)) as string[];
      return { proof: fromSnarkjs(proof), publicSignals: publicSignals.map(BigInt) };
    } catch (cause) {
      if (cause instanceof ProofError && cause.code !== "PROOF_FAILED") throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ProofError("PROOF_FAILED", `${this.name} cannot prove with ${zkeyPath}: ${reason}`, { cause });
    } finally {
      process.off("exit", remove);
      await rm(folder, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    this.#programs.close();
  }
}

/** The first program of that name on the PATH; null if there is none. */
function programOnPath(name: FileProgram): string | null {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, file)).find(isExecutable) ?? null;
}

async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8")) as unknown;
}
