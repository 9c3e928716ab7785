/** The batch circuit, small, for tests: compiled once, cached by content. */

import { type BatchSignals, batchInput } from "../../prover/batches/batchInput.ts";
import { circuitInput } from "../../prover/batches/circuitInput.ts";
import { buildCircuit, type CircuitArtifacts } from "../../prover/circuit/build.ts";
import { mainSource, type Profile } from "../../prover/profiles.ts";
import { calculateWitness, checkWitness } from "../../prover/witness/witness.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { signedBy } from "./authorities.ts";
import { isOwn, sectionAt } from "./sections.ts";

/** Enough for one effect with its checks. No map uses it. */
export const SMALL: Profile = { name: "test-4", rows: 4, nodes: 18, levels: 2, signatures: 2 };

let artifacts: Promise<CircuitArtifacts> | undefined;

/** The compiled circuit of {@link SMALL}. */
export function smallCircuit(): Promise<CircuitArtifacts> {
  artifacts ??= buildCircuit(SMALL.name, mainSource(SMALL));
  return artifacts;
}

/** The circuit's verdict: `accepted`, or the section of the constraint that fails (test/lib/sections.ts). */
export async function verdict(input: BatchSignals): Promise<string> {
  const result = await checkWitness(await smallCircuit(), circuitInput(input));
  if (result.ok) return "accepted";
  return constraintAt(result.message);
}

/** The witness of an input that the circuit accepts. */
export async function witnessOf(input: BatchSignals): Promise<Uint8Array> {
  return calculateWitness(await smallCircuit(), circuitInput(input));
}

/** Inputs of a batch of transitions that the machine made from the map. */
export function inputOf(pre: TimeMap, transitions: readonly Transition[], domain = 7n): BatchSignals {
  return batchInput(pre.clone(), transitions, SMALL, domain, signedBy(domain)).input;
}

/** The section of the innermost of our templates that the message names, as `CellS 9`. */
function constraintAt(message: string): string {
  for (const [, template = "", line = "0"] of message.matchAll(/template (\w+?)(?:_\d+)?,? line:? (\d+)/g)) {
    if (isOwn(template)) return sectionAt(template, Number(line));
  }
  return message;
}
