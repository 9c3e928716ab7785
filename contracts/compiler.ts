/** Compiling the contracts: for the build, Hardhat and the tests. Commands read contracts/artifacts/ instead. */
import { readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonFragment } from "ethers";
import { cached, sha256 } from "../prover/storage/cache.ts";
import { EnvironmentError } from "../trace/errors.ts";
import type { BuiltContract } from "./artifacts.ts";

/** Contracts by name. */
export type CompiledContracts = ReadonlyMap<string, BuiltContract>;
/** Solidity sources by their path from the project's root. */
export type SoliditySources = Readonly<Record<string, string>>;

/** For Hardhat and for the artifacts. The bytecode holds no hash of the metadata, which would depend on comments. */
export const COMPILER_SETTINGS = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: "cancun",
  metadata: { bytecodeHash: "none" },
} as const;

/** Folder of the artifacts. */
export const ARTIFACTS = fileURLToPath(new URL("artifacts/", import.meta.url));

interface Compiler {
  compile(input: string): string;
}
interface CompilerOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Record<string, Record<string, CompilerContract>>;
}
interface CompilerContract {
  readonly abi: JsonFragment[];
  /** JSON; empty for interfaces without code. */
  readonly metadata: string;
  readonly evm: {
    readonly bytecode: { readonly object: string };
    readonly deployedBytecode: { readonly object: string };
  };
}
interface Metadata {
  readonly compiler: { readonly version: string };
  readonly sources: Record<string, { readonly keccak256: string }>;
}

const require = createRequire(import.meta.url);
const folder = fileURLToPath(new URL("./", import.meta.url));
const projectRoot = fileURLToPath(new URL("../", import.meta.url));

/** All Solidity sources below contracts/. */
export function contractSources(): SoliditySources {
  const sources: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (!name.endsWith(".sol")) continue;
    const path = join(folder, name);
    sources[relative(projectRoot, path).split(sep).join("/")] = readFileSync(path, "utf8");
  }
  return sources;
}

function runCompiler(input: string): CompilerOutput {
  // The compiler is an emscripten module. Its handlers would turn any later rejection in this process into an abort.
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

function contractsOf(output: CompilerOutput): CompiledContracts {
  const errors = (output.errors ?? []).filter((error) => error.severity === "error");
  if (errors.length > 0) {
    throw new EnvironmentError(
      "solidity",
      errors.map((error) => error.formattedMessage.trim().replaceAll(/\s*\n\s*/g, " | ")).join("; "),
    );
  }
  const contracts = new Map<string, BuiltContract>();
  for (const [source, members] of Object.entries(output.contracts ?? {})) {
    for (const [contract, { abi, evm, metadata }] of Object.entries(members)) {
      if (contracts.has(contract)) throw new EnvironmentError("solidity", `there are two contracts named ${contract}`);
      const { compiler, sources }: Metadata = JSON.parse(metadata);
      contracts.set(contract, {
        contract,
        source,
        compiler: compiler.version,
        settings: COMPILER_SETTINGS,
        sources: Object.fromEntries(Object.entries(sources).map(([path, { keccak256 }]) => [path, keccak256])),
        abi,
        bytecode: `0x${evm.bytecode.object}`,
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
      });
    }
  }
  return contracts;
}

const CACHED = "contracts.json";

/**
 * Compiles sources with the pinned compiler. The result is cached under the hash of sources, settings and version.
 * @param evmVersion the EVM that the code is for, as the compiler names it; default: that of the project's contracts
 * @throws EnvironmentError with the compiler's errors
 */
export async function compileSources(
  sources: SoliditySources,
  evmVersion: string = COMPILER_SETTINGS.evmVersion,
): Promise<CompiledContracts> {
  const { version }: { version: string } = require("solc/package.json");
  const input = JSON.stringify({
    language: "Solidity",
    sources: Object.fromEntries(Object.entries(sources).map(([path, content]) => [path, { content }])),
    settings: {
      ...COMPILER_SETTINGS,
      evmVersion,
      outputSelection: { "*": { "*": ["abi", "metadata", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
    },
  });
  const entry = await cached("contracts", sha256(`${version}\n${input}`), async (empty) => {
    await writeFile(join(empty, CACHED), JSON.stringify([...contractsOf(runCompiler(input))]));
    return {};
  });
  const contracts: [string, BuiltContract][] = JSON.parse(await readFile(join(entry.folder, CACHED), "utf8"));
  return new Map(contracts);
}

let compiled: Promise<CompiledContracts> | undefined;

/** The project's own contracts, compiled from their sources. */
export function compileContracts(): Promise<CompiledContracts> {
  compiled ??= compileSources(contractSources());
  return compiled;
}

/** Required content of contracts/artifacts/: text by file name. One file for each deployable contract. */
export async function builtArtifacts(): Promise<ReadonlyMap<string, string>> {
  const deployable = [...(await compileContracts()).values()].filter(
    ({ source, bytecode }) => bytecode !== "0x" && !source.startsWith("contracts/lib/"),
  );
  return new Map(deployable.map((built) => [`${built.contract}.json`, artifactText(built)]));
}

/** JSON with one line for each entry of the ABI, so that a change shows in a diff. */
function artifactText({ abi, ...rest }: BuiltContract): string {
  const entries = abi.map((entry) => `    ${JSON.stringify(entry)}`).join(",\n");
  const { bytecode, deployedBytecode, ...facts } = rest;
  const head = JSON.stringify(facts, null, 2).slice(0, -"\n}".length);
  const code = Object.entries({ bytecode, deployedBytecode }).map(([name, text]) => `  "${name}": "${text}"`);
  return `${head},\n  "abi": [\n${entries}\n  ],\n${code.join(",\n")}\n}\n`;
}
