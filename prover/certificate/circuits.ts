/** What the statement of a circuit gives, and its certificate. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { type Certificate, type Checker, checkCertificate } from "../../verifier/certificate/check.ts";
import { Refusal, System } from "../../verifier/certificate/system.ts";
import { type BuildOptions, buildCircuit, buildSource, circuitSources } from "../circuit/build.ts";
import { loadSymbols } from "../formats/symbols.ts";
import { mainSource, type NamedCircuit } from "../profiles.ts";
import { certify, STOPPED } from "./certify.ts";
import { type Deletions, deletions } from "./deletions.ts";
import { type Names, namesOf } from "./names.ts";
import { type OpenSignal, openSignals } from "./openSignals.ts";
import { ARGUED } from "./policy.ts";
import { rootsOf } from "./roots.ts";
import type { Source } from "./source.ts";

/** Public inputs that are given. The others must follow, which says more than that a proof has one meaning. */
export const GIVEN: Readonly<Record<string, readonly string[]>> = {
  cell: ["root", "address"],
  exit: ["root", "domain", "place", "program"],
};
const OF_BATCHES = ["preRoot", "traceRoot", "span", "domain", "point"];

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
  readonly reasons: Readonly<Record<"chosen" | "assumed" | "conditions", Readonly<Record<string, number>>>>;
  /** Constraints that no line needs, and that no other is shown to imply. */
  readonly spared: readonly SparedConstraint[];
  /** Open signals: first those that the others hang on. */
  readonly openSignals: readonly OpenSignal[];
  /** Where a row is not as it should be, so that it was not followed any further. */
  readonly stopped: readonly string[];
}

export interface Certified {
  readonly report: CertificateReport;
  readonly certificate: Certificate;
  readonly refusal: string | null;
}

/** So many characters of a certificate's file come at once, or a line more. */
const PART = 1 << 20;

/**
 * A certificate as a file, part by part, since that of a large profile is longer than a string may be: the same bytes
 * for the same circuit, wherever it is made.
 */
export function* certificateText({ circuit, lines }: Certificate): Generator<string> {
  let text = `{"circuit":${JSON.stringify(circuit)},"lines":[`;
  for (const [i, line] of lines.entries()) {
    text += `${i === 0 ? "" : ","}${JSON.stringify(line)}`;
    if (text.length < PART) continue;
    yield text;
    text = "";
  }
  yield `${text}]}\n`;
}

function hashOf(certificate: Certificate): string {
  const hash = createHash("sha256");
  for (const part of certificateText(certificate)) hash.update(part);
  return hash.digest("hex");
}

/** Every how many constraints one is deleted. */
export type DeletionStep = number;

/** Makes and checks the certificate of a circuit; then deletes constraints. */
export async function certified(
  circuit: NamedCircuit,
  step: DeletionStep,
  log?: (text: string) => void,
  options: Pick<BuildOptions, "libraries"> = {},
): Promise<Certified> {
  const built = await buildCircuit(circuit.name, mainSource(circuit), options);
  const [file, symbols] = await Promise.all([readFile(built.r1cs), loadSymbols(built.sym)]);
  const source = circuit.name in GIVEN ? undefined : await sourceOf(circuit, options);
  const names = namesOf(symbols);
  const start = performance.now();
  const stopped: string[] = [];
  const listen = (text: string): void => {
    if (text.startsWith(STOPPED)) stopped.push(withNames(names, text.slice(STOPPED.length)));
    log?.(text);
  };
  const certificate = certify(file, names, GIVEN[circuit.name] ?? OF_BATCHES, source, listen);
  let checker: Checker | null = null;
  let refusal: string | null = null;
  try {
    checker = checkCertificate(file, certificate);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refusal = error.message;
  }
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  const wanted = Array.from({ length: built.constraints }, (_, n) => n).filter((n) => n % step === 0);
  const { tried, refused, implied, spared } =
    checker === null ? { tried: 0, refused: 0, implied: 0, spared: [] } : deletions(file, certificate, wanted);
  const told = spared.map((n) => sparedOf(names, checker as Checker, n));
  const argued = told.filter(({ argument }) => argument !== null).length;
  const counts = { tried, refused, implied, argued, unused: told.length - argued };
  const open = checker?.open() ?? [];
  const roots = checker === null || open.length === 0 ? [] : rootsOf(file, certificate, names);
  const nameOf = (signal: number): string => names.of[signal] ?? String(signal);
  const named = await openSignals(
    built,
    open.length === 0 ? [] : await circuitSources(mainSource(circuit), options),
    open.map(nameOf),
    roots.map(nameOf),
  );
  return {
    report: reportOf(circuit.name, names, certificate, checker, built, seconds, counts, told, named, stopped),
    certificate,
    refusal,
  };
}

/** The circuit with all signals of its source. It is read when it is needed, so that nobody keeps its constraints. */
async function sourceOf(circuit: NamedCircuit, options: Pick<BuildOptions, "libraries">): Promise<() => Source> {
  const { r1cs, sym } = await buildSource(circuit.name, mainSource(circuit), options);
  const names = namesOf(await loadSymbols(sym));
  return () => ({ system: new System(readFileSync(r1cs)), names });
}

function reportOf(
  profile: string,
  names: Names,
  certificate: Certificate,
  checker: Checker | null,
  built: { constraints: number; wires: number },
  seconds: number,
  counts: CertificateReport["deletions"],
  spared: readonly SparedConstraint[],
  openSignals: readonly OpenSignal[],
  stopped: readonly string[],
): CertificateReport {
  const signals = built.wires - 1;
  const inFile = (list: Iterable<[number, string]>): [number, string][] =>
    [...list].filter(([signal]) => signal <= signals);
  const choices = [...(checker?.chosen ?? []), ...(checker?.facts.free ?? [])];
  // Reasons are all told: also of signals that lines added, and of those that were only assumed in one case.
  const assumptions = [...(checker?.assumed ?? [])];
  const chosen = inFile(new Map(choices));
  const assumed = inFile(assumptions).filter(([signal]) => checker?.facts.known.has(signal));
  const byReason = (list: [number, string][]): Record<string, number> => {
    const found: Record<string, number> = {};
    for (const [, reason] of list) found[reason] = (found[reason] ?? 0) + 1;
    return found;
  };
  return {
    profile,
    r1cs: certificate.circuit,
    certificate: hashOf(certificate),
    given: certificate.lines
      .filter(([rule]) => rule === "given")
      .flatMap(([, signals]) => (signals as number[]).map((signal) => names.of[signal] ?? String(signal))),
    constraints: built.constraints,
    signals,
    proven: checker === null ? 0 : signals - chosen.length - assumed.length - openSignals.length,
    chosen: chosen.length,
    assumed: assumed.length,
    open: checker === null ? signals : openSignals.length,
    seconds,
    checked: checker !== null,
    deletions: counts,
    reasons: {
      chosen: byReason(choices),
      assumed: byReason(assumptions),
      conditions: Object.fromEntries(checker?.conditions ?? []),
    },
    spared,
    openSignals,
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
  const numbers = [...new Set(checker.system.at(n).flatMap((sum) => [...sum.keys()]))].filter((one) => one !== 0);
  const signals = numbers.map((one) => names.of[one] ?? String(one));
  const [, template = null, argument = null] = ARGUED.find(([name]) => signals.some((one) => name.test(one))) ?? [];
  return { constraint: n, signals, template, argument };
}
