/** One question of trust, with its answer. */
import type { Verdict } from "../checks/state.ts";

export interface TrustPart {
  readonly question: string;
  /** The answer in a few words. */
  readonly answer: string;
  readonly verdict: Verdict;
  /** Sentences without their full stops. */
  readonly because: readonly string[];
  /** Addresses, hashes and the like, each with what it is. */
  readonly values?: readonly (readonly [what: string, value: string])[];
}
