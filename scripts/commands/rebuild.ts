import { configOption } from "../lib/configFile.ts";
import { replayedBatches } from "../lib/headState.ts";
import { count, pairs } from "../lib/output.ts";
import { addressArgument, hashArgument, type RpcOptions, reading, rpcTimeoutOption, urlArgument } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends RpcOptions {
  registry: string;
  map: string;
  out: string;
}

/** `rebuild`: makes the run directory of a moored map from its chain. */
export function rebuild() {
  const command = verb("rebuild", "make the run directory of a moored map again, from what its chain has")
    .requiredOption("--rpc <url>", "node of the chain", urlArgument)
    .requiredOption("--registry <address>", "address of the registry on that chain", addressArgument)
    .requiredOption("--map <id>", "the map's id", hashArgument)
    .requiredOption("--out <dir>", "the new run directory")
    .addOption(configOption())
    .addOption(rpcTimeoutOption());
  return does<Options>(command, async ({ options, progress }) => {
    progress.say("connecting");
    const { rebuildRun } = await import("../../verifier/index.ts");
    const { registry, map: mapId, out } = options;
    const onProgress = replayedBatches(progress);
    const made = await reading(options, (chain) => rebuildRun(chain, { registry, mapId, out, onProgress }));
    const lines = [
      `${count(made.transitions, "transition")} of ${count(made.batches, "batch")} written to ${made.dir}`,
      ...pairs([
        ["root", made.root],
        ["block", made.block],
      ]),
      "names, signatures and proofs are not on the chain",
      ...made.foreignKeys.map(
        (key) =>
          `the registry took batches under the key ${key}, which is not this installation's: its holder can prove anything`,
      ),
    ];
    return { facts: { ...made }, lines };
  });
}
