/** Observations: numbers of the chain that a moored map may show to its programs. */
import type { Observation } from "../../../trace/crossing/entries.ts";
import { BITS, FACT_LABEL } from "../../../trace/layout.ts";
import type { RegistryCall } from "../calls.ts";
import type { Outcome, Registry } from "../contract.ts";
import { numberOf, wordOf } from "./numbers.ts";
import { told } from "./receipts.ts";

/** A feed's answer, which stays for good. The map's terms say how long it may be shown. */
export type Observed = Omit<Observation, "freshUntil">;

/** The call that asks a feed. Anybody may send it. */
export function observeCall(mapId: string, feed: number): RegistryCall {
  return { name: "observe", args: [mapId, feed] };
}

/** Asks a feed of a moored map, and keeps the answer. @throws CrossingRefusal UnknownFeed, FeedFailed */
export function observe(registry: Registry, mapId: string, feed: number): Promise<Observed & Outcome> {
  return told(registry, observeCall(mapId, feed), "Observed", observationIn);
}

/** An observation as its event tells it. @throws EnvironmentError if a member is out of its bounds */
export function observationIn(args: Readonly<Record<string, unknown>>): Observed {
  const what = "event Observed";
  return {
    number: wordOf(what, args.number, 61),
    feed: numberOf(what, args.feed, 31),
    quantity: wordOf(what, args.quantity, BITS.quantity),
    time: numberOf(what, args.time, BITS.time),
  };
}

/** The kind of a feed's fact in its map: what a program watches. */
export function factLabel(feed: number): number {
  return FACT_LABEL + feed;
}
