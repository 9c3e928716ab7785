/** What a map fixes at its creation, as it is given here and as the registry has it. */
import { decodeBytes32String, encodeBytes32String } from "ethers";
import { InvalidInputError } from "../../trace/errors.ts";
import type { VerificationKey } from "./key.ts";

/** Who keeps a map's data, by the registry's numbers. */
export const DATA_POLICIES = ["operator"] as const;
/** Who keeps the data of a map available: its operator, off chain. */
export type DataPolicy = (typeof DATA_POLICIES)[number];
/** The shortest notice of a verifier that the registry admits, and the one taken where none is given. */
export const MIN_VERIFIER_DELAY = 86_400;
/** The longest lag: as good as no bound. For traces of things long past. */
export const MAX_LAG = 2 ** 40 - 1;

/** A verification key for one profile. */
export interface MapVerifier {
  readonly profile: string;
  readonly key: VerificationKey;
}

/** What a map fixes at its creation. Times are in seconds. */
export interface MapTerms {
  /** Distinguishes the maps of one account and one genesis: 32 bytes, 0x…. */
  readonly salt: string;
  readonly genesisRoot: bigint;
  /** No transition happened earlier; not after the chain's present time. */
  readonly genesisTime: number;
  /** How old the oldest transition of a batch may be when the batch arrives. */
  readonly maxLag: number;
  readonly verifierDelay?: number;
  readonly verifiers: readonly MapVerifier[];
  /** Who may submit; the creating account where nobody is named. */
  readonly submitters?: readonly string[];
}

/** A profile's name as the registry takes it. @throws InvalidInputError if it is too long */
export function profileWord(profile: string): string {
  try {
    return encodeBytes32String(profile);
  } catch (error) {
    throw new InvalidInputError("profile", `"${profile}" is longer than 31 bytes`, { cause: error });
  }
}

/** The name that a registry gives to a profile; its 32 bytes where they are no text. */
export function profileName(word: string): string {
  try {
    return decodeBytes32String(word);
  } catch {
    return word;
  }
}
