/** What the page looked at, and what it did not, side by side. */
import type { Checks } from "../checks/state.ts";
import { lookedAt } from "./lookedAt.ts";

export function LookedAt({ checks, at }: { checks: Checks; at: number }) {
  const { seen, unseen } = lookedAt(checks, at);
  return (
    <div class="scope border-looked">
      {(
        [
          ["This page has looked at", seen],
          ["It has not looked at", unseen],
        ] as const
      ).map(([title, lines]) => (
        <section class="card" key={title} aria-label={title}>
          <h3>{title}</h3>
          <ul class="plain">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
