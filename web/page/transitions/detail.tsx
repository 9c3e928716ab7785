/** One transition: who, what, by which right, after what; its row in words and in numbers; its cells and its proof. */
import { programText } from "../../../trace/describe/programRef.ts";
import { time } from "../../../trace/describe/time.ts";
import type { TransitionView } from "../../work/history/desk.ts";
import { MarkLine } from "../checks/mark.tsx";
import { CHECKS, type CheckName, marksOf } from "../checks/marks.ts";
import { hrefOf, hrefTo } from "../frame/route.ts";
import { useAnswer, usePage } from "../frame/run.ts";
import { TransitionLinks } from "../frame/transitionLinks.tsx";
import { Words } from "../frame/words.tsx";
import { CellTable } from "./cellTable.tsx";
import { ProofCard } from "./proofCard.tsx";
import { RowFactsCard } from "./rowFactsCard.tsx";

const NAMES: Readonly<Record<CheckName, string>> = {
  replay: "Replay",
  proof: "Proof",
  signature: "Signature",
  chain: "Chain",
};

export function Detail({ seq: asked }: { seq: string }) {
  const { run, route } = usePage();
  const seq = Number(asked);
  const { answer, problem } = useAnswer(async () => await run.history.transition(seq), [asked]);
  if (problem !== undefined && !run.facts.whole && seq > run.facts.transitions)
    return <p aria-busy="true">Transition {asked} is not replayed yet …</p>;
  if (problem !== undefined)
    return seq > run.facts.transitions && seq <= run.facts.records ? (
      <Unreached seq={seq} />
    ) : (
      <>
        <h2>Transition {asked}</h2>
        <p role="alert" class="bad">
          {problem}. <a href={hrefOf(route, { seq: undefined })}>All transitions</a>
        </p>
      </>
    );
  if (answer === undefined) return <p aria-busy="true">reading …</p>;
  return (
    <article class="detail">
      <Head view={answer} />
      <div class="detail-columns">
        <Story view={answer} />
        <MarksCard seq={answer.story.seq} />
      </div>
      <CellTable cells={answer.cells} opened={answer.opened} />
      <RowFactsCard view={answer} />
      <ProofCard seq={answer.story.seq} />
    </article>
  );
}

/** A record behind a fault of the replay: what it asks, and its marks. */
function Unreached({ seq }: { seq: number }) {
  const { run, route } = usePage();
  const { answer } = useAnswer(async () => await run.history.unreached(seq), [seq]);
  return (
    <article class="detail">
      <div class="view-head">
        <h2>Transition {seq}, not replayed</h2>
        <a href={hrefOf(route, { seq: undefined })}>all transitions</a>
      </div>
      <div class="detail-columns">
        <section class="card" aria-label="In words">
          <p class="story">{sentence(answer?.asks[0] ?? "")}</p>
          <p class="soft">
            So its record says. The replay ends before it, so nothing shows that the rules allow it, or what it would
            have done.
          </p>
        </section>
        <MarksCard seq={seq} />
      </div>
    </article>
  );
}

function Head({ view: { story } }: { view: TransitionView }) {
  const { run, route } = usePage();
  const { seq } = story;
  return (
    <div class="view-head">
      <h2>
        Transition {seq}: {story.effect}
      </h2>
      <nav class="pages" aria-label="Other transitions">
        {seq > 1 && <a href={hrefOf(route, { seq: seq - 1 })}>← {seq - 1}</a>}
        <a href={hrefOf(route, { seq: undefined })}>all</a>
        {seq < run.facts.transitions && <a href={hrefOf(route, { seq: seq + 1 })}>{seq + 1} →</a>}
        <a href={hrefTo(route, { view: "causal", seq })}>causes</a>
        <a href={hrefTo(route, { view: "ownership", at: seq })}>state after it</a>
      </nav>
    </div>
  );
}

function Story({ view: { story, changes, group } }: { view: TransitionView }) {
  const { route } = usePage();
  const [what = "", ...then] = story.asks;
  const chain = story.chain ?? null;
  return (
    <section class="card" aria-label="In words">
      <p class="story">
        <Words text={sentence(what)} />
      </p>
      {then.length > 0 && (
        <ol class="story-then">
          {then.map((line) => (
            <li key={line}>{line.trim()}</li>
          ))}
        </ol>
      )}
      <dl class="facts">
        <dt>Who</dt>
        <dd>
          <ProgramLink program={story.actor} />
          {story.peer !== null && (
            <>
              {" with "}
              <ProgramLink program={story.peer} />
            </>
          )}
        </dd>
        <dt>When</dt>
        <dd>{time(story.at)}</dd>
        <dt>By right</dt>
        <dd>{story.right}</dd>
        <dt>After</dt>
        <dd>
          <TransitionLinks seqs={story.after} />
        </dd>
        {group !== null && (
          <>
            <dt>Group</dt>
            <dd>
              <a href={hrefTo(route, { view: "transitions", from: group.first, to: group.last })}>
                {group.first} to {group.last}
              </a>
              , all or nothing
            </dd>
          </>
        )}
        {changes.length > 0 && (
          <>
            <dt>Ownership</dt>
            <dd>
              <ul class="plain">
                {changes.map((change) => (
                  <li key={change}>{change}</li>
                ))}
              </ul>
            </dd>
          </>
        )}
        {story.fired !== null && (
          <>
            <dt>Fired</dt>
            <dd>
              the watch in slot {story.fired.slot} of {programText(story.fired.program)} ({story.fired.condition})
            </dd>
          </>
        )}
        {chain !== null && (
          <>
            <dt>On its chain</dt>
            <dd>
              block {chain.block}, {chain.transaction === null ? chain.part : ""}
              {chain.transaction !== null && (
                <a class="mono" href={hrefTo(route, { view: "transitions", transactions: chain.transaction.hash })}>
                  {chain.transaction.hash}
                </a>
              )}
              {chain.meaning !== null && <>; it means: {chain.meaning}</>}
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

export function ProgramLink({ program }: { program: Parameters<typeof programText>[0] }) {
  const { route } = usePage();
  return <a href={hrefTo(route, { view: "ownership", program: program.program })}>{programText(program)}</a>;
}

function sentence(text: string): string {
  return text === "" ? "" : `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

function MarksCard({ seq }: { seq: number }) {
  const { checks } = usePage();
  const marks = marksOf(seq, checks);
  return (
    <section class="card" aria-label="Checked by this page">
      <h3>Checked by this page</h3>
      <ul class="plain marks">
        {CHECKS.map((name) => (
          <MarkLine key={name} name={NAMES[name]} mark={marks[name]} />
        ))}
      </ul>
    </section>
  );
}
