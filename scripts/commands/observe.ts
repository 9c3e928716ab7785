import { time } from "../../trace/describe/names.ts";
import { ENTRY_ID } from "../../trace/layout.ts";
import { feedArgument } from "../lib/crossingArguments.ts";
import { type CrossingOptions, cross, crossingVerb } from "../lib/crossingVerb.ts";
import { UsageError } from "../lib/failure.ts";
import { does } from "../lib/verb.ts";
import { observeTimeline, type TimelineOptions, withTimeline } from "./observeTimeline.ts";

interface Options extends CrossingOptions, Omit<TimelineOptions, keyof CrossingOptions> {
  feed?: number;
  of?: string;
}

/** `observe`: asks a feed of a moored map; with `--of`, shows a number of another chain's map. */
export function observe() {
  const summary = "ask a feed of a moored map and keep the answer; with --of, show a number of another chain's map";
  const command = withTimeline(crossingVerb("observe", summary)).option(
    "--feed <n>",
    "number of the feed, from 0",
    feedArgument,
  );
  // Which options are needed depends on the mode.
  for (const option of command.options) option.mandatory = false;
  return does<Options>(command, async ({ args: [dir], options, progress }) => {
    const { of, feed } = options;
    if (of !== undefined) return observeTimeline(dir, { ...options, of }, progress);
    if (feed === undefined || [options.rpc, options.registry, options.map].includes(undefined as never))
      throw new UsageError("observe needs --rpc, --registry, --map and --feed; or --of, for another chain's map");
    const { observeCall } = await import("../../verifier/index.ts");
    const { map } = options;
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
