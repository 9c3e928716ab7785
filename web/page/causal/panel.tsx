/**
 * Beside the picture: the selected transition, who did what, by which right, after what, and what this page checked.
 */
import { programText } from "../../../trace/describe/programRef.ts";
import type { Cone } from "../../work/history/cone.ts";
import type { TransitionView } from "../../work/history/desk.ts";
import { MarkLine } from "../checks/mark.tsx";
import { CHECKS, marksOf } from "../checks/marks.ts";
import { hrefOf, hrefTo } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";
import { timeText } from "../frame/timeText.ts";
import { TransitionLinks } from "../frame/transitionLinks.tsx";
import { Words } from "../frame/words.tsx";
import { coneText } from "./coneText.ts";
import { KEYS } from "./keys.ts";
import { SortSample } from "./legend.tsx";
import { SORTS } from "./sorts.ts";

export interface PanelProps {
  readonly seq: number;
  readonly view: TransitionView | undefined;
  readonly problem: string | undefined;
  readonly cone: Cone | undefined;
  /** Number of its sort. */
  readonly sort: number;
}

export function Panel({ seq, view, problem, cone, sort }: PanelProps) {
  const { route, run, checks } = usePage();
  if (problem !== undefined) return <p role="alert">{problem}</p>;
  if (view === undefined || view.story.seq !== seq) return <p aria-busy="true">Transition {seq} …</p>;
  const { story, lines, opened } = view;
  const marks = marksOf(seq, checks);
  return (
    <>
      <header class="causal-head">
        <SortSample sort={SORTS[sort] ?? "own"} />
        <h3 id="causal-selected" tabIndex={-1}>
          Transition {seq}
        </h3>
        <a class="causal-close" href={hrefOf(route, { seq: undefined })} aria-label="select nothing">
          ×
        </a>
      </header>
      <p class="causal-asks">
        <Words text={`${capital(story.asks[0] ?? story.effect)}.`} />
      </p>
      {story.asks.length > 1 && (
        <ul class="causal-more">
          {story.asks.slice(1).map((line) => (
            <li key={line}>
              <Words text={line.trim()} />
            </li>
          ))}
        </ul>
      )}
      <ConeWords cone={cone} transitions={run.facts.transitions} />
      <Who view={view} />
      <h4>Checked by this page</h4>
      <ul class="plain">
        {CHECKS.map((name) => (
          <MarkLine key={name} name={capital(name)} mark={marks[name]} />
        ))}
      </ul>
      <details>
        <summary>In words</summary>
        {lines.map((line) => (
          <p class="causal-line" key={line}>
            {line.trim()}
          </p>
        ))}
        {opened.map((line) => (
          <p class="causal-line soft" key={line}>
            {line.trim()}
          </p>
        ))}
      </details>
      <details>
        <summary>In numbers</summary>
        <table class="causal-row">
          <tbody>
            {Object.entries(story.row).map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="mono">{typeof value === "object" ? JSON.stringify(value) : String(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      <p>
        <a href={hrefTo(route, { view: "transitions", seq })}>All about transition {seq}</a>
      </p>
    </>
  );
}

function Who({ view: { story, group } }: { view: TransitionView }) {
  return (
    <dl class="causal-facts">
      <dt>Who</dt>
      <dd>
        <ProgramLink program={story.actor.program} text={programText(story.actor)} seq={story.seq} />
        {story.peer !== null && story.peer.program !== story.actor.program && (
          <>
            {" with "}
            <ProgramLink program={story.peer.program} text={programText(story.peer)} seq={story.seq} />
          </>
        )}
      </dd>
      <dt>What</dt>
      <dd>
        {story.effect}
        {group !== null && `, in the group ${group.first} to ${group.last}: all of it, or nothing`}
      </dd>
      <dt>When</dt>
      <dd>
        <time>{timeText(story.at)} UTC</time>
      </dd>
      <dt>By right</dt>
      <dd>{story.right}</dd>
      <dt>After</dt>
      <dd>
        <TransitionLinks seqs={story.after} />
      </dd>
      {story.fired !== null && (
        <>
          <dt>Fired</dt>
          <dd>
            the watch in slot {story.fired.slot} of {programText(story.fired.program)}: {story.fired.condition}
          </dd>
        </>
      )}
    </dl>
  );
}

function ProgramLink({ program, text, seq }: { program: number; text: string; seq: number }) {
  const { route } = usePage();
  return <a href={hrefTo(route, { view: "ownership", program, at: seq })}>{text}</a>;
}

function ConeWords({ cone, transitions }: { cone: Cone | undefined; transitions: number }) {
  if (cone === undefined) return <p class="causal-cone soft">Looking for causes …</p>;
  return <p class="causal-cone">{coneText(cone, transitions)}</p>;
}

function capital(text: string): string {
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** What the panel says while nothing is selected. */
export function NothingSelected() {
  return (
    <>
      <h3>Nothing is selected</h3>
      <p>
        Click a transition, or go to the picture with the keyboard and press Enter. Its causes and its consequences
        stand out, and everything else fades.
      </p>
      <details open>
        <summary>Keys in the picture</summary>
        <dl class="causal-keys">
          {KEYS.map(([keys, does]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </details>
      <p class="soft">Wheel or pinch: nearer and farther. Drag: move. Double click: nearer.</p>
    </>
  );
}
