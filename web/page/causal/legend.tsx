/** What colours, shapes and lines mean. */
import type { Sort } from "../../../trace/graph/model.ts";
import { addMark, addShape } from "./shapes.ts";
import { DASHES, meaningOf, SORTS } from "./sorts.ts";
import { SvgPath } from "./svgPath.ts";

export function Legend({ counts }: { counts: readonly number[] }) {
  return (
    <details class="causal-legend card" open={innerWidth > 900}>
      <summary>Legend</summary>
      <ul>
        {SORTS.map((sort, i) =>
          (counts[i] ?? 0) === 0 ? null : (
            <li key={sort}>
              <SortSample sort={sort} />
              <span>
                {meaningOf(sort)} <span class="soft">({(counts[i] ?? 0).toLocaleString("en")})</span>
              </span>
            </li>
          ),
        )}
      </ul>
      <ul>
        <li>
          <MarkSample verdict="good" />
          <span>proven: its proof was verified here, and it was replayed here</span>
        </li>
        <li>
          <MarkSample verdict="open" />
          <span>not proven yet, or not checked yet</span>
        </li>
        <li>
          <MarkSample verdict="bad" />
          <span>checked here, and wrong</span>
        </li>
      </ul>
      <p class="soft">
        A filled shape is on the lane of the program that acts; an outline on the lane of the other one, whose clock
        moves, too. The numbers are their Lamport clocks. A band with a bracket is a group: all of it, or nothing. A
        thick bar along a lane is an escrow that waits there; a curve leads from what was lent or watched to its use.
        From far away, columns count the transitions by sort.
      </p>
    </details>
  );
}

/** A sort's shape with its line. */
export function SortSample({ sort }: { sort: Sort }) {
  const path = new SvgPath();
  addShape(path, sort, 9, 9, { w: 6.5, h: 6.5 });
  const dashes = DASHES[SORTS.indexOf(sort)] ?? [];
  return (
    <svg class={`sample sort-${sort}`} width="46" height="18" viewBox="0 0 46 18" aria-hidden="true">
      {sort !== "own" && (
        <path d="M18 9H38" stroke="currentColor" stroke-width="2" stroke-dasharray={dashes.join(" ") || undefined} />
      )}
      {sort !== "own" && <path d="M45 9L37.5 5.5V12.5Z" fill="currentColor" />}
      <path d={path.text} fill="currentColor" />
    </svg>
  );
}

/** A mark's shape. */
export function MarkSample({ verdict }: { verdict: "good" | "bad" | "open" }) {
  const path = new SvgPath();
  addMark(path, verdict, 9, 9, 4.5);
  const line = verdict === "good" ? { fill: "currentColor" } : { fill: "none", stroke: "currentColor" };
  return (
    <svg class={`sample ${verdict}`} width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <path d={path.text} stroke-width="2" {...line} />
    </svg>
  );
}
