/**
 * What proving and verifying with a profile needs: its compiled circuit and its keys, made when they are first asked
 * for.
 */

import type { OnProgress } from "./circuit/build.ts";
import { buildCircuit, type CircuitArtifacts, isBuilt } from "./circuit/build.ts";
import { ceremonyKey } from "./keys/ceremony.ts";
import { developmentKey, hasDevelopmentKey, type KeyArtifacts } from "./keys/development.ts";
import { mainSource, type Profile } from "./profiles.ts";

/** A profile's circuit and keys. */
export interface ProfileArtifacts {
  readonly profile: Profile;
  readonly circuit: CircuitArtifacts;
  readonly key: KeyArtifacts;
}

const known = new Map<string, Promise<ProfileArtifacts>>();

/**
 * The circuit and the key of a profile: from this process, from the artifact cache, or made, which takes about half a
 * minute for 2^16 constraints. The key is the one of a ceremony, where one was verified and installed, or else the
 * development key: never one of unknown origin. The same sources give the same circuit and development key on every
 * machine.
 *
 * @throws BuildError if the circuit does not compile; KeyError if the cached key is another circuit's; CacheError
 */
export async function artifactsOf(
  profile: Profile,
  options: { onProgress?: OnProgress | undefined } = {},
): Promise<ProfileArtifacts> {
  const source = mainSource(profile);
  let made = known.get(source);
  if (made === undefined) {
    made = make(profile, source, options.onProgress);
    known.set(source, made);
    // What failed once may be mended: a full disk, a missing package.
    made.catch(() => known.delete(source));
  }
  return await made;
}

/**
 * The same, if they are here already; null where something would have to be compiled or made first.
 * @throws KeyError, CacheError if what is here is not to be used
 */
export async function artifactsHere(profile: Profile): Promise<ProfileArtifacts | null> {
  const source = mainSource(profile);
  if (!known.has(source)) {
    if (!(await isBuilt(source))) return null;
    const circuit = await buildCircuit(profile.name, source);
    if ((await ceremonyKey(circuit)) === null && !(await hasDevelopmentKey(circuit))) return null;
  }
  return await artifactsOf(profile);
}

async function make(profile: Profile, source: string, onProgress?: OnProgress): Promise<ProfileArtifacts> {
  const circuit = await buildCircuit(profile.name, source, onProgress === undefined ? {} : { onProgress });
  const key = (await ceremonyKey(circuit)) ?? (await developmentKey(circuit, onProgress));
  return { profile, circuit, key };
}

/**
 * The facts about a profile that `timebandits setup` prints: everything by which others can recognise the same
 * artifacts.
 */
export function artifactFacts({ profile, circuit, key }: ProfileArtifacts) {
  return {
    profile: profile.name,
    rows: profile.rows,
    nodes: profile.nodes,
    levels: profile.levels,
    constraints: circuit.constraints,
    circuit: circuit.hash,
    r1cs: circuit.r1csHash,
    provingKey: key.hash,
    verificationKey: key.vkeyHash,
    kind: key.kind,
    ceremony: key.ceremony,
    zkey: key.zkey,
    compileSeconds: circuit.compileSeconds,
    keySeconds: key.seconds,
  };
}
