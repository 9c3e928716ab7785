/** The certificates of the circuits over one state: complete, and refused without any of a sample of constraints. */
import { expect, it } from "vitest";
import { certified } from "../../prover/certificate/circuits.ts";
import { STATE_CIRCUITS } from "../../prover/stateCircuits.ts";

/** One constraint in so many is deleted. */
const STEP = 29;

for (const circuit of STATE_CIRCUITS) {
  it(`${circuit.name} is certified`, { timeout: 600_000 }, async () => {
    const { report, refusal } = await certified(circuit, STEP);
    expect([refusal, report.checked, report.openSignals]).toEqual([null, true, []]);
    expect(report.proven + report.chosen + report.assumed).toBe(report.signals);
    expect(report.deletions.refused).toBe(report.deletions.tried);
  });
}
