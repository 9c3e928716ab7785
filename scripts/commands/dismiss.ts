import { InvalidInputError } from "../../trace/errors.ts";
import { numberNameArgument } from "../lib/crossingArguments.ts";
import { type CrossingOptions, cross, crossingVerb } from "../lib/crossingVerb.ts";
import { headState } from "../lib/headState.ts";
import { does } from "../lib/verb.ts";

interface Options extends CrossingOptions {
  request: bigint;
}

/** `dismiss`: closes a request whose maker is not entitled to what it asks for. */
export function dismiss() {
  const summary =
    "close a request to leave whose maker is not entitled, by a proof (submitters; anybody once it is late)";
  const command = crossingVerb("dismiss", summary)
    .argument("[dir]", "run directory of the map; without it, the run is made from the chain")
    .requiredOption("--request <name>", "the request, as map prints it", numberNameArgument);
  return does<Options>(command, async ({ args: [dir], options, progress }) => {
    const { findRequest, planDismissal, readMap, requireMooring } = await import("../../verifier/index.ts");
    const { pinned } = await import("../../verifier/chain/registry.ts");
    return cross(options, progress, async (registry) => {
      const there = await pinned(registry);
      const head = await readMap(there, options.map);
      requireMooring(head);
      const request = await findRequest(there, options.map, options.request);
      if (request === null)
        throw new InvalidInputError("request", `no request ${options.request} is open; look with map`);
      const { map } = await headState(dir, registry, head, progress);
      progress.say("proving the cell");
      const { chainId } = registry.chain;
      const { onProgress } = progress;
      const { call, reason } = await planDismissal(map, head, request, { chainId, onProgress });
      return {
        calls: [call],
        before: { facts: { map: options.map, request: options.request, reason }, lines: [DISMISSED[reason]] },
        event: "ExitDismissed",
        told: ({ answerer }) => ({
          facts: { answerer: String(answerer), fee: request.fee },
          lines: [`request ${options.request} is closed; the registry owes ${answerer} its fee of ${request.fee} wei`],
        }),
      };
    });
  });
}

/** Why a request is dismissed, in words. */
export const DISMISSED = {
  "another key": "the program has another key than the one that signed",
  "not there": "the resource that was asked for does not lie there",
  "not entitled": "the program was not entitled to the resource when it asked",
} as const;
