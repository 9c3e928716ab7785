import { numberNameArgument } from "../lib/crossingArguments.ts";
import { type CrossingOptions, cross, crossingVerb } from "../lib/crossingVerb.ts";
import { headState } from "../lib/headState.ts";
import { does } from "../lib/verb.ts";

interface Options extends CrossingOptions {
  request: bigint;
}

/** `let-out`: answers a request to leave that is late, and with it others that are open. */
export function letOut() {
  const summary = "answer a late request to leave, by a proof that takes the asset out; anybody may, for the fee";
  const command = crossingVerb("let-out", summary)
    .argument("[dir]", "run directory of the map; without it, the run is made from the chain")
    .requiredOption("--request <name>", "the request, as map prints it", numberNameArgument);
  return does<Options>(command, async ({ args: [dir], options, progress }) => {
    const { planLetOut, readMap, requireMooring, waitingAtBorder } = await import("../../verifier/index.ts");
    const { pinned } = await import("../../verifier/chain/registry.ts");
    return cross(options, progress, async (registry) => {
      const there = await pinned(registry);
      const head = await readMap(there, options.map);
      requireMooring(head);
      const { requests } = await waitingAtBorder(registry, options.map, { confirmations: 1 });
      const { map } = await headState(dir, registry, head, progress);
      progress.say("proving the batch");
      const { chainId } = registry.chain;
      const asked = { late: options.request, requests, now: there.block.timestamp, chainId };
      const { call, ejected, waiting } = await planLetOut(map, head, { ...asked, onProgress: progress.onProgress });
      return {
        calls: [call],
        before: {
          facts: { map: options.map, request: options.request, ejected, waiting },
          lines: waiting.map(({ name, why }) => `request ${name} stays open: ${why}`),
        },
        event: "ExitAnswered",
        told: ({ answerer }) => ({
          facts: { answerer: String(answerer) },
          lines: [
            ...ejected.map((name) => `request ${name} is answered`),
            `the registry owes ${answerer} the fees: pay them out with withdraw-funds --asset ETH`,
          ],
        }),
      };
    });
  });
}
