/** Certificates of whole circuits: complete, as recorded, and refused without any of a sample of constraints. */
import { expect, it } from "vitest";
import { certified, GIVEN } from "../../prover/certificate/circuits.ts";
import { certificateRecords } from "../../prover/certificates.ts";
import { STATE_CIRCUITS } from "../../prover/stateCircuits.ts";
import { SMALL } from "../lib/circuit.ts";

/** One constraint in so many is deleted. */
const STEP = 29;

for (const circuit of STATE_CIRCUITS) {
  it(`${circuit.name} is certified`, { timeout: 600_000 }, async () => {
    const { report, refusal } = await certified(circuit, STEP);
    expect([refusal, report.checked, report.openSignals]).toEqual([null, true, []]);
    expect(report.given).toEqual(GIVEN[circuit.name]);
    expect(report.proven + report.chosen + report.assumed).toBe(report.signals);
    expect(report.deletions.refused).toBe(report.deletions.tried);
    // Made again, it is the one that is recorded: npm run certificate -- --profile NAME --record
    expect(certificateRecords()[circuit.name]).toEqual({ r1cs: report.r1cs, certificate: report.certificate });
  });
}

it("batches are certified, row by row and operation by operation", { timeout: 900_000 }, async () => {
  const told: string[] = [];
  const { report, refusal } = await certified(SMALL, STEP, (text) => told.push(text));
  expect([refusal, report.checked, report.openSignals]).toEqual([null, true, []]);
  expect(report.given).toEqual(["preRoot", "traceRoot", "span", "domain", "point"]);
  expect(report.proven + report.chosen + report.assumed).toBe(report.signals);
  expect(report.deletions.refused + report.deletions.implied).toBe(report.deletions.tried);
  expect(told.filter((text) => text.includes("open:") || text.includes("is not known"))).toEqual([]);
});
