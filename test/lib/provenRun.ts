/** A run that is proven, for tests of what reads proofs: proven once per circuit and trace, then copied from the artifact cache. */
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import { cached, sha256 } from "../../prover/cache.ts";
import { PROFILES } from "../../prover/profiles.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { runScenario } from "../../trace/run.ts";
import type { Scenario } from "../../trace/scenario.ts";
import { DIAGRAM } from "./diagram.ts";
import { PROFILE } from "./profile.ts";

export { DIAGRAM, PROFILE };

/** A folder that is gone when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "timebandits-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A run directory of a scenario, not proven. */
export async function freshRun(scenario: Scenario = DIAGRAM): Promise<string> {
  const dir = join(await temporaryFolder(), "run");
  await runScenario(scenario, { out: dir, profiles: PROFILES });
  return dir;
}

/** A run directory of {@link DIAGRAM} with its three bundles, the test's own. */
export async function provenRun(): Promise<string> {
  const dir = await freshRun();
  const { circuit, key } = await artifactsOf(PROFILE);
  const trace = await readFile(join(dir, "trace.jsonl"), "utf8");
  const id = sha256(JSON.stringify({ circuit: circuit.hash, key: key.vkeyHash, trace }));
  const entry = await cached("test-proofs", id, async (folder) => {
    const { bundles } = await proveDirectory(dir);
    await cp(join(dir, "proofs"), folder, { recursive: true });
    return { bundles };
  });
  await rm(join(dir, "proofs"), { recursive: true, force: true });
  await cp(entry.folder, join(dir, "proofs"), { recursive: true });
  await rm(join(dir, "proofs", "entry.json"));
  return dir;
}
