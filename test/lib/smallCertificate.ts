/** Certificates of small circuits as files, and what solvers make of them. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certify } from "../../prover/certificate/certify.ts";
import { namesOf } from "../../prover/certificate/names.ts";
import { checkCertificate } from "../../prover/certificate/reasoning/check.ts";
import type { Solver } from "../../prover/certificate/solvers/answers.ts";
import { type AskedSignal, further } from "../../prover/certificate/solvers/further.ts";
import { CertificateWriter, readCertificate } from "../../prover/certificate/text.ts";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";

export interface Outcome {
  /** Names of signals that are open before and after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly asked: readonly AskedSignal[];
  /** Reasons by the name of a signal. */
  readonly assumed: Readonly<Record<string, string>>;
  /** The certificate's file, before and after. */
  readonly texts: readonly [string, string];
}

/** The body of a template `Main`, with its public inputs. */
export interface SmallCircuit {
  readonly name: string;
  readonly body: string;
  readonly given: readonly string[];
}

export const HEAD = 'pragma circom 2.2.0;\ninclude "bitify.circom";\n';

export async function askedOf({ name, body, given }: SmallCircuit, solvers: readonly Solver[]): Promise<Outcome> {
  const inputs = [...new Set(given.map((one) => one.replace(/\[.*/, "")))];
  const main = inputs.length === 0 ? "main" : `main { public [${inputs.join(", ")}] }`;
  const circuit = await buildCircuit(name, `${HEAD}template Main() {\n${body}\n}\ncomponent ${main} = Main();`);
  const names = namesOf(await loadSymbols(circuit.sym));
  const file = await readFile(circuit.r1cs);
  const folder = await mkdtemp(join(tmpdir(), "solvers-"));
  try {
    const path = join(folder, "certificate.json");
    const certificate = certify(file, names, given);
    const writer = new CertificateWriter(path, certificate.circuit);
    for (const line of certificate.lines) writer.add(line);
    writer.end();
    const first = await readFile(path, "utf8");
    const openNow = (): string[] =>
      checkCertificate(file, readCertificate(path))
        .open()
        .map((signal) => names.of[signal] as string);
    const before = openNow();
    const { asked } = further(path, circuit.r1cs, names, solvers);
    const { assumed } = checkCertificate(file, readCertificate(path));
    const reasons = Object.fromEntries([...assumed].map(([signal, reason]) => [names.of[signal], reason]));
    return { before, after: openNow(), asked, assumed: reasons, texts: [first, await readFile(path, "utf8")] };
  } finally {
    await rm(folder, { recursive: true });
  }
}
