/**
 * In place of prover/artifacts.ts: circuit and proving key come from the page's own server, which has them from its
 * installation. They are checked here: both have to be of the circuit whose verification key the page carries.
 */
import published from "virtual:keys";
import { KeyError } from "../../prover/errors.ts";
import type { ProvingFacts } from "../../prover/exits/provingFacts.ts";
import { checkKeyBelongs, keyKind, refuseBadKey } from "../../prover/keys/check.ts";
import type { KeyArtifacts } from "../../prover/keys/development.ts";
import { verificationKey, verificationKeyHash } from "../../prover/keys/verificationKey.ts";
import { readZkeyHeader } from "../../prover/keys/zkeyFile.ts";
import type { NamedCircuit } from "../../prover/profiles.ts";
import type { WitnessProgram } from "../../prover/witness/witness.ts";
import { putFile } from "../node/files.ts";
import { bytesOf, provingFacts } from "../work/provingServer.ts";

/** Where they lie in the worker's memory. */
const FOLDER = "/proving";

interface Made {
  readonly circuit: WitnessProgram & ProvingFacts["circuit"];
  readonly key: KeyArtifacts;
}

let known: Promise<Made> | undefined;

/**
 * Circuit and proving key, read once.
 * @throws Error with what to do if the server has none; KeyError if the key must not be used, or is another circuit's
 */
export async function artifactsOf<C extends NamedCircuit>(profile: C): Promise<Made & { readonly profile: C }> {
  known ??= read(profile.name).catch((error: unknown) => {
    known = undefined;
    throw error;
  });
  return { profile, ...(await known) };
}

/** The page has none before it asks its server for them. */
export async function artifactsHere(): Promise<null> {
  return null;
}

async function read(name: string): Promise<Made> {
  const own = published[name];
  const { circuit, key: told } = await provingFacts();
  if (own === undefined || circuit.name !== name || circuit.hash !== own.circuit) {
    const message = "the server's circuit of exits is not that of this page; load the page again from its own server";
    throw new KeyError("KEY_FOREIGN", "circuit", message);
  }
  const [program, zkey] = [`${FOLDER}/circuit.wasm`, `${FOLDER}/key.zkey`];
  putFile(program, await bytesOf("program"));
  putFile(zkey, await bytesOf("key"));
  const header = await readZkeyHeader(zkey);
  const key = verificationKey(header.points);
  refuseBadKey(key);
  await checkKeyBelongs(header, circuit);
  // Where a key comes from is not for the server to say.
  const kind = await keyKind(key);
  const vkeyHash = verificationKeyHash(key);
  const artifacts = { zkey, verificationKey: key, hash: told.hash, vkeyHash, kind, ceremony: null, seconds: null };
  return { circuit: { ...circuit, program }, key: artifacts };
}
