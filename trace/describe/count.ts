/** Numbers of things, in words. */

/** Irregular plurals. */
const PLURALS: Readonly<Record<string, string>> = {
  entry: "entries",
  is: "are",
  was: "were",
  has: "have",
  it: "they",
  needs: "need",
  replays: "replay",
};

/**
 * A number and its noun: `1 transition`, `2 transitions`, `2 batches`.
 * @param thing in the singular; of several words the last one changes
 */
export function count(n: number | bigint, thing: string): string {
  return `${n} ${plural(n, thing)}`;
}

/** The word alone, in the form for a number: `is` or `are`, `batch` or `batches`. */
export function plural(n: number | bigint, thing: string): string {
  if (Number(n) === 1) return thing;
  const [last = ""] = thing.split(" ").slice(-1);
  const many = PLURALS[last] ?? `${last}${/(s|x|ch|sh)$/.test(last) ? "es" : "s"}`;
  return `${thing.slice(0, thing.length - last.length)}${many}`;
}

/** Consecutive things by their numbers: `transition 4`, `transitions 4 to 6`. */
export function span(thing: string, first: number, last: number): string {
  return first === last ? `${thing} ${first}` : `${plural(2, thing)} ${first} to ${last}`;
}
