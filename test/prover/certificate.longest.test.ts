/**
 * Certificates of the profiles, made again: each is the one that is recorded. The command makes them, in a process of
 * its own, because it asks for more memory than a test has.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { certificateRecords } from "../../prover/certificates.ts";
import { STATE_CIRCUITS } from "../../prover/stateCircuits.ts";

const run = promisify(execFile);

/** One constraint in so many is deleted. */
const STEP = 997;

/** The small ones are made again by certificate.long.test.ts. */
const isSmall = (name: string): boolean => STATE_CIRCUITS.some((circuit) => circuit.name === name);
const records = Object.entries(certificateRecords()).filter(([name]) => !isSmall(name));

/** Milliseconds that one may take, where the cores have other work, too. */
const HOUR = 3_600_000;
const MOST: Readonly<Record<string, number>> = { "batch-768": 5 * HOUR };

describe("the certificate that is recorded is made again", () => {
  for (const [name, { r1cs, certificate }] of records) {
    it(name, { timeout: MOST[name] ?? 2 * HOUR }, async () => {
      const command = ["run", "--silent", "certificate", "--", "--profile", name, "--deletions", String(STEP)];
      const { stdout } = await run("npm", command);
      expect(stdout).toContain(", 0 open\n");
      expect(stdout).toContain(`circuit ${r1cs}\n`);
      expect(stdout).toContain(`certificate ${certificate}, as recorded`);
    });
  }
});
