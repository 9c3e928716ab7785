/** What `create` is about to do, kept in the run directory until it is done: the salt from which the map's id follows. */
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InvalidInputError } from "../../trace/errors.ts";
import { appear } from "../../trace/files.ts";
import { Members, parseJson } from "../../trace/json.ts";
import type { ChainEntry } from "../../trace/manifest.ts";
import { ChainRefusal, domainOf, mapIdOf, type Registry, readMap } from "../../verifier/chain.ts";
import { signerOf } from "../../verifier/chain-connect.ts";

const FILE = ".create.json";
const KEYS = ["chainId", "registry", "salt"] as const;

/** The salt for the run's map: the one that was written down for this registry, or a new one, which is written down. */
export function intendedSalt(dir: string, { chain, address }: Registry): string {
  const place = { chainId: chain.chainId.toString(), registry: address.toLowerCase() };
  const known = readIntention(dir);
  if (known !== undefined && known.chainId === place.chainId && known.registry === place.registry) return known.salt;
  const salt = `0x${randomBytes(32).toString("hex")}`;
  appear(join(dir, FILE), `${JSON.stringify({ ...place, salt })}\n`);
  return salt;
}

/** The map of that salt, if the chain has it. @throws InvalidInputError if it is that of another genesis */
export async function intendedMap(
  registry: Registry,
  salt: string,
  genesisRoot: bigint,
): Promise<{ entry: ChainEntry; maxLag: number } | null> {
  const { chain, address } = registry;
  const mapId = mapIdOf(await signerOf(chain).getAddress(), salt);
  try {
    const map = await readMap(registry, mapId);
    if (map.genesisRoot !== genesisRoot)
      throw new InvalidInputError(FILE, "was written for another genesis; remove it, and create the map again");
    const domain = domainOf(chain.chainId, address, mapId);
    return { entry: { chainId: chain.chainId, registry: address, mapId, domain }, maxLag: map.maxLag };
  } catch (error) {
    if (error instanceof ChainRefusal && error.reason === "UnknownMap") return null;
    throw error;
  }
}

/** The map is in the manifest. */
export function forgetIntention(dir: string): void {
  rmSync(join(dir, FILE), { force: true });
}

function readIntention(dir: string): Record<(typeof KEYS)[number], string> | undefined {
  let text: string;
  try {
    text = readFileSync(join(dir, FILE), "utf8");
  } catch {
    return undefined;
  }
  const members = new Members(FILE, parseJson(FILE, text), KEYS);
  const salt = members.text("salt");
  if (!/^0x[0-9a-f]{64}$/.test(salt)) throw new InvalidInputError(`${FILE} salt`, "is none; remove the file");
  return { chainId: members.text("chainId"), registry: members.text("registry"), salt };
}
