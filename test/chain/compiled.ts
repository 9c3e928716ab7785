/** The contracts of the test chain, compiled from test/chain/contracts/. */
import { readdirSync, readFileSync } from "node:fs";
import { type CompiledContracts, compileSources } from "../../contracts/compiler.ts";

const FOLDER = new URL("./contracts/", import.meta.url);

let compiled: Promise<CompiledContracts> | undefined;

/** The contracts by name. They are compiled once, and cached under the hash of their sources. */
export function chainContracts(): Promise<CompiledContracts> {
  compiled ??= compileSources(sources());
  return compiled;
}

/** The text of each source, by its path from the project's root. */
function sources(): Record<string, string> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".sol"));
  return Object.fromEntries(
    names.sort().map((name) => [`test/chain/contracts/${name}`, readFileSync(new URL(name, FOLDER), "utf8")]),
  );
}
