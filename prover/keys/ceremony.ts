/**
 * A ceremony: several people, one after the other, make a circuit's key from powers of tau. The key is safe if one of
 * them forgot their secret. snarkjs does the arithmetic, so participants need no software of this project.
 * docs/security/ceremony.md describes how to hold one.
 */
import { randomBytes } from "node:crypto";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { haveWrittenWhole } from "../../trace/run/wholeFile.ts";
import type { CircuitArtifacts } from "../circuit/build.ts";
import { CacheError, KeyError } from "../errors.ts";
import { type CacheEntry, cached, cachedAlready, hashFile, sha256 } from "../storage/cache.ts";
import { isDevelopmentKey, refuseBadPoints, refuseForgeable, type SizedCircuit } from "./check.ts";
import { type KeyArtifacts, loadKey } from "./development.ts";
import type { CeremonyName } from "./origin.ts";
import { checkPowersOfTau, PUBLISHED } from "./powersOfTau.ts";
import { verificationKey } from "./verificationKey.ts";
import { readZkeyHeader } from "./zkeyFile.ts";

/** The record of a key's ceremony, kept beside the key. */
export interface Transcript {
  /** SHA-256 of the circuit's constraints, and of the key. */
  readonly r1cs: string;
  readonly zkey: string;
  /** `verificationKeyHash`: the name by which a registry knows the key. */
  readonly verificationKey: string;
  /** The circuit hash in the key: 64 bytes, hexadecimal. */
  readonly circuitHash: string;
  /** BLAKE2b hash of the powers of tau, their power, and whether the hash is a published one. */
  readonly ptau: { readonly hash: string; readonly power: number; readonly published: boolean };
  readonly contributions: number;
  /** The hash of each contribution with its name, as snarkjs prints it on verification, the last one first. */
  readonly lines: readonly string[];
}

/** Powers of tau as the user names them, and the hash that the user vouches for, if it is not a published one. */
export interface GivenPtau {
  readonly path: string;
  readonly hash?: string | undefined;
}

const SHELF = "ceremonies";
const ZKEY_FILE = "key.zkey";
const TRANSCRIPT_FILE = "transcript.json";
/**
 * 2^10 is the number of iterations in snarkjs's own examples. The delay matters only where someone could choose the
 * beacon.
 */
const BEACON_EXPONENT = 10;

/** The circuit data by which a ceremony's key is found and compared. */
type KeyedCircuit = SizedCircuit & Pick<CircuitArtifacts, "r1csHash">;

const idOf = (circuit: KeyedCircuit): string => sha256(JSON.stringify({ format: 1, r1cs: circuit.r1csHash }));

/** The transcript's one text. */
const transcriptText = (transcript: Transcript): string => `${JSON.stringify(transcript, null, 2)}\n`;

/** A transcript's name: the hash of its text. It is the same for all who verify the same key. */
export function ceremonyName(transcript: Transcript): CeremonyName {
  const { contributions, ptau } = transcript;
  const { power, published } = ptau;
  return { transcript: sha256(transcriptText(transcript)), contributions, ptau: { power, published } };
}

/**
 * Writes the key that the first participant starts from. It must not be used: γ = δ until someone contributes.
 * @throws KeyError if the powers of tau must not be used, or do not fit this circuit
 */
export async function beginCeremony(circuit: CircuitArtifacts, ptau: GivenPtau, zkey: string): Promise<void> {
  await checkPowersOfTau(ptau.path, circuit, ptau.hash);
  const { zKey } = await import("snarkjs");
  await writeKey(zkey, async (file) => {
    const hash: Uint8Array | -1 = await zKey.newZKey(circuit.r1cs, ptau.path, file);
    if (hash === -1) {
      throw new KeyError(
        "PTAU_SMALL",
        "ptau",
        `snarkjs cannot make a key of ${circuit.name} from ${ptau.path}: take a larger one`,
      );
    }
    await refuseWhatNoContributionMends(file);
  });
}

/**
 * Adds a contribution. Its randomness is shown to no one and gone on return.
 * @returns the contribution's hash, hexadecimal, for the participant to publish
 */
export async function contribute(from: string, to: string, name: string): Promise<string> {
  await refuseWhatNoContributionMends(from);
  const { zKey } = await import("snarkjs");
  return await writeKey(to, async (file) =>
    hexOf(await zKey.contribute(from, file, name, randomBytes(64).toString("hex"))),
  );
}

/**
 * Ends a ceremony with a number that was unpredictable before the last contribution.
 * @param beacon hexadecimal
 * @throws KeyError KEY_BEACON if it is not hexadecimal, or too long
 */
export async function applyBeacon(from: string, to: string, beacon: string): Promise<string> {
  if (!/^([0-9a-f]{2}){16,64}$/i.test(beacon)) {
    throw new KeyError(
      "KEY_BEACON",
      "beacon",
      "a beacon is 16 to 64 bytes in hexadecimal, such as a block's hash without 0x",
    );
  }
  await refuseWhatNoContributionMends(from);
  const { zKey } = await import("snarkjs");
  return await writeKey(to, async (file) => {
    const hash: Uint8Array | false = await zKey.beacon(from, file, "beacon", beacon.toLowerCase(), BEACON_EXPONENT);
    if (hash === false) throw new KeyError("KEY_BEACON", "beacon", "snarkjs refuses the beacon: give another one");
    return hexOf(hash);
  });
}

/**
 * Checks a whole ceremony: the powers of tau, the key's descent from them, its circuit, and every contribution.
 * @throws KeyError naming the fault
 */
export async function verifyCeremony(circuit: CircuitArtifacts, ptau: GivenPtau, zkey: string): Promise<Transcript> {
  const { hash, power, published } = await checkPowersOfTau(ptau.path, circuit, ptau.hash);
  const header = await readZkeyHeader(zkey);
  if (await isDevelopmentKey(verificationKey(header.points))) throw developmentKeyIn(zkey);
  // Catches γ = δ, the generator and a foreign size by name, before the long check.
  const loaded = await loadKey(zkey, circuit, { hash: "", seconds: null });
  const lines: string[] = [];
  const complaints: string[] = [];
  const logger = {
    debug: () => undefined,
    info: (line: string) => {
      if (/^(contribution #|Beacon )/.test(line)) lines.push(line);
    },
    warn: (line: string) => complaints.push(line),
    error: (line: string) => complaints.push(line),
  };
  const { zKey } = await import("snarkjs");
  let good = false;
  try {
    good = await zKey.verifyFromR1cs(circuit.r1cs, ptau.path, zkey, logger);
  } catch (error) {
    complaints.push(String(error));
  }
  if (!good) {
    throw new KeyError(
      "KEY_TRANSCRIPT",
      "contributions",
      `${zkey} does not come from ${circuit.name} and these powers of tau by its contributions (${complaints.join("; ")}): get the key again`,
    );
  }
  const { circuitHash, contributions } = header;
  const beacons = lines.filter((line) => line.startsWith("Beacon generator")).length;
  if (contributions <= beacons) {
    throw new KeyError(
      "KEY_BEACON_ALONE",
      "contributions",
      `only the beacon has contributed to ${zkey}, and the beacon is public: contribute before it`,
    );
  }
  return {
    r1cs: circuit.r1csHash,
    zkey: await hashFile(zkey),
    verificationKey: loaded.vkeyHash,
    circuitHash,
    ptau: { hash, power, published },
    contributions,
    lines,
  };
}

/**
 * Checks a ceremony's key and puts it into the artifact cache, where it replaces the circuit's development key.
 * @throws KeyError as {@link verifyCeremony} does; KEY_THERE if another ceremony's key is there already
 */
export async function installCeremony(circuit: CircuitArtifacts, ptau: GivenPtau, zkey: string): Promise<Transcript> {
  const transcript = await verifyCeremony(circuit, ptau, zkey);
  const entry = await cached(SHELF, idOf(circuit), async (folder) => {
    await copyFile(zkey, join(folder, ZKEY_FILE));
    await writeFile(join(folder, TRANSCRIPT_FILE), transcriptText(transcript));
    return transcript;
  });
  if (entry.sha256[ZKEY_FILE] !== transcript.zkey) {
    throw new KeyError(
      "KEY_THERE",
      "zkey",
      `${entry.folder} holds the key of another ceremony for ${circuit.name}: remove that folder first, if this one is to take its place`,
    );
  }
  return transcript;
}

/** The circuit's key from a ceremony, if one was installed. @throws KeyError if it must not be used */
export async function ceremonyKey(circuit: KeyedCircuit): Promise<KeyArtifacts | null> {
  const entry = await cachedAlready<Transcript>(SHELF, idOf(circuit));
  if (entry === null) return null;
  const { ptau } = entry.facts;
  if (ptau.published && PUBLISHED[ptau.power] !== ptau.hash) {
    throw new KeyError(
      "PTAU_UNKNOWN",
      "ptau",
      `${entry.folder} was made from powers of tau that were never published under this hash: remove it, and install the key again`,
    );
  }
  const key = await loadKey(join(entry.folder, ZKEY_FILE), circuit, {
    hash: entry.sha256[ZKEY_FILE] ?? "",
    seconds: null,
    circuitHash: entry.facts.circuitHash,
    ceremony: ceremonyName(entry.facts),
  });
  refuseForeignTranscript(entry, circuit, key);
  return key;
}

/** A transcript vouches only for the key it describes. */
function refuseForeignTranscript(entry: CacheEntry<Transcript>, circuit: KeyedCircuit, key: KeyArtifacts): void {
  const { r1cs, zkey, verificationKey: vkeyHash } = entry.facts;
  if (r1cs === circuit.r1csHash && zkey === key.hash && vkeyHash === key.vkeyHash) return;
  throw new KeyError(
    "KEY_TRANSCRIPT",
    "transcript",
    `the transcript in ${entry.folder} is of another key than the one beside it: remove that folder, and install the key again`,
  );
}

/** Refuses a key that stays bad after every contribution. Contributions change δ only. */
async function refuseWhatNoContributionMends(path: string): Promise<void> {
  const { points } = await readZkeyHeader(path);
  const key = verificationKey(points);
  refuseBadPoints(key);
  refuseForgeable({ ...points, delta2: null });
  if (await isDevelopmentKey(key)) throw developmentKeyIn(path);
}

/** Has a key written. @throws CacheError FILE_UNWRITABLE if the folder cannot be written */
async function writeKey<T>(path: string, write: (file: string) => Promise<T>): Promise<T> {
  return await haveWrittenWhole(
    path,
    write,
    (cause) => new CacheError("FILE_UNWRITABLE", `cannot write ${path}: name a file in a writable folder`, { cause }),
  );
}

function developmentKeyIn(path: string): KeyError {
  return new KeyError(
    "KEY_DEVELOPMENT",
    "vk_alpha_1",
    `${path} is a development key, and no contribution can change that: begin with powers of tau`,
  );
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
