/** What no single constraint says: sums of two linear constraints, and values tried one by one. */
import { centred, constantOf, inverse, type Sum } from "../../verifier/certificate/system.ts";
import { eliminate, type Row } from "./elimination.ts";
import { listed } from "./lists.ts";
import { multipliers } from "./multipliers.ts";
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

const isLinear = ([a, b]: readonly Sum[]): boolean => constantOf(a as Sum) !== null || constantOf(b as Sum) !== null;

/** Takes from a linear constraint what it has in common with another. */
export function combined(own: Propagator, among: Iterable<number> = own.system.constraints.keys()): boolean {
  const { facts } = own.checker;
  const seen = done.get(own) ?? new Set<string>();
  done.set(own, seen);
  const lists = open(
    own,
    [...among].filter((n) => isLinear(own.system.constraints.at(n) as readonly Sum[])),
  );
  const by = new Map<number, number[]>();
  for (const [n, sum] of lists) for (const signal of facts.unknown(sum)) listed(by, signal, n);
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

/**
 * Solves linear constraints for the signals that have no bounds yet: where the compiler left out bits of a number whose
 * parts have names, each of its sums has several such signals.
 */
export function solvedForUnbounded(own: Propagator): boolean {
  const { facts } = own.checker;
  const seen = tried.get(own) ?? new Set<string>();
  tried.set(own, seen);
  const rows = new Map<number, Row>();
  const by = new Map<number, number[]>();
  for (let n = 0; n < own.system.constraints.length; n++) {
    if (own.inHash.has(n) || !isLinear(own.system.constraints.at(n) as readonly Sum[])) continue;
    const left = new Map([...own.system.linear(n)].filter(([signal]) => !facts.bounds.has(signal)));
    if (left.size === 0 || left.size > 8) continue;
    rows.set(n, { parts: new Map([[n, 1n]]), left });
    for (const signal of left.keys()) listed(by, signal, n);
  }
  const grouped = new Set<number>();
  let news = false;
  for (const start of rows.keys()) {
    if (grouped.has(start)) continue;
    const group = [start];
    grouped.add(start);
    for (let i = 0; i < group.length; i++) {
      for (const signal of (rows.get(group[i] as number) as Row).left.keys()) {
        for (const n of by.get(signal) ?? []) {
          if (grouped.has(n)) continue;
          grouped.add(n);
          group.push(n);
        }
      }
    }
    const key = group.join();
    if (group.length < 2 || group.length > 40 || seen.has(key)) continue;
    seen.add(key);
    const matrix = group.map((n) => rows.get(n) as Row);
    eliminate(matrix);
    for (const { parts, left } of matrix) {
      if (parts.size < 2 || left.size > 1) continue;
      own.must(
        "add",
        [...parts].map(([n, times]) => [n, String(times)]),
      );
      news = true;
    }
  }
  return news;
}

const tried = new WeakMap<Propagator, Set<string>>();

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

/** In a case: linear constraints are added until one has only signals with bounds, or one without. */
export function added(own: Propagator, among: Iterable<number>): boolean {
  const { facts } = own.checker;
  const rows: Row[] = [];
  for (const n of among) {
    if (own.inHash.has(n)) continue;
    const { linear } = own.folded(n);
    if (linear === null || facts.unknown(linear).length === 0) continue;
    const left = new Map([...linear].filter(([one]) => !facts.known.has(one) && !facts.bounds.has(one)));
    if (left.size > 0 && left.size < 6) rows.push({ parts: new Map([[n, 1n]]), left });
  }
  eliminate(rows);
  let news = false;
  for (const { parts, left } of rows) {
    if (parts.size < 2 || left.size > 1) continue;
    const list = [...parts].map(([n, times]) => [n, String(times)] as const);
    const [open] = left.keys();
    if (open !== undefined) {
      news = own.try("range", list, open) || news;
      continue;
    }
    const sum = own.checker.linear(list);
    if (sum === null) continue;
    const unknown = facts.unknown(sum);
    if (unknown.length === 0 || !unknown.every((one) => facts.bounds.has(one))) continue;
    for (const times of multipliers(new Map(unknown.map((one) => [one, sum.get(one) as bigint])))) {
      if (!own.try("radix", list, String(times))) continue;
      news = true;
      break;
    }
  }
  return news;
}
