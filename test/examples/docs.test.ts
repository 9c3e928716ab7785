/** The code and the output on the guide's and the examples' pages are the real ones. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";
import { checkScenario } from "../../trace/check/index.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";

const folder = mkdtempSync(join(tmpdir(), "timebandits-guide-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(PROJECT_ROOT, path), "utf8");
const blocks = (page: string): string[] => [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? "");
const guide = read("docs/learn/guide.md");
/** The guide's own programs begin with their file's name. */
const programs = new Map(
  blocks(guide).flatMap((code) => (/^\/\/ (\S+)\n/.test(code) ? [[code.slice(3, code.indexOf("\n")), code]] : [])),
);

/** A program of the guide, run as a file of its name. */
async function load(name: string, edit = (code: string): string => code): Promise<Scenario> {
  const trace = pathToFileURL(join(PROJECT_ROOT, "trace")).href;
  const path = join(mkdtempSync(join(folder, "run-")), name);
  writeFileSync(
    path,
    edit(programs.get(name) ?? "")
      .replaceAll('"./trace/', `"${trace}/`)
      .replaceAll("console.log", "String"),
  );
  return ((await import(pathToFileURL(path).href)) as { default: Scenario }).default;
}

test("code on the pages is in the examples", () => {
  // The example of two chains is a folder, and its page says how to run it.
  const names = readdirSync(join(PROJECT_ROOT, "examples")).filter((name) => name.endsWith(".ts"));
  const sources = names.map((name) => read(`examples/${name}`)).join("");
  const pages = names.map((name) => read(`docs/learn/examples/${name.replace(/ts$/, "md")}`));
  const own = new Set(programs.values());
  for (const code of [guide, ...pages].flatMap(blocks)) if (!own.has(code)) expect(sources).toContain(code);
});

test("the guide's first program runs, and a use after sending throws the guide's error", async () => {
  const { transitions } = await runScenario(await load("handover.ts"));
  expect(guide).toContain(`${transitions.length} transitions in`);
  const late = await load("handover.ts", (code) =>
    code.replace(/^ *await tx.send.*\n/m, "$&    await gold.split(1n);\n"),
  );
  const error = (await runScenario(late).catch((thrown: unknown) => thrown)) as Error;
  expect(guide).toContain(`timebandits: ${error.message}`);
});

test("the guide's deadlock is found, with the guide's text", async () => {
  const { findings } = await checkScenario(await load("stuck.ts"));
  expect(findings[0]?.id).toBe("deadlock");
  expect(guide).toContain(findings[0]?.message);
});
