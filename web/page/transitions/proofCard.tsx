/** The proof of a transition's batch: key, statement, signatures. */
import { programText } from "../../../trace/describe/programRef.ts";
import { time } from "../../../trace/describe/time.ts";
import { Sign } from "../checks/mark.tsx";
import { marksOf } from "../checks/marks.ts";
import { FORGEABLE, keyKindOf, standingOf } from "../checks/signatureStanding.ts";
import { hrefTo } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";

const KINDS: Readonly<Record<string, string>> = { development: "for tests, of development", ceremony: "of a ceremony" };

export function ProofCard({ seq }: { seq: number }) {
  const { checks, route } = usePage();
  const { report } = checks;
  const isIn = ({ firstSeq, lastSeq }: { firstSeq: number; lastSeq: number }): boolean =>
    firstSeq <= seq && seq <= lastSeq;
  const batch = report?.batches.find(isIn);
  const signatures =
    report?.signatures.filter(isIn).map((one) => ({ ...one, standing: standingOf(one, report) })) ?? [];
  const { proof } = marksOf(seq, checks);
  if (batch === undefined || report === undefined) {
    return (
      <section class="card" aria-label="Proof">
        <h3>Proof</h3>
        <p>
          <Sign verdict={proof.verdict}>{proof.why}</Sign>
        </p>
      </section>
    );
  }
  const statement = [
    ["root before", batch.preRoot],
    ["root after", batch.postRoot],
    ["root of its records", batch.traceRoot],
    ["domain", batch.domain],
  ] as const;
  return (
    <section class="card" aria-label="Proof">
      <h3>Proof</h3>
      <p>
        <Sign verdict={proof.verdict}>{proof.why}</Sign>
      </p>
      <dl class="facts">
        <dt>Batch</dt>
        <dd>
          <a href={hrefTo(route, { view: "transitions", from: batch.firstSeq, to: batch.lastSeq })}>
            {batch.firstSeq} to {batch.lastSeq}
          </a>
          , {time(batch.notBefore)} to {time(batch.until)}
        </dd>
        <dt>Profile</dt>
        <dd>{batch.profile}</dd>
        <dt>Bundle</dt>
        <dd class="mono">{batch.bundle}</dd>
        <dt>Key</dt>
        <dd>
          <span class="mono">{batch.key}</span>, a key {KINDS[keyKindOf(batch, report)] ?? "of unknown origin"}
        </dd>
        {statement.map(([name, value]) => [
          <dt key={name}>{name}</dt>,
          <dd key={`${name} value`} class="mono">
            {value}
          </dd>,
        ])}
        {signatures.length > 0 && (
          <>
            <dt>Signatures</dt>
            <dd>
              <ul class="plain">
                {signatures.map(({ signer, standing, file, validUntil }) => (
                  <li key={signer.program}>
                    {programText(signer)}: {standing === "forgeable" ? FORGEABLE : standing}
                    {file !== null && <span class="mono"> {file}</span>}
                    {validUntil !== null && <>, to be used until {time(validUntil)}</>}
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}
