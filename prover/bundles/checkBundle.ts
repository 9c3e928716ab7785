/** Whether one bundle holds by itself: made here with this profile, and its proof true of its statement. */

import { PUBLIC_INPUTS, type PublicInputs } from "../../trace/commitment/commit.ts";
import { count as inWords } from "../../trace/describe/count.ts";
import { verifyProof } from "../groth16/groth16.ts";
import type { VerifyingArtifacts } from "../verifyingArtifacts.ts";
import { type Bundle, rangeOf } from "./bundle.ts";

/** What is wrong with something, and where. */
export interface Finding {
  /** Member of the bundle, or name of what was compared. */
  readonly field: string;
  readonly message: string;
}

/** The public signals of a statement, in the circuit's order. */
export function publicSignals(statement: PublicInputs): bigint[] {
  return PUBLIC_INPUTS.map((name) => statement[name]);
}

/**
 * Checks circuit, key and proof. A bundle only names its key; what it is checked against is the key that is here for
 * its profile, or that the caller gives, so a bundle that brings a key of somebody's own is refused.
 *
 * @returns what is wrong, or null
 */
export async function checkBundle(bundle: Bundle, artifacts: VerifyingArtifacts): Promise<Finding | null> {
  const { circuit, key, profile, given = false } = artifacts;
  if (bundle.circuit !== circuit.hash) {
    return {
      field: "circuit",
      message: `is ${short(bundle.circuit)}, but ${profile.name} is ${short(circuit.hash)} in this version; prove again`,
    };
  }
  if (bundle.key.hash !== key.vkeyHash) {
    return {
      field: "key",
      message: `is ${short(bundle.key.hash)}, but ${profile.name}'s key here is ${short(key.vkeyHash)}; prove again with that one`,
    };
  }
  if (!(given && isWithoutTranscript(bundle.key.kind, key.kind)) && bundle.key.kind !== key.kind) {
    return { field: "key kind", message: `is "${bundle.key.kind}", but here the key is "${key.kind}"` };
  }
  const { count } = rangeOf(bundle);
  if (count > profile.rows) {
    return {
      field: "statement span",
      message: `counts ${inWords(count, "transition")}, but ${profile.name} holds ${profile.rows}`,
    };
  }
  const holds = await verifyProof(key.verificationKey, publicSignals(bundle.statement), bundle.proof);
  if (holds) return null;
  return {
    field: "proof",
    message: `does not hold for this statement (${PUBLIC_INPUTS.join(", ")}): one of them or the proof was changed`,
  };
}

/** The transcript of a ceremony may be elsewhere than the key that was given. */
function isWithoutTranscript(said: Bundle["key"]["kind"], here: Bundle["key"]["kind"]): boolean {
  return said === "ceremony" && here === "unknown";
}

function short(hash: string): string {
  return `${hash.slice(0, 18)}…`;
}
