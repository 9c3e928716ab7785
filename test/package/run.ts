/**
 * `npm run test:package`: packs the package, installs it into fresh folders like a user, and uses it there: with npm,
 * with pnpm and globally, on Node 20, 22 and 24. Circuits and keys come from the user's cache (XDG_CACHE_HOME), so only
 * new ones are made.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheRoot } from "../../prover/storage/cache.ts";
import { packageVersion } from "../../prover/storage/packageFile.ts";
import { explored } from "./explored.ts";
import { folderSize, JSON_LINE, run, Tally } from "./tools.ts";

/** The versions of Node 20 and 22 that npm has. The Node that runs this is 24. */
const NODES = ["20.20.2", "22.23.3"];
const PNPM = "pnpm@9.15.9";
const ESLINT = packageVersion("eslint");

const root = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "timebandits-package-"));
const tally = new Tally();

/** A folder with one version of Node, kept in the cache; null if npm has none for this machine. */
function nodeFolder(version: string): string | null {
  const folder = join(cacheRoot(), "nodes", version);
  const system = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${system}-${process.arch}`;
  const bin = join(folder, "node_modules", name, "bin");
  if (existsSync(bin)) return bin;
  mkdirSync(folder, { recursive: true });
  const { status } = run("npm", ["install", "--prefix", folder, "--no-save", `${name}@${version}`], folder);
  return status === 0 && existsSync(bin) ? bin : null;
}

/** A fresh project with the fixtures. */
function project(name: string): string {
  const folder = join(scratch, name);
  cpSync(join(root, "test/package/consumer"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "private": true, "type": "module" }\n');
  return folder;
}

/** The command line of a project. */
const command = (folder: string): string => join(folder, "node_modules", "time-bandits", "scripts", "timebandits.mjs");

/** All steps of a user, on one Node. */
async function use(label: string, folder: string, node: string | undefined): Promise<void> {
  const timebandits = (...args: string[]) => run("node", [command(folder), ...args], folder, node);
  tally.check(`${label}: imports every subpath`, run("node", ["imports.js"], folder, node), JSON_LINE);
  for (const scenario of ["scenario.ts", "scenario.js", "layers.ts"]) {
    const done = timebandits("run", `./${scenario}`, "--out", `${label}-${scenario}`);
    tally.check(`${label}: run ./${scenario}`, done, /transitions/);
  }
  const dir = `${label}-scenario.ts`;
  tally.check(`${label}: prove`, timebandits("prove", dir), /1 proven/);
  tally.check(`${label}: verify`, timebandits("verify", dir, "--json"), /"ok": ?true/);
  tally.check(`${label}: audit`, timebandits("audit", dir, "--json"), /"ok": ?true/);
  const wrong = await explored(command(folder), dir, folder, node);
  tally.note(`${label}: explore`, wrong === "", wrong);
}

/** An audit script in TypeScript, which compiles a circuit as well. */
function script(label: string, folder: string, node: string | undefined): void {
  const args = ["--import", "time-bandits/register", "audit.ts", `${label}-script`];
  tally.check(`${label}: a script in TypeScript`, run("node", args, folder, node), /all of it/);
}

function pack(): string {
  const packed = run("npm", ["pack", "--pack-destination", scratch], root);
  if (!tally.check("npm pack", packed, /\.tgz/)) throw new Error("there is nothing to install");
  return join(scratch, packed.stdout.trim().split("\n").at(-1) ?? "");
}

async function withNpm(archive: string, nodes: ReadonlyMap<string, string | undefined>): Promise<void> {
  const folder = project("npm");
  const installed = run("npm", ["install", "--prefer-offline", archive], folder, nodes.get("20"));
  if (!tally.check("npm install", installed, /added/)) return;
  const description = readFileSync(join(folder, "node_modules/time-bandits/package.json"), "utf8");
  const { scripts, dependencies } = JSON.parse(description) as Record<string, Record<string, string>>;
  const own = ["preinstall", "install", "postinstall", "prepare"].filter((name) => scripts?.[name] !== undefined);
  tally.note("no script runs when it is installed, and no Node comes with it", own.length === 0 && !dependencies?.node);
  const builders = ["vite", "preact", "comlink"].filter((name) => existsSync(join(folder, "node_modules", name)));
  tally.note("nothing that builds the page comes with it", builders.length === 0, builders.join(" "));
  console.log(`      installed: ${folderSize(join(folder, "node_modules"))} MB`);
  for (const [major, node] of nodes) await use(`node${major}`, folder, node);
  const nothing = join(scratch, "empty-cache");
  const verified = run("node", [command(folder), "verify", "node20-scenario.ts", "--json"], folder, nodes.get("20"), {
    TIMEBANDITS_CACHE: nothing,
  });
  tally.check("node20: verify with an empty cache", verified, /"ok": ?true/);
  tally.note("node20: which stays empty", !existsSync(nothing) || folderSize(nothing) === 0);
  script("node20", folder, nodes.get("20"));
  // A user of the lint rule has ESLint.
  tally.check("npm install eslint", run("npm", ["install", "--prefer-offline", `eslint@${ESLINT}`], folder), /added/);
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const types = run(process.execPath, [compiler, "-p", "."], folder);
  // Errors in the declarations of other packages are not reported.
  const faults = types.stdout.split("\n").filter((line) => /^\S.*error TS/.test(line) && !isForeign(line));
  tally.note("strict tsc, declarations included", types.status !== null && faults.length === 0, faults.join("\n"));
}

const isForeign = (line: string): boolean =>
  /^(?:\.\.\/)*node_modules\//.test(line) && !line.includes("node_modules/time-bandits/");

function withPnpm(archive: string): void {
  const folder = project("pnpm");
  const pnpm = (...args: string[]) => run("npx", ["--yes", PNPM, ...args], folder);
  if (pnpm("--version").status !== 0) {
    tally.leftOut("pnpm", `${PNPM} cannot be had`);
    return;
  }
  if (!tally.check("pnpm add", pnpm("add", "--prefer-offline", archive), /time-bandits/)) return;
  const done = run("node", [command(folder), "run", "./layers.ts", "--out", "layers"], folder);
  tally.check("pnpm: run ./layers.ts", done, /transitions/);
  script("pnpm", folder, dirname(process.execPath));
}

/** Runs in a folder with only a scenario. */
function globally(archive: string, node: string | undefined): void {
  const prefix = join(scratch, "global");
  const installed = run("npm", ["install", "--prefer-offline", "--global", "--prefix", prefix, archive], scratch, node);
  if (!tally.check("npm install --global", installed, /added/)) return;
  const folder = join(scratch, "empty");
  mkdirSync(folder);
  cpSync(join(root, "test/package/consumer/scenario.ts"), join(folder, "scenario.ts"));
  const name = process.platform === "win32" ? "timebandits.cmd" : "bin/timebandits";
  const done = run(join(prefix, name), ["run", "./scenario.ts", "--out", "loan"], folder, node);
  tally.check("global: run ./scenario.ts", done, /3 transitions/);
}

try {
  const nodes = new Map<string, string | undefined>();
  for (const version of NODES) {
    const folder = nodeFolder(version);
    if (folder === null) tally.leftOut(`Node ${version}`, "npm has none for this machine");
    else nodes.set(version.split(".", 1)[0] ?? version, folder);
  }
  nodes.set(process.versions.node.split(".", 1)[0] ?? "", dirname(process.execPath));
  const archive = pack();
  await withNpm(archive, nodes);
  withPnpm(archive);
  globally(archive, nodes.get("20"));
  tally.leftOut("yarn, bun, deno", "no such project is tried");
  if (process.platform !== "win32") tally.leftOut("Windows", "this is not Windows");
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = tally.end();
