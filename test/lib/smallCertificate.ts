/** Certificates of small circuits as files, and what solvers make of them. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certify } from "../../prover/certificate/certify.ts";
import { elaborated } from "../../prover/certificate/elaboration/write.ts";
import { namesOf } from "../../prover/certificate/names.ts";
import { circuitIn } from "../../prover/certificate/read.ts";
import type { Solver } from "../../prover/certificate/solvers/answers.ts";
import { type AskedSignal, further } from "../../prover/certificate/solvers/further.ts";
import { CertificateWriter } from "../../prover/certificate/text.ts";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import { checkFile } from "../../verifier/certificate/check.ts";
import { HashChecker } from "../../verifier/hashes/check.ts";
import { outcomeOf } from "../../verifier/outcome.ts";

export interface Outcome {
  /** Names of signals that are open before and after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly asked: readonly AskedSignal[];
  /** Reasons by the name of a signal. */
  readonly assumed: Readonly<Record<string, string>>;
  /** Whether the draft goes on; and its file, before and after. */
  readonly isLonger: boolean;
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
    const [draft, path] = [join(folder, "draft.json"), join(folder, "certificate.json")];
    const certificate = certify(file, names, given);
    const writer = new CertificateWriter(draft, certificate.circuit);
    for (const line of certificate.lines) writer.add(line);
    writer.end();
    const checked = async (): Promise<HashChecker> => {
      elaborated(path, draft, circuit.r1cs);
      const checker = new HashChecker(circuitIn(circuit.r1cs));
      await checkFile(checker, path);
      return checker;
    };
    const openNow = (checker: HashChecker): string[] =>
      outcomeOf(checker).open.map((signal) => names.of[signal] as string);
    const before = openNow(await checked());
    const first = await readFile(draft, "utf8");
    const { asked, isLonger } = further(draft, circuit.r1cs, names, solvers);
    const checker = await checked();
    const assumed = checker.named.filter(([sort]) => sort === "assumed");
    return {
      before,
      after: openNow(checker),
      asked,
      assumed: Object.fromEntries(assumed.map(([, reason, signal]) => [names.of[signal], reason])),
      isLonger,
      texts: [first, await readFile(draft, "utf8")],
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
