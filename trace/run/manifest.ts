/**
 * Names for the numbers of a trace, for people to read; nothing in a proof depends on them. And where the map is on a
 * chain, which every proof is bound to.
 */
import { InvalidInputError } from "../errors.ts";
import { PROTOCOL_VERSION } from "../layout.ts";
import { parseRuntime, type RuntimeRecord } from "./runtimeRecord.ts";
import { parseFreeJson, StrictObject } from "./strictJson.ts";

/** What a run directory says about itself beside the genesis and the trace. */
export interface Manifest {
  /** Name of the scenario or the source that the trace comes from. */
  scenario: string;
  /** Names of the profiles that the map may be proven with; the same as in the trace's header. */
  profiles: string[];
  /** Names by program number, kind, selector and address, all in decimal. */
  programs: Record<string, string>;
  kinds: Record<string, string>;
  functions: Record<string, string>;
  slots: Record<string, string>;
  /** Remarks for the reader: what fired, what was refused, what the genesis assumes. */
  notes: string[];
  /** Where the map is on a chain; absent if it is on none. */
  chain?: ChainEntry;
  /** What a run of concurrent programs (trace/runtime) noted beside its trace; absent in others. */
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
   * What distinguishes the maps of one creator and one genesis, 0x and 64 digits: with it, the creator can make the
   * same map again.
   */
  salt: string;
  /** What the registry computes from creator, salt and the root of the genesis, 0x and 64 digits. */
  mapId: string;
  /** What it computes from chain, registry and map: the public input `domain` of every proof for this map. */
  domain: bigint;
}

const FORMAT = "time-bandits-manifest";
const NAMES = ["programs", "kinds", "functions", "slots"] as const;
const KEYS = ["format", "version", "scenario", "profiles", ...NAMES, "notes"];
const OPTIONAL = ["chain", "runtime"] as const;
const CHAIN_KEYS = ["chainId", "registry", "creator", "salt", "mapId", "domain"];

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
  const { chain, runtime } = manifest;
  const whole = {
    ...ordered,
    ...(chain === undefined ? {} : { chain: chainJson(chain) }),
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
    // Not one by one: `__proto__` is a name like others.
    manifest[name] = Object.fromEntries(entries);
  }
  if (has("runtime")) manifest.runtime = parseRuntime(members.field("runtime"), members.value("runtime"));
  if (has("chain")) manifest.chain = chainFrom(members.field("chain"), members.value("chain"));
  return manifest;
}

/** A map's place as data for JSON. */
export function chainJson(chain: ChainEntry): object {
  return { ...chain, chainId: `${chain.chainId}`, domain: `${chain.domain}` };
}

/**
 * The inverse of `chainJson`. Whether the names follow from one another is not looked at.
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
