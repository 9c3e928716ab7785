/** Lines with cases: the branches are translated while the draft is followed through them. */
import type { Terms } from "../../../verifier/constraints/system.ts";
import type { Line } from "../reasoning/reasoner.ts";
import type { Followed, Later, Translations } from "./followed.ts";

/** Each value of a signal is a part of its interval, which the certificate cuts where a value begins. */
function cases(on: Followed, signal: number, by: Terms | null): Later {
  const [low, high] = on.boundsOf(signal);
  const starts: string[] = [];
  for (let value = low + 1n; value <= high; value++) starts.push(String(value));
  return () => [["cases", on.numbers.signal(signal), by, starts, on.branches]];
}

export const SPLITS: Translations = {
  cases: (on, signal: number) => cases(on, signal, null),
  apart: (on, signal: number, by: Terms) => cases(on, signal, on.numbers.terms(by)),
  onehot: (on, n: number) => () => [["onehot", on.numbers.constraint(n), null, on.branches]],
  /**
   * Each bit in turn is 1. The second constraint leaves a known number to the bits that are open, and that is another
   * one in each case: 0 if the bit is known, or not in that constraint. If so many bits are known that 0 would stand
   * for two, each of them is a case before. If it is 1, all others are 0 by the first constraint.
   */
  index: (on, ones: number, number: number) => {
    const [bits, numbered] = [on.oneOf(ones), on.linear(number)];
    const [n, by] = [on.numbers.constraint(ones), on.numbers.constraint(number)];
    const onehot = (of: readonly number[]): Line => ["onehot", n, by, of.map((): Line[] => [])];
    const known = bits.filter((bit) => on.facts.known.has(bit));
    if (bits.filter((bit) => known.includes(bit) || !numbered.has(bit)).length < 2) return [onehot(bits)];
    const open = bits.filter((bit) => !known.includes(bit));
    const others = open.map((bit): Line => ["range", n, on.numbers.signal(bit)]);
    const first: Line[] = [onehot(open)];
    return known.reduce((inner, bit) => [["cases", on.numbers.signal(bit), null, ["1"], [inner, others]]], first);
  },
};
