/** Everything that this page checked, in the order of its importance. */
import { usePage } from "../frame/run.ts";
import { BatchTable } from "./batchTable.tsx";
import { checkedHere } from "./checkedHere.ts";
import { KeyForm } from "./keyForm.tsx";
import { Sign } from "./mark.tsx";
import { problemsOf } from "./problems.ts";
import { sentenceOf } from "./replayFault.ts";
import { KeyList, NoteList, ProgramList, SignatureTable } from "./reportLists.tsx";
import { runningText, stripOf } from "./strip.ts";

export function ChecksView() {
  const { checks } = usePage();
  const { report, running, problem } = checks;
  const [overall, ...parts] = stripOf(checks);
  return (
    <>
      <div class="view-head">
        <h2>Checks</h2>
      </div>
      <section class="card verdict" aria-label="Verdict">
        {overall !== undefined && (
          <p class="verdict-line">
            <Sign verdict={overall.verdict}>{overall.text}</Sign>
          </p>
        )}
        {running !== null && (
          <p>
            <span class="soft">{runningText(running)} … </span>
            <progress
              aria-label="Progress of the check"
              value={running.of > 0 ? running.done : undefined}
              max={running.of > 0 ? running.of : undefined}
            />
          </p>
        )}
        {problem !== undefined && report === undefined && (
          <p class="soft">Nothing of this run was checked. Load the page again.</p>
        )}
        <ul class="plain verdict-parts">
          {parts.map(({ verdict, text }) => (
            <li key={text}>
              <Sign verdict={verdict}>{text}</Sign>
            </li>
          ))}
        </ul>
      </section>
      <Problems problems={problemsOf(checks)} />
      <Scope />
      <KeyForm />
      {report !== undefined && (
        <>
          <BatchTable />
          <SignatureTable report={report} />
          <ProgramList programs={report.programs} />
          <KeyList keys={report.keys} />
          <NoteList report={report} />
        </>
      )}
    </>
  );
}

/** Contradictions first, then what is left to do. */
function Problems({
  problems,
}: {
  problems: readonly { kind: "wrong" | "unfinished"; where: string; field: string; message: string }[];
}) {
  if (problems.length === 0) return null;
  const sorts = [
    { kind: "wrong", verdict: "bad", title: "What contradicts itself" },
    { kind: "unfinished", verdict: "open", title: "Still to do" },
  ] as const;
  return (
    <>
      {sorts.map(({ kind, verdict, title }) => {
        const own = problems.filter((one) => one.kind === kind);
        if (own.length === 0) return null;
        return (
          <section class="report-part" key={kind} aria-label={title}>
            <h3>{title}</h3>
            <ul class="plain problems">
              {own.map((one) => (
                <li key={`${one.where} ${one.field} ${one.message}`} class={verdict}>
                  <Sign verdict={verdict}>
                    <strong>{one.where}</strong>: {sentenceOf(one)}
                  </Sign>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

function Scope() {
  const { checks } = usePage();
  const { done, left } = checkedHere(checks);
  return (
    <div class="scope">
      <section class="card" aria-label="Checked here">
        <h3>This page has checked, in this browser</h3>
        {done.length === 0 ? (
          <p class="soft">Nothing that holds.</p>
        ) : (
          <ul class="plain">
            {done.map((line) => (
              <li key={line}>
                <Sign verdict="good">{line}</Sign>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section class="card" aria-label="Not checked">
        <h3>It has not checked</h3>
        <ul class="plain">
          {left.map((line) => (
            <li key={line}>
              <Sign verdict="open">{line}</Sign>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
