/** The rest of the audit's report: signatures, programs, keys, remarks. */
import { count } from "../../../trace/describe/count.ts";
import { programText } from "../../../trace/describe/programRef.ts";
import { time } from "../../../trace/describe/time.ts";
import { CHAIN_AUTHORITY } from "../../../trace/layout.ts";
import type { AuditReport } from "../../../verifier/audit/auditReport.ts";
import { hrefTo } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";
import { Sign } from "./mark.tsx";
import { FORGEABLE, type Standing, standingOf } from "./signatureStanding.ts";
import { some } from "./some.ts";

const STANDINGS: Readonly<Record<Standing, string>> = {
  missing: "missing",
  forgeable: FORGEABLE,
  checked: "checked here",
  proven: "covered by the batch's proof",
};

export function SignatureTable({ report }: { report: AuditReport }) {
  const { route } = usePage();
  if (report.signatures.length === 0) return null;
  const all = report.signatures.map((one) => ({ ...one, standing: standingOf(one, report) }));
  const { shown, more } = some(all.sort((a, b) => rank(a.standing) - rank(b.standing)));
  return (
    <section class="report-part" aria-label="Signatures">
      <h3>Signatures</h3>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Transitions</th>
              <th scope="col">Program</th>
              <th scope="col">Signature</th>
              <th scope="col">To be used until</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ firstSeq, lastSeq, signer, standing, validUntil }) => (
              <tr key={`${firstSeq} ${signer.program}`}>
                <th scope="row" class="nowrap">
                  <a href={hrefTo(route, { view: "transitions", from: firstSeq, to: lastSeq })}>
                    {firstSeq} to {lastSeq}
                  </a>
                </th>
                <td>{programText(signer)}</td>
                <td>
                  <Sign verdict={standing === "checked" || standing === "proven" ? "good" : "open"}>
                    {STANDINGS[standing]}
                  </Sign>
                </td>
                <td class="soft">{validUntil === null ? "" : time(validUntil)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && <p class="soft">{count(more, "more signature")}.</p>}
    </section>
  );
}

function rank(standing: Standing): number {
  return Object.keys(STANDINGS).indexOf(standing);
}

export function ProgramList({ programs }: Pick<AuditReport, "programs">) {
  const { route } = usePage();
  if (programs.length === 0) return null;
  const open = programs.filter(({ authority }) => authority === null);
  const { shown, more } = some([...open, ...programs.filter(({ authority }) => authority !== null)]);
  return (
    <section class="report-part" aria-label="Programs">
      <h3>Programs, and who signs for them</h3>
      <p class="soft">
        {open.length === 0
          ? "Every program has a key: nobody acts in its name without its signature."
          : `${count(open.length, "program")} of ${programs.length} ${open.length === 1 ? "is" : "are"} open: the operator of the map may act in ${open.length === 1 ? "its name" : "their names"}.`}
      </p>
      <details open={programs.length <= 12}>
        <summary>{count(programs.length, "program")}</summary>
        <ul class="plain">
          {shown.map((program) => (
            <li key={program.program} class="program-line">
              <a href={hrefTo(route, { view: "ownership", program: program.program })}>{programText(program)}</a>{" "}
              {program.authority === null ? (
                <Sign verdict="open">open</Sign>
              ) : program.authority === CHAIN_AUTHORITY.toString() ? (
                <>the chain: its registry approves</>
              ) : (
                <>
                  signs with <span class="mono">{program.authority}</span>
                </>
              )}
            </li>
          ))}
        </ul>
        {more > 0 && <p class="soft">{count(more, "more program")}.</p>}
      </details>
    </section>
  );
}

export function KeyList({ keys }: Pick<AuditReport, "keys">) {
  if (keys.length === 0) return null;
  return (
    <section class="report-part" aria-label="Keys">
      <h3>Keys of the proofs</h3>
      <ul class="plain">
        {keys.map(({ profile, hash, kind, says }) => (
          <li key={`${profile} ${hash}`}>
            <Sign verdict={kind === "ceremony" ? "good" : "open"}>
              {profile}: {says}
            </Sign>
            <div class="mono soft">{hash}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Most characters of a stranger's note. */
const LONGEST = 400;

export function NoteList({ report }: { report: AuditReport }) {
  const { notes, manifestNotes, names, notProven } = report;
  const { run } = usePage();
  const said = [...notes, ...run.facts.notes].filter((note, i, all) => all.indexOf(note) === i);
  return (
    <section class="report-part" aria-label="Remarks">
      <h3>Remarks</h3>
      {said.length > 0 && (
        <ul>
          {said.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <h3>Not proven</h3>
      <p class="soft">
        No proof covers names of programs, kinds and slots, or what the run's writers say of it. The names here are
        those of {names.from}.
      </p>
      {manifestNotes.length > 0 && (
        <ul class="soft">
          {manifestNotes.map((note) => (
            <li key={note}>“{note.slice(0, LONGEST)}”</li>
          ))}
        </ul>
      )}
      <p class="soft">
        Parts of the report that no proof covers: <span class="mono">{notProven.join(", ")}</span>.
      </p>
    </section>
  );
}
