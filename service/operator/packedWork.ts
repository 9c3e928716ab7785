/** Packs works for workers. */
import type { KeyKind } from "../../prover/keys/check.ts";
import type { Profile } from "../../prover/profiles.ts";
import { packWork, workId } from "../../prover/work/work.ts";
import type { WorkOf } from "./options.ts";

/** The circuit and the key that a work names. `ProfileArtifacts` qualify. */
export interface NamedArtifacts {
  readonly circuit: { readonly hash: string };
  readonly key: { readonly vkeyHash: string; readonly kind: KeyKind };
}

/**
 * Packs with the circuits and the keys of this installation. They are looked for once.
 *
 *     const workOf = packedWork((profile) => artifactsOf(profile));
 */
export function packedWork(artifacts: (profile: Profile) => Promise<NamedArtifacts>): WorkOf {
  const known = new Map<string, NamedArtifacts>();
  return async ({ opened, given, map }) => {
    const { profile, statement } = opened;
    const found = known.get(profile.name) ?? (await artifacts(profile));
    known.set(profile.name, found);
    const { circuit, key } = found;
    const work = packWork({ opened, given, circuit: circuit.hash, key: { hash: key.vkeyHash, kind: key.kind }, map });
    return { id: workId(work, statement), work };
  };
}
