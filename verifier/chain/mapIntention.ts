/**
 * The salt and creator of a map that `create` is about to make. They determine the map's id. The file stays in the run
 * directory until the map is in the manifest.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { mapPlace } from "../../prover/batches/mapIdentity.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { parseJson, StrictObject } from "../../trace/run/strictJson.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import type { Registry } from "./registry.ts";

const FILE = ".create.json";
const KEYS = ["chainId", "registry", "creator", "salt", "elsewhere"] as const;

/** The planned creator, chain and registry of the run's map. */
export interface Intention {
  chainId: string;
  /** In lower case, as is the creator. */
  registry: string;
  creator: string;
  salt: string;
  /** Whether the creator signs elsewhere, from the output of `--calldata`. */
  elsewhere: boolean;
}

/** Reads the intention. @throws InvalidInputError if the file is not readable */
export function readIntention(dir: string): Intention | undefined {
  let text: string;
  try {
    text = readFileSync(join(dir, FILE), "utf8");
  } catch {
    return undefined;
  }
  try {
    const members = new StrictObject(FILE, parseJson(FILE, text), KEYS);
    const [creator, salt] = [members.text("creator"), members.text("salt")];
    if (!/^0x[0-9a-f]{64}$/.test(salt) || !/^0x[0-9a-f]{40}$/.test(creator))
      throw new InvalidInputError(FILE, "is torn");
    const place = { chainId: members.text("chainId"), registry: members.text("registry") };
    return { ...place, creator, salt, elsewhere: members.value("elsewhere") === true };
  } catch (cause) {
    throw new InvalidInputError(FILE, "was not written by create; remove it, and create the map again", { cause });
  }
}

/** The map planned on this registry, for a creator that signs here or elsewhere; undefined if there is none. */
export function intendedMap(dir: string, registry: Registry, genesisRoot: bigint): ChainEntry | undefined {
  const known = readIntention(dir);
  if (known === undefined || known.chainId !== registry.chain.chainId.toString()) return undefined;
  if (known.registry !== registry.address.toLowerCase()) return undefined;
  return placeOf(registry, known, genesisRoot);
}

/**
 * Records that an account is about to create the run's map there, with the recorded salt or a new one. If `create` is
 * killed before the map is in the manifest, the next `create` finds that map and makes no second one.
 */
export function intend(
  dir: string,
  registry: Registry,
  { creator, elsewhere, genesisRoot }: { creator: string; elsewhere: boolean; genesisRoot: bigint },
): ChainEntry {
  const salt = intendedMap(dir, registry, genesisRoot)?.salt ?? `0x${randomBytes(32).toString("hex")}`;
  const place = { chainId: registry.chain.chainId.toString(), registry: registry.address.toLowerCase() };
  const intention: Intention = { ...place, creator: creator.toLowerCase(), salt, elsewhere };
  writeWhole(join(dir, FILE), `${JSON.stringify(intention)}\n`);
  return placeOf(registry, { creator, salt }, genesisRoot);
}

/** Removes the intention once the map is in the manifest. */
export function forgetIntention(dir: string): void {
  rmSync(join(dir, FILE), { force: true });
}

function placeOf(
  { chain, address }: Registry,
  { creator, salt }: Pick<Intention, "creator" | "salt">,
  genesisRoot: bigint,
): ChainEntry {
  return mapPlace({ chainId: chain.chainId, registry: address, creator, salt }, genesisRoot);
}
