/** The certificate of a circuit. */
import { type Certificate, Checker, type Line } from "../../verifier/certificate/check.ts";
import { type Sum, System } from "../../verifier/certificate/system.ts";
import { followed, type Prepared, prepared } from "./hashes.ts";
import { hashesOf, type Names, saidOf } from "./names.ts";
import { ASSUMED, CHALLENGES, CHOSEN, DIVISORS, FREE } from "./policy.ts";
import { Propagator } from "./propagate.ts";
import { certifyRow, groupDigests, rowsOf, spanKnown, unpacked } from "./rows.ts";
import { signs } from "./signs.ts";
import { combined, each, solvedForUnbounded } from "./sums.ts";

/** @param given names of the signals that the statement gives */
export function certify(
  file: Buffer,
  names: Names,
  given: readonly string[],
  log?: (text: string) => void,
): Certificate & { lines: Line[] } {
  const system = new System(file);
  const hashes = hashesOf(system, names);
  const own = new Propagator(system, (signal) => saidOf(names, signal, [...DIVISORS, CHALLENGES]));
  for (const { constraints } of hashes) for (const n of constraints) own.inHash.add(n);
  own.must(
    "given",
    given.map((name) => names.signals.get(name) as number),
  );
  byName(own, names, "chosen", CHOSEN);
  byName(own, names, "assumed", ASSUMED);
  const waiting = hashes.map((hash) => prepared(own, hash));
  const hashed = [...waiting];
  own.run();
  while (solvedForUnbounded(own)) own.run();
  spanKnown(own, names);
  const rows = rowsOf(own, names);
  const unread = [...rows];
  for (let news = true; news; ) {
    own.run();
    news = digests(own, waiting);
    const row = news ? undefined : unread.shift();
    if (row !== undefined) {
      unpacked(own, row, hashed);
      certifyRow(own, row, names, log);
      news = true;
    }
    if (!news) news = groupDigests(own, rows, names) || combined(own) || each(own) || signs(own, names);
  }
  byName(own, names, "free", FREE);
  const again = new Checker(new System(file));
  for (const line of own.lines) again.apply(line);
  const { facts, used } = again;
  const rest = Array.from({ length: system.own }, (_, n) => n).filter(
    (n) => !used.has(n) && facts.unknown(...(system.constraints[n] as readonly Sum[])).length === 0,
  );
  if (rest.length > 0) own.must("asserts", ...rest);
  return { circuit: system.hash, lines: own.lines };
}

function byName(own: Propagator, names: Names, rule: string, policy: readonly (readonly [RegExp, string])[]): void {
  const lists = new Map<string, number[]>();
  for (const [signal, name] of names.of.entries()) {
    if (name === undefined || own.checker.facts.known.has(signal)) continue;
    const reason = saidOf(names, signal, policy);
    if (reason !== null) lists.set(reason, [...(lists.get(reason) ?? []), signal]);
  }
  for (const [reason, signals] of lists) own.must(rule, reason, signals);
}

/** Hashes whose digests are known by now; they wait no more. */
function digests(own: Propagator, waiting: Prepared[]): boolean {
  let news = false;
  for (let i = waiting.length - 1; i >= 0; i--) {
    const hash = waiting[i] as Prepared;
    if (own.checker.facts.unknown(own.names.inNames(hash.out)).length > 0) continue;
    news = followed(own, hash) || news;
    waiting.splice(i, 1);
  }
  return news;
}
