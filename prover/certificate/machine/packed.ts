/** Whether the words that a row has of its own are packed as the machine packs them. */
import { BITS, FIELD } from "../../../trace/layout.ts";
import { plus, type Sum } from "../../../verifier/constraints/sums.ts";
import { rangeOf } from "../equations/variables.ts";
import type { RowCase } from "./rowCase.ts";
import type { RowWords, Values } from "./values.ts";

/**
 * What keeps the row's own words from being packed: numbers that may have more bits than the machine's, and words that
 * the machine leaves at 0. A row that is not packed is on no way of the machine.
 */
export function notPacked(own: RowCase, words: RowWords, { of }: Values): [string, Sum[]][] {
  const found: [string, Sum[]][] = [];
  for (const [word, sum] of words.packed) {
    const normal = own.normal(sum);
    if (word.terms.size === 0 && word.constant === 0n && normal.size > 0) found.push(["a word that is 0", [normal]]);
    for (const name of word.terms.keys()) {
      const value = of.get(name);
      const [low, high] = rangeOf(name);
      if (value !== undefined && high >= FIELD - 1n) continue;
      const interval = value === undefined ? null : own.interval(value);
      if (interval !== null && interval[0] >= low && interval[1] <= high) continue;
      found.push([`bits of ${name}`, [own.normal(value ?? sum)]]);
    }
  }
  return [...found, ...notHalves(own, of)];
}

/** Numbers that the row has beside their lower half: the rest must be the upper half. */
function notHalves(own: RowCase, of: Values["of"]): [string, Sum[]][] {
  const size = 1n << BigInt(BITS.id / 2);
  return [...of].flatMap(([name, low]): [string, Sum[]][] => {
    const whole = name.endsWith(".low") ? of.get(name.slice(0, -".low".length)) : undefined;
    if (whole === undefined) return [];
    const rest = own.normal(plus(whole, low, -1n));
    const isUpper = [...rest.values()].every((factor) => factor % size === 0n);
    const span = isUpper ? own.interval(new Map([...rest].map(([one, factor]) => [one, factor / size]))) : null;
    return span !== null && span[0] >= 0n && span[1] < size ? [] : [[`lower half of ${name}`, [rest]]];
  });
}
