/** Transitions as rows, each with its marks. On narrow screens a row is a card. */
import { time } from "../../../trace/describe/time.ts";
import type { TransitionReport } from "../../../verifier/audit/transitionReport.ts";
import { Sign } from "../checks/mark.tsx";
import { CHECKS, type CheckName, type Checks, marksOf } from "../checks/marks.ts";
import { hrefOf } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";
import { timeText } from "./timeText.ts";

/** What a check is called above its column. */
export const CHECK_WORDS: Readonly<Record<CheckName, string>> = {
  replay: "replayed",
  proof: "proven",
  signature: "signed",
  chain: "on chain",
};

export function TransitionTable({ stories }: { stories: readonly TransitionReport[] }) {
  const { route, checks } = usePage();
  return (
    <div class="table-scroll">
      <table class="transitions">
        <thead>
          <tr>
            <th scope="col">No.</th>
            <th scope="col">Time (UTC)</th>
            <th scope="col">What</th>
            {CHECKS.map((name) => (
              <th scope="col" class="check" key={name}>
                {CHECK_WORDS[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stories.map((story, i) => (
            <tr
              key={story.seq}
              data-seq={story.seq}
              class={story.group === 0 ? undefined : placeIn(story, stories[i + 1])}
            >
              <th scope="row" class="seq">
                <a href={hrefOf(route, { seq: story.seq })}>{story.seq}</a>
              </th>
              <td class="when">
                <time dateTime={time(story.at)}>{timeText(story.at)}</time>
              </td>
              <td class="what">
                <span class="effect">{story.effect}</span> {story.asks[0]}
                {story.asks.length > 1 && <span class="soft"> and {story.asks.length - 1} more</span>}
              </td>
              <MarkCells seq={story.seq} checks={checks} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MarkCells({ seq, checks }: { seq: number; checks: Checks }) {
  const marks = marksOf(seq, checks);
  return (
    <>
      {CHECKS.map((name) => (
        <td key={name} class="check" data-check={name} title={marks[name].why}>
          <Sign verdict={marks[name].verdict}>{CHECK_WORDS[name]}</Sign>
        </td>
      ))}
    </>
  );
}

/** Rows of a group hang together. */
function placeIn(story: TransitionReport, next: TransitionReport | undefined): string {
  return next?.group === story.group ? "in-group" : "in-group group-end";
}
