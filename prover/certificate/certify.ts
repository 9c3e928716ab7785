/** The draft of a circuit's certificate. */

import { Refusal, type Sum } from "../../verifier/constraints/sums.ts";
import { System } from "../../verifier/constraints/system.ts";
import { allConstraintsIn } from "./arguments.ts";
import { Challenges } from "./challenges.ts";
import { prepared, WaitingHashes } from "./hashes.ts";
import { listed } from "./lists.ts";
import { hashesOf, type Names, namesIn, saidOf } from "./names.ts";
import { ASSUMED, CHOSEN, DIVISORS, FREE, UNHEARD } from "./policy.ts";
import { Propagator } from "./propagate.ts";
import type { Line } from "./reasoning/reasoner.ts";
import { Rows } from "./rows/batch.ts";
import { signs } from "./signs.ts";
import { lift, type Source } from "./source.ts";
import { combined, solvedForUnbounded, toldApart } from "./sums.ts";

/** Signals that are brought back, by their names. */
const LIFTED = new RegExp(
  [
    /^(challenges|row|operations|choices|cellsFound|channel|firstState|spanBits|trace|treeNodes|tableEntries)\b(?!.*\.permutation\.)/,
    /^Num2Bits_/,
    // Of a sum with a challenge in it, the compiler may have kept the sum, and left out a product that stands in it.
    /^(row|node|entry)Memory\[\d+\]\.((found|left|key|log)Scaled|(word|lane|own)(Before|After)|child)\b/,
    /^root(Before|After)$/,
    // Two outputs of the transcript stand in the place of two of these.
    /^transcript\.absorb\[\d+\]\.fifth\[/,
  ]
    .map(({ source }) => source)
    .join("|"),
);

/** The draft of a small circuit, whole. The parameters are as in `certifyTo`. */
export function certify(
  file: Buffer,
  ofFile: Names,
  given: readonly string[],
  source?: () => Source,
  log?: (text: string) => void,
): { circuit: string; lines: Line[] } {
  const system = new System(file);
  const lines: Line[] = [];
  certifyTo((line) => void lines.push(line), system, ofFile, given, source, log);
  return { circuit: system.hash, lines };
}

/**
 * Makes a draft.
 *
 * @param write is given its lines, one by one: nobody keeps them
 * @param system the circuit, as it was read; it is not to be used any more
 * @param given names of the signals that the statement gives
 * @param source reads the same circuit with all of its signals; without it, constraints stay as the compiler left them
 */
export function certifyTo(
  write: (line: Line) => void,
  system: System,
  ofFile: Names,
  given: readonly string[],
  source?: () => Source,
  log?: (text: string) => void,
): void {
  const used = new Set<number>();
  let count = 0;
  const handOn = (line: Line): void => {
    count++;
    for (const n of allConstraintsIn(line)) if (n < system.own) used.add(n);
    write(line);
  };
  const hashes = hashesOf(system, ofFile);
  let names = ofFile;
  const own = new Propagator(system, (signal) => saidOf(names, signal, DIVISORS), handOn);
  for (const { constraints } of hashes) for (const n of constraints) own.inHash.add(n);
  const give = (list: readonly string[]): void => {
    if (list.length === 0) return;
    own.must(
      "given",
      list.map((name) => names.signals.get(name) as number),
    );
  };
  give(given.filter((name) => !UNHEARD.test(name)));
  const lifted = source === undefined ? null : lift(own, ofFile, source(), (name) => !LIFTED.test(name));
  if (lifted !== null) {
    names = lifted.names;
    own.passed = lifted.rewritten;
  }
  byName(own, names, "chosen", CHOSEN, (signal) => !namesIn(names, signal).some((name) => UNHEARD.test(name)));
  byName(own, names, "assumed", ASSUMED);
  log?.(`${count} lines bring back the signals of the source`);
  const ready = hashes.map((hash) => prepared(own, hash));
  const waiting = new WaitingHashes(own, ready);
  const challenges = new Challenges(own, ready);
  const follow = (): void => {
    do own.run();
    while (waiting.followed());
    // No case is open here, so nothing is taken back.
    own.checker.facts.keep();
  };
  follow();
  while (solvedForUnbounded(own)) own.run();
  follow();
  log?.("the statement is followed");
  if (lifted !== null) {
    const rows = new Rows(own, names, log);
    rows.times();
    for (let row = 0; row < rows.count; row++) {
      attempt(() => rows.certify(row), log);
      follow();
    }
    rows.digests();
    follow();
  }
  log?.("rows are done");
  attempt(() => challenges.draw(), log);
  give(given.filter((name) => UNHEARD.test(name)));
  byName(own, names, "chosen", CHOSEN);
  for (let news = true; news; ) {
    follow();
    news = combined(own) || toldApart(own) || signs(own, names);
  }
  byName(own, names, "free", FREE);
  const { facts } = own.checker;
  const rest = Array.from({ length: system.own }, (_, n) => n).filter(
    (n) => !used.has(n) && facts.unknown(...(system.constraints.at(n) as readonly Sum[])).length === 0,
  );
  if (rest.length > 0) own.must("asserts", ...rest);
}

/** Begins what is told of a row that the circuit does not let us follow. */
export const STOPPED = "stopped: ";

/** What a circuit without holes lets us do; where it has one, signals stay open. */
function attempt(work: () => void, log?: (text: string) => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    log?.(`${STOPPED}${error.message}`);
  }
}

function byName(
  own: Propagator,
  names: Names,
  rule: string,
  policy: readonly (readonly [RegExp, string])[],
  isMeant: (signal: number) => boolean = () => true,
): void {
  const lists = new Map<string, number[]>();
  for (const [signal, name] of names.of.entries()) {
    if (name === undefined || own.checker.facts.known.has(signal)) continue;
    const reason = saidOf(names, signal, policy);
    if (reason !== null && isMeant(signal)) listed(lists, reason, signal);
  }
  for (const [reason, signals] of lists) own.must(rule, reason, signals);
}
