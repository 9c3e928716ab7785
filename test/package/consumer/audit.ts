/** An audit script: traces, proves, verifies, audits and draws with the library. */
import { rmSync } from "node:fs";
import { replayDirectory, runScenario } from "time-bandits";
import { draw, graphOf } from "time-bandits/graph";
import { buildCircuit, proveDirectory } from "time-bandits/prover";
import { newKeyFile, readKeyFile } from "time-bandits/signing";
import { auditDirectory, proveInclusion, renderAudit, verifyDirectory } from "time-bandits/verifier";
import scenario from "./scenario.ts";

const [dir = ""] = process.argv.slice(2);
function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

await runScenario(scenario, { out: dir });
// A new circuit needs the compiler, and the library at the package manager's place.
const source = `pragma circom 2.0.0;
include "comparators.circom";
template Compared() { signal input a; signal output b; b <== IsZero()(a + ${Date.now()}); }
component main = Compared();
`;
demand((await buildCircuit("compared", source)).constraints > 0, "the circuit has no constraints");
demand((await proveDirectory(dir)).batches === 1, "not one batch");
demand((await verifyDirectory(dir)).ok, "the proofs do not hold");
const report = await auditDirectory(dir);
demand(report.ok && renderAudit(report).includes("escrow"), "the audit is not in order");
demand((await proveInclusion(dir, 2)).seq === 2, "no inclusion proof");
const { groups, manifest } = replayDirectory(dir);
demand(draw(graphOf(groups.flat(), manifest), "svg").includes("<svg"), "no picture");
const key = newKeyFile(`${dir}/a.key`);
demand(readKeyFile(`${dir}/a.key`).authority === key.authority, "the key file holds another key");
rmSync(dir, { recursive: true });
console.log("all of it");
