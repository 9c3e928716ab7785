/** What no single constraint says: sums of two linear constraints, and values tried one by one. */
import { centred, inverse, type Sum } from "../../verifier/certificate/system.ts";
import type { Propagator } from "./propagate.ts";

/** As many signals must leave a sum of two constraints. */
const SHARED = 3;
/** As many values are tried. */
const MOST = 1n << 13n;

const done = new WeakMap<Propagator, Set<string>>();

/** Linear constraints with two unknown signals or more. */
function open(own: Propagator, among: Iterable<number>): Map<number, Sum> {
  const found = new Map<number, Sum>();
  for (const n of among) {
    if (own.inHash.has(n)) continue;
    const { linear } = own.folded(n);
    if (linear !== null && own.checker.facts.unknown(linear).length > 1) found.set(n, linear);
  }
  return found;
}

/** Takes from a linear constraint what it has in common with another. */
export function combined(own: Propagator, among: Iterable<number> = own.system.constraints.keys()): boolean {
  const { facts } = own.checker;
  const seen = done.get(own) ?? new Set<string>();
  done.set(own, seen);
  const lists = open(own, among);
  const by = new Map<number, number[]>();
  for (const [n, sum] of lists) for (const signal of facts.unknown(sum)) by.set(signal, [...(by.get(signal) ?? []), n]);
  let news = false;
  for (const [n, sum] of lists) {
    const common = new Map<number, Map<bigint, number>>();
    for (const signal of facts.unknown(sum)) {
      const others = by.get(signal) ?? [];
      if (others.length > 40) continue;
      for (const other of others) {
        if (other === n || seen.has(`${n} ${other}`)) continue;
        const theirs = (lists.get(other) as Sum).get(signal) as bigint;
        const times = centred((sum.get(signal) as bigint) * inverse(theirs));
        const counts = common.get(other) ?? new Map<bigint, number>();
        counts.set(times, (counts.get(times) ?? 0) + 1);
        common.set(other, counts);
      }
    }
    for (const [other, counts] of common) {
      const [times, count] = [...counts].reduce((x, y) => (y[1] > x[1] ? y : x));
      const theirs = facts.unknown(lists.get(other) as Sum).length;
      if (count < SHARED || 2 * count < theirs) continue;
      seen.add(`${n} ${other}`);
      own.must("add", [
        [n, "1"],
        [other, String(-times)],
      ]);
      news = true;
    }
  }
  return news;
}

/** Tries all values of the unknown signals of a linear constraint that have few. */
export function each(own: Propagator, among: Iterable<number> = own.system.constraints.keys()): boolean {
  const { facts } = own.checker;
  for (const [n, sum] of open(own, among)) {
    const signals = facts.unknown(sum);
    let values = 1n;
    for (const signal of signals) {
      const bounds = facts.bounds.get(signal);
      values *= bounds === undefined ? MOST + 1n : bounds[1] - bounds[0] + 1n;
      if (values > MOST) break;
    }
    if (values > MOST) continue;
    const inside = new Set([0, ...signals]);
    const tests = new Set([n]);
    for (const signal of signals) {
      for (const other of own.of(signal)) {
        if (tests.has(other) || own.inHash.has(other)) continue;
        const { a, b, c, linear } = own.folded(other);
        const parts = linear === null ? [a, b, c] : [linear];
        if (parts.every((part) => [...part.keys()].every((one) => inside.has(one)))) tests.add(other);
      }
    }
    if (own.try("each", signals, [...tests])) return true;
  }
  return false;
}
