/**
 * The circuits and keys of a worker: those that it has itself, and those that it fetches from the server. Files are
 * kept in the artifact cache by their SHA-256, which is checked.
 */
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { artifactsHere, artifactsOf } from "../../prover/artifacts.ts";
import { circuitKey } from "../../prover/circuit/build.ts";
import { verificationKey, verificationKeyHash } from "../../prover/keys/verificationKey.ts";
import { readZkeyHeader } from "../../prover/keys/zkeyFile.ts";
import { mainSource, PROFILES, profileOf } from "../../prover/profiles.ts";
import { cached, hashFile } from "../../prover/storage/cache.ts";
import type { ProvingArtifacts } from "../../prover/work/proveWork.ts";
import type { ProofWork } from "../../prover/work/work.ts";
import { type Job, LinkError } from "./link.ts";

/** Fetches a file by its SHA-256. */
export type FetchFile = (hash: string) => Promise<Response>;

const SHELF = "fetched";
const FILE = "file";

/** Hash of the circuit of each profile, as this release makes it. Nothing is compiled for it. */
export async function ownCircuits(): Promise<Record<string, string>> {
  const entries = PROFILES.map(async (profile) => [profile.name, await circuitKey(mainSource(profile))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

export class ArtifactStore {
  readonly #fetch: FetchFile;
  readonly #known = new Map<string, Promise<ProvingArtifacts>>();

  constructor(fetch: FetchFile) {
    this.#fetch = fetch;
  }

  /**
   * What a batch is proven with.
   * @throws LinkError if the server does not give a file; CacheError if the cache cannot be written
   */
  async artifacts(job: Pick<Job, "artifacts">, work: ProofWork): Promise<ProvingArtifacts> {
    const { program, key } = job.artifacts;
    const id = `${work.circuit} ${program} ${key}`;
    let found = this.#known.get(id);
    if (found === undefined) {
      found = this.#find(work, program, key);
      this.#known.set(id, found);
      found.catch(() => this.#known.delete(id));
    }
    return await found;
  }

  async #find(work: ProofWork, program: string, key: string): Promise<ProvingArtifacts> {
    const profile = profileOf(work.profile);
    const own = await artifactsHere(profile);
    if (own !== null && own.circuit.programHash === program && own.key.hash === key) return own;
    try {
      const [programFile, zkey] = [await this.#file(program), await this.#file(key)];
      const fetchedKey = verificationKey((await readZkeyHeader(zkey)).points);
      return {
        circuit: { name: profile.name, hash: work.circuit, program: programFile, programHash: program },
        key: { zkey, vkeyHash: verificationKeyHash(fetchedKey), verificationKey: fetchedKey },
      };
    } catch (error) {
      // What this release makes itself may be the same.
      if (!(error instanceof LinkError) || (await circuitKey(mainSource(profile))) !== work.circuit) throw error;
      const made = await artifactsOf(profile);
      if (made.key.vkeyHash !== work.key.hash) throw error;
      return made;
    }
  }

  async #file(hash: string): Promise<string> {
    const { folder } = await cached(SHELF, hash, async (target) => {
      const { body } = await this.#fetch(hash);
      const path = join(target, FILE);
      try {
        if (body !== null)
          await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), createWriteStream(path));
      } catch (error) {
        if ((error as { code?: unknown }).code === "ENOSPC") throw error;
        throw new LinkError(`the server's file ${hash.slice(0, 16)}… is cut short`, { cause: error });
      }
      if (body === null || (await hashFile(path)) !== hash) {
        throw new LinkError(`the server's file ${hash.slice(0, 16)}… has another content`);
      }
      return null;
    });
    return join(folder, FILE);
  }
}
