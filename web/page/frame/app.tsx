/** The page: opens the run, checks it beside that, and shows the view that the URL names. */
import type { Remote } from "comlink";
import { useEffect, useRef, useState } from "preact/hooks";
import type { CheckWork } from "../../work/checkWorker.ts";
import type { Checks } from "../checks/marks.ts";
import { begin, type Checker, NOTHING_CHECKED } from "./begin.ts";
import { Header } from "./header.tsx";
import { LazyView } from "./lazyView.tsx";
import type { OpenRun } from "./loadRun.ts";
import { messageOf } from "./messageOf.ts";
import { agreedOrigin } from "./nodeConsent.ts";
import { Growing, NotOpened, Opening, type OpeningStep } from "./opening.tsx";
import { followLinks, useRoute } from "./route.ts";
import { PageContext } from "./run.ts";
import { Tabs, titleOf } from "./tabs.tsx";

export function App() {
  const route = useRoute();
  const [run, setRun] = useState<OpenRun>();
  const [checks, setChecks] = useState<Checks>(NOTHING_CHECKED);
  const [step, setStep] = useState<OpeningStep>({ text: "reading the run", done: 0, of: 0 });
  const [problem, setProblem] = useState<string>();
  const checker = useRef<Checker | undefined>(undefined);
  const checking = useRef<Remote<CheckWork> | undefined>(undefined);
  const onChecker = (made: Checker, worker: Remote<CheckWork>): void => {
    checker.current = made;
    checking.current = worker;
  };
  const checkWith: Checker = async (keys) => {
    if (checker.current === undefined) throw new Error("the check has not begun yet; give the keys again in a moment");
    await checker.current(keys);
  };
  useEffect(() => followLinks(document), []);
  useEffect(() => {
    // A link alone asks no node: the reader has to agree.
    const named = route.params.get("node") ?? undefined;
    const node = agreedOrigin(location.search) === undefined ? undefined : named;
    void begin({ node, onRun: setRun, onChecks: setChecks, onStep: setStep, onChecker }).catch((error: unknown) =>
      setProblem(messageOf(error)),
    );
  }, []);
  const name = run?.facts.scenario;
  useEffect(() => {
    document.title = titleOf(route.view, name);
  }, [route.view, name]);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(route.view);
  useEffect(() => {
    // A reader of the screen hears the new view; the first one has the page's own beginning.
    if (shown.current !== route.view) main.current?.focus();
    shown.current = route.view;
  }, [route.view]);
  if (problem !== undefined) return <NotOpened problem={problem} checks={checks} />;
  if (run === undefined) return <Opening {...step} />;
  return (
    <PageContext.Provider value={{ run, checks, route, checkWith, asker: () => checking.current }}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <Tabs />
      <main id="main" tabIndex={-1} ref={main}>
        {!run.facts.whole && <Growing transitions={run.facts.transitions} step={step} />}
        {run.facts.stopped !== null && (
          <p class="stopped" role="alert">
            <span aria-hidden="true">✗</span> The run is shown up to transition {run.facts.transitions}. It goes no
            further: {run.facts.stopped}.
          </p>
        )}
        <LazyView view={route.view} />
      </main>
    </PageContext.Provider>
  );
}
