/**
 * Checks one bundle by itself: it was made with this profile's circuit and key, and its proof holds for its statement.
 */

import { PUBLIC_INPUTS, type PublicInputs } from "../../trace/commitment/commit.ts";
import { count as inWords } from "../../trace/describe/count.ts";
import { verifyProof } from "../groth16/groth16.ts";
import type { VerifyingArtifacts } from "../verifyingArtifacts.ts";
import { type Bundle, rangeOf } from "./bundle.ts";

/** A fault and its place. */
export interface Finding {
  /** Member of the bundle, or name of the compared value. */
  readonly field: string;
  readonly message: string;
}

/** The public signals of a statement, in the circuit's order. */
export function publicSignals(statement: PublicInputs): bigint[] {
  return PUBLIC_INPUTS.map((name) => statement[name]);
}

/**
 * Checks circuit, key and proof. A bundle only names its key. It is checked against the profile's key here, or the key
 * that the caller gives, so a bundle with a key of foreign making is refused.
 *
 * @returns the fault, or null
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

/** A given key may be one whose ceremony transcript is elsewhere. */
function isWithoutTranscript(said: Bundle["key"]["kind"], here: Bundle["key"]["kind"]): boolean {
  return said === "ceremony" && here === "unknown";
}

function short(hash: string): string {
  return `${hash.slice(0, 18)}…`;
}
