/** The transitions of the run: a table with filters, or one of them in full. */
import { count } from "../../../trace/describe/count.ts";
import { markFilterOf, selectedBy } from "../checks/marks.ts";
import { hrefOf } from "../frame/route.ts";
import { useAnswer, usePage } from "../frame/run.ts";
import { Detail } from "./detail.tsx";
import { ExportMenu } from "./exportMenu.tsx";
import { FilterForm } from "./filterForm.tsx";
import { CLEARED, filterWordsOf, isFiltered } from "./filterWords.ts";
import { TransitionTable } from "./transitionTable.tsx";
import "./transitions.css";

/** Rows of a page of the table. */
const ROWS = 200;

export function TransitionsView() {
  const { route } = usePage();
  const seq = route.params.get("seq");
  return seq === null ? <List /> : <Detail seq={seq} />;
}

function List() {
  const { run, route, checks } = usePage();
  const { params } = route;
  const page = Math.max(1, Math.floor(Number(params.get("page") ?? 1)) || 1);
  const mark = markFilterOf(params.get("mark"));
  // Marks change while the check runs; without a filter by marks the table need not be asked for again.
  const chosen = mark === undefined ? undefined : selectedBy(mark, run.facts.records, checks);
  const { answer, problem, waiting } = useAnswer(
    async () => await run.history.transitions(filterWordsOf(params), (page - 1) * ROWS, ROWS, chosen),
    [params.toString(), mark === undefined ? null : checks],
  );
  return (
    <>
      <div class="view-head">
        <h2>Transitions</h2>
        <ExportMenu chosen={chosen} />
      </div>
      <FilterForm key={params.toString()} />
      {problem !== undefined && (
        <p role="alert" class="bad">
          <span aria-hidden="true">✗</span> {problem}. <a href={hrefOf(route, CLEARED)}>Show all transitions</a>
        </p>
      )}
      {answer !== undefined && (
        <div aria-busy={waiting}>
          <Found matching={answer.matching} page={page} />
          {answer.matching > 0 && <TransitionTable rows={[...answer.stories, ...answer.unreached]} />}
          <Pages matching={answer.matching} page={page} />
        </div>
      )}
      {answer === undefined && waiting && <p aria-busy="true">reading …</p>}
    </>
  );
}

function Found({ matching, page }: { matching: number; page: number }) {
  const { run, route } = usePage();
  const all = count(run.facts.records, "transition");
  const which = isFiltered(route.params) ? `${matching} of ${all} ${matching === 1 ? "matches" : "match"}` : all;
  const [first, last] = [(page - 1) * ROWS + 1, Math.min(page * ROWS, matching)];
  const part = matching > ROWS && first <= last ? `; ${first} to ${last} on this page` : "";
  return (
    <p class="soft" role="status">
      {which}
      {part}.
    </p>
  );
}

function Pages({ matching, page }: { matching: number; page: number }) {
  const { route } = usePage();
  const pages = Math.ceil(matching / ROWS);
  if (pages <= 1) return null;
  return (
    <nav class="pages" aria-label="Pages of the table">
      {page > 1 && <a href={hrefOf(route, { page: page - 1 === 1 ? undefined : page - 1 })}>← earlier</a>}
      <span class="soft">
        page {page} of {pages}
      </span>
      {page < pages && <a href={hrefOf(route, { page: page + 1 })}>later →</a>}
    </nav>
  );
}
