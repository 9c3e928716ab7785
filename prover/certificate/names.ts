/** What a circuit's signals are called, and which of its constraints are hashes. */

import type { Constraint } from "../../verifier/constraints/sums.ts";
import type { System } from "../../verifier/constraints/system.ts";
import { listed } from "./lists.ts";

export interface Names {
  /** By signal, without `main.`. */
  readonly of: readonly string[];
  /** All of a signal's names, if it has more than one. */
  readonly others: ReadonlyMap<number, readonly string[]>;
  readonly signals: ReadonlyMap<string, number>;
}

/** @param symbols by full name, as `loadSymbols` reads them */
export function namesOf(symbols: ReadonlyMap<string, number>): Names {
  const of: string[] = ["1"];
  const others = new Map<number, string[]>();
  const signals = new Map<string, number>();
  for (const [name, signal] of symbols) {
    const short = name.replace(/^main\./, "");
    const first = of[signal];
    if (first === undefined) of[signal] = short;
    else listed(others, signal, short);
    signals.set(short, signal);
  }
  return { of, others, signals };
}

/** One instance of the permutation, and its constraints. */
export interface HashInstance {
  readonly path: string;
  readonly inputs: number;
  readonly constraints: readonly number[];
  /** Numbers of the S-boxes that have constraints: a constant lane has none. */
  readonly boxes: readonly number[];
}

const PARTIAL = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

export function hashesOf(system: System, names: Names): HashInstance[] {
  // The constraint whose right side is this signal alone.
  const defining = new Map<number, number>();
  for (let n = 0; n < system.own; n++) {
    const c = (system.constraints.at(n) as Constraint)[2];
    if (c.size === 1) for (const signal of c.keys()) if (!defining.has(signal)) defining.set(signal, n);
  }
  const found = new Map<string, [box: number, n: number][]>();
  for (const [signal, name] of names.of.entries()) {
    const match = /^(.*)\.square\[(\d+)\]$/.exec(name ?? "");
    const n = defining.get(signal);
    if (match === null || n === undefined || !(match[1] as string).match(/permutation$|absorb\[\d+\]$/)) continue;
    const path = match[1] as string;
    listed(found, path, [Number(match[2]), n]);
  }
  return [...found].map(([path, list]) => {
    list.sort(([x], [y]) => x - y);
    const count = (list.at(-1) as [number, number])[0] + 1;
    const inputs = PARTIAL.findIndex((partial, i) => 8 * (i + 2) + partial === count) + 1;
    return { path, inputs, constraints: list.flatMap(([, n]) => [n, n + 1, n + 2]), boxes: list.map(([box]) => box) };
  });
}

/** All names of a signal; an empty one for a signal without any. */
export function namesIn(names: Names, signal: number): string[] {
  return [names.of[signal] ?? "", ...(names.others.get(signal) ?? [])];
}

/** What a policy says of a signal, by any of its names. */
export function saidOf(names: Names, signal: number, policy: readonly (readonly [RegExp, string])[]): string | null {
  const all = namesIn(names, signal);
  return policy.find(([pattern]) => all.some((name) => pattern.test(name)))?.[1] ?? null;
}
