/** The cells that a transition opened, before and after. */
import { programText } from "../../../trace/describe/programRef.ts";
import type { OpenedCell } from "../../../trace/query/transition.ts";
import { hrefOf } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";

const COLUMN_WORDS: Readonly<Record<OpenedCell["column"], string>> = {
  A: "actor's header",
  B: "peer's header",
  S: "source",
  D: "destination",
  X: "right or watch",
};

export function CellTable({ cells, opened }: { cells: readonly OpenedCell[]; opened: readonly string[] }) {
  return (
    <section class="card" aria-label="Cells">
      <h3>Cells that it opened</h3>
      <p class="opened">
        {opened
          .filter((line) => line.startsWith(" "))
          .map(unindented)
          .join("\n")}
      </p>
      <details>
        <summary>Every field, before and after</summary>
        <div class="table-scroll">
          <table class="cells">
            <thead>
              <tr>
                <th scope="col">Cell</th>
                <th scope="col">Field</th>
                <th scope="col">Before</th>
                <th scope="col">After</th>
              </tr>
            </thead>
            {cells.map((cell) => (
              <CellRows key={cell.column} cell={cell} />
            ))}
          </table>
        </div>
      </details>
    </section>
  );
}

function CellRows({ cell }: { cell: OpenedCell }) {
  const { route } = usePage();
  const { column, slot, before, after, openedBefore, openedNext } = cell;
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return (
    <tbody>
      {fields.map((field, i) => {
        const isChanged = before[field] !== after[field];
        return (
          <tr key={field} class={isChanged ? "changed" : undefined}>
            {i === 0 && (
              <th scope="rowgroup" rowSpan={fields.length}>
                {COLUMN_WORDS[column]}
                <br />
                <span class="soft">
                  {slot.slot === 0 ? "header" : `slot ${slot.slot}`} of {programText(slot.program)}
                  <br />
                  opened before in{" "}
                  {openedBefore === 0 ? (
                    "the genesis"
                  ) : (
                    <a href={hrefOf(route, { seq: openedBefore })}>{openedBefore}</a>
                  )}
                  {openedNext !== null && (
                    <>
                      , next in <a href={hrefOf(route, { seq: openedNext })}>{openedNext}</a>
                    </>
                  )}
                </span>
              </th>
            )}
            <td>{field}</td>
            <td class="mono">{before[field] ?? ""}</td>
            <td class="mono">
              {isChanged && (
                <>
                  <span aria-hidden="true">→ </span>
                  <span class="unseen">changed to </span>
                </>
              )}
              {after[field] ?? ""}
            </td>
          </tr>
        );
      })}
    </tbody>
  );
}

/** The lines stand below a heading of their own here. */
function unindented(line: string): string {
  return line.replace(/^ {2}/, "");
}
