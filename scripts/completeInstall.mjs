// Runs after every install into the clone (npm's lifecycle script "dependencies", which neither npm pack nor a user of
// the package runs), on whatever Node the user has (plain JavaScript, Node 20 or newer). The project does its
// work on the Node 24 that comes as the dependency "node". An npm that itself runs on an older Node leaves out optional
// packages that ask for a newer one, Hardhat's native engine among them; then npm is run once more, under the Node 24
// just installed. Silent when nothing is missing.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const localNode = join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const linkedNode = join(modules, ".bin", process.platform === "win32" ? "node.cmd" : "node");
const engine = "@nomicfoundation/edr";
const oldest = 24;

function run(command, args, env = process.env) {
  return spawnSync(command, args, { cwd: root, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function fail(message, result) {
  if (result?.error) console.error(result.error.message);
  if (result?.stdout) console.error(result.stdout);
  if (result?.stderr) console.error(result.stderr);
  console.error(`completeInstall: ${message}`);
  process.exit(1);
}

function nodeRuns() {
  if (!existsSync(localNode) || !existsSync(linkedNode)) return false;
  const { status, stdout } = run(localNode, ["-p", "process.versions.node"]);
  return status === 0 && Number.parseInt(stdout, 10) >= oldest;
}

function engineLoads() {
  // Not asked for (`npm install --omit=dev`), so not missing.
  if (!existsSync(join(modules, engine, "package.json"))) return true;
  return run(localNode, ["-e", `require(${JSON.stringify(engine)})`]).status === 0;
}

/** npm's own entry file, so that it can be started under a Node of our choice. */
function npmEntry() {
  const beside = join("npm", "bin", "npm-cli.js");
  const bin = dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    join(bin, "..", "lib", "node_modules", beside),
    join(bin, "node_modules", beside),
    join("/usr/share/nodejs", beside),
  ];
  return candidates.find((path) => path?.endsWith("npm-cli.js") && existsSync(path));
}

function npm(node, args) {
  const entry = npmEntry();
  if (!entry) fail("cannot find npm; install with npm rather than another package manager");
  return run(node, [entry, ...args]);
}

/**
 * A distribution's npm may refuse to run on any Node but the distribution's: it can still fetch the one missing
 * package.
 */
function fetchBinding() {
  const { optionalDependencies } = JSON.parse(readFileSync(join(modules, engine, "package.json"), "utf8"));
  const system = `${process.platform}-${process.arch}`;
  const libc = process.report.getReport().header.glibcVersionRuntime ? "gnu" : "musl";
  const names = [`${engine}-${system}`, `${engine}-${system}-${libc}`, `${engine}-${system}-msvc`];
  const name = names.find((each) => each in optionalDependencies);
  if (!name) return undefined;
  const target = join(modules, name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const packed = npm(process.execPath, ["pack", `${name}@${optionalDependencies[name]}`, "--pack-destination", target]);
  const archive = packed.stdout.trim().split("\n").at(-1);
  if (packed.status !== 0 || !archive) return packed;
  const unpacked = run("tar", ["-xzf", join(target, archive), "-C", target, "--strip-components=1"]);
  rmSync(join(target, archive), { force: true });
  return unpacked;
}

if (!nodeRuns()) {
  const result = npm(process.execPath, ["rebuild", "node", "--no-audit", "--no-fund"]);
  if (!nodeRuns()) fail("the Node that the project brings (node_modules/.bin/node) is missing or does not run", result);
}

if (!engineLoads()) {
  console.log("completeInstall: completing the installation under Node 24");
  let result = npm(localNode, ["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund"]);
  if (!engineLoads()) result = fetchBinding() ?? result;
  if (!engineLoads()) fail(`${engine} has no native binding for this machine`, result);
  if (!nodeRuns()) fail("node_modules/.bin/node was lost while completing the installation", result);
}
