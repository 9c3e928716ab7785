/**
 * `npm run certificate`: makes and checks the certificate that a circuit is deterministic
 * (docs/security/certificate.md), then deletes constraints, one at a time. `--profile NAME`: of which circuit (batch-8
 * if none is named). `--json FILE` writes the counts. `--out FILE` writes the certificate. `--deletions all` deletes
 * every constraint, `--deletions N` one in so many, otherwise one in seven. `--record` puts the hashes into
 * circuits/profiles.json. `--solvers DIR` asks about signals that are left open: DIR is a virtual environment of
 * Python, made by `python3 -m venv DIR && DIR/bin/pip install cvc5-gpl z3-solver`. `--seconds N`: how long a solver may
 * take for one question, 10 if it is not said. Exits with 1 if a signal is open or the checker refuses the certificate.
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { certified, type SparedConstraint, WRITTEN } from "../prover/certificate/circuits.ts";
import { openSignalText } from "../prover/certificate/openSignals.ts";
import type { Solver } from "../prover/certificate/solvers/answers.ts";
import { solversIn } from "../prover/certificate/solvers/ask.ts";
import { decidedText } from "../prover/certificate/solvers/decide.ts";
import { certificateOf, certificateRecords } from "../prover/certificates.ts";
import { circuitNamed, type NamedCircuit, PROFILES_FILE } from "../prover/profiles.ts";
import { jsonFile } from "./lib/output.ts";
import { wantedBy } from "./lib/wanted.ts";

/** One constraint in so many is deleted, unless it is said. */
const STEPS: Readonly<Record<string, number>> = { all: 1, some: 7 };
/** Between two lines of progress, in milliseconds. */
const LINE_MS = 15_000;
/** So many constraints are printed. */
const SHOWN = 20;
/** Characters of a constraint's signals. */
const WIDTH = 110;

interface Wanted {
  readonly circuit: NamedCircuit;
  readonly json: string | undefined;
  readonly out: string | undefined;
  readonly step: number;
  readonly record: boolean;
  readonly solvers: readonly Solver[] | undefined;
}

const USAGE =
  "usage: npm run certificate -- [--profile NAME] [--json FILE] [--out FILE] [--deletions some|all|N] [--record] [--solvers DIR [--seconds N]]";

const wanted = (): Wanted | null =>
  wantedBy(USAGE, () => {
    const { values } = parseArgs({
      options: {
        profile: { type: "string", default: "batch-8" },
        json: { type: "string" },
        out: { type: "string" },
        deletions: { type: "string", default: "some" },
        record: { type: "boolean", default: false },
        solvers: { type: "string" },
        seconds: { type: "string", default: "10" },
      },
    });
    const step = STEPS[values.deletions] ?? Number(values.deletions);
    if (!Number.isInteger(step) || step < 1) throw new Error("--deletions is some, all or a number from 1");
    const { json, out, record, solvers } = values;
    const seconds = Number(values.seconds);
    if (!Number.isInteger(seconds) || seconds < 1) throw new Error("--seconds is a number from 1");
    if (record && solvers !== undefined)
      throw new Error("--record takes no --solvers: the recorded hash must be the same on every machine");
    const asked = solvers === undefined ? undefined : solversIn(solvers, seconds);
    return { circuit: circuitNamed(values.profile), json, out, step, record, solvers: asked };
  });

async function main(): Promise<void> {
  const asked = wanted();
  if (asked === null) return;
  const { report, refusal } = await certified(asked.circuit, asked.step, progress(), {
    out: asked.out,
    solvers: asked.solvers,
  });
  const { openSignals, stopped, spared, asked: answers, deletions, ...counts } = report;
  if (asked.json !== undefined) await writeFile(asked.json, jsonFile(report));
  const { profile, constraints, signals, proven, chosen, assumed, open, seconds } = counts;
  const { tried, refused, implied, argued, unused } = deletions;
  const isWhole = open === 0 && refusal === null;
  const recorded = certificateOf(profile, report.r1cs);
  if (asked.record && isWhole) await record(profile, report.r1cs, report.certificate);
  const roots = openSignals.filter(({ isRoot }) => isRoot);
  const lines = [
    `${profile}: ${constraints} constraints, ${signals} signals`,
    `  given: ${report.given.join(" ")}`,
    `  ${proven} proven, ${chosen} chosen, ${assumed} assumed, ${open} open`,
    `  ${report.lines} lines, made and checked in ${seconds} s`,
    `  memory: ${Math.round(process.resourceUsage().maxRSS / 1000)} MB at most, deletions among them`,
    `  deletions: ${tried} tried, ${refused} refused, ${implied} implied, ${argued} argued, ${unused} unused`,
    ...Object.entries(counts.reasons).flatMap(([sort, reasons]) =>
      Object.entries(reasons).map(([reason, count]) => `  ${sort}: ${count}: ${reason}`),
    ),
    ...spared.slice(0, SHOWN).map(sparedText),
    ...(spared.length > SHOWN ? [`  and ${spared.length - SHOWN} others without a line`] : []),
    ...stopped.map((text) => `  stopped: ${text}`),
    ...roots.map((one) => `  open: ${openSignalText(one)}`),
    ...answers.map((one) => `  solvers: ${decidedText(one.name, one)}`),
    ...(openSignals.length > roots.length ? [`  and ${openSignals.length - roots.length} others are open`] : []),
    ...(refusal === null ? [] : [`  refused: ${refusal}`]),
    `  circuit ${report.r1cs}`,
    `  certificate ${report.certificate}, ${recordText(recorded, report.certificate, asked.record && isWhole)}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  if (!isWhole) process.exitCode = 1;
}

/** @param recorded what was recorded before, null if nothing was */
function recordText(recorded: string | null, certificate: string, isRecorded: boolean): string {
  if (recorded === certificate) return "as recorded";
  if (isRecorded) return "which is recorded now";
  return recorded === null ? "none is recorded" : `but ${recorded} is recorded`;
}

/** Lines on stderr, now and then. The work leaves no time to timers, so a line comes where the work says something. */
function progress(): (text: string) => void {
  const start = performance.now();
  let last = start;
  return (text) => {
    const now = performance.now();
    if (now - last < LINE_MS && !text.startsWith(WRITTEN)) return;
    last = now;
    process.stderr.write(`certificate: ${Math.round((now - start) / 1000)} s: ${text}\n`);
  };
}

/** A constraint that no line needs: where it stands, its signals, and the argument that needs it. */
function sparedText({ template, signals, argument }: SparedConstraint): string {
  const what = signals.join(" ").slice(0, WIDTH);
  return argument === null ? `  without a line: ${what}` : `  argued, in ${template}: ${what}: ${argument}`;
}

/** Writes the hashes beside the profiles. */
async function record(name: string, r1cs: string, certificate: string): Promise<void> {
  const { profiles } = JSON.parse(await readFile(PROFILES_FILE, "utf8")) as { profiles: object[] };
  const certificates = { ...certificateRecords(), [name]: { r1cs, certificate } };
  const rows = (list: readonly string[]): string => list.map((line) => `    ${line}`).join(",\n");
  const text = `{
  "profiles": [
${rows(profiles.map((one) => spaced(one)))}
  ],
  "certificates": {
${rows(Object.entries(certificates).map(([one, of]) => `"${one}": ${JSON.stringify(of, null, 2).replaceAll("\n", "\n    ")}`))}
  }
}
`;
  await writeFile(PROFILES_FILE, text);
}

/** One line of JSON with spaces. */
const spaced = (value: object): string =>
  `{ ${Object.entries(value)
    .map(([key, one]) => `"${key}": ${JSON.stringify(one)}`)
    .join(", ")} }`;

await main();
