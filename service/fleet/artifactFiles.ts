/** The files that workers fetch: witness programs and proving keys, by their hash. */
import type { ProfileArtifacts } from "../../prover/artifacts.ts";

/** Hashes of the files that a worker needs for a profile. */
export interface ArtifactNames {
  readonly program: string;
  readonly key: string;
}

/** The artifacts of a profile, made if they are not here. */
export type LoadArtifacts = (profile: string) => Promise<Pick<ProfileArtifacts, "profile" | "circuit" | "key">>;

export class ArtifactFiles {
  readonly #load: LoadArtifacts;
  readonly #paths = new Map<string, string>();
  readonly #names = new Map<string, ArtifactNames>();

  constructor(load: LoadArtifacts) {
    this.#load = load;
  }

  /** What a worker needs for a profile. Its files can be had from then on. */
  async names(profile: string): Promise<ArtifactNames> {
    const known = this.#names.get(profile);
    if (known !== undefined) return known;
    const { circuit, key } = await this.#load(profile);
    this.#paths.set(circuit.programHash, circuit.program);
    this.#paths.set(key.hash, key.zkey);
    const names = { program: circuit.programHash, key: key.hash };
    this.#names.set(profile, names);
    return names;
  }

  /** Path of the file with that SHA-256. */
  path(hash: string): string | undefined {
    return this.#paths.get(hash);
  }
}
