/** Of many open signals, those on which most hangs: a hole makes nearly everything open that is computed after it. */

import type { Sum } from "../../verifier/constraints/sums.ts";
import type { System } from "../../verifier/constraints/system.ts";
import { hasChallenge } from "./divisors.ts";
import { followed, type Prepared, prepared } from "./hashes.ts";
import { hashesOf, type Names, saidOf } from "./names.ts";
import { DIVISORS } from "./policy.ts";
import { Propagator } from "./propagate.ts";
import type { Certificate } from "./reasoning/check.ts";

/** So many are looked for. */
const MOST = 12;

/**
 * Open signals of a circuit on which most hangs: of those that stand beside what is known, the one that would make most
 * others known, if it were; then the next one, and so on until nothing is open. Bits of a number come one by one.
 *
 * @param system the circuit, as it was read; it is not to be used any more
 */
export function rootsOf(system: System, certificate: Certificate, names: Names): number[] {
  // What is only supposed to be known was known to nobody before the challenges: a sum with one in it will do here.
  const own: Propagator = new Propagator(system, (signal, n) => {
    const [a, b] = system.at(n);
    return saidOf(names, signal, DIVISORS) ?? (hasChallenge(own, a, b) ? "supposed" : null);
  });
  const hashes = hashesOf(system, names);
  for (const { constraints } of hashes) for (const n of constraints) own.inHash.add(n);
  for (const line of certificate.lines) own.checker.apply(line);
  own.index();
  const waiting = hashes.map((hash) => prepared(own, hash));
  const { facts } = own.checker;
  const follow = (): void => {
    own.run();
    const isDone = ({ out, lanes }: Prepared): boolean =>
      facts.unknown(own.names.inNames(out), lanes[0] as Sum).length === 0;
    if (waiting.some((hash) => isDone(hash) && followed(own, hash))) follow();
  };
  /** What is known, or between numbers, once a signal is known: the signal is the first. */
  const after = (signal: number): number[] => {
    const mark = facts.trail.length;
    facts.learn(signal);
    own.wake(signal);
    follow();
    return facts.trail.slice(mark).map(([one]) => one);
  };
  follow();
  const roots: number[] = [];
  while (roots.length < MOST) {
    const reached = new Set<number>();
    let best: number[] = [];
    for (const signal of edge(own)) {
      // What hangs on a signal that was reached hangs on the one that it was reached from, too.
      if (reached.has(signal)) continue;
      const mark = facts.trail.length;
      const found = after(signal);
      for (const one of found) if (facts.known.has(one)) reached.add(one);
      if (found.length > best.length) best = found;
      facts.undo(mark);
    }
    const [root] = best;
    if (root === undefined) break;
    after(root);
    roots.push(root);
  }
  return roots;
}

/** Open signals of the file that stand in a constraint with what is known; if there are none, all. */
function edge(own: Propagator): number[] {
  const { checker, system } = own;
  const { facts } = checker;
  const isKnown = (sum: Sum): boolean => [...sum.keys()].some((one) => one !== 0 && facts.known.has(one));
  const open = checker.open();
  const beside = open.filter((signal) =>
    own.of(signal).some((n) => (system.constraints.at(n) as readonly Sum[]).some(isKnown)),
  );
  return beside.length > 0 ? beside : open;
}
