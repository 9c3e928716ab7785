/** The fields of a packed word: each is the sum of those signals that stand at its place. */
import type { Interval } from "../../../verifier/constraints/intervals.ts";
import { P, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Linear } from "../equations/linear.ts";

/**
 * Reads the word by its places. Both are numbers with digits at the same places; each digit of one differs from that of
 * the other by less than a place is wide, so the digits are the same.
 * @param word as the machine packs it
 * @param sum as the circuit has it
 * @param range of a variable
 * @param interval between what a sum of signals lies
 * @returns null if the word cannot be read so; "other" if it is a word of another sort
 */
export function fieldsIn(
  word: Linear,
  sum: Sum,
  range: (name: string) => Interval,
  interval: (sum: Sum) => Interval | null,
): Map<string, Sum> | null | "other" {
  const places = [...word.terms].sort(([, x], [, y]) => (x < y ? -1 : 1));
  const whole = interval(sum);
  const most = [...word.terms].reduce((total, [name, at]) => total + range(name)[1] * at, word.constant);
  const isNumber = whole !== null && [most - whole[0], whole[1]].every((apart) => apart < P && apart > -P);
  const lowest = places[0]?.[1];
  if (lowest !== undefined) {
    for (const [signal, factor] of sum) if (signal !== 0 && factor % lowest !== 0n) return null;
    if (((sum.get(0) ?? 0n) - word.constant) % lowest !== 0n) return isNumber ? "other" : null;
  }
  const groups = places.map(() => new Map<number, bigint>());
  let rest = (sum.get(0) ?? 0n) - word.constant;
  for (const [signal, factor] of sum) {
    if (signal === 0) continue;
    // One signal may stand in several fields: an actor also in the address of its slot.
    let left = factor < 0n ? -factor : factor;
    for (const [place, [, at]] of places.entries()) {
      const next = places[place + 1]?.[1];
      if (left % at !== 0n) return null;
      const part = next === undefined ? left : left % next;
      if (part === 0n) continue;
      (groups[place] as Map<number, bigint>).set(signal, (factor < 0n ? -part : part) / at);
      left -= part;
    }
    if (left !== 0n) return null;
  }
  const values = new Map<string, Sum>();
  for (const [i, [name, at]] of places.entries()) {
    const group = groups[i] as Map<number, bigint>;
    const next = places[i + 1]?.[1];
    if (rest % at !== 0n) return isNumber ? "other" : null;
    const size = next === undefined ? null : next / at;
    const digit = rest / at;
    const low = size === null ? digit : ((digit % size) + size) % size;
    const choices = size === null ? [low] : [low, low - size];
    const [least, top] = range(name);
    const fits = choices.find((constant) => {
      const span = interval(withConstant(group, constant));
      if (span === null) return false;
      // The numbers differ by less than the field's order, so they are the same as numbers.
      if (size === null) return [top - span[0], span[1] - least].every((apart) => (apart + 1n) * at < P);
      return top - span[0] < size && span[1] - least < size;
    });
    if (fits === undefined) return null;
    values.set(name, withConstant(group, fits));
    rest -= fits * at;
  }
  if (places.length === 0 && rest !== 0n) return "other";
  return values;
}

function withConstant(group: ReadonlyMap<number, bigint>, constant: bigint): Sum {
  const sum = new Map(group);
  if (constant !== 0n) sum.set(0, constant);
  return sum;
}
