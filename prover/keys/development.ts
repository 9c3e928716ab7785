/** Development keys: made in seconds from a public seed, the same on every machine, and good only for development. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CircuitArtifacts, OnProgress } from "../circuit/build.ts";
import { cached, cachedAlready, sha256 } from "../storage/cache.ts";
import { checkKeyBelongs, keyKind, refuseBadKey, type SizedCircuit } from "./check.ts";
import { makeKey } from "./makeKey.ts";
import type { CeremonyName, KeyOrigin } from "./origin.ts";
import { DEVELOPMENT_SEED, developmentTrapdoor } from "./trapdoor.ts";
import { type VerificationKey, verificationKey, verificationKeyHash } from "./verificationKey.ts";
import { readZkeyHeader } from "./zkeyFile.ts";

/** A circuit's keys and their origin, judged by the key's points and the transcript beside it, not by its location. */
export interface KeyArtifacts extends KeyOrigin {
  /** Absolute path of the proving key, for engines to read. */
  readonly zkey: string;
  readonly verificationKey: VerificationKey;
  /** SHA-256 of the proving key's file, hexadecimal. */
  readonly hash: string;
  /** `verificationKeyHash`: the verification key's name on chain, with 0x. */
  readonly vkeyHash: string;
  /** Seconds spent making it; null if it came from the cache. */
  readonly seconds: number | null;
}

/** Raise this if the same circuit and seed would give other bytes. */
const FORMAT = 1;
const SHELF = "keys";
const ZKEY_FILE = "key.zkey";
const VKEY_FILE = "verification_key.json";

const idOf = ({ r1csHash }: CircuitArtifacts): string =>
  sha256(JSON.stringify({ format: FORMAT, seed: DEVELOPMENT_SEED, r1cs: r1csHash }));

/** Whether the development key of a circuit is made already. @throws CacheError if it is damaged */
export async function hasDevelopmentKey(artifacts: CircuitArtifacts): Promise<boolean> {
  return (await cachedAlready(SHELF, idOf(artifacts))) !== null;
}

/**
 * The development key of a circuit, made if it is not in the cache. About six seconds for 2^16 rows on two cores.
 *
 * @throws KeyError if the key in the cache is not this circuit's
 */
export async function developmentKey(artifacts: CircuitArtifacts, onProgress?: OnProgress): Promise<KeyArtifacts> {
  const entry = await cached(SHELF, idOf(artifacts), async (folder) => {
    const zkey = join(folder, ZKEY_FILE);
    await makeKey(artifacts.r1cs, developmentTrapdoor(), zkey, onProgress);
    const key = verificationKey((await readZkeyHeader(zkey)).points);
    await writeFile(join(folder, VKEY_FILE), `${JSON.stringify(key, null, 2)}\n`);
    return null;
  });
  return await loadKey(join(entry.folder, ZKEY_FILE), artifacts, {
    hash: entry.sha256[ZKEY_FILE] ?? "",
    seconds: entry.seconds,
  });
}

/**
 * Reads the header of any proving key, and refuses it if it is bad or another circuit's.
 *
 * @param known the file's SHA-256, the seconds spent making it, the circuit hash recorded with it, and the ceremony
 *   whose verified transcript lies beside it; without one, the key is `development` or `unknown`
 * @throws KeyError, FormatError
 */
export async function loadKey(
  zkey: string,
  artifacts: SizedCircuit,
  known: { hash: string; seconds: number | null; circuitHash?: string; ceremony?: CeremonyName },
): Promise<KeyArtifacts> {
  const header = await readZkeyHeader(zkey);
  const key = verificationKey(header.points);
  refuseBadKey(key);
  await checkKeyBelongs(header, artifacts, known.circuitHash);
  const kind = await keyKind(key);
  const ceremony = kind === "unknown" ? (known.ceremony ?? null) : null;
  return {
    zkey,
    verificationKey: key,
    hash: known.hash,
    vkeyHash: verificationKeyHash(key),
    kind: ceremony === null ? kind : "ceremony",
    ceremony,
    seconds: known.seconds,
  };
}
