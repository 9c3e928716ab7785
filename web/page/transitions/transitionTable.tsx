/** Transitions as rows, each with its marks. On narrow screens a row is a card. */
import { time } from "../../../trace/describe/time.ts";
import type { TransitionRow } from "../../work/history/desk.ts";
import { Sign } from "../checks/mark.tsx";
import { CHECKS, type CheckName, type Checks, marksOf } from "../checks/marks.ts";
import { hrefOf } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";
import { timeText } from "../frame/timeText.ts";
import { Words } from "../frame/words.tsx";

/** What a check is called above its column. */
export const CHECK_WORDS: Readonly<Record<CheckName, string>> = {
  replay: "replayed",
  proof: "proven",
  signature: "signed",
  chain: "on chain",
};

export function TransitionTable({ rows }: { rows: readonly TransitionRow[] }) {
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
          {rows.map((row, i) => (
            <tr key={row.seq} data-seq={row.seq} class={row.group === 0 ? undefined : placeIn(row, rows[i + 1])}>
              <th scope="row" class="seq">
                <a href={hrefOf(route, { seq: row.seq })}>{row.seq}</a>
              </th>
              <td class="when">
                <time dateTime={time(row.at)}>{timeText(row.at)}</time>
              </td>
              <td class="what">
                <span class="effect">{row.effect}</span> <Words text={row.asks[0] ?? ""} />
                {row.asks.length > 1 && <span class="soft"> and {row.asks.length - 1} more</span>}
              </td>
              <MarkCells seq={row.seq} checks={checks} />
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
function placeIn(row: TransitionRow, next: TransitionRow | undefined): string {
  return next?.group === row.group ? "in-group" : "in-group group-end";
}
