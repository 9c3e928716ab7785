/** Facts: the map's feeds, what was observed of them, and the windows that show it. */
import { programText } from "../../../trace/describe/programRef.ts";
import type { FeedReport } from "../../../verifier/map/crossingReport.ts";
import type { RunBorder, Window } from "../../work/history/border.ts";
import { timeText } from "../frame/timeText.ts";
import { lasting } from "../trust/lasting.ts";

/** @param feeds by the chain; undefined if no node told */
export function FactsPart({ feeds, border }: { feeds: readonly FeedReport[] | undefined; border: RunBorder }) {
  const { windows, at } = border;
  if ((feeds === undefined || feeds.length === 0) && windows.length === 0) {
    return (
      <section class="border-part" aria-label="Facts">
        <h3>Facts</h3>
        <p class="soft">
          {feeds === undefined
            ? "No window shows a fact in this run. Its feeds are on the chain."
            : "The map has no feeds."}
        </p>
      </section>
    );
  }
  return (
    <section class="border-part" aria-label="Facts">
      <h3>Facts</h3>
      <ul class="plain border-facts">
        {(feeds ?? []).map((feed) => (
          <li key={feed.feed}>{feedText(feed)}</li>
        ))}
        {windows.map((window) => (
          <li key={window.slot.address}>
            <bdi>{windowText(window, at)}</bdi>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A feed, its last observation, and who may do what. */
export function feedText({ feed, contract, data, shift, offset, fresh, last }: FeedReport): string {
  const how = `feed ${feed} asks contract ${contract} with ${data}, adds ${offset}, and cuts ${shift} bits off`;
  const may = "anybody may observe it";
  if (last === null) return `${how}. It was not observed yet: ${may}.`;
  const until = `a transition may show it until ${timeText(last.time + fresh)}`;
  return `${how}. Observation ${last.number} of ${timeText(last.time)} is ${last.quantity}: ${until}, ${lasting(fresh)} later. Then it has to be observed again: ${may}.`;
}

export function windowText({ slot, feed, quantity, number }: Window, at: number): string {
  return `Slot ${slot.slot} of ${programText(slot.program)} shows ${quantity}, observation ${number} of feed ${feed}, after transition ${at} of this run.`;
}
