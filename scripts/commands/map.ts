import { configOption } from "../lib/configFile.ts";
import { pairs } from "../lib/output.ts";
import { noAnswer, problemLines } from "../lib/problems.ts";
import { addressArgument, hashArgument, type RpcOptions, reading, rpcTimeoutOption, urlArgument } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends RpcOptions {
  registry: string;
  map: string;
}

/** `map`: what a chain says about a map, without a run directory. */
export function map() {
  const command = verb("map", "show a map on a chain: head, terms, owner, submitters, verifiers")
    .requiredOption("--rpc <url>", "node of the chain", urlArgument)
    .requiredOption("--registry <address>", "the registry there", addressArgument)
    .requiredOption("--map <id>", "the map's id there", hashArgument)
    .addOption(configOption())
    .addOption(rpcTimeoutOption());
  return does<Options>(command, async ({ options, progress }) => {
    progress.say("connecting");
    const { lookAtMap, mapLines } = await import("../../verifier/index.ts");
    const { code, report, problems } = await reading(options, (chain) =>
      lookAtMap(chain, options.registry, options.map),
    );
    const ok = problems.length === 0;
    const facts = { ok, code, ...report, problems, ...(ok ? {} : noAnswer("map-doubtful", problems)) };
    const lines = [
      code === "same"
        ? "the registry's code is what this installation would deploy"
        : "the registry's code is NOT what this installation would deploy: what follows is that contract's own word",
      ...pairs([
        ["chain", report.chainId],
        ["registry", report.registry],
        ["map", report.mapId],
        ["domain", report.domain],
        ["head", `transition ${report.head.seq}, root ${report.head.root}`],
      ]),
      ...mapLines(report),
      ...report.notCompared,
      ...(ok ? [] : ["problems:", ...problemLines(problems)]),
    ];
    return { ok, facts, lines };
  });
}
