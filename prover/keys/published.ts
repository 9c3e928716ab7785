/**
 * Published keys: the development verification key of each circuit (profiles, and those over one state) as a small
 * file shipped with the code, so that verifying needs neither the circuit nor the proving key. `npm run build:keys`
 * writes them. A file is valid only for the circuit whose hash it names.
 */
import { readFile } from "node:fs/promises";
import { InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { PROTOCOL_VERSION } from "../../trace/layout.ts";
import { parseFreeJson, StrictObject } from "../../trace/run/strictJson.ts";
import { buildCircuit, type CircuitArtifacts, type OnProgress } from "../circuit/build.ts";
import { KeyError } from "../errors.ts";
import { mainSource, type NamedCircuit } from "../profiles.ts";
import { keyKind } from "./check.ts";
import { makeVerificationKey } from "./makeKey.ts";
import { developmentTrapdoor } from "./trapdoor.ts";
import { parseVerificationKey, type VerificationKey, verificationKeyHash } from "./verificationKey.ts";

/** A development verification key, and the circuit that it belongs to. */
export interface PublishedKey {
  /** Name of the profile, or of another circuit. */
  readonly profile: string;
  /** `circuitKey` of the profile: over sources, compiler and library, known without compiling. */
  readonly circuit: string;
  /** SHA-256 of the compiled constraints, by which a ceremony's key is found. */
  readonly r1csHash: string;
  readonly constraints: number;
  readonly wires: number;
  readonly publicInputs: number;
  /** `verificationKeyHash` of the key. */
  readonly hash: string;
  readonly verificationKey: VerificationKey;
}

const FORMAT = "time-bandits-published-key";
const SCHEMA = 1;
const SIZES = ["constraints", "wires", "publicInputs"] as const;
const MEMBERS = ["format", "schemaVersion", "version", "profile", "circuit", "r1cs", ...SIZES];
const KEY_MEMBERS = ["kind", "hash", "verificationKey"];

/** Where a profile's file is. */
export function publishedPath(profile: Pick<NamedCircuit, "name">): URL {
  return new URL(`./published/${profile.name}.json`, import.meta.url);
}

/** The file's one text. */
export function publishedText(published: PublishedKey): string {
  const { profile, circuit, r1csHash, constraints, wires, publicInputs, hash, verificationKey } = published;
  const sizes = { constraints, wires, publicInputs };
  const names = { format: FORMAT, schemaVersion: SCHEMA, version: PROTOCOL_VERSION, profile, circuit, r1cs: r1csHash };
  return `${JSON.stringify({ ...names, ...sizes, kind: "development", hash, verificationKey }, null, 2)}\n`;
}

/**
 * Reads a file's text.
 * @param where the file's name in errors
 * @throws InvalidInputError naming the wrong member
 * @throws KeyError if the key is malformed, or not a development key: no other key follows from the circuit alone
 */
export async function parsePublished(where: string, text: string): Promise<PublishedKey> {
  const members = new StrictObject(where, parseFreeJson(where, text), [...MEMBERS, ...KEY_MEMBERS]);
  members.constant("format", FORMAT);
  members.constant("schemaVersion", SCHEMA);
  members.protocol();
  members.constant("kind", "development");
  const verificationKey = parseVerificationKey(members.value("verificationKey"));
  members.constant("hash", verificationKeyHash(verificationKey));
  if ((await keyKind(verificationKey)) !== "development") {
    throw new InvalidInputError(members.field("verificationKey"), "is no development key; install the package again");
  }
  const [constraints, wires, publicInputs] = SIZES.map((name) => members.number(name, 32)) as [number, number, number];
  return {
    ...{ profile: members.text("profile"), circuit: members.text("circuit"), r1csHash: members.text("r1cs") },
    ...{ constraints, wires, publicInputs, hash: verificationKeyHash(verificationKey), verificationKey },
  };
}

/**
 * The published key of a profile's circuit; null if there is none, or only one of another circuit. A change of the
 * sources, the compiler or the library invalidates older files.
 * @param circuit `circuitKey` of the profile
 * @throws KeyError KEY_PUBLISHED if the file is not what `npm run build:keys` writes
 */
export async function publishedKey(profile: NamedCircuit, circuit: string): Promise<PublishedKey | null> {
  const path = publishedPath(profile);
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    const published = await parsePublished(`${profile.name}.json`, text);
    return published.circuit === circuit && published.profile === profile.name ? published : null;
  } catch (cause) {
    if (!(cause instanceof TimeBanditsError)) throw cause;
    throw new KeyError("KEY_PUBLISHED", "published", `${cause.message}; install the package again`, { cause });
  }
}

/**
 * Makes the content of a profile's file from the circuit. Compiles it if it is not cached: half a minute to several
 * minutes for each profile. The development key's verification key needs no proving key.
 */
export async function makePublished(profile: NamedCircuit, onProgress?: OnProgress): Promise<PublishedKey> {
  const circuit = await buildCircuit(profile.name, mainSource(profile), onProgress === undefined ? {} : { onProgress });
  const verificationKey = await makeVerificationKey(circuit.r1cs, developmentTrapdoor());
  const hash = verificationKeyHash(verificationKey);
  return { profile: profile.name, circuit: circuit.hash, ...sizesOf(circuit), hash, verificationKey };
}

function sizesOf({ r1csHash, constraints, wires, publicInputs }: CircuitArtifacts) {
  return { r1csHash, constraints, wires, publicInputs };
}
