/** What the statement of a circuit gives, and its certificate. */
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { besides } from "../../trace/run/wholeFile.ts";
import { checkFile } from "../../verifier/certificate/check.ts";
import type { Checker } from "../../verifier/certificate/checker.ts";
import { Refusal } from "../../verifier/certificate/field.ts";
import { HashChecker } from "../../verifier/hashes/check.ts";
import { type Outcome, outcomeOf } from "../../verifier/outcome.ts";
import { type BuildOptions, buildCircuit, buildSource, circuitSources } from "../circuit/build.ts";
import { loadSymbols } from "../formats/symbols.ts";
import { mainSource, type NamedCircuit } from "../profiles.ts";
import { certifyTo, STOPPED } from "./certify.ts";
import { type Deletions, deletions } from "./deletions.ts";
import { elaborated, type Written } from "./elaboration/write.ts";
import { type Names, namesOf } from "./names.ts";
import { type OpenSignal, openSignals } from "./openSignals.ts";
import { ARGUED } from "./policy.ts";
import { circuitIn, systemIn } from "./read.ts";
import { rootsOf } from "./roots.ts";
import type { Solver } from "./solvers/answers.ts";
import { type AskedSignal, further } from "./solvers/further.ts";
import type { Source } from "./source.ts";
import { CertificateWriter, readCertificate } from "./text.ts";

/** Public inputs that are given. The others must follow, which says more than that a proof has one meaning. */
export const GIVEN: Readonly<Record<string, readonly string[]>> = {
  cell: ["root", "address"],
  exit: ["root", "domain", "place", "program"],
};
export const OF_BATCHES = ["preRoot", "traceRoot", "span", "domain", "point"];

export interface SparedConstraint {
  /** Its number in the file. */
  readonly constraint: number;
  readonly signals: readonly string[];
  /** Where it stands, and the assumed argument that needs it; null if none is known. */
  readonly template: string | null;
  readonly argument: string | null;
}

export interface CertificateReport {
  readonly profile: string;
  /** SHA-256 of the compiled circuit, and of the certificate as a file. */
  readonly r1cs: string;
  readonly certificate: string;
  /** Lines of the certificate that are in no case. */
  readonly lines: number;
  /** What the statement gives: public inputs, by name. */
  readonly given: readonly string[];
  readonly constraints: number;
  readonly signals: number;
  readonly proven: number;
  readonly chosen: number;
  readonly assumed: number;
  readonly open: number;
  readonly seconds: number;
  readonly checked: boolean;
  /** `argued`: not needed and not implied, but part of an argument that is assumed; `unused`: none of these. */
  readonly deletions: Deletions & { readonly argued: number; readonly unused: number };
  /** Signals by reason, and how often something else is assumed. */
  readonly reasons: Outcome["reasons"];
  /** Constraints that no line needs, and that no other is shown to imply. */
  readonly spared: readonly SparedConstraint[];
  /** Open signals: first those that the others hang on. */
  readonly openSignals: readonly OpenSignal[];
  /** Open signals that solvers were asked about, with what they said. Empty without solvers. */
  readonly asked: readonly AskedSignal[];
  /** Where a row is not as it should be, so that it was not followed any further. */
  readonly stopped: readonly string[];
}

export interface Certified {
  readonly report: CertificateReport;
  readonly refusal: string | null;
}

/** Every how many constraints one is deleted. */
export type DeletionStep = number;

export interface CertifiedOptions extends Pick<BuildOptions, "libraries"> {
  /** A file that the certificate is written to. Without it, there is one only for as long as it is needed. */
  readonly out?: string | undefined;
  /** Asked about signals that are left open. Without them nothing is asked, and nothing else changes. */
  readonly solvers?: readonly Solver[] | undefined;
}

/** Makes and checks the certificate of a circuit; then deletes constraints. */
export async function certified(
  circuit: NamedCircuit,
  step: DeletionStep,
  log?: (text: string) => void,
  options: CertifiedOptions = {},
): Promise<Certified> {
  const folder = mkdtempSync(join(tmpdir(), "timebandits-certificate-"));
  const path = options.out === undefined ? join(folder, "certificate.json") : besides(options.out);
  try {
    const found = await certifiedIn(path, circuit, step, log, options);
    if (options.out !== undefined) renameSync(path, options.out);
    return found;
  } finally {
    rmSync(path, { force: true });
    rmSync(folder, { recursive: true });
  }
}

async function certifiedIn(
  path: string,
  circuit: NamedCircuit,
  step: DeletionStep,
  log: ((text: string) => void) | undefined,
  options: CertifiedOptions,
): Promise<Certified> {
  const built = await buildCircuit(circuit.name, mainSource(circuit), options);
  const source = circuit.name in GIVEN ? undefined : await sourceOf(circuit, options);
  const names = namesOf(await loadSymbols(built.sym));
  const start = performance.now();
  const stopped: string[] = [];
  const listen = (text: string): void => {
    if (text.startsWith(STOPPED)) stopped.push(withNames(names, text.slice(STOPPED.length)));
    log?.(text);
  };
  // What makes the certificate is gone before it is checked, and memory has room for what checks it.
  const draft = `${path}.draft`;
  try {
    made(draft, built.r1cs, names, GIVEN[circuit.name] ?? OF_BATCHES, source, listen);
    log?.("the draft is made");
    let found = await checkedIn(path, draft, built.r1cs, log);
    let asked: readonly AskedSignal[] = [];
    if (options.solvers !== undefined && found.checker !== null && outcomeOf(found.checker).open.length > 0) {
      const more = further(draft, built.r1cs, names, options.solvers, log);
      asked = more.asked;
      if (more.isLonger) found = await checkedIn(path, draft, built.r1cs, log);
    }
    const { written, checker, refusal } = found;
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    const wanted = Array.from({ length: built.constraints }, (_, n) => n).filter((n) => n % step === 0);
    const lines = told(readCertificate(path).lines, "checked without constraints", log);
    const { tried, refused, implied, spared } =
      checker === null
        ? { tried: 0, refused: 0, implied: 0, spared: [] }
        : deletions(circuitIn(built.r1cs), lines, wanted);
    const without = spared.map((n) => sparedOf(names, checker as Checker, n));
    const argued = without.filter(({ argument }) => argument !== null).length;
    const counts = { tried, refused, implied, argued, unused: without.length - argued };
    const outcome = checker === null ? null : outcomeOf(checker);
    const open = outcome?.open ?? [];
    const roots = open.length === 0 ? [] : rootsOf(systemIn(built.r1cs), readCertificate(draft), names);
    const nameOf = (signal: number): string => names.of[signal] ?? String(signal);
    const named = await openSignals(
      built,
      open.length === 0 ? [] : await circuitSources(mainSource(circuit), options),
      open.map(nameOf),
      roots.map(nameOf),
    );
    const given = (outcome?.given ?? []).map(nameOf);
    const whole = { ...written, r1cs: readCertificate(path).circuit, given };
    return {
      report: reportOf(circuit.name, whole, outcome, built, seconds, counts, without, named, asked, stopped),
      refusal,
    };
  } finally {
    rmSync(draft, { force: true });
  }
}

interface Found {
  readonly written: Written;
  /** What it knows at the end; null if a line is refused. */
  readonly checker: HashChecker | null;
  readonly refusal: string | null;
}

/** Makes the certificate from its draft, and checks it. */
async function checkedIn(path: string, draft: string, r1cs: string, log?: (text: string) => void): Promise<Found> {
  const written = elaborated(path, draft, r1cs, log);
  log?.(`${WRITTEN}${written.lines} lines, with the hash ${written.certificate}`);
  const checker = new HashChecker(circuitIn(r1cs));
  try {
    await checkFile(checker, path, (lines) => {
      if (lines > 0 && lines % TOLD === 0) log?.(`${lines} lines are checked`);
    });
    return { written, checker, refusal: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { written, checker: null, refusal: error.message };
  }
}

const NO_REASONS: Outcome["reasons"] = { chosen: {}, assumed: {}, conditions: {} };

/** Begins what is told of a certificate that is made and not checked yet. */
export const WRITTEN = "written: ";

/** Makes a draft, and writes it to a file. */
export function made(
  path: string,
  r1cs: string,
  names: Names,
  given: readonly string[],
  source: (() => Source) | undefined,
  log: (text: string) => void,
): void {
  const system = systemIn(r1cs);
  const writer = new CertificateWriter(path, system.hash);
  certifyTo((line) => writer.add(line), system, names, given, source, log);
  writer.end();
}

/** Between two lines that are told. */
const TOLD = 1000;

/** The lines; how far they are is told. */
function* told<T>(lines: Iterable<T>, what: string, log: ((text: string) => void) | undefined): Generator<T> {
  let count = 0;
  for (const line of lines) {
    yield line;
    if (++count % TOLD === 0) log?.(`${count} lines are ${what}`);
  }
}

/** The circuit with all signals of its source. It is read when it is needed, so that nobody keeps its constraints. */
export async function sourceOf(circuit: NamedCircuit, options: Pick<BuildOptions, "libraries">): Promise<() => Source> {
  const { r1cs, sym } = await buildSource(circuit.name, mainSource(circuit), options);
  const names = namesOf(await loadSymbols(sym));
  return () => ({ system: systemIn(r1cs), names });
}

function reportOf(
  profile: string,
  written: Pick<CertificateReport, "r1cs" | "certificate" | "lines" | "given">,
  outcome: Outcome | null,
  built: { constraints: number; wires: number },
  seconds: number,
  counts: CertificateReport["deletions"],
  spared: readonly SparedConstraint[],
  openSignals: readonly OpenSignal[],
  asked: readonly AskedSignal[],
  stopped: readonly string[],
): CertificateReport {
  const signals = built.wires - 1;
  const { chosen = [], assumed = [], reasons = NO_REASONS } = outcome ?? {};
  return {
    profile,
    ...written,
    constraints: built.constraints,
    signals,
    proven: outcome === null ? 0 : signals - chosen.length - assumed.length - openSignals.length,
    chosen: chosen.length,
    assumed: assumed.length,
    open: outcome === null ? signals : openSignals.length,
    seconds,
    checked: outcome !== null,
    deletions: counts,
    reasons,
    spared,
    openSignals,
    asked,
    stopped,
  };
}

/** A message about signals by number, with their names. */
const withNames = (names: Names, text: string): string =>
  text.replace(/signal (\d+)/g, (whole, number: string) => {
    const name = names.of[Number(number)];
    return name === undefined ? whole : `${whole} (${name})`;
  });

function sparedOf(names: Names, checker: Checker, n: number): SparedConstraint {
  const numbers = [...new Set(checker.at(n).flatMap((sum) => [...sum.keys()]))].filter((one) => one !== 0);
  const signals = numbers.map((one) => names.of[one] ?? String(one));
  const [, template = null, argument = null] = ARGUED.find(([name]) => signals.some((one) => name.test(one))) ?? [];
  return { constraint: n, signals, template, argument };
}
