/**
 * The artifacts for proving and verifying with a profile, or with a circuit over one state: the compiled circuit and
 * its keys, made on first use.
 */

import { certificateOf } from "./certificates.ts";
import type { OnProgress } from "./circuit/build.ts";
import { buildCircuit, type CircuitArtifacts, isBuilt } from "./circuit/build.ts";
import { ceremonyKey } from "./keys/ceremony.ts";
import { developmentKey, hasDevelopmentKey, type KeyArtifacts } from "./keys/development.ts";
import { mainSource, type NamedCircuit, type Profile } from "./profiles.ts";

/** A circuit and its keys. */
interface Made {
  readonly circuit: CircuitArtifacts;
  readonly key: KeyArtifacts;
}

/** A profile's circuit and keys; or those of a circuit over one state, which then is the `profile`. */
export interface ProfileArtifacts<C extends NamedCircuit = Profile> extends Made {
  readonly profile: C;
}

const known = new Map<string, Promise<Made>>();

/**
 * The circuit and the key of a profile: from this process, from the artifact cache, or newly made. Making them takes
 * about half a minute for 2^16 constraints. The key is that of a ceremony verified and installed here, or else the
 * development key, never one of unknown origin. The same sources give the same circuit and development key on every
 * machine.
 *
 * @throws BuildError if the circuit does not compile; KeyError if the cached key is another circuit's; CacheError
 */
export async function artifactsOf<C extends NamedCircuit>(
  profile: C,
  options: { onProgress?: OnProgress | undefined } = {},
): Promise<ProfileArtifacts<C>> {
  const source = mainSource(profile);
  let made = known.get(source);
  if (made === undefined) {
    made = make(profile.name, source, options.onProgress);
    known.set(source, made);
    // A failure may be temporary: a full disk, a missing package.
    made.catch(() => known.delete(source));
  }
  return { profile, ...(await made) };
}

/**
 * The same, if they exist here already; null if something would have to be compiled or made first.
 * @throws KeyError, CacheError if the artifacts here must not be used
 */
export async function artifactsHere<C extends NamedCircuit>(profile: C): Promise<ProfileArtifacts<C> | null> {
  const source = mainSource(profile);
  if (!known.has(source)) {
    if (!(await isBuilt(source))) return null;
    const circuit = await buildCircuit(profile.name, source);
    if ((await ceremonyKey(circuit)) === null && !(await hasDevelopmentKey(circuit))) return null;
  }
  return await artifactsOf(profile);
}

async function make(name: string, source: string, onProgress?: OnProgress): Promise<Made> {
  const circuit = await buildCircuit(name, source, onProgress === undefined ? {} : { onProgress });
  const key = (await ceremonyKey(circuit)) ?? (await developmentKey(circuit, onProgress));
  return { circuit, key };
}

/** The facts about a profile that `timebandits setup` prints. They let others recognise the same artifacts. */
export function artifactFacts({ profile, circuit, key }: ProfileArtifacts<NamedCircuit>) {
  return {
    profile: profile.name,
    ...("rows" in profile && { rows: profile.rows, nodes: profile.nodes }),
    levels: profile.levels,
    constraints: circuit.constraints,
    circuit: circuit.hash,
    r1cs: circuit.r1csHash,
    certificate: certificateOf(profile.name, circuit.r1csHash),
    provingKey: key.hash,
    verificationKey: key.vkeyHash,
    kind: key.kind,
    ceremony: key.ceremony,
    zkey: key.zkey,
    compileSeconds: circuit.compileSeconds,
    keySeconds: key.seconds,
  };
}
