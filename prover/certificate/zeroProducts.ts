/** Products that are 0: of a bit that the compiler wrote as a sum, or of the gaps to two numbers. */

import { centred, inverse, plus, type Sum } from "../../verifier/constraints/sums.ts";
import type { System } from "../../verifier/constraints/system.ts";
import type { Checker } from "./reasoning/check.ts";
import type { Line } from "./reasoning/reasoner.ts";
import { terms } from "./terms.ts";

/** What tries lines: a propagator. */
export interface Trying {
  readonly checker: Checker;
  readonly system: System;
  readonly unfolded: Set<number>;
  of(signal: number): readonly number[];
  folded(n: number): { readonly linear: Sum | null };
  try(...line: Line): boolean;
  must(...line: Line): void;
}

/** Two numbers of which one is 0, and their sum. */
export function gaps(own: Trying, n: number, a: Sum, b: Sum): void {
  const { facts } = own.checker;
  const shared = [...a.keys()].filter((signal) => signal !== 0 && a.get(signal) === b.get(signal));
  if (shared.length === 0 || a.size > 8) return;
  const wanted = [...new Set([...a.keys(), ...b.keys()])].filter((signal) => signal !== 0);
  const news = wanted.some(
    (signal) => !facts.bounds.has(signal) || (shared.includes(signal) && !facts.known.has(signal)),
  );
  if (!news) return;
  const isOpen = (signal: number): boolean => {
    if (facts.bounds.has(signal)) return false;
    const sum = a.has(signal) ? a : b;
    const factor = sum.get(signal);
    return (factor === 1n || factor === -1n) && facts.solved(sum, signal) !== null;
  };
  for (const total of own.of(shared[0] as number)) {
    // There may be many sums, and what is refused for one of them for such a reason is refused for all.
    const isAlone = facts.unknown(a, b).length === 1;
    if (!wanted.some(isOpen) && !(isAlone && shared.some((signal) => !facts.known.has(signal)))) return;
    if (total < own.system.own || own.folded(total).linear === null) continue;
    for (const signal of wanted) if (isOpen(signal)) own.try("gap", n, total, signal);
    if (facts.unknown(a, b).length > 1) continue;
    for (const signal of shared) if (!facts.known.has(signal)) own.try("most", n, total, signal);
  }
}

/** A bit, or one of 0 and another signal, that the compiler wrote as a sum: it gets a signal of its own. */
export function unfold(own: Trying, n: number, foldedA: Sum, foldedB: Sum): void {
  if (own.unfolded.has(n) || foldedA.size < 2 || foldedB.size < 2 || n >= own.system.own) return;
  const [a, b] = own.system.constraints.at(n) as [Sum, Sum, Sum];
  const shared = [...b.keys()].find((signal) => signal !== 0 && a.has(signal));
  if (shared === undefined || Math.max(a.size, b.size) < 3) return;
  const times = centred((a.get(shared) as bigint) * inverse(b.get(shared) as bigint));
  const rest = plus(a, b, -times);
  if ([...rest.keys()].filter((signal) => signal !== 0).length > 1 || rest.size === 0) return;
  own.unfolded.add(n);
  // The scale of a bit: then the other factor is it less 1.
  const constant = rest.size === 1 ? rest.get(0) : undefined;
  const scale = constant === undefined ? -inverse([...rest.values()][0] as bigint) * times : -inverse(constant) * times;
  const bit = plus(new Map(), b, centred(scale));
  const signal = own.system.next;
  own.must("define", terms(bit));
  own.must(
    "rewrite",
    n,
    terms(plus(rest, new Map([[signal, 1n]]), centred(times * inverse(scale)))),
    [[signal, String(inverse(scale))]],
    [],
  );
}
