/** The terms fixed at a map's creation, in this project's form and in the registry's. */
import { decodeBytes32String, encodeBytes32String } from "ethers";
import { InvalidInputError } from "../../trace/errors.ts";
import type { VerificationKey } from "./key.ts";

/** Keepers of a map's data, by the registry's numbers. */
export const DATA_POLICIES = ["operator", "chain"] as const;
/**
 * `operator`: the map's operator keeps its data available, off chain. `chain`: the map is moored; every row is
 * published on its chain.
 */
export type DataPolicy = (typeof DATA_POLICIES)[number];
/** The shortest notice period of a verifier that the registry allows, and the default. */
export const MIN_VERIFIER_DELAY = 86_400;
/** The shortest notice period of a verifier of a moored map, and the default. */
export const MOORED_VERIFIER_DELAY = 30 * 86_400;
/** The longest lag of a moored map, and the default. */
export const MOORED_LAG = 86_400;
/** The shortest and the longest patience of a moored map. */
export const PATIENCE_BOUNDS = [86_400, 7 * 86_400] as const;
/** Default for the patience of a moored map. */
export const USUAL_PATIENCE = 3 * 86_400;
/** The longest lag, in effect no bound. For traces of past events. */
export const MAX_LAG = 2 ** 40 - 1;

/** A verification key for one profile. */
export interface MapVerifier {
  readonly profile: string;
  readonly key: VerificationKey;
}

/** A number on the chain that a moored map may show to its programs. */
export interface Feed {
  /** The contract that is asked. */
  readonly target: string;
  /** The call data, 0x…. The first 32 bytes of the answer are the number, with its sign. */
  readonly data: string;
  /** Bits that are cut off its low end, after the offset is added. */
  readonly shift: number;
  readonly offset: bigint;
  /** Seconds after an observation in which a transition may show it. */
  readonly fresh: number;
}

/** The terms of a moored map beyond those of any map. */
export interface Mooring {
  /** Seconds after which anybody may answer a request to leave; after two of them, anybody may freeze the map. */
  readonly patience?: number | undefined;
  readonly exitKey: VerificationKey;
  readonly cellKey: VerificationKey;
  readonly feeds?: readonly Feed[] | undefined;
}

/** The terms fixed at a map's creation. Times are in seconds. */
export interface MapTerms {
  /** Distinguishes the maps of one account and one genesis: 32 bytes, 0x…. */
  readonly salt: string;
  readonly genesisRoot: bigint;
  /** Earliest time of a transition. Not after the chain's present time. */
  readonly genesisTime: number;
  /** Maximum age of a batch's oldest transition when the batch arrives. */
  readonly maxLag: number;
  /** Default: `operator`. */
  readonly dataPolicy?: DataPolicy;
  readonly verifierDelay?: number;
  readonly verifiers: readonly MapVerifier[];
  /** Accounts that may submit. Default: the creating account. */
  readonly submitters?: readonly string[];
  /** For the data policy `chain`, and for no other. */
  readonly mooring?: Mooring | undefined;
}

/** A profile's name in the registry's form. @throws InvalidInputError if it is too long */
export function profileWord(profile: string): string {
  try {
    return encodeBytes32String(profile);
  } catch (error) {
    throw new InvalidInputError("profile", `"${profile}" is longer than 31 bytes`, { cause: error });
  }
}

/** A profile's name from a registry; its 32 bytes if they are not text. */
export function profileName(word: string): string {
  try {
    return decodeBytes32String(word);
  } catch {
    return word;
  }
}
