/** Runs for tests of the page, and servers that show them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtPage } from "../../../scripts/lib/builtPage.ts";
import { scenarioOf } from "../../../scripts/lib/scenarios.ts";
import { type Exploring, exploreDirectory } from "../../../service/explorer/explore.ts";
import { runScenario } from "../../../trace/tracer/runScenario.ts";
import { addProofs } from "../../lib/cachedProofs.ts";
import { USUAL_PROFILES } from "../../lib/profile.ts";

/** A folder of a test file's own. */
export function scratchFolder(): { readonly path: (name: string) => string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "timebandits-page-"));
  return { path: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Traces a built-in scenario. @param proven with its proofs, which are kept in the cache */
export async function traced(name: string, out: string, proven = false): Promise<string> {
  await runScenario(await scenarioOf(name), { out, profiles: USUAL_PROFILES });
  if (proven) await addProofs(out);
  return out;
}

/** Serves a run as `explore` does. */
export async function explored(dir: string): Promise<Exploring> {
  return await exploreDirectory(dir, { page: await builtPage() });
}
