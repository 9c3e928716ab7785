/** A row in numbers: every field, as the proof commits to it. */
import type { TransitionView } from "../../work/history/desk.ts";

export function RowFactsCard({ view: { story, lines } }: { view: TransitionView }) {
  const { argument, ...fields } = story.row;
  const pairs: [string, string | number | undefined][] = [
    ["seq", story.seq],
    ["group", story.group],
    ["at", story.at],
    ...Object.entries(fields),
    ...Object.entries(argument).map(([name, value]): [string, string | number] => [`argument ${name}`, value]),
  ];
  return (
    <section class="card" aria-label="The row">
      <h3>The row</h3>
      <details>
        <summary>In numbers</summary>
        <dl class="facts numbers">
          {pairs.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="mono">{value}</dd>
            </div>
          ))}
        </dl>
      </details>
      <details>
        <summary>In words, as the audit prints it</summary>
        <pre class="mono lines">{lines.join("\n")}</pre>
      </details>
    </section>
  );
}
