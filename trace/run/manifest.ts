/**
 * Names for the numbers of a trace, for people to read; no proof depends on them. Also the map's place on a chain, to
 * which every proof is bound.
 */
import { InvalidInputError } from "../errors.ts";
import { BITS, PROTOCOL_VERSION } from "../layout.ts";
import { parseRuntime, type RuntimeRecord } from "./runtimeRecord.ts";
import { parseFreeJson, StrictObject } from "./strictJson.ts";

/** A run directory's data beside the genesis and the trace. */
export interface Manifest {
  /** Name of the scenario or the source that the trace comes from. */
  scenario: string;
  /** Names of the profiles that may prove the map; the same as in the trace's header. */
  profiles: string[];
  /** Names by program number, kind, selector and address, all in decimal. */
  programs: Record<string, string>;
  kinds: Record<string, string>;
  functions: Record<string, string>;
  slots: Record<string, string>;
  /** Remarks for the reader: fired watches, refusals, assumptions of the genesis. */
  notes: string[];
  /** The map's place on a chain; absent if it is on none. */
  chain?: ChainEntry;
  /** Where the map's head stood when the run was made from its chain; absent in others. */
  rebuilt?: RebuiltHead;
  /** Notes of a run of concurrent programs (trace/runtime); absent in others. */
  runtime?: RuntimeRecord;
}

/** A map's place on a chain, as `create` found or made it. */
export interface ChainEntry {
  chainId: bigint;
  /** Address of the registry, 0x and 40 digits. */
  registry: string;
  /** The account that created the map, 0x and 40 digits. */
  creator: string;
  /**
   * Distinguishes the maps of one creator and one genesis, 0x and 64 digits. With it, the creator can make the same map
   * again.
   */
  salt: string;
  /** The registry's hash of creator, salt and the root of the genesis, 0x and 64 digits. */
  mapId: string;
  /** The registry's hash of chain, registry and map: the public input `domain` of every proof for this map. */
  domain: bigint;
}

/** The head of a map on its chain: the chain has all transitions up to it, and took a proof of each. */
export interface RebuiltHead {
  /** Number and time (seconds since 1970) of the last transition. */
  seq: number;
  time: number;
  /** The root after it. */
  root: bigint;
}

const FORMAT = "time-bandits-manifest";
const NAMES = ["programs", "kinds", "functions", "slots"] as const;
const KEYS = ["format", "version", "scenario", "profiles", ...NAMES, "notes"];
const OPTIONAL = ["chain", "rebuilt", "runtime"] as const;
const CHAIN_KEYS = ["chainId", "registry", "creator", "salt", "mapId", "domain"];
const REBUILT_KEYS = ["seq", "time", "root"];

/** A manifest without any names yet. */
export function emptyManifest(scenario: string, profiles: readonly string[] = []): Manifest {
  return { scenario, profiles: [...profiles], programs: {}, kinds: {}, functions: {}, slots: {}, notes: [] };
}

/** The text of `manifest.json`. */
export function writeManifest(manifest: Manifest): string {
  const { scenario, profiles, programs, kinds, functions, slots, notes } = manifest;
  const ordered = {
    format: FORMAT,
    version: PROTOCOL_VERSION,
    scenario,
    profiles,
    programs,
    kinds,
    functions,
    slots,
    notes,
  };
  const { chain, rebuilt, runtime } = manifest;
  const whole = {
    ...ordered,
    ...(chain === undefined ? {} : { chain: chainJson(chain) }),
    ...(rebuilt === undefined ? {} : { rebuilt: { ...rebuilt, root: `${rebuilt.root}` } }),
    ...(runtime === undefined ? {} : { runtime }),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** Reads `manifest.json`. @throws InvalidInputError naming the field */
export function parseManifest(text: string): Manifest {
  const where = "manifest.json";
  const value = parseFreeJson(where, text);
  const has = (name: string): boolean => typeof value === "object" && value !== null && name in value;
  const members = new StrictObject(where, value, [...KEYS, ...OPTIONAL.filter(has)]);
  members.constant("format", FORMAT);
  members.protocol();
  const manifest = emptyManifest(members.text("scenario"), texts(members, "profiles"));
  manifest.notes = texts(members, "notes");
  for (const name of NAMES) {
    const entries = Object.entries(members.object(name)).map(([key, value]) => {
      if (typeof value !== "string") throw new InvalidInputError(`${members.field(name)}.${key}`, "is not a text");
      return [key, value] as const;
    });
    // All at once: assigning one by one would treat the name `__proto__` specially.
    manifest[name] = Object.fromEntries(entries);
  }
  if (has("runtime")) manifest.runtime = parseRuntime(members.field("runtime"), members.value("runtime"));
  if (has("chain")) manifest.chain = chainFrom(members.field("chain"), members.value("chain"));
  if (has("rebuilt")) {
    if (!has("chain"))
      throw new InvalidInputError(members.field("rebuilt"), "is of no chain, as there is no chain; remove it");
    manifest.rebuilt = rebuiltFrom(members.field("rebuilt"), members.value("rebuilt"));
  }
  return manifest;
}

function rebuiltFrom(where: string, json: unknown): RebuiltHead {
  const members = new StrictObject(where, json, REBUILT_KEYS);
  const seq = members.number("seq", BITS.seq);
  if (seq === 0) throw new InvalidInputError(members.field("seq"), "is 0, and the chain has nothing then; remove it");
  return { seq, time: members.number("time", BITS.time), root: members.word("root") };
}

/** A map's place as data for JSON. */
export function chainJson(chain: ChainEntry): object {
  return { ...chain, chainId: `${chain.chainId}`, domain: `${chain.domain}` };
}

/**
 * The inverse of `chainJson`. Does not check that the ids follow from one another.
 * @throws InvalidInputError naming the field
 */
export function chainFrom(where: string, json: unknown): ChainEntry {
  const members = new StrictObject(where, json, CHAIN_KEYS);
  const hexadecimal = (name: string, digits: number): string => {
    const text = members.text(name);
    if (!new RegExp(`^0x[0-9a-fA-F]{${digits}}$`).test(text)) {
      throw new InvalidInputError(members.field(name), `is not 0x and ${digits} hexadecimal digits`);
    }
    return text;
  };
  return {
    chainId: members.decimal("chainId", 64),
    registry: hexadecimal("registry", 40),
    creator: hexadecimal("creator", 40),
    salt: hexadecimal("salt", 64),
    mapId: hexadecimal("mapId", 64),
    domain: members.word("domain"),
  };
}

function texts(members: StrictObject, name: string): string[] {
  return members.list(name).map((item, i) => {
    if (typeof item !== "string") throw new InvalidInputError(`${members.field(name)}[${i}]`, "is not a text");
    return item;
  });
}
