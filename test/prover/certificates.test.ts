/** The records of certificates beside the profiles. */
import { expect, it } from "vitest";
import { certificateOf, certificateRecords } from "../../prover/certificates.ts";
import { NAMED_CIRCUITS } from "../../prover/profiles.ts";

const HASH = /^[0-9a-f]{64}$/;

it("records name circuits that there are, by two hashes", () => {
  const names: readonly string[] = NAMED_CIRCUITS.map(({ name }) => name);
  const records = Object.entries(certificateRecords());
  expect(records.map(([name]) => name).sort()).toEqual([
    "batch-256",
    "batch-64",
    "batch-768",
    "batch-8",
    "cell",
    "exit",
    "wide-40",
  ]);
  for (const [name, record] of records) {
    expect(names).toContain(name);
    expect(record).toEqual({ r1cs: expect.stringMatching(HASH), certificate: expect.stringMatching(HASH) });
  }
});

it("a certificate is of one compiled circuit", () => {
  const { cell } = certificateRecords();
  if (cell === undefined) throw new Error("there is no record");
  expect(certificateOf("cell", cell.r1cs)).toBe(cell.certificate);
  expect(
    certificateOf(
      "cell",
      cell.r1cs.replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
    ),
  ).toBe(null);
  expect(certificateOf("exit", cell.r1cs)).toBe(null);
  expect(certificateOf("batch-768", cell.r1cs)).toBe(null);
});
