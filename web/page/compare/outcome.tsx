/** What differs between two runs, and from where on. */
import type { FieldDifference } from "../../../trace/query/index.ts";
import type { Beside, Comparison } from "../../work/history/compare.ts";
import { hrefTo } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";
import { Words } from "../frame/words.tsx";
import { download } from "../transitions/download.ts";
import { EndDifference } from "./endDifference.tsx";
import { FieldTable } from "./fieldTable.tsx";
import { barsOf, verdictOf } from "./verdict.ts";

interface OutcomeProps {
  readonly comparison: Comparison;
  readonly called: readonly [string, string];
}

export function Outcome({ comparison, called }: OutcomeProps) {
  const { same, genesis, end, around, lines, first, second } = comparison;
  return (
    <>
      <section class={same ? "card verdict same" : "card verdict"} aria-label="Outcome">
        <p class="verdict-words">
          <span aria-hidden="true" class="verdict-sign">
            {same ? "=" : "≠"}
          </span>
          <strong>{verdictOf(comparison)}</strong>
        </p>
        <Bars comparison={comparison} called={called} />
        {[first, second].map(
          ({ stopped, transitions }, i) =>
            stopped !== null && (
              <p key={called[i]} class="stops" role="alert">
                <span aria-hidden="true">✕ </span>
                Only {transitions} transitions of <bdi>{called[i]}</bdi> replay: <bdi>{stopped}</bdi>
              </p>
            ),
        )}
      </section>
      {!same && <Around around={around} called={called} differs={comparison.transitions.differs?.fields ?? []} />}
      {!same && (
        <EndDifference
          title={genesis.same ? "The genesis is the same" : "The genesis differs"}
          roots={[genesis.firstRoot, genesis.secondRoot]}
          fields={genesis.fields}
          cells={genesis.cells}
          openedElsewhen={0}
        />
      )}
      {!same && (
        <EndDifference
          title={end.firstRoot === end.secondRoot ? "Both end in the same state" : "The ends differ"}
          roots={[end.firstRoot, end.secondRoot]}
          fields={[]}
          cells={[...end.programs, ...end.resources, ...end.capabilities, ...end.entries, ...end.watches]}
          openedElsewhen={end.openedElsewhen}
        />
      )}
      <details class="printed">
        <summary>All of it, as the command “timebandits diff” prints it</summary>
        <pre>{lines.join("\n")}</pre>
      </details>
      <p class="exports">
        <button type="button" onClick={() => download("difference.json", json(comparison), "application/json")}>
          Save as JSON
        </button>
        <button type="button" onClick={() => download("difference.txt", `${lines.join("\n")}\n`, "text/plain")}>
          Save as text
        </button>
      </p>
    </>
  );
}

function json({ genesis, transitions, end, same }: Comparison): string {
  const facts = { schemaVersion: 1, same, genesis, transitions, end };
  return `${JSON.stringify(facts, (_, value) => (typeof value === "bigint" ? value.toString() : value), 2)}\n`;
}

/** Both runs as bars: the common beginning, and the rest. */
function Bars({ comparison, called }: OutcomeProps) {
  const bars = barsOf(comparison);
  return (
    <div class="bars">
      {bars.map(({ common, rest, transitions }, i) => (
        <div class="bar-row" key={i === 0 ? "first" : "second"}>
          <span class="bar-name">
            <bdi>{called[i]}</bdi>
            <span class="soft"> {i === 0 ? "(first)" : "(second)"}</span>
          </span>
          <span class="bar-track" aria-hidden="true">
            <span class="bar-common" style={{ width: `${common}%` }} />
            <span class="bar-rest" style={{ width: `${rest}%` }} />
          </span>
          <span class="bar-count">{transitions} transitions</span>
        </div>
      ))}
      <p class="soft">
        <span class="key-common" aria-hidden="true" /> the common beginning, {comparison.transitions.common}{" "}
        {comparison.transitions.common === 1 ? "transition" : "transitions"}{" "}
        <span class="key-rest" aria-hidden="true" /> the rest
      </p>
    </div>
  );
}

interface AroundProps {
  readonly around: readonly Beside[];
  readonly called: readonly [string, string];
  readonly differs: readonly FieldDifference[];
}

function Around({ around, called, differs }: AroundProps) {
  if (around.length === 0) return null;
  const parts = around.find(({ common }) => !common)?.seq;
  return (
    <section class="part">
      <h3>Where they part</h3>
      <table class="around">
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">Transition</span>
            </th>
            <th scope="col">
              <bdi>{called[0]}</bdi>
            </th>
            <th scope="col">
              <bdi>{called[1]}</bdi>
            </th>
          </tr>
        </thead>
        <tbody>
          {around.map((row) => (
            <AroundRow key={row.seq} row={row} parts={row.seq === parts} />
          ))}
        </tbody>
      </table>
      {differs.length > 0 && (
        <>
          <h4>Transition {parts}, field by field</h4>
          <FieldTable fields={differs} />
        </>
      )}
    </section>
  );
}

function AroundRow({ row: { seq, first, second, common }, parts }: { row: Beside; parts: boolean }) {
  const { route } = usePage();
  const number = (
    <th scope="row">
      {first === null ? seq : <a href={hrefTo(route, { view: "transitions", seq })}>{seq}</a>}
      <span class="unseen">{common ? "the same" : "different"}</span>
    </th>
  );
  if (common || first === second) {
    return (
      <tr class={common ? "common" : parts ? "apart parts" : "apart common"}>
        {number}
        <td colSpan={2}>
          {common ? (
            <span aria-hidden="true">= </span>
          ) : (
            <span class="soft">{parts ? "in both, but not equal in all fields: " : "in both: "}</span>
          )}
          <Words text={first ?? ""} />
        </td>
      </tr>
    );
  }
  return (
    <tr class={parts ? "apart parts" : "apart"}>
      {number}
      {[first, second].map((sentence, i) => (
        <td key={i === 0 ? "first" : "second"}>
          {sentence === null ? <span class="soft">it has ended</span> : <bdi>{sentence}</bdi>}
        </td>
      ))}
    </tr>
  );
}
