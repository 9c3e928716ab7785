/** Two runs compared: the one that is open, and a second one that the reader chooses. */
import { useEffect, useState } from "preact/hooks";
import type { Comparison } from "../../work/history/compare.ts";
import { messageOf } from "../frame/messageOf.ts";
import { go, hrefOf } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";
import { nameOfRun } from "../frame/runName.ts";
import { ChooseRun } from "./chooseRun.tsx";
import { Outcome } from "./outcome.tsx";
import { compareWith, isOwn, runAt, type SecondRun } from "./secondRun.ts";
import "./compare.css";

/** What the view shows. */
type Shown =
  | { readonly state: "empty" }
  | { readonly state: "working"; readonly text: string }
  | { readonly state: "failed"; readonly problem: string }
  | { readonly state: "there"; readonly comparison: Comparison; readonly called: readonly [string, string] };

/** The comparison goes on, and stays, while the reader looks at other views. */
let kept: Shown = { state: "empty" };
const watching = new Set<(shown: Shown) => void>();

function show(next: Shown): void {
  kept = next;
  for (const tell of watching) tell(next);
}

function useShown(): Shown {
  const [shown, setShown] = useState(kept);
  useEffect(() => {
    watching.add(setShown);
    setShown(kept);
    return () => {
      watching.delete(setShown);
    };
  }, []);
  return shown;
}

const farText = (text: string, done: number, of: number): string => `${text}, ${Math.floor((100 * done) / of)} %`;

export function CompareView() {
  const { run, route } = usePage();
  const shown = useShown();
  const work = async (second: (say: (text: string) => void) => Promise<SecondRun>): Promise<void> => {
    const say = (text: string): void => show({ state: "working", text });
    say("reading the second run");
    try {
      const other = await second(say);
      const first = nameOfRun(run.facts.scenario) ?? "this run";
      const comparison = await compareWith(run.files, other, first, (text, done, of) => say(farText(text, done, of)));
      show({ state: "there", comparison, called: [first, other.called] });
    } catch (error) {
      show({ state: "failed", problem: messageOf(error) });
    }
  };
  const compareAddress = (address: string): void => {
    go(hrefOf(route, { with: address }), true);
    void work((say) => runAt(address, (text, done, of) => say(farText(text, done, of))));
  };
  const linked = route.params.get("with") ?? "";
  useEffect(() => {
    if (linked !== "" && isOwn(linked) && kept.state === "empty") compareAddress(linked);
  }, []);
  return (
    <div class="compare">
      <h2>Compare with another run</h2>
      <ChooseRun address={linked} busy={shown.state === "working"} onRun={work} onAddress={compareAddress} />
      <div aria-live="polite">
        {shown.state === "working" && <p class="working">{shown.text} …</p>}
        {shown.state === "failed" && (
          <p class="failed" role="alert">
            <span aria-hidden="true">✕ </span>
            The runs cannot be compared: <bdi>{shown.problem}</bdi>
          </p>
        )}
      </div>
      {shown.state === "there" && <Outcome comparison={shown.comparison} called={shown.called} />}
    </div>
  );
}
