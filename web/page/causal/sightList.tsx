/** The transitions in sight as a list: what the picture says, for those who do not see it. */

import { marksOf, worstOf } from "../checks/marks.ts";
import { hrefOf } from "../frame/route.ts";
import { useAnswer, usePage } from "../frame/run.ts";

/** Most that are listed at once. */
const MOST = 50;

export function SightList({ first, last, selected }: { first: number; last: number; selected: number }) {
  const { run, route, checks } = usePage();
  const end = Math.min(last, first + MOST - 1);
  const { answer } = useAnswer(async () => await run.history.labels(first, end), [first, end]);
  const more = last - end;
  return (
    <details class="causal-list card">
      <summary>
        Transitions in sight as a list: {first.toLocaleString("en")} to {last.toLocaleString("en")}
      </summary>
      <ol start={first}>
        {(answer ?? []).slice(0, end - first + 1).map(({ text }, i) => {
          const seq = first + i;
          const wrong = worstOf(Object.values(marksOf(seq, checks)))?.verdict === "bad";
          return (
            <li key={seq}>
              <a href={hrefOf(route, { seq })} aria-current={seq === selected ? "true" : undefined}>
                {text}
              </a>
              {wrong && <span class="bad"> ✗ wrong</span>}
            </li>
          );
        })}
      </ol>
      {more > 0 && <p class="soft">And {more.toLocaleString("en")} more: come nearer to list fewer.</p>}
    </details>
  );
}
