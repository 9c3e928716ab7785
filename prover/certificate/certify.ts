/** The certificate of a circuit. */
import { type Certificate, Checker, type Line } from "../../verifier/certificate/check.ts";
import { type Sum, System } from "../../verifier/certificate/system.ts";
import { followed, prepared } from "./hashes.ts";
import { hashesOf, type Names, saidOf } from "./names.ts";
import { ASSUMED, CHALLENGES, CHOSEN, DIVISORS, FREE } from "./policy.ts";
import { Propagator } from "./propagate.ts";
import { certifyRow, groupDigests, openIn, type Row, rowsOf, spanKnown, unpacked } from "./rows.ts";
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
  if (names.signals.has("span")) {
    spanKnown(own, names);
    own.renamed();
    own.run();
  }
  log?.(
    `span: ${[...names.signals].filter(([name, signal]) => name.startsWith("spanBits") && !own.checker.facts.known.has(signal)).length} open`,
  );
  const rows = rowsOf(own, names);
  const unread = new Set(process.env.ROWS === undefined ? rows : rows.slice(0, Number(process.env.ROWS)));
  for (let news = true; news; ) {
    own.run();
    news = false;
    for (let i = waiting.length - 1; i >= 0; i--) {
      const hash = waiting[i] as (typeof waiting)[number];
      if (own.checker.facts.unknown(own.inNames(hash.out)).length > 0) continue;
      news = followed(own, hash) || news;
      waiting.splice(i, 1);
    }
    if (!news && unread.size > 0) {
      const [row] = unread as Set<Row>;
      unread.delete(row as Row);
      log?.(`row ${row?.number} unpacked: ${unpacked(own, row as Row, hashed)}`);
      certifyRow(own, row as Row, names, log);
      own.run();
      log?.(`row ${row?.number} open: ${[...openIn(own, row as Row, names)].map((one) => names.of[one]).join(" ")}`);
      news = true;
    }
    if (!news && rows.length > 0) {
      const before = own.checker.facts.trail.length;
      groupDigests(own, rows, names);
      news = own.checker.facts.trail.length > before;
    }
    if (!news) news = combined(own) || each(own) || signs(own, names);
  }
  free(own, names);
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

function free(own: Propagator, names: Names): void {
  byName(own, names, "free", FREE);
}
