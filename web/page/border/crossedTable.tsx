/** What crossed the border, by the run: each transition is a link. */
import type { Crossed } from "../../work/history/border.ts";
import { some } from "../checks/some.ts";
import { hrefTo } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";
import { timeText } from "../frame/timeText.ts";
import { crossedText } from "./borderText.ts";

export function CrossedTable({ crossed }: { crossed: readonly Crossed[] }) {
  const { route } = usePage();
  const { shown, more } = some(crossed);
  return (
    <section class="border-part" aria-label="What crossed">
      <h3>What crossed, by this run</h3>
      <p class="soft">
        All of this run, the last one first. Whether the chain has accepted a transition, its marks say under
        Transitions.
      </p>
      {crossed.length === 0 && <p class="soft">Nothing has come in or gone out.</p>}
      {crossed.length > 0 && (
        <div class="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Transition</th>
                <th scope="col">When</th>
                <th scope="col">What happened</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((one) => (
                <tr key={one.seq} data-crossed={one.sort}>
                  <td>
                    <a href={hrefTo(route, { view: "transitions", seq: one.seq })}>{one.seq}</a>
                  </td>
                  <td class="nowrap">{timeText(one.at)}</td>
                  <td>
                    <bdi>{crossedText(one)}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {more > 0 && <p class="soft">and {more} before these</p>}
    </section>
  );
}
