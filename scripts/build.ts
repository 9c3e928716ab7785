/**
 * `npm run build`: compiles the package into `dist`, as an installed package needs it: JavaScript for Node 20,
 * declarations, source maps. The compiler gives imports their new endings; paths of workers, and imports in
 * declarations, get theirs here, and nothing that ends in .ts may be left. The module of the hash is put beside what
 * assembles it, so that an installed package writes nothing into its own folder. The page of `explore` is built into
 * `dist/web`: an installed package has it, and needs nothing of what builds it.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

/** What modules read from a folder beside themselves. Everything else is read from the package's own folder. */
const ASSETS = ["contracts/artifacts", "prover/keys/published"];

/** `new URL("./worker.ts", import.meta.url)` and `createRequire(import.meta.url)("./module.ts")`. */
const PATHS = /(new URL\(|createRequire\(import\.meta\.url\)\()("\.{1,2}\/[^"]+)\.ts"/g;
/** `from "./module.ts"`, `import("./module.ts")` and `import "./module.ts"` of a declaration. */
const IMPORTS = /(\bfrom |\bimport\(|\bimport )("\.{1,2}\/[^"]+)\.ts"/g;
const LEFT = /^(?!\s*(?:\*|\/\/)).*"\.{1,2}\/[^"]*\.ts"/m;

function compile(): void {
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const config = join(root, "tsconfig.build.json");
  const { status } = spawnSync(process.execPath, [compiler, "-p", config], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("the compiler refused the sources");
}

/** @returns what still names a source file */
function rewrite(path: string): string | undefined {
  const text = readFileSync(path, "utf8");
  // In declarations nothing is a value.
  const pattern = path.endsWith(".d.ts") ? IMPORTS : PATHS;
  const rewritten = text.replaceAll(pattern, '$1$2.js"');
  if (rewritten !== text) writeFileSync(path, rewritten);
  return LEFT.exec(rewritten)?.[0];
}

async function writePoseidon(): Promise<void> {
  const folder = join(dist, "trace", "poseidon");
  const load = (path: string): Promise<unknown> => import(pathToFileURL(join(folder, path)).href);
  const { assemble } = (await load("permutation.js")) as { assemble(): Uint8Array };
  const { assemblePairs } = (await load("pairs/permutation.js")) as { assemblePairs(): Uint8Array };
  writeFileSync(join(folder, "poseidon.wasm"), assemble());
  writeFileSync(join(folder, "poseidonPairs.wasm"), assemblePairs());
}

/** The page of the run explorer. */
function buildPage(): void {
  const program = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin", "vite.js");
  const args = [program, "build", "-c", join(root, "web", "vite.config.ts"), "--logLevel", "error"];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("the page could not be built");
}

rmSync(dist, { recursive: true, force: true });
compile();
for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
  if (!/\.(?:js|d\.ts)$/.test(name)) continue;
  const left = rewrite(join(dist, name));
  if (left !== undefined) throw new Error(`dist/${name} names a source: ${left.trim()}`);
}
await writePoseidon();
buildPage();
for (const folder of ASSETS) {
  if (existsSync(join(root, folder))) cpSync(join(root, folder), join(dist, folder), { recursive: true });
}
