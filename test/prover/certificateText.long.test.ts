/** The file of a certificate that is longer than a string may be. */
import { constants } from "node:buffer";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { CertificateWriter, readCertificate } from "../../prover/certificate/text.ts";
import { hashFile } from "../../prover/storage/cache.ts";

it("a certificate may be longer than a string", async () => {
  const folder = mkdtempSync(join(tmpdir(), "timebandits-certificate-test-"));
  try {
    const path = join(folder, "certificate.json");
    const numbers = Array.from({ length: 200_000 }, (_, n) => n);
    const writer = new CertificateWriter(path, "0".repeat(64));
    const count = Math.ceil(constants.MAX_STRING_LENGTH / JSON.stringify(numbers).length) + 1;
    for (let n = 0; n < count; n++) writer.add(["asserts", n, numbers]);
    const hash = writer.end();
    expect(statSync(path).size).toBeGreaterThan(constants.MAX_STRING_LENGTH);
    expect(hash).toBe(await hashFile(path));
    let read = 0;
    let last: Line = [""];
    for (const line of readCertificate(path).lines) {
      if (line[1] !== read++ || (line[2] as number[]).length !== numbers.length) throw new Error(`line ${read}`);
      last = line;
    }
    expect([read, last]).toEqual([count, ["asserts", count - 1, numbers]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
