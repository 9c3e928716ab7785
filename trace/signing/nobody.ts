/** The key that nobody has. A program that changes to it never acts again by its own will. */

import { selectorOf } from "../effects/selector.ts";
import { FIELD } from "../layout.ts";
import { isAuthority } from "../state/authority.ts";

/**
 * The y coordinate of a point that was found by hashing a sentence, so that nobody knows its secret. What such a
 * program has set up before still happens: watches fire, and the rights that it has lent stand for ever.
 */
export const NOBODY: bigint = firstKeyFrom(selectorOf("Time Bandits: a key whose secret nobody knows"));

/** The first word from here on that can be a key. */
function firstKeyFrom(start: bigint): bigint {
  let word = start % FIELD;
  while (!isAuthority(word)) word = (word + 1n) % FIELD;
  return word;
}
