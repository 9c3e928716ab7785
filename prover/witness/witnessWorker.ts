/** A thread that calculates witnesses, one after the other, until it is terminated. */
import { serve } from "../../trace/pool/jobLoop.ts";
import type { CircuitArtifacts } from "../circuit/build.ts";
import { WitnessError } from "../errors.ts";
import { type CircuitInput, calculateWitness } from "./witness.ts";

export interface WitnessTask {
  readonly circuit: CircuitArtifacts;
  readonly input: CircuitInput;
}

/** The witness, or the data of an error: a WitnessError does not survive the transfer between threads. */
export type WitnessAnswer =
  | { readonly witness: Uint8Array }
  | {
      readonly refused: {
        readonly code: string;
        readonly message: string;
        readonly template: string | null;
        readonly line: number | null;
      };
    }
  | { readonly failure: string };

async function answer({ circuit, input }: WitnessTask): Promise<WitnessAnswer> {
  try {
    return { witness: await calculateWitness(circuit, input) };
  } catch (error) {
    if (error instanceof WitnessError) {
      const { code, message, template, line } = error;
      return { refused: { code, message, template, line } };
    }
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

await serve(
  () => answer,
  (said) => ("witness" in said ? [said.witness.buffer as ArrayBuffer] : []),
);
