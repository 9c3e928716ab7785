/**
 * From circom source to artifacts: r1cs, witness program, symbols. The compiler is WebAssembly from npm, run in a
 * process of its own; what it makes is cached by the hash of everything that goes into it, so that nothing is compiled
 * twice.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { BuildError } from "../errors.ts";
import { readR1csHeader } from "../formats/r1csHeader.ts";
import { cached, cachedAlready, hashFile, sha256 } from "../storage/cache.ts";
import { PROJECT_ROOT, packageFile, packageVersion } from "../storage/packageFile.ts";
import { witnessProgram } from "../witnessProgram/cachedProgram.ts";

/** Told now and then how far a long piece of work is: its stage, and `done` of `total` units. */
export type OnProgress = (stage: string, done: number, total: number) => void;

/** A compiled circuit. Paths are absolute and lie in the artifact cache: read them, never write. */
export interface CircuitArtifacts {
  /** What the caller calls it; not part of any hash. */
  readonly name: string;
  /** SHA-256 over sources, compiler, library and flags: equal for equal circuits, before anything is compiled. */
  readonly hash: string;
  readonly r1cs: string;
  readonly wasm: string;
  readonly sym: string;
  /** SHA-256 of the r1cs file and of the compiler's witness program. */
  readonly r1csHash: string;
  readonly wasmHash: string;
  /**
   * The program that calculates witnesses, and its SHA-256: the compiler's with faster functions
   * (prover/witnessProgram/accelerate.ts).
   */
  readonly program: string;
  readonly programHash: string;
  readonly constraints: number;
  /** Wires, the constant one included. */
  readonly wires: number;
  /** Public signals, outputs included: what a verifier is given. */
  readonly publicInputs: number;
  /** Seconds that compiling took; null if it came from the cache. */
  readonly compileSeconds: number | null;
}

/** How to build a circuit. */
export interface BuildOptions {
  /** Folders for `include`, in this order after the including file's own; absolute, or from the project's root. */
  readonly libraries?: readonly string[];
  /** Told of the stage "compile" where something is compiled, and of nothing where it is found. */
  readonly onProgress?: OnProgress;
}

/** What a change of this file's own making would have to change, to keep old cache entries from being used. */
const FORMAT = 1;
const FLAGS = ["--r1cs", "--wasm", "--sym", "--O2", "--prime", "bn128"];
/** Without the step that leaves out signals that are sums of others. */
const SOURCE_FLAGS = ["--r1cs", "--sym", "--O1", "--prime", "bn128"];
const SOURCE = "circuit.circom";
const SHELF = "circuits";
const SOURCE_SHELF = "sources";
/** The last part of what the compiler says: enough for its errors. */
const MOST_OUTPUT = 20_000;

/**
 * Compiles a circuit, or finds it compiled.
 *
 * @param mainSource a whole circom file, with its `include`s and `component main`
 * @throws BuildError BUILD_REFUSED with the compiler's message; BUILD_NO_COMPILER if circom2 is not installed;
 *   BUILD_CRASHED if it was ended
 */
export async function buildCircuit(
  name: string,
  mainSource: string,
  options: BuildOptions = {},
): Promise<CircuitArtifacts> {
  const libraries = librariesOf(options.libraries);
  const sources = await includedSources(mainSource, libraries);
  const hash = keyOf(mainSource, sources);
  const entry = await cached(SHELF, hash, async (folder) => {
    options.onProgress?.("compile", 0, 1);
    await compile(name, mainSource, libraries, sources, folder, FLAGS);
    options.onProgress?.("compile", 1, 1);
    const { constraints, wires, publicSignals } = await readR1csHeader(join(folder, "circuit.r1cs"));
    return { constraints, wires, publicSignals };
  });
  const [wasm, sym] = [join(entry.folder, "circuit.wasm"), join(entry.folder, "circuit.sym")];
  const program = await witnessProgram({ hash, wasm, sym });
  return {
    name,
    hash,
    r1cs: join(entry.folder, "circuit.r1cs"),
    wasm,
    sym,
    ...program,
    r1csHash: entry.sha256["circuit.r1cs"] ?? "",
    wasmHash: entry.sha256["circuit.wasm"] ?? "",
    constraints: entry.facts.constraints,
    wires: entry.facts.wires,
    publicInputs: entry.facts.publicSignals,
    compileSeconds: entry.seconds,
  };
}

/** A circuit before signals that are sums of others are left out, to be compared with what keys are made of. */
export interface CircuitSource {
  /** Absolute paths in the artifact cache: read them, never write. */
  readonly r1cs: string;
  readonly sym: string;
}

/**
 * Compiles a circuit, or finds it compiled, so that it has every signal of its source (equal ones are one). No keys
 * are made from it.
 * @throws BuildError as `buildCircuit`
 */
export async function buildSource(
  name: string,
  mainSource: string,
  options: Pick<BuildOptions, "libraries"> = {},
): Promise<CircuitSource> {
  const libraries = librariesOf(options.libraries);
  const sources = await includedSources(mainSource, libraries);
  const { folder } = await cached(SOURCE_SHELF, keyOf(mainSource, sources, SOURCE_FLAGS), async (place) => {
    await compile(name, mainSource, libraries, sources, place, SOURCE_FLAGS);
    return {};
  });
  return { r1cs: join(folder, "circuit.r1cs"), sym: join(folder, "circuit.sym") };
}

/** The text of every file that a circuit is made of, without the main one. */
export async function circuitSources(
  mainSource: string,
  options: Pick<BuildOptions, "libraries"> = {},
): Promise<string[]> {
  return [...(await includedSources(mainSource, librariesOf(options.libraries))).values()];
}

/** Whether a circuit is compiled already, so that `buildCircuit` finds it. @throws CacheError if it is damaged */
export async function isBuilt(mainSource: string): Promise<boolean> {
  return (await cachedAlready(SHELF, await circuitKey(mainSource))) !== null;
}

/**
 * A folder for `include`: where it is, and where the compiler finds its copy, from the folder that it is started in,
 * with slashes.
 */
interface Library {
  readonly folder: string;
  readonly mount: string;
}

/**
 * The compiler sees circomlib under one path, wherever the package manager put it: so hashes are the same everywhere.
 */
function librariesOf(named?: readonly string[]): Library[] {
  if (named !== undefined) return named.map(insideRoot);
  const circomlib = join(dirname(packageFile("circomlib/package.json")), "circuits");
  return [
    { folder: join(PROJECT_ROOT, "circuits"), mount: "circuits" },
    { folder: circomlib, mount: "node_modules/circomlib/circuits" },
  ];
}

/**
 * The `hash` that `buildCircuit` gives, without compiling: over every source file by the path it is included under,
 * and every tool that has a say.
 * @param libraries as in `BuildOptions`
 */
export async function circuitKey(mainSource: string, libraries?: readonly string[]): Promise<string> {
  return keyOf(mainSource, await includedSources(mainSource, librariesOf(libraries)));
}

/**
 * What a key made here puts into its circuit hash: SHA-512 of the `.r1cs` file, so that a key can be told from another
 * circuit's of the same size. (snarkjs hashes the points of a ceremony there, which says the same to those who have
 * them.)
 */
export async function circuitHash(r1cs: string): Promise<string> {
  return await hashFile(r1cs, "sha512");
}

/** Sources by their path below the folder that the compiler is started in, with slashes. */
type Sources = ReadonlyMap<string, string>;

function keyOf(mainSource: string, sources: Sources, flags: readonly string[] = FLAGS): string {
  return sha256(
    JSON.stringify({
      format: FORMAT,
      compiler: `circom2 ${packageVersion("circom2")}`,
      circomlib: packageVersion("circomlib"),
      flags,
      main: sha256(mainSource),
      // Paths matter as much as contents: they decide which of two files an `include` means.
      sources: [...sources].map(([path, text]) => [path, sha256(text)]).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
    }),
  );
}

/** Every file that `source` includes, directly or not. */
async function includedSources(source: string, libraries: readonly Library[]): Promise<Sources> {
  const found = new Map<string, string>();
  const visit = async (text: string, own: Library | null): Promise<void> => {
    for (const match of text.matchAll(/^[^\S\n]*include\s+"([^"\n]+)"/gm)) {
      const wanted = match[1] as string;
      for (const { folder, mount } of own === null ? libraries : [own, ...libraries]) {
        const path = resolve(folder, wanted);
        const content = await readFile(path, "utf8").catch(() => null);
        // Not there: the next library may have it, and if none has, the compiler says so better.
        if (content === null) continue;
        const seen = posix.join(mount, wanted);
        if (seen.startsWith("../")) throw outside(path);
        if (!found.has(seen)) {
          found.set(seen, content);
          await visit(content, { folder: dirname(path), mount: posix.dirname(seen) });
        }
        break;
      }
    }
  };
  await visit(source, null);
  return found;
}

/**
 * Compiles beside the artifacts' place, from copies: the compiler sees only what lies below the folder that it is
 * started in, and the project may be one that nobody here can write to. So what is compiled is what was hashed, too.
 */
async function compile(
  name: string,
  mainSource: string,
  libraries: readonly Library[],
  sources: Sources,
  target: string,
  flags: readonly string[],
): Promise<void> {
  const folders = libraries.map(({ mount }) => mount);
  const scratch = await mkdtemp(join(target, "build-"));
  try {
    await writeFile(join(scratch, SOURCE), mainSource);
    for (const [path, text] of sources) {
      const copy = join(scratch, path);
      await mkdir(dirname(copy), { recursive: true });
      await writeFile(copy, text);
    }
    for (const folder of folders) await mkdir(join(scratch, folder), { recursive: true });
    await runCompiler(name, [SOURCE, ...flags, ...folders.flatMap((folder) => ["-l", folder]), "-o", "."], scratch);
    await rename(join(scratch, "circuit.r1cs"), join(target, "circuit.r1cs"));
    await rename(join(scratch, "circuit.sym"), join(target, "circuit.sym"));
    if (flags.includes("--wasm")) {
      await rename(join(scratch, "circuit_js", "circuit.wasm"), join(target, "circuit.wasm"));
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A folder that the caller names: from the project's root or absolute, and below that root. */
function insideRoot(name: string): Library {
  const folder = resolve(PROJECT_ROOT, name);
  if (folder !== PROJECT_ROOT && !folder.startsWith(PROJECT_ROOT + sep)) throw outside(folder);
  return { folder, mount: relative(PROJECT_ROOT, folder).split(sep).join("/") };
}

function outside(path: string): BuildError {
  const message = `${path} is outside the project, where the compiler cannot read: move it below ${PROJECT_ROOT}`;
  return new BuildError("BUILD_OUTSIDE", message);
}

async function runCompiler(name: string, args: readonly string[], cwd: string): Promise<void> {
  let compiler: string;
  try {
    compiler = packageFile("circom2/cli.js");
  } catch (cause) {
    throw new BuildError("BUILD_NO_COMPILER", "the circom compiler is not installed: run npm install", { cause });
  }
  // A process of its own: its memory goes back to the system, and a crash of the compiler is not a crash of ours.
  const before = ["--import", new URL("./unsignedPointers.ts", import.meta.url).href];
  const child = spawn(process.execPath, [...before, compiler, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const listen = (data: string): void => {
    output = (output + data).slice(-MOST_OUTPUT);
  };
  child.stdout.setEncoding("utf8").on("data", listen);
  child.stderr.setEncoding("utf8").on("data", listen);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolveEnd, reject) => {
    child.on("error", reject);
    child.on("close", (...end) => resolveEnd(end));
  });
  if (code === 0) return;
  if (signal !== null) {
    throw new BuildError(
      "BUILD_CRASHED",
      `the circom compiler was ended by ${signal}, as the system does where memory is short; allow more, and build again`,
    );
  }
  const said = stripColours(output).trim() || `it ended with exit code ${code} and said nothing`;
  throw new BuildError(
    "BUILD_REFUSED",
    `circuit ${name} does not compile; correct its source and build again:\n${said}`,
  );
}

function stripColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours begin with the escape character
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
