/**
 * The contracts as they were compiled ahead. `npm run build:contracts` writes them to contracts/artifacts/, and a test
 * compares these files with the sources. No command runs a compiler.
 */
import { readFile } from "node:fs/promises";
import type { JsonFragment } from "ethers";
import { EnvironmentError } from "../trace/errors.ts";

/** Code and interface of a contract, for deploying and calling it. */
export interface ContractArtifact {
  readonly abi: readonly JsonFragment[];
  /** The code that creates it, 0x…. */
  readonly bytecode: string;
  /** The deployed code, 0x…. Immutable values are zero in it. */
  readonly deployedBytecode: string;
}

/** The content of a file in contracts/artifacts/. */
export interface BuiltContract extends ContractArtifact {
  readonly contract: string;
  /** Path of its source from the project's root. */
  readonly source: string;
  /** Full version of the compiler. */
  readonly compiler: string;
  readonly settings: unknown;
  /** keccak256 of every source that it was compiled from, by path. */
  readonly sources: Readonly<Record<string, string>>;
}

const read = new Map<string, Promise<ContractArtifact>>();

/**
 * One of the project's contracts, by name.
 * @throws EnvironmentError if its file is missing or damaged
 * @example const { abi, bytecode } = await contractArtifact("TimeMapRegistry");
 */
export function contractArtifact(name: string): Promise<ContractArtifact> {
  const known = read.get(name) ?? readArtifact(name);
  read.set(name, known);
  return known;
}

async function readArtifact(name: string): Promise<ContractArtifact> {
  const file = `contracts/artifacts/${name}.json`;
  try {
    const built: BuiltContract = JSON.parse(await readFile(new URL(`artifacts/${name}.json`, import.meta.url), "utf8"));
    return built;
  } catch (error) {
    read.delete(name);
    const next = 'install this package again, or run "npm run build:contracts" in a clone';
    throw new EnvironmentError("contracts", `${file} cannot be read; ${next}`, { cause: error });
  }
}
