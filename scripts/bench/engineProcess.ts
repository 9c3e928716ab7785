/**
 * One engine in a process of its own, so that its memory can be measured. It proves the given witnesses and reports the
 * time.
 */
import { readFile } from "node:fs/promises";
import { engineByName } from "../../prover/engines/index.ts";
import { type Groth16ProofJson, proofToJson } from "../../prover/groth16/groth16.ts";

/** A request to the process: prove a witness file with a proving key. */
export interface Job {
  zkey: string;
  witness: string;
}
/** The answer. Memory is the peak of the process so far, or of the program that it runs. */
export type Answer = { seconds: number; peakMemoryMiB: number; proof: Groth16ProofJson } | { error: string };

const engine = engineByName(process.argv[2] ?? "");

async function answer({ zkey, witness }: Job): Promise<Answer> {
  const bytes = new Uint8Array(await readFile(witness));
  const started = performance.now();
  const { proof } = await engine.prove(zkey, bytes);
  const seconds = (performance.now() - started) / 1000;
  const peakMemoryMiB = engine.peakMemoryMiB ?? Math.round(process.resourceUsage().maxRSS / 1024);
  return { seconds, peakMemoryMiB, proof: proofToJson(proof) };
}

process.on("message", (job: Job) => {
  answer(job).then(
    (said) => process.send?.(said),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on("disconnect", () => void engine.close().finally(() => process.exit()));
