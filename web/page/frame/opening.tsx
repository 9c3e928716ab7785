/** The page while the run is opened, and the page of a run that cannot be opened. */
import type { Checks } from "../checks/marks.ts";
import { sentenceOf } from "../checks/replayFault.ts";

/** How far the opening is. */
export interface OpeningStep {
  readonly text: string;
  readonly done: number;
  /** 0 if it is not known how much there is. */
  readonly of: number;
}

export function Opening({ text, done, of }: OpeningStep) {
  const far = of === 0 ? "" : `, ${Math.floor((100 * done) / of)} %`;
  return (
    <main class="opening" aria-busy="true">
      <h1>Time Bandits</h1>
      <label for="opening">
        {text}
        {far} …
      </label>
      {of === 0 ? <progress id="opening" /> : <progress id="opening" value={done} max={of} />}
      <p class="soft">This page replays the run and verifies its proofs itself, in this browser.</p>
    </main>
  );
}

/** Above the views while the rest of a long run is replayed. */
export function Growing({ transitions, step: { done, of } }: { transitions: number; step: OpeningStep }) {
  return (
    <div class="growing" aria-busy="true">
      <p role="status">
        The views show transitions 1 to {transitions.toLocaleString("en")}. The rest follows as it is replayed.
      </p>
      <progress aria-label="Replayed of the run" value={done} max={Math.max(1, of)} />
    </div>
  );
}

export function NotOpened({ problem, checks }: { problem: string; checks: Checks }) {
  const problems = checks.report?.problems ?? [];
  return (
    <main class="opening">
      <h1>The run cannot be shown</h1>
      <p role="alert" class="bad">
        <span aria-hidden="true">✗</span> {problem}
      </p>
      {problems.length > 0 && (
        <>
          <h2>What the check of this page found</h2>
          <ul>
            {problems.map((one) => (
              <li key={`${one.where} ${one.field}`}>
                {one.where}: {sentenceOf(one)}
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="soft">Nothing of this run was shown, so nothing of it is believed. Give the page another run.</p>
    </main>
  );
}
