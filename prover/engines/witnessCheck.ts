/** Checks that a witness belongs to a proving key, before an engine spends time on them. */

import { ProofError } from "../errors.ts";
import { BinFile } from "../formats/binfile.ts";
import { witnessLength } from "../formats/wtns.ts";
import { refuseForgeable } from "../keys/check.ts";
import { readZkeyHeader } from "../keys/zkeyFile.ts";

const WTNS_HEADER = 1;

/**
 * @throws ProofError PROOF_FAILED if key or witness cannot be read, the key is for another number of wires, or the key
 *   allows forged proofs
 */
export async function checkWitness(zkeyPath: string, witness: Uint8Array | string): Promise<void> {
  let wires: number;
  let values: number;
  try {
    const header = await readZkeyHeader(zkeyPath);
    refuseForgeable(header.points);
    wires = header.wires;
    values = typeof witness === "string" ? await lengthOfFile(witness) : witnessLength(witness);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProofError("PROOF_FAILED", `cannot prove with ${zkeyPath}: ${reason}`, { cause });
  }
  if (wires !== values) {
    throw new ProofError(
      "PROOF_FAILED",
      `${zkeyPath} is for ${wires} wires and the witness has ${values}: use the key and the witness of one circuit`,
    );
  }
}

async function lengthOfFile(path: string): Promise<number> {
  await using file = await BinFile.open(path, "wtns");
  return (await file.read(WTNS_HEADER, 36, 4)).readUInt32LE(0);
}
