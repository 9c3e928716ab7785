/** What no single constraint says: sums of two linear constraints, and bits that a sum tells apart. */

import { type Interval, isDisjoint } from "../../verifier/constraints/intervals.ts";
import { centred, constantOf, inverse, plus, type Sum, ZERO } from "../../verifier/constraints/sums.ts";
import { eliminate, type Row } from "./elimination.ts";
import { listed } from "./lists.ts";
import { multipliers } from "./multipliers.ts";
import type { Propagator } from "./propagate.ts";
import type { Line } from "./reasoning/reasoner.ts";

/** As many signals must leave a sum of two constraints. */
const SHARED = 3;
/** As many unknown signals has a sum at most that is to tell them apart. */
const MOST = 16;
/** So many sums are tried: a circuit with a hole has thousands that are open, and none tells anything. */
const TRIED = 12;

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
const told = new WeakMap<Propagator, Set<string>>();

/**
 * A bit that a known sum tells apart. What is unknown in a linear constraint gets a name; if it lies elsewhere for each
 * value of a bit, the bit is known.
 *
 * @returns whether there was one
 */
export function toldApart(own: Propagator, among: Iterable<number> = own.system.constraints.keys()): boolean {
  const { facts } = own.checker;
  const seen = told.get(own) ?? new Set<string>();
  told.set(own, seen);
  for (const [n, sum] of open(own, among)) {
    const unknown = new Map(facts.unknown(sum).map((signal) => [signal, sum.get(signal) as bigint]));
    const key = [n, ...unknown.keys()].join();
    if (unknown.size > MOST || seen.has(key) || ![...unknown.keys()].every((one) => facts.bounds.has(one))) continue;
    if (seen.size >= TRIED) return false;
    seen.add(key);
    // Constraints about nothing else that is open: others take long, and say little.
    const isInside = (one: number): boolean =>
      facts.unknown(...(own.system.constraints.at(one) as readonly Sum[])).every((signal) => unknown.has(signal));
    const near = [...unknown.keys()].flatMap((one) => own.of(one)).filter((one) => !own.inHash.has(one));
    const scope = new Set(near.filter(isInside));
    for (const times of multipliers(unknown)) {
      const part = plus(ZERO, unknown, times);
      const inCase = (bit: number, value: bigint, inside: () => void): Line[] =>
        own.inCase([[bit, value]], scope, () => {
          if (own.run()) inside();
        });
      const bits = [...unknown.keys()].filter((one) => facts.bounds.get(one)?.join() === "0,1");
      const isTold = (bit: number): boolean => {
        const places: (Interval | null)[] = [];
        for (const value of [0n, 1n]) inCase(bit, value, () => places.push(facts.interval(part)));
        const [low, high] = places;
        return low != null && high != null && isDisjoint(low, high);
      };
      const bit = bits.find(isTold);
      if (bit === undefined) continue;
      // A sum that is known, and has a name.
      const [whole] = [...own.names.named(part).keys()] as [number];
      const definition = own.of(whole)[0] as number;
      const share = inverse(own.system.linear(definition).get(whole) as bigint);
      own.must("add", [
        [n, String(times)],
        [definition, String(share)],
      ]);
      own.run();
      const branches = [0n, 1n].map((value) => inCase(bit, value, () => void own.try("range", definition, whole)));
      if (own.try("apart", bit, [[whole, "1"]], branches)) return true;
    }
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
