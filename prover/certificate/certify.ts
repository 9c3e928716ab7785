/** The certificate of a circuit. */
import type { Certificate, Line } from "../../verifier/certificate/check.ts";
import { type Sum, System } from "../../verifier/certificate/system.ts";
import { followed, prepared } from "./hashes.ts";
import { hashesOf, type Names } from "./names.ts";
import { CHOSEN, DIVISORS, FREE } from "./policy.ts";
import { Propagator } from "./propagate.ts";
import { signs } from "./signs.ts";
import { combined, each } from "./sums.ts";

/** @param given names of the signals that the statement gives */
export function certify(file: Buffer, names: Names, given: readonly string[]): Certificate & { lines: Line[] } {
  const system = new System(file);
  const hashes = hashesOf(system, names);
  const own = new Propagator(system, (signal) => {
    const name = names.of[signal] ?? "";
    return DIVISORS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
  });
  for (const { constraints } of hashes) for (const n of constraints) own.inHash.add(n);
  own.must("given", given.map((name) => names.signals.get(name) as number));
  byName(own, names, "chosen", CHOSEN);
  const waiting = hashes.map((hash) => prepared(own, hash));
  for (let news = true; news; ) {
    own.run();
    news = false;
    for (let i = waiting.length - 1; i >= 0; i--) {
      const hash = waiting[i] as (typeof waiting)[number];
      if (own.checker.facts.unknown(own.inNames(hash.out)).length > 0) continue;
      news = followed(own, hash) || news;
      waiting.splice(i, 1);
    }
    if (!news) news = combined(own) || each(own) || signs(own, names);
  }
  free(own, names);
  const rest = [...system.constraints.keys()].filter(
    (n) => n < system.own && !own.checker.used.has(n) && own.checker.facts.unknown(...(system.constraints[n] as [Sum, Sum, Sum])).length === 0,
  );
  if (rest.length > 0) own.must("asserts", ...rest);
  return { circuit: system.hash, lines: own.lines };
}

function byName(own: Propagator, names: Names, rule: string, policy: readonly (readonly [RegExp, string])[]): void {
  const lists = new Map<string, number[]>();
  for (const [signal, name] of names.of.entries()) {
    if (name === undefined || own.checker.facts.known.has(signal)) continue;
    const reason = policy.find(([pattern]) => pattern.test(name))?.[1];
    if (reason !== undefined) lists.set(reason, [...(lists.get(reason) ?? []), signal]);
  }
  for (const [reason, signals] of lists) own.must(rule, reason, signals);
}

function free(own: Propagator, names: Names): void {
  byName(own, names, "free", FREE);
}

