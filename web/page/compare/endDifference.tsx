/** Cells in which two states differ. */
import { useState } from "preact/hooks";
import type { CellDifference, CellFacts, FieldDifference } from "../../../trace/query/index.ts";
import { FieldTable } from "./fieldTable.tsx";

interface EndDifferenceProps {
  readonly title: string;
  readonly roots: readonly [string, string];
  readonly fields: readonly FieldDifference[];
  readonly cells: readonly CellDifference[];
  readonly openedElsewhen: number;
}

/** Cells that are shown at first. */
const FIRST = 40;

export function EndDifference({ title, roots, fields, cells, openedElsewhen }: EndDifferenceProps) {
  const [most, setMost] = useState(FIRST);
  const same = roots[0] === roots[1];
  return (
    <section class="part">
      <h3>{title}</h3>
      <p class="roots soft">
        {same ? "Root " : "Roots "}
        <span class="mono">{roots[0]}</span>
        {!same && (
          <>
            {" and "}
            <span class="mono">{roots[1]}</span>
          </>
        )}
      </p>
      {fields.length > 0 && <FieldTable fields={fields} />}
      {cells.length > 0 && (
        <table class="cells">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">First</th>
              <th scope="col">Second</th>
            </tr>
          </thead>
          <tbody>
            {cells.slice(0, most).map((cell) => (
              <CellRow key={`${cell.sort} ${cell.which}`} cell={cell} />
            ))}
          </tbody>
        </table>
      )}
      {cells.length > most && (
        <button type="button" onClick={() => setMost(most * 4)}>
          Show more ({cells.length - most} left)
        </button>
      )}
      {openedElsewhen > 0 && (
        <p class="soft">
          {openedElsewhen} {openedElsewhen === 1 ? "cell differs" : "cells differ"} in nothing but the transition that
          last opened {openedElsewhen === 1 ? "it" : "them"}.
        </p>
      )}
    </section>
  );
}

function CellRow({ cell: { sort, which, first, second, fields } }: { cell: CellDifference }) {
  const facts = (all: CellFacts): FieldDifference[] =>
    Object.entries(all).map(([field, value]) => ({ field, first: value, second: value }));
  const shown = (fields.length > 0 ? fields : facts(first ?? second ?? {})).filter(
    ({ first: a, second: b }) => (a ?? 0) !== 0 || (b ?? 0) !== 0,
  );
  return (
    <tr>
      <th scope="row">
        {sort} <span class="mono">{which}</span>
      </th>
      <CellSide there={first !== null} fields={shown.map(({ field, first: value }) => [field, value])} />
      <CellSide there={second !== null} fields={shown.map(({ field, second: value }) => [field, value])} />
    </tr>
  );
}

interface CellSideProps {
  readonly there: boolean;
  readonly fields: readonly (readonly [field: string, value: string | number | null])[];
}

function CellSide({ there, fields }: CellSideProps) {
  if (!there) return <td class="soft">not there</td>;
  return (
    <td>
      <ul>
        {fields.map(([field, value]) => (
          <li key={field}>
            <span class="soft">{field}</span> <span class="mono">{value ?? "none"}</span>
          </li>
        ))}
      </ul>
    </td>
  );
}
