/** Where texts are cut. */

/**
 * A cut text, without a partial number at its end: a shortened number reads like another.
 * @param next the cut-off rest
 */
export function withoutPartOfNumber(kept: string, next: string): string {
  return /^\p{N}/u.test(next) ? kept.replace(/\p{N}+$/u, "") : kept;
}
