/** Whom and what a reader of this run relies on. */
import { Sign } from "../checks/mark.tsx";
import { usePage } from "../frame/run.ts";
import { NodeForm } from "./nodeForm.tsx";
import type { TrustPart } from "./trustPart.ts";
import { trustParts } from "./trustParts.ts";
import "./trust.css";

export function TrustView() {
  const { checks, run } = usePage();
  const parts = trustParts(checks, run.facts);
  return (
    <>
      <div class="view-head">
        <h2>Trust</h2>
      </div>
      <p class="lead">
        What this run rests on, question by question. <Sign verdict="good">rests on nobody</Sign>{" "}
        <Sign verdict="open">rests on somebody, or is unknown</Sign> <Sign verdict="bad">is wrong</Sign>
      </p>
      <NodeForm />
      {parts.length === 0 && <p aria-busy={checks.problem === undefined}>The check is not over yet.</p>}
      <div class="trust">
        {parts.map((part) => (
          <Part key={part.question} part={part} />
        ))}
      </div>
    </>
  );
}

function Part({ part: { question, answer, verdict, because, values = [] } }: { part: TrustPart }) {
  return (
    <section class={`card trust-part ${verdict}-edge`} aria-label={question}>
      <h3>{question}</h3>
      <p class="trust-answer">
        <Sign verdict={verdict}>{answer}</Sign>
      </p>
      <ul>
        {because.map((line) => (
          <li key={line}>{line}.</li>
        ))}
      </ul>
      {values.length > 0 && (
        <dl class="facts">
          {values.map(([what, value]) => [
            <dt key={`${what} ${value}`}>{what}</dt>,
            <dd key={`${what} ${value} value`} class="mono">
              {value}
            </dd>,
          ])}
        </dl>
      )}
    </section>
  );
}
