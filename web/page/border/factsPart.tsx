/** Facts: the map's feeds, what was observed of them, and the windows that show it. */
import type { FeedReport } from "../../../verifier/map/crossingReport.ts";
import type { RunBorder } from "../../work/history/border.ts";
import { feedText, windowText } from "./borderText.ts";

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
