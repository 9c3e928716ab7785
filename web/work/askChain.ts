/** Asks a node for the run's map, with the code of the verbs `audit --rpc` and `map`. Loaded only for that. */
import { readBundles } from "../../prover/bundles/bundle.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { headerIn } from "../../trace/replay/replayFile.ts";
import { pathIn, readManifest } from "../../trace/run/runDirectory.ts";
import { auditChain } from "../../verifier/audit/chain.ts";
import { readBundle } from "../../verifier/audit/since.ts";
import { connect } from "../../verifier/chain/connect.ts";
import { lookAtMap } from "../../verifier/map/lookAtMap.ts";
import type { ChainCheck } from "../page/checks/chainCheck.ts";
import { PATIENCE } from "./askBorder.ts";

/** What the node says. Its faults are told, not thrown. */
export async function chainCheck(dir: string, node: string): Promise<ChainCheck> {
  const failed = (failure: string): ChainCheck => ({
    node,
    report: null,
    code: null,
    crossing: null,
    problems: [],
    failure,
  });
  try {
    const { chain: entry, rebuilt } = readManifest(dir, headerIn(pathIn(dir, "trace")).profiles);
    if (entry === undefined) return failed("manifest.json names no map on a chain, so there is nothing to ask for");
    const chain = await connect(node, { timeoutMs: PATIENCE });
    let code: ChainCheck["code"];
    let crossing: ChainCheck["crossing"];
    try {
      ({ code, crossing } = await lookAtMap(chain, entry.registry, entry.mapId));
    } finally {
      chain.provider.destroy();
    }
    if (code !== "same")
      return failed(`the code at ${entry.registry} is not this version's registry: it may do anything`);
    const bundles = (await readBundles(dir)).flatMap(readBundle).sort((a, b) => a.firstSeq - b.firstSeq);
    const { report, problems } = await auditChain({ rpc: node, rpcTimeout: PATIENCE }, entry, bundles, rebuilt);
    return { node, report, code, crossing, problems, failure: null };
  } catch (error) {
    if (error instanceof TimeBanditsError) return failed(error.message);
    throw error;
  }
}
