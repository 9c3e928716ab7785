/** What a run has not taken in yet of what waits at its registry. */
import { ENTRY_ID } from "../layout.ts";
import type { TraceRecord } from "../run/traceLines.ts";
import { requestOf } from "./requestName.ts";
import type { AtTheBorder } from "./takeIn.ts";

/**
 * What waits, without what transitions that the registry does not have yet have taken in.
 *
 * @param records the transitions behind the registry's head
 *
 * @example
 * takeIn(tracer, remaining(border, records), now);
 */
export function remaining(border: AtTheBorder, records: readonly TraceRecord[]): AtTheBorder {
  const [entered, ejected] = [new Set<bigint>(), new Set<bigint>()];
  for (const { effect, resource, source, peer, argument } of records) {
    if (effect === "Enter") entered.add(resource);
    if (effect === "Eject") ejected.add(requestOf(source, peer, argument.peerAuthority ?? 0n));
  }
  return {
    deposits: border.deposits.filter(({ number }) => !entered.has(ENTRY_ID + number)),
    requests: border.requests.filter(({ request }) => !ejected.has(request)),
    showings: (border.showings ?? []).filter(({ observation }) => !entered.has(ENTRY_ID + observation.number)),
  };
}

/** Whether nothing waits. */
export function isQuiet({ deposits, requests, showings = [] }: AtTheBorder): boolean {
  return deposits.length + requests.length + showings.length === 0;
}
