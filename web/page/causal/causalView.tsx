/** The causal view: programs as lanes, transitions along them, and what depends on what. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Drawing } from "../../work/history/columns.ts";
import type { OpenRun } from "../frame/loadRun.ts";
import { go, hrefOf, routeOf } from "../frame/route.ts";
import { useAnswer, usePage } from "../frame/run.ts";
import { coneText } from "./coneText.ts";
import { listenToKeys } from "./keys.ts";
import { Legend } from "./legend.tsx";
import { NothingSelected, Panel } from "./panel.tsx";
import { listenToPointer } from "./pointer.ts";
import { type Axis, type Scene, sceneOf } from "./scene.ts";
import { SightList } from "./sightList.tsx";
import { SORTS } from "./sorts.ts";
import { Stage } from "./stage.ts";
import { Toolbar } from "./toolbar.tsx";
import { verdictsOf } from "./verdicts.ts";
import "./causal.css";

/** The worker hands the columns over, so each run is asked once. */
const scenes = new WeakMap<OpenRun, Promise<Scene>>();

function sceneIn(run: OpenRun): Promise<Scene> {
  const known = scenes.get(run);
  if (known !== undefined) return known;
  const made = (async () => sceneOf((await run.history.drawing()) as Drawing))();
  scenes.set(run, made);
  return made;
}

export function CausalView() {
  const { run } = usePage();
  const { answer, problem } = useAnswer(() => sceneIn(run), [run]);
  return (
    <section class="causal" aria-labelledby="causal-title">
      <h2 id="causal-title">What happened, and because of what</h2>
      {problem !== undefined && <p role="alert">The picture cannot be drawn: {problem}</p>}
      {answer === undefined ? (
        <p aria-busy="true">Laying out the lanes …</p>
      ) : answer.drawing.transitions === 0 ? (
        <p>This run has no transitions.</p>
      ) : (
        <Picture scene={answer} />
      )}
    </section>
  );
}

/** Milliseconds without movement before the URL and the list follow. */
const SETTLED = 250;
/** With more transitions than this, a link to one of them shows its neighbours only. */
const MANY = 120;
const NEIGHBOURS = 20;

/** Changes the page's place, without a step of the browser's history. */
function change(what: Record<string, string | number | undefined>): void {
  go(hrefOf(routeOf(location.search), what), true);
}

/** The transitions in sight; undefined for all. */
function partOf({ range: { start, end }, scene }: Stage): { first: number; last: number } | undefined {
  const all = scene.drawing.transitions;
  if (start === 0 && end >= all) return undefined;
  const first = Math.min(start + 1, all);
  return { first, last: Math.max(end, first) };
}

function Picture({ scene }: { scene: Scene }) {
  const { run, checks, route } = usePage();
  const { transitions, sort } = scene.drawing;
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [stage, setStage] = useState<Stage>();
  const [sight, setSight] = useState({ first: 1, last: transitions });
  const [fold, setFold] = useState(true);
  const asked = Number(route.params.get("seq") ?? 0);
  const selected = Number.isSafeInteger(asked) && asked >= 1 && asked <= transitions ? asked : 0;
  const axis: Axis = route.params.get("axis") === "time" ? "time" : "seq";
  const [from, to] = [Number(route.params.get("from") ?? 0), Number(route.params.get("to") ?? 0)];
  /** The part that the URL names because the picture moved there. */
  const written = useRef("");
  /** The part that was in sight before more of the run was there. */
  const before = useRef<{ first: number; last: number } | undefined>(undefined);

  useEffect(() => {
    if (canvas.current === null || frame.current === null) return;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const settled = (): void => {
      const part = partOf(made) ?? { first: 1, last: transitions };
      setSight(part);
      const whole = part.first === 1 && part.last === transitions;
      written.current = whole ? "0 0" : `${part.first} ${part.last}`;
      change({ from: whole ? undefined : part.first, to: whole ? undefined : part.last });
    };
    const made = new Stage(canvas.current, scene, {
      labels: async (first, last) => await run.history.labels(first, last),
      onSelect: (seq) => change({ seq: seq === 0 ? undefined : seq }),
      onMove: () => {
        clearTimeout(waiting);
        waiting = setTimeout(settled, SETTLED);
      },
    });
    setSight(before.current ?? { first: 1, last: transitions });
    listenToPointer(made);
    listenToKeys(made, frame.current, () => document.getElementById("causal-selected")?.focus());
    setStage(made);
    if (before.current !== undefined) made.show(before.current.first, before.current.last);
    else if (from === 0 && selected > 0 && transitions > MANY)
      made.show(Math.max(1, selected - NEIGHBOURS), Math.min(transitions, selected + NEIGHBOURS));
    return () => {
      clearTimeout(waiting);
      before.current = partOf(made);
      made.dispose();
    };
  }, [scene]);

  useEffect(() => stage?.setAxis(axis), [stage, axis]);
  useEffect(() => {
    if (stage === undefined || `${from} ${to}` === written.current) return;
    written.current = `${from} ${to}`;
    if (from >= 1 && to >= from && to <= transitions) stage.show(from, to);
  }, [stage, from, to]);
  useEffect(() => stage?.setSelected(selected), [stage, selected]);
  useEffect(() => stage?.setFold(fold), [stage, fold]);
  useEffect(() => {
    const ended = new AbortController();
    void verdictsOf(transitions, checks, ended.signal).then((verdicts) => verdicts && stage?.setVerdicts(verdicts));
    return () => ended.abort();
    // How far the check is changes often, and no mark with it.
  }, [stage, checks.report, checks.chain, checks.shown, checks.problem]);

  const story = useAnswer(
    async () => (selected === 0 ? undefined : await run.history.transition(selected)),
    [selected],
  );
  const cone = useAnswer(async () => (selected === 0 ? undefined : await run.history.cone(selected)), [selected]);
  const ownCone = cone.answer?.seq === selected ? cone.answer : undefined;
  useEffect(() => stage?.setCone(ownCone), [stage, ownCone]);

  const counts = useMemo(() => SORTS.map((_, i) => sort.reduce((sum, one) => sum + (one === i ? 1 : 0), 0)), [scene]);
  const said = story.answer?.story.seq === selected ? story.answer.story.asks[0] : undefined;
  return (
    <>
      <Toolbar
        {...{ axis, fold, selected, transitions }}
        onZoom={(by) => stage?.zoom(by)}
        onAll={() => stage?.showAll()}
        onAxis={(one) => change({ axis: one === "seq" ? undefined : one })}
        onFold={setFold}
        onSelect={(seq) => change({ seq })}
      />
      <div class="causal-body">
        <div class="causal-picture">
          <div
            class="causal-canvas"
            ref={frame}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys are described, and do what the pointer does
            tabIndex={0}
            role="application"
            aria-roledescription="picture of lanes"
            aria-label={`${transitions} transitions of ${run.facts.programs.length} programs`}
            aria-describedby="causal-hint"
          >
            <canvas ref={canvas} />
          </div>
          <p id="causal-hint" class="unseen">
            Press Enter to select the transition in the middle, then the arrow keys to go to others. Plus and minus come
            nearer and go farther. The list below says the same in words.
          </p>
          <p class="causal-sight soft">
            {sight.first === sight.last
              ? `transition ${sight.first.toLocaleString("en")}`
              : `transitions ${sight.first.toLocaleString("en")} to ${sight.last.toLocaleString("en")}`}{" "}
            of {transitions.toLocaleString("en")}
          </p>
          <p class="unseen" aria-live="polite">
            {selected > 0 && said !== undefined
              ? `Transition ${selected}: ${said}. ${ownCone === undefined ? "" : coneText(ownCone, transitions)}`
              : ""}
          </p>
        </div>
        <aside class="causal-panel card" aria-label="The selected transition">
          {selected === 0 ? (
            <NothingSelected />
          ) : (
            <Panel
              {...{ seq: selected, view: story.answer, problem: story.problem, cone: ownCone }}
              sort={sort[selected - 1] ?? 0}
            />
          )}
        </aside>
      </div>
      <Legend counts={counts} />
      <SightList {...{ ...sight, selected }} />
    </>
  );
}
