import { time } from "../../trace/describe/names.ts";
import { ENTRY_ID } from "../../trace/layout.ts";
import { feedArgument } from "../lib/crossingArguments.ts";
import { type CrossingOptions, cross, crossingVerb } from "../lib/crossingVerb.ts";
import { does } from "../lib/verb.ts";

interface Options extends CrossingOptions {
  feed: number;
}

/** `observe`: asks a feed of a moored map. */
export function observe() {
  const summary = "ask a feed of a moored map and keep the answer, which the map may then show to its programs";
  const command = crossingVerb("observe", summary).requiredOption(
    "--feed <n>",
    "number of the feed, from 0",
    feedArgument,
  );
  return does<Options>(command, async ({ options, progress }) => {
    const { observeCall } = await import("../../verifier/index.ts");
    const { map, feed } = options;
    return cross(options, progress, async () => ({
      calls: [observeCall(map, feed)],
      before: { facts: { map, feed }, lines: [] },
      event: "Observed",
      told: ({ number, quantity, time: at }) => ({
        facts: { number, id: ENTRY_ID + BigInt(number), quantity, time: Number(at) },
        lines: [`feed ${feed} said ${quantity} at ${time(Number(at))}: observation ${number}`],
      }),
    }));
  });
}
