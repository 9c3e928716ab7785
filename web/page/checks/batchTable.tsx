/** The batches, each with its verdict. */

import { hrefTo } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";
import { timeText } from "../frame/timeText.ts";
import { Sign } from "./mark.tsx";
import { batchMarks } from "./marks.ts";
import { keyKindOf } from "./signatureStanding.ts";
import { some } from "./some.ts";

const WORDS = { good: "valid", bad: "NOT valid", open: "not shown" } as const;

export function BatchTable() {
  const { checks, route } = usePage();
  const { batches: all, gaps } = batchMarks(checks);
  if (all.length + gaps.length === 0) return null;
  // Those with a fault come first.
  const { shown, more } = some([...all].sort((a, b) => rank(a.mark.verdict) - rank(b.mark.verdict)));
  return (
    <section class="report-part" aria-label="Batches">
      <h3>Batches</h3>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Transitions</th>
              <th scope="col">Proof</th>
              <th scope="col">Why</th>
              <th scope="col">Time (UTC)</th>
              <th scope="col">Profile, key</th>
            </tr>
          </thead>
          <tbody>
            {gaps.map(({ first, last, why }) => (
              <tr key={`${first} ${why}`}>
                <th scope="row" class="nowrap">
                  <a href={hrefTo(route, { view: "transitions", from: first, to: last })}>
                    {first} to {last}
                  </a>
                </th>
                <td class="nowrap">
                  <Sign verdict="bad">missing</Sign>
                </td>
                <td class="wide soft">{why}</td>
                <td />
                <td />
              </tr>
            ))}
            {shown.map(({ batch, mark }) => (
              <tr key={batch.bundle}>
                <th scope="row" class="nowrap">
                  <a href={hrefTo(route, { view: "transitions", from: batch.firstSeq, to: batch.lastSeq })}>
                    {batch.firstSeq} to {batch.lastSeq}
                  </a>
                </th>
                <td class="nowrap">
                  <Sign verdict={mark.verdict}>{WORDS[mark.verdict]}</Sign>
                </td>
                <td class="wide soft">{mark.why}</td>
                <td class="soft nowrap">
                  {timeText(batch.notBefore)}
                  <br />
                  {timeText(batch.until)}
                </td>
                <td class="soft">
                  {batch.profile}, {checks.report === undefined ? "unknown" : keyKindOf(batch, checks.report)} key
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && <p class="soft">{more} more batches, all like the last of these.</p>}
    </section>
  );
}

function rank(verdict: keyof typeof WORDS): number {
  return ["bad", "open", "good"].indexOf(verdict);
}
