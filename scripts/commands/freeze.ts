import { numberNameArgument } from "../lib/crossingArguments.ts";
import { type CrossingOptions, cross, crossingVerb } from "../lib/crossingVerb.ts";
import { does } from "../lib/verb.ts";

interface Options extends CrossingOptions {
  request: bigint;
}

/** `freeze`: ends a moored map whose operator answers nobody. */
export function freeze() {
  const summary =
    "end a moored map that has left a request to leave open for two patiences; its head never moves again";
  const command = crossingVerb("freeze", summary).requiredOption(
    "--request <name>",
    "the request, as map prints it",
    numberNameArgument,
  );
  return does<Options>(command, async ({ options, progress }) => {
    const { freezeCall } = await import("../../verifier/index.ts");
    const { map, request } = options;
    return cross(options, progress, async () => ({
      calls: [freezeCall(map, request)],
      before: { facts: { map, request }, lines: [] },
      event: "MapFrozen",
      told: () => ({
        facts: { frozen: true },
        lines: [`map ${map} is frozen`, "who is entitled leaves with exit; open deposits go back with refund"],
      }),
    }));
  });
}

/** `reclaim`: gives the fee of a request that a frozen map left open to its recipient. */
export function reclaim() {
  const summary = "credit the fee of a request that a frozen map has left open to the request's recipient";
  const command = crossingVerb("reclaim", summary).requiredOption(
    "--request <name>",
    "the request, as map prints it",
    numberNameArgument,
  );
  return does<Options>(command, async ({ options, progress }) => {
    const { reclaimCall } = await import("../../verifier/index.ts");
    const { map, request } = options;
    return cross(options, progress, async () => ({
      calls: [reclaimCall(map, request)],
      before: { facts: { map, request }, lines: [] },
      event: "FeeReclaimed",
      told: ({ recipient, fee }) => ({
        facts: { recipient: String(recipient), fee },
        lines: [
          `the registry owes ${recipient} the fee of ${fee} wei`,
          `pay it out with withdraw-funds --asset ETH --recipient ${recipient}`,
        ],
      }),
    }));
  });
}
