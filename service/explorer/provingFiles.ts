/**
 * What the page needs to prove an exit: the circuit's program and its proving key, as `setup` leaves them in the cache.
 * Nothing is made when they are asked for. They are public: the same sources give the same circuit, and the key is
 * verified against the one that the page carries or the map names.
 */
import { stat } from "node:fs/promises";
import { artifactsHere, type ProfileArtifacts } from "../../prover/artifacts.ts";
import type { ProvingFacts } from "../../prover/exits/provingFacts.ts";
import { EXIT, type StateCircuit } from "../../prover/stateCircuits.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { HttpError } from "../http/errors.ts";

/** A file of them. */
export interface ProvingFile {
  readonly path: string;
  readonly bytes: number;
  /** A hash of its content, in quotes. */
  readonly etag: string;
}

/** What to run where there are none. */
export const MAKE_PROVING_KEY = `timebandits setup --profile ${EXIT.name}`;

/** Finds what is made here already; null if something is missing. */
export type FindArtifacts = () => Promise<Pick<ProfileArtifacts<StateCircuit>, "circuit" | "key"> | null>;

/**
 * @param find by default in the installation's cache
 * @throws HttpError 404 if they were not made here; 503 if those that are here must not be used
 */
export async function provingFiles(
  find: FindArtifacts = () => artifactsHere(EXIT),
): Promise<{ facts: ProvingFacts; program: ProvingFile; key: ProvingFile }> {
  const found = await find().catch((error: unknown) => {
    if (!(error instanceof TimeBanditsError)) throw error;
    // Its message names folders of this machine.
    const next = `look at it with timebandits cache, then run ${MAKE_PROVING_KEY}`;
    throw new HttpError(503, "unavailable", `the proving key of exits on the server cannot be used; ${next}`);
  });
  if (found === null) {
    const message = `the server's installation has no proving key of exits; run ${MAKE_PROVING_KEY} there, once`;
    throw new HttpError(404, "no-proving-key", message);
  }
  const { circuit, key } = found;
  const { name, hash, r1csHash, programHash, constraints, wires, publicInputs } = circuit;
  return {
    facts: {
      schemaVersion: 1,
      circuit: { name, hash, r1csHash, programHash, constraints, wires, publicInputs },
      key: { hash: key.hash, vkeyHash: key.vkeyHash, kind: key.kind },
    },
    program: await fileAt(circuit.program, programHash),
    key: await fileAt(key.zkey, key.hash),
  };
}

async function fileAt(path: string, hash: string): Promise<ProvingFile> {
  return { path, bytes: (await stat(path)).size, etag: `"${hash.slice(0, 32)}"` };
}
