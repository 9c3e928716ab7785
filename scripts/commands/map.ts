import { configOption } from "../lib/configFile.ts";
import { pairs } from "../lib/output.ts";
import { noAnswer, problemLines } from "../lib/problems.ts";
import { addressArgument, hashArgument, type RpcOptions, reading, rpcTimeoutOption, urlArgument } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends RpcOptions {
  registry: string;
  map: string;
}

/** `map`: shows a map on a chain, without a run directory. */
export function map() {
  const command = verb(
    "map",
    "show a map on a chain: head, terms, owner, submitters, verifiers; what crosses its border, if it is moored",
  )
    .requiredOption("--rpc <url>", "node of the chain", urlArgument)
    .requiredOption("--registry <address>", "address of the registry on that chain", addressArgument)
    .requiredOption("--map <id>", "the map's id", hashArgument)
    .addOption(configOption())
    .addOption(rpcTimeoutOption());
  return does<Options>(command, async ({ options, progress }) => {
    progress.say("connecting");
    const { crossingLines, lookAtMap, mapLines } = await import("../../verifier/index.ts");
    const { code, report, crossing, problems } = await reading(options, (chain) =>
      lookAtMap(chain, options.registry, options.map),
    );
    const ok = problems.length === 0;
    const facts = { ok, code, ...report, crossing, problems, ...(ok ? {} : noAnswer("map-doubtful", problems)) };
    const lines = [
      code === "same"
        ? "the registry's code is the code that this installation deploys"
        : "the registry's code is NOT the code that this installation deploys: only that contract vouches for what follows",
      ...pairs([
        ["chain", report.chainId],
        ["registry", report.registry],
        ["map", report.mapId],
        ["domain", report.domain],
        ["head", `transition ${report.head.seq}, root ${report.head.root}`],
      ]),
      ...mapLines(report),
      ...(crossing === null ? [] : crossingLines(crossing)),
      ...report.notCompared,
      ...(ok ? [] : ["problems:", ...problemLines(problems)]),
    ];
    return { ok, facts, lines };
  });
}
