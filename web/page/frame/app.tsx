/** The page: opens the run, checks it beside that, and shows the view that the URL names. */
import { proxy } from "comlink";
import { useEffect, useState } from "preact/hooks";
import type { Checks } from "../checks/marks.ts";
import { type OpenRun, openHistory, readFiles, startCheck } from "./loadRun.ts";
import { useRoute } from "./route.ts";
import { PageContext } from "./run.ts";

const NOTHING: Checks = { running: { text: "checking", done: 0, of: 0 }, report: undefined, problem: undefined };

export function App() {
  const route = useRoute();
  const [run, setRun] = useState<OpenRun>();
  const [checks, setChecks] = useState<Checks>(NOTHING);
  const [step, setStep] = useState("reading the run");
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    void begin(setRun, setChecks, setStep).catch((error: unknown) => setProblem(messageOf(error)));
  }, []);
  if (problem !== undefined)
    return (
      <main>
        <p role="alert">The run cannot be shown: {problem}</p>
      </main>
    );
  if (run === undefined) return <main aria-busy="true">{step} …</main>;
  return (
    <PageContext.Provider value={{ run, checks, route }}>
      <main>
        {run.facts.scenario}: {run.facts.transitions} transitions;{" "}
        {checks.report?.state ?? checks.problem ?? "checking"}
      </main>
    </PageContext.Provider>
  );
}

async function begin(
  setRun: (run: OpenRun) => void,
  setChecks: (checks: Checks) => void,
  setStep: (text: string) => void,
): Promise<void> {
  const files = await readFiles("run", (text, done, of) => setStep(`${text}, ${Math.floor((100 * done) / of)} %`));
  setRun(await openHistory(files, (text, done) => setStep(`${text}, transition ${done}`)));
  try {
    const check = await startCheck(files);
    const onProgress = (text: string, done: number, of: number): void =>
      setChecks({ ...NOTHING, running: { text, done, of } });
    const report = await check.audit(proxy(onProgress));
    setChecks({ running: null, report, problem: undefined });
  } catch (error) {
    setChecks({ running: null, report: undefined, problem: messageOf(error) });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
