/** `map`: reads a map on a chain, without a run directory. */
import { InvalidInputError } from "../../trace/errors.ts";
import { backDoors } from "../audit/chain.ts";
import type { Problem } from "../bundleSequence.ts";
import {
  type Chain,
  ChainRefusal,
  type CodeMatch,
  historyOf,
  lookAtRegistry,
  pinned,
  type Registry,
  readMap,
  submittersNow,
} from "../chain/registry.ts";
import { type CrossingReport, crossingProblems, crossingReport } from "./crossingReport.ts";
import { type MapReport, mapReport } from "./mapReport.ts";

/** A map, with the reasons not to rely on it. */
export interface MapLook {
  /** Whether the registry's code is the code that this installation deploys. */
  code: CodeMatch;
  report: MapReport;
  /** What crosses a moored map's border; null for other maps. */
  crossing: CrossingReport | null;
  problems: Problem[];
}

/**
 * Reads a map as of the present block.
 * @throws ChainRefusal UnknownMap; InvalidInputError if there is no contract; RegistryVersionError; EnvironmentError if
 *   the node does not answer, or the contract does not answer as a registry
 */
export async function lookAtMap(chain: Chain, address: string, mapId: string): Promise<MapLook> {
  const { code, ...registry } = await lookAtRegistry(chain, address);
  const { block, ...there } = await pinned(registry);
  const { map, submitters, advanced } = await answersOf(there, mapId, code);
  const report = await mapReport({ chainId: chain.chainId, registry: registry.address, block, map, submitters });
  const crossing = map.mooring === null ? null : await crossingReport(there, map, block);
  const problems = [...backDoors(report, advanced), ...(crossing === null ? [] : crossingProblems(crossing))];
  if (code !== "same") {
    const message =
      "is not the code that this installation deploys: it may do anything; use a registry with known code";
    problems.unshift({ kind: "wrong", where: "registry", field: "code", message });
  }
  return { code, report, crossing, problems };
}

async function answersOf(registry: Registry, mapId: string, code: CodeMatch) {
  try {
    const map = await readMap(registry, mapId);
    const history = await historyOf(registry, mapId);
    return { map, submitters: await submittersNow(registry, mapId, history), advanced: history.advanced };
  } catch (error) {
    if (code === "same" || (error instanceof ChainRefusal && error.reason === "UnknownMap")) throw error;
    throw new InvalidInputError(
      "registry",
      `the code at ${registry.address} is not this version's TimeMapRegistry, and does not answer as one; name another address`,
      { cause: error },
    );
  }
}
