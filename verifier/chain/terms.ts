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
/** The longest lag, in effect no bound. For traces of past events. */
export const MAX_LAG = 2 ** 40 - 1;

/** A verification key for one profile. */
export interface MapVerifier {
  readonly profile: string;
  readonly key: VerificationKey;
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
