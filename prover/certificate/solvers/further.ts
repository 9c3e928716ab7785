/** What a certificate leaves open is asked of solvers; then its draft goes on with what they agree on. */
import { renameSync } from "node:fs";
import type { Constraint } from "../../../verifier/constraints/sums.ts";
import type { System, Terms } from "../../../verifier/constraints/system.ts";
import { allConstraintsIn } from "../arguments.ts";
import { prepared, WaitingHashes } from "../hashes.ts";
import { hashesOf, type Names, saidOf } from "../names.ts";
import { DIVISORS } from "../policy.ts";
import { Propagator } from "../propagate.ts";
import { systemIn } from "../read.ts";
import type { Certificate } from "../reasoning/check.ts";
import type { Line } from "../reasoning/reasoner.ts";
import { rootsOf } from "../roots.ts";
import { combined, toldApart } from "../sums.ts";
import { CertificateWriter, readCertificate } from "../text.ts";
import type { Solver } from "./answers.ts";
import { type Decided, decide, decidedText, reasonOf } from "./decide.ts";

/** Of as many signals it is asked: a hole leaves most of a circuit open. */
const MOST = 12;

/** What solvers said of a signal. */
export interface AskedSignal extends Decided {
  readonly name: string;
}

export interface Further {
  readonly asked: readonly AskedSignal[];
  /** Whether the draft goes on; if nothing was learned, the file is as it was. */
  readonly isLonger: boolean;
}

/**
 * Asks about open signals: first those on which most hangs. Where two programs agree that there is no second value, the
 * signal is assumed to have one, and the draft goes on with all that follows.
 *
 * @param path of the draft; a longer one takes its place
 * @param r1cs path of the circuit
 */
export function further(
  path: string,
  r1cs: string,
  names: Names,
  solvers: readonly Solver[],
  log?: (text: string) => void,
): Further {
  const certificate = readCertificate(path);
  const { own, used, added, follow } = resumed(systemIn(r1cs), certificate, names);
  const { system } = own;
  const { facts } = own.checker;
  follow();
  const asked: AskedSignal[] = [];
  const tried = new Set<number>();
  const roots = (): number[] =>
    rootsOf(systemIn(r1cs), { ...certificate, lines: chained(certificate.lines, added) }, names);
  for (let list = [...roots(), ...own.checker.open()]; asked.length < MOST; ) {
    const signal = list.find((one) => !tried.has(one) && !facts.known.has(one));
    if (signal === undefined) break;
    tried.add(signal);
    const found = decide(own, signal, solvers);
    // No constraint has it.
    if (found === null) continue;
    const name = names.of[signal] ?? String(signal);
    asked.push({ name, ...found });
    log?.(`solvers: ${decidedText(name, found)}`);
    if (found.verdict !== "one") continue;
    own.must("assumed", reasonOf(found), [signal]);
    follow();
    list = [...roots(), ...own.checker.open()];
  }
  if (!asked.some(({ verdict }) => verdict === "one")) return { asked, isLonger: false };
  for (const line of added) for (const n of allConstraintsIn(line)) used.add(n);
  const rest = Array.from({ length: system.own }, (_, n) => n).filter((n) => !used.has(n) && !isOpen(own, n));
  if (rest.length > 0) own.must("asserts", ...rest);
  const writer = new CertificateWriter(`${path}.further`, system.hash);
  for (const line of chained(certificate.lines, added)) writer.add(line);
  writer.end();
  renameSync(`${path}.further`, path);
  return { asked, isLonger: true };
}

interface Resumed {
  readonly own: Propagator;
  /** Constraints that lines of the draft name. */
  readonly used: Set<number>;
  /** Lines that hold and come after it, while they are found. */
  readonly added: readonly Line[];
  /** Finds all that follows by the rules, except for signatures and challenges: those are done, or were stopped. */
  readonly follow: () => void;
}

/** A propagator that knows what a draft says. */
function resumed(system: System, certificate: Certificate, names: Names): Resumed {
  const added: Line[] = [];
  const own = new Propagator(
    system,
    (signal) => saidOf(names, signal, DIVISORS),
    (line) => void added.push(line),
  );
  const { facts } = own.checker;
  const hashes = hashesOf(system, names);
  for (const { constraints } of hashes) for (const n of constraints) own.inHash.add(n);
  const used = new Set<number>();
  const passed = new Set<number>();
  for (const line of certificate.lines) {
    own.checker.apply(line);
    facts.keep();
    for (const n of allConstraintsIn(line)) used.add(n);
    // What has a name or another form by now gets no second one.
    if (line[0] === "define") own.names.is(system.next - 1, system.sumOf(line[1] as Terms));
    if (line[0] === "rewrite") passed.add(line[1] as number);
  }
  own.passed = passed;
  for (const n of passed) own.unfolded.add(n);
  own.index();
  const open = hashes.filter(({ constraints }) => constraints.some((n) => isOpen(own, n)));
  const waiting = new WaitingHashes(
    own,
    open.map((hash) => prepared(own, hash)),
  );
  const follow = (): void => {
    do {
      do own.run();
      while (waiting.followed());
      facts.keep();
    } while (combined(own) || toldApart(own));
  };
  return { own, used, added, follow };
}

const isOpen = ({ checker, system }: Propagator, n: number): boolean =>
  checker.facts.unknown(...(system.constraints.at(n) as Constraint)).length > 0;

function* chained(first: Iterable<Line>, then: Iterable<Line>): Generator<Line> {
  yield* first;
  yield* then;
}
