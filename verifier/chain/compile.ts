import { readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonFragment } from "ethers";
import { cached, sha256 } from "../../prover/storage/cache.ts";
import { EnvironmentError } from "../../trace/errors.ts";

/** What a contract is deployed and called with. */
export interface ContractArtifact {
  readonly abi: readonly JsonFragment[];
  /** The code that creates it, 0x…. */
  readonly bytecode: string;
  /** The code that it then has, 0x…. */
  readonly deployedBytecode: string;
}
/** By the contract's name. */
export type ContractArtifacts = ReadonlyMap<string, ContractArtifact>;
/** Solidity sources by their path from the project's root. */
export type SoliditySources = Readonly<Record<string, string>>;

/** The same for Hardhat and for the command line. No hash of the metadata in the bytecode: it would depend on paths. */
export const COMPILER_SETTINGS = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: "cancun",
  metadata: { bytecodeHash: "none" },
} as const;

interface Compiler {
  compile(input: string): string;
}
interface CompilerOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Record<string, Record<string, CompiledContract>>;
}
interface CompiledContract {
  readonly abi: JsonFragment[];
  readonly evm: {
    readonly bytecode: { readonly object: string };
    readonly deployedBytecode: { readonly object: string };
  };
}

const require = createRequire(import.meta.url);
const projectRoot = fileURLToPath(new URL("../../", import.meta.url));

/** All Solidity sources of the project but Solidity tests. */
export function contractSources(): SoliditySources {
  const sources: Record<string, string> = {};
  const folder = join(projectRoot, "contracts");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (!name.endsWith(".sol") || name.endsWith(".t.sol")) continue;
    const path = join(folder, name);
    sources[relative(projectRoot, path).split(sep).join("/")] = readFileSync(path, "utf8");
  }
  return sources;
}

function runCompiler(input: string): CompilerOutput {
  // The compiler, an emscripten module, hangs handlers on the process that would turn any later rejection into its own
  // abort.
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => process.rawListeners(event));
  const compiler: Compiler = require("solc");
  for (const [index, event] of events.entries()) {
    for (const listener of process.rawListeners(event)) {
      if (!before[index]?.includes(listener)) process.off(event, listener as (...args: unknown[]) => void);
    }
  }
  const output: CompilerOutput = JSON.parse(compiler.compile(input));
  return output;
}

function artifactsOf(output: CompilerOutput): ContractArtifacts {
  const errors = (output.errors ?? []).filter((error) => error.severity === "error");
  if (errors.length > 0) {
    throw new EnvironmentError(
      "solidity",
      errors.map((error) => error.formattedMessage.trim().replaceAll(/\s*\n\s*/g, " | ")).join("; "),
    );
  }
  const artifacts = new Map<string, ContractArtifact>();
  for (const [name, { abi, evm }] of Object.values(output.contracts ?? {}).flatMap((file) => Object.entries(file))) {
    if (artifacts.has(name)) throw new EnvironmentError("solidity", `there are two contracts named ${name}`);
    const [bytecode, deployedBytecode] = [`0x${evm.bytecode.object}`, `0x${evm.deployedBytecode.object}`];
    artifacts.set(name, { abi, bytecode, deployedBytecode });
  }
  return artifacts;
}

const CACHED = "artifacts.json";

/**
 * Compiles sources with the npm compiler; the result is kept outside the repository under the hash of all that made it.
 */
export async function compileSources(sources: SoliditySources): Promise<ContractArtifacts> {
  const { version }: { version: string } = require("solc/package.json");
  const input = JSON.stringify({
    language: "Solidity",
    sources: Object.fromEntries(Object.entries(sources).map(([path, content]) => [path, { content }])),
    settings: {
      ...COMPILER_SETTINGS,
      outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
    },
  });
  const { folder } = await cached("contracts", sha256(`${version}\n${input}`), async (empty) => {
    await writeFile(join(empty, CACHED), JSON.stringify([...artifactsOf(runCompiler(input))]));
    return {};
  });
  const entries = JSON.parse(await readFile(join(folder, CACHED), "utf8")) as [string, ContractArtifact][];
  return new Map(entries);
}

let compiled: Promise<ContractArtifacts> | undefined;

/** The project's own contracts, by name. */
export function compileContracts(): Promise<ContractArtifacts> {
  compiled ??= compileSources(contractSources());
  return compiled;
}

/** One of the project's own contracts. */
export async function contractArtifact(name: string): Promise<ContractArtifact> {
  const artifact = (await compileContracts()).get(name);
  if (!artifact) throw new EnvironmentError("solidity", `there is no contract named ${name}`);
  return artifact;
}
