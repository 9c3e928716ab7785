/** A proven run, for tests of readers of proofs. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { addProofs } from "./cachedProofs.ts";
import { DIAGRAM } from "./diagram.ts";
import { PROFILE, USUAL_PROFILES } from "./profile.ts";

export { DIAGRAM, PROFILE };

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "timebandits-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A run directory of a scenario, not proven. */
export async function freshRun(scenario: Scenario = DIAGRAM): Promise<string> {
  const dir = join(await temporaryFolder(), "run");
  await runScenario(scenario, { out: dir, profiles: USUAL_PROFILES });
  return dir;
}

/** A run directory of {@link DIAGRAM} with its three bundles, the test's own. */
export async function provenRun(): Promise<string> {
  const dir = await freshRun();
  await addProofs(dir);
  return dir;
}
