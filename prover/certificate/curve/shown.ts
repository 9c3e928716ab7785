/** How many of the divisors on the curve that a circuit's certificate assumes not to be 0 are shown not to be. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { type Shown, shownOf } from "../../../verifier/curve/assumed.ts";
import { checkCurve } from "../../../verifier/curve/check.ts";
import { type BuildOptions, buildCircuit } from "../../circuit/build.ts";
import { loadSymbols } from "../../formats/symbols.ts";
import { mainSource, type NamedCircuit } from "../../profiles.ts";
import { GIVEN, made, OF_BATCHES, sourceOf } from "../circuits.ts";
import { elaborated } from "../elaboration/write.ts";
import { namesOf } from "../names.ts";
import { DIVISORS, ORDINATES } from "../policy.ts";
import { circuitIn, systemIn } from "../read.ts";
import { curveSteps } from "./steps.ts";

export interface CurveReport {
  readonly profile: string;
  /** SHA-256 of the compiled circuit. */
  readonly r1cs: string;
  readonly constraints: number;
  readonly signatures: number;
  readonly steps: number;
  /** Divisors and ordinates that the certificate assumes not to be 0; and those of them that are shown not to be. */
  readonly curve: { readonly divisors: number; readonly shown: number };
  /** The same by the reason that the certificate names. */
  readonly reasons: Readonly<Record<string, Shown>>;
  /** Reasons of other divisions, and how often the certificate names them: nothing was shown of these. */
  readonly others: Readonly<Record<string, number>>;
  /** Signals that the certificate leaves open. */
  readonly open: number;
  /** To find the steps and to check them, without the certificate. */
  readonly seconds: number;
  /** Where a signature is not as it should be, so that it was not followed any further. */
  readonly stopped: readonly string[];
}

export interface CurveOptions extends Pick<BuildOptions, "libraries"> {
  /** File of the circuit's certificate. Without it, the certificate is made. */
  readonly certificate?: string | undefined;
}

/**
 * Finds the steps, checks them, and compares what they show with what the certificate assumes.
 *
 * @throws Refusal if a step, or a line of the certificate, does not hold
 */
export async function curveShown(
  circuit: NamedCircuit,
  log: (text: string) => void = () => {},
  options: CurveOptions = {},
): Promise<CurveReport> {
  const built = await buildCircuit(circuit.name, mainSource(circuit), options);
  const names = namesOf(await loadSymbols(built.sym));
  const start = performance.now();
  const { steps, signatures, stopped } = curveSteps(systemIn(built.r1cs), names, log);
  const curve = checkCurve(systemIn(built.r1cs), steps);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  log(`${steps.length} steps are checked`);
  const folder = mkdtempSync(join(tmpdir(), "timebandits-curve-"));
  try {
    const path = options.certificate ?? join(folder, "certificate");
    if (options.certificate === undefined) {
      const source = circuit.name in GIVEN ? undefined : await sourceOf(circuit, options);
      const draft = join(folder, "draft");
      made(draft, built.r1cs, names, GIVEN[circuit.name] ?? OF_BATCHES, source, log);
      elaborated(path, draft, built.r1cs, log);
    }
    const reasons = new Set([...DIVISORS.map(([, reason]) => reason), ORDINATES]);
    const { found, others, open } = await shownOf(circuitIn(built.r1cs), path, curve, reasons);
    const all = [...found.values()];
    return {
      profile: circuit.name,
      r1cs: curve.system.hash,
      constraints: built.constraints,
      signatures,
      steps: steps.length,
      curve: {
        divisors: all.reduce((sum, { assumed }) => sum + assumed, 0),
        shown: all.reduce((sum, { shown }) => sum + shown, 0),
      },
      reasons: Object.fromEntries(found),
      others: Object.fromEntries(others),
      open: open.length,
      seconds,
      stopped,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
