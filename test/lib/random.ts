/** Random numbers that are the same in every run: a test that fails once fails always. */

/** Numbers in [0, below), from a seed (xorshift32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}
