/** Reads the functions of contracts from a folder of ABI files. */
import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { FunctionFragment } from "ethers";
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import { textAt } from "../../trace/run/runDirectory.ts";
import { parseJson } from "../../trace/run/strictJson.ts";
import { failedSurroundings } from "../../trace/run/systemErrors.ts";

/** Selectors in hexadecimal, and signatures: `["0xa9059cbb", "transfer(address,uint256)"]`. */
export type AbiFunctions = readonly (readonly [selector: string, signature: string])[];

const MOST_BYTES = 64 << 20;
/** Folders below the folder that are read. */
const DEEPEST = 6;
/** Files and folders of Hardhat and Foundry that hold no ABI. */
const ASIDE = /(\.dbg\.json|^build-info|^cache)$/;
const SIGNATURE = /^[A-Za-z_$][A-Za-z0-9_$]{0,127}\([A-Za-z0-9,()[\]]{0,1000}\)$/;
const NEXT = "take it out of the folder, or give an ABI, an artifact with one, or an answer of Etherscan";

/**
 * The functions of all `.json` files in a folder and the folders below: plain ABIs, artifacts of Hardhat and Foundry,
 * answers of Etherscan.
 * @throws InvalidInputError naming the file that holds no ABI; if the folder holds no such file
 * @throws EnvironmentError if something cannot be read
 *
 * @example
 *     readAbiFolder("abis"); // [["0xa9059cbb", "transfer(address,uint256)"], …]
 */
export function readAbiFolder(dir: string): AbiFunctions {
  const files = filesIn(dir, 0);
  if (files.length === 0) throw new InvalidInputError(dir, "holds no .json file; name a folder of ABI files");
  return files.flatMap((path) => {
    const text = textAt(path, { most: MOST_BYTES, what: "a folder of ABI files" });
    return [...functionsIn(path, abiOf(path, parseJson(path, text)))];
  });
}

function filesIn(dir: string, depth: number): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    const reason = failedSurroundings(error);
    if (reason !== undefined) throw new EnvironmentError("disk", `${dir}: ${reason}`, { cause: error });
    throw new InvalidInputError(dir, "is no folder; name a folder of ABI files", { cause: error });
  }
  return entries
    .filter(({ name }) => !ASIDE.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) return depth < DEEPEST ? filesIn(path, depth + 1) : [];
      return entry.name.endsWith(".json") ? [path] : [];
    });
}

/** The ABI in one of the forms that tools write. */
function abiOf(path: string, json: unknown): readonly unknown[] {
  if (Array.isArray(json)) return json;
  if (typeof json === "object" && json !== null) {
    if ("abi" in json) return listIn(path, "abi", json.abi);
    if ("result" in json) {
      if (!Array.isArray(json.result)) return listIn(path, "result", json.result);
      return json.result.flatMap((one: unknown) =>
        typeof one === "object" && one !== null && "ABI" in one ? listIn(path, "ABI", one.ABI) : [one],
      );
    }
  }
  throw new InvalidInputError(path, `holds no ABI; ${NEXT}`);
}

/** A list, or one that is written as a text. */
function listIn(path: string, member: string, value: unknown): readonly unknown[] {
  let list = value;
  try {
    if (typeof value === "string") list = JSON.parse(value);
  } catch {
    // It is said below.
  }
  if (Array.isArray(list)) return list;
  throw new InvalidInputError(`${path} ${member}`, `is no ABI; ${NEXT}`);
}

function* functionsIn(path: string, abi: readonly unknown[]): Generator<AbiFunctions[number]> {
  for (const [i, entry] of abi.entries()) {
    const field = `${path}[${i}]`;
    if (typeof entry !== "object" || entry === null)
      throw new InvalidInputError(field, `is no entry of an ABI; ${NEXT}`);
    const type: unknown = "type" in entry ? entry.type : "function";
    if (typeof type !== "string") throw new InvalidInputError(field, `has a type that is no text; ${NEXT}`);
    if (type !== "function") continue;
    let fragment: FunctionFragment;
    try {
      fragment = FunctionFragment.from({ ...entry, type });
    } catch (cause) {
      throw new InvalidInputError(field, `is no function as an ABI describes it; ${NEXT}`, { cause });
    }
    const signature = fragment.format("sighash");
    if (!SIGNATURE.test(signature))
      throw new InvalidInputError(field, `has a name or types that no function has; ${NEXT}`);
    yield [fragment.selector, signature];
  }
}
