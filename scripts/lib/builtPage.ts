/**
 * The folder of the built page. An installed package has it. A clone builds it when it is asked for, and keeps it in a
 * folder that git ignores, by a hash of what it is made from.
 */
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";
import { packagePage } from "../../service/explorer/pageFiles.ts";
import { EnvironmentError } from "../../trace/errors.ts";

/** What the page is made from. */
const SOURCES = ["web", "trace", "prover", "verifier", "contracts/artifacts", "prover/keys/published"];
const SINGLE = [
  "circuits/profiles.json",
  "contracts/artifacts.ts",
  "service/explorer/policy.ts",
  "package.json",
  "package-lock.json",
];
const SOURCE = /\.(?:tsx?|css|html|json|svg)$/;
/** Folders in which other programs build: there is no source of the page in them. */
const OTHERS = /^prover[/\\]native[/\\]/;
const FOLDER = join(PROJECT_ROOT, "node_modules", ".cache", "timebandits");
const DIGITS = 32;

/**
 * @param onBuild called if it has to be built
 * @throws EnvironmentError if it cannot be built here
 */
export async function builtPage(onBuild: () => void = () => undefined): Promise<string> {
  const packaged = packagePage();
  if (packaged !== undefined) return packaged;
  const folder = join(FOLDER, `web-${await sourceHash()}`);
  if (existsSync(join(folder, "index.html"))) return folder;
  onBuild();
  const fresh = `${folder}.${process.pid}-${randomBytes(4).toString("hex")}`;
  try {
    await mkdir(FOLDER, { recursive: true });
    await build(fresh);
    // Another process may have been faster. Its folder is the same.
    await rename(fresh, folder).catch((error: unknown) => {
      if (!existsSync(join(folder, "index.html"))) throw error;
    });
    await dropOthers(folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}

async function sourceHash(): Promise<string> {
  const names = [...SINGLE];
  for (const folder of SOURCES) {
    const entries = await readdir(join(PROJECT_ROOT, folder), { recursive: true });
    names.push(...entries.map((name) => join(folder, name)).filter((name) => SOURCE.test(name) && !OTHERS.test(name)));
  }
  const hash = createHash("sha256");
  for (const name of [...new Set(names)].sort()) {
    const content = await readFile(join(PROJECT_ROOT, name));
    hash.update(`${name}\n${content.length}\n`).update(content);
  }
  return hash.digest("hex").slice(0, DIGITS);
}

async function build(folder: string): Promise<void> {
  const config = join(PROJECT_ROOT, "web", "vite.config.ts");
  // Others may build at the same time: each has a folder of its own.
  const args = [viteProgram(), "build", "-c", config, "--outDir", folder, "--logLevel", "error"];
  const child = spawn(process.execPath, args, { cwd: PROJECT_ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((done, failed) => child.on("error", failed).on("close", done));
  if (code === 0) return;
  const [, after = said] = said.split("error during build:");
  const reason = after.trim().split("\n", 1)[0] ?? "";
  throw new EnvironmentError(
    "page",
    `the page cannot be built (npm run build:web): ${reason.trim() || `exit ${code}`}`,
  );
}

/** @throws EnvironmentError if vite is not installed */
function viteProgram(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin", "vite.js");
  } catch (error) {
    const message = 'vite, which builds the page in a clone, is not installed; run "npm install" in the project';
    throw new EnvironmentError("install", message, { cause: error });
  }
}

/** Pages of earlier sources. The newest are kept, as another branch may want them again. */
async function dropOthers(own: string): Promise<void> {
  const KEPT = 3;
  const others: { path: string; since: number }[] = [];
  for (const name of await readdir(FOLDER)) {
    const path = join(FOLDER, name);
    if (!/^web-[0-9a-f]+$/.test(name) || path === own) continue;
    others.push({
      path,
      since: await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    });
  }
  others.sort((a, b) => b.since - a.since);
  for (const { path } of others.slice(KEPT)) await rm(path, { recursive: true, force: true });
}
