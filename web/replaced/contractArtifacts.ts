/** In place of contracts/artifacts.ts: the interfaces of the contracts that the page reads from. */
import type { ContractArtifact } from "../../contracts/artifacts.ts";
import { EnvironmentError } from "../../trace/errors.ts";

export type { BuiltContract, ContractArtifact } from "../../contracts/artifacts.ts";

const loaders = import.meta.glob<ContractArtifact>("../../contracts/artifacts/*.json", { import: "default" });

/** @throws EnvironmentError if the page has no contract of that name */
export async function contractArtifact(name: string): Promise<ContractArtifact> {
  const load = loaders[`../../contracts/artifacts/${name}.json`];
  if (load === undefined) throw new EnvironmentError("contracts", `the page has no contract ${name}`);
  return await load();
}
