/** A thread that makes witnesses of works, one after the other, until it is terminated. */
import { TimeBanditsError } from "../../trace/errors.ts";
import { serve } from "../../trace/pool/jobLoop.ts";
import { calculateWitness, type WitnessProgram } from "../witness/witness.ts";
import { openWork } from "./openWork.ts";
import { unpackWork } from "./work.ts";

/** A work, and the program of its circuit. */
export interface WorkTask {
  readonly work: Uint8Array;
  readonly circuit: WitnessProgram;
}

/** The witness, or the error's code and message: an error does not survive the transfer between threads. */
export type WorkAnswer = { readonly witness: Uint8Array } | { readonly code: string; readonly message: string };

async function answer({ work, circuit }: WorkTask): Promise<WorkAnswer> {
  try {
    return { witness: await calculateWitness(circuit, openWork(unpackWork(work))) };
  } catch (error) {
    if (error instanceof TimeBanditsError) return { code: error.code, message: error.message };
    return { code: "WORK_FAILED", message: error instanceof Error ? error.message : String(error) };
  }
}

await serve(
  () => answer,
  (said) => ("witness" in said ? [said.witness.buffer as ArrayBuffer] : []),
);
