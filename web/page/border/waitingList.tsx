/** What waits at the border: each with its facts, who may do what about it, and what the run says of it. */
import { Sign } from "../checks/mark.tsx";
import { some } from "../checks/some.ts";
import { Words } from "../frame/words.tsx";
import type { Waiting } from "./borderParts.ts";

interface WaitingListProps {
  readonly title: string;
  readonly none: string;
  readonly waiting: readonly Waiting[];
}

export function WaitingList({ title, none, waiting }: WaitingListProps) {
  const { shown, more } = some(waiting);
  return (
    <section class="border-part" aria-label={title}>
      <h3>{title}</h3>
      {waiting.length === 0 && <p class="soft">{none}</p>}
      <div class="border-cards">
        {shown.map(({ name, what, facts, may, run }) => (
          <article class="card" key={`${name} ${what} ${facts.at(-1)?.[1]}`}>
            <h4>
              <bdi>{name}</bdi>: <bdi>{what}</bdi>
            </h4>
            <ul class="border-may">
              {may.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
            <p>
              <Sign verdict={run.verdict}>
                <Words text={run.text} />
              </Sign>
            </p>
            <dl class="facts">
              {facts.map(([fact, value]) => [
                <dt key={fact}>{fact}</dt>,
                <dd key={`${fact} value`}>
                  <Words text={value} />
                </dd>,
              ])}
            </dl>
          </article>
        ))}
      </div>
      {more > 0 && <p class="soft">and {more} more</p>}
    </section>
  );
}
