/**
 * `npm run screenshots`: pictures of three views of the explorer, for the README and the docs, from the
 * built-in scenario `seed` with its proofs. Needs Chromium.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { profilesWith } from "../prover/profiles.ts";
import { proveDirectory } from "../prover/prove.ts";
import { PROJECT_ROOT } from "../prover/storage/packageFile.ts";
import { exploreDirectory } from "../service/explorer/explore.ts";
import { runScenario } from "../trace/tracer/runScenario.ts";
import { builtPage } from "./lib/builtPage.ts";
import { CHROMIUM, CHROMIUM_ARGUMENTS } from "./lib/chromium.ts";
import { scenarioOf } from "./lib/scenarios.ts";
import { smallPng } from "./lib/smallPng.ts";

/** What is shown, by the name of the picture. */
const PICTURES: Readonly<Record<string, string>> = {
  "explorer-causal": "view=causal&seq=10",
  "explorer-ownership": "view=ownership&at=12",
  "explorer-transitions": "view=transitions",
};
const LEVELS = 3;
const SIZE = { width: 1_200, height: 760 };

if (CHROMIUM === undefined) throw new Error("there is no Chromium: apt-get install chromium, or CHROMIUM=PATH");
const folder = mkdtempSync(join(tmpdir(), "timebandits-screenshots-"));
try {
  const run = join(folder, "seed");
  await runScenario(await scenarioOf("seed"), { out: run, profiles: profilesWith(LEVELS) });
  await proveDirectory(run);
  await using exploring = await exploreDirectory(run, { page: await builtPage() });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGUMENTS] });
  try {
    const page = await browser.newPage({ viewport: SIZE, colorScheme: "light", reducedMotion: "reduce" });
    for (const [name, query] of Object.entries(PICTURES)) {
      await page.goto(`${exploring.url}?${query}`);
      await page.waitForSelector("main h2");
      const busy = page.locator('[aria-busy="true"]');
      while ((await busy.count()) > 0) await busy.first().waitFor({ state: "detached" });
      const png = smallPng(await page.screenshot());
      const file = join("docs", "reference", `${name}.png`);
      writeFileSync(join(PROJECT_ROOT, file), png);
      console.log(`${file}: ${Math.round(png.length / 1_000)} kB`);
    }
  } finally {
    await browser.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
