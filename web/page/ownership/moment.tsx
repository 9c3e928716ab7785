/** The moment that is looked at: a slider over all transitions, and what the one it stands at did. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ToldMoment } from "../../work/history/ownership.ts";
import { go } from "../frame/route.ts";
import { momentIn, usePage } from "../frame/run.ts";
import { timeText } from "../frame/timeText.ts";
import { Words } from "../frame/words.tsx";
import { momentHref, TransitionLink } from "./links.tsx";

/** The buttons' signs: the fonts of some systems have none. */
const FIRST = "M2 2h2v12H2zM14 2v12L5 8z";
const BACK = "M12.5 2v12L3.5 8z";
const ON = "M3.5 2v12l9-6z";
const LAST = "M12 2h2v12h-2zM2 2v12l9-6z";

/** A browser takes only so many changes of the address in a second. */
const BETWEEN = 60;

/** The slider's place at once, and the address soon after it. */
function useSlider(): [at: number, move: (at: number) => void] {
  const page = usePage();
  const there = momentIn(page);
  const [at, setAt] = useState(there);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const wanted = useRef(there);
  useEffect(() => {
    if (timer.current === undefined) setAt(there);
  }, [there]);
  const route = useRef(page.route);
  route.current = page.route;
  const move = (to: number): void => {
    const next = Math.min(Math.max(Math.round(to), 0), page.run.facts.transitions);
    setAt(next);
    wanted.current = next;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      go(momentHref(route.current, wanted.current), true);
    }, BETWEEN);
  };
  return [at, move];
}

export function MomentBar({ moment }: { moment: ToldMoment | undefined }) {
  const { run } = usePage();
  const { transitions } = run.facts;
  const [at, move] = useSlider();
  return (
    <section class="moment card" aria-label="Moment">
      <div class="moment-controls">
        <Step label="To the genesis" sign={FIRST} off={at === 0} go={() => move(0)} />
        <Step label="One transition back" sign={BACK} off={at === 0} go={() => move(at - 1)} />
        <input
          type="range"
          aria-label="Moment: after this transition"
          aria-valuetext={at === 0 ? "genesis" : `after transition ${at} of ${transitions}`}
          min={0}
          max={transitions}
          value={at}
          onInput={(event) => move(Number(event.currentTarget.value))}
        />
        <Step label="One transition on" sign={ON} off={at === transitions} go={() => move(at + 1)} />
        <Step label="To the last transition" sign={LAST} off={at === transitions} go={() => move(transitions)} />
        <label class="moment-number">
          <span class="moment-after">after</span>
          <input
            type="number"
            min={0}
            max={transitions}
            value={at}
            onChange={(event) => move(Number(event.currentTarget.value))}
          />
          <span class="soft">of {transitions}</span>
        </label>
      </div>
      <p class="moment-did" aria-live="polite">
        {moment === undefined ? "…" : <Did moment={moment} />}
      </p>
    </section>
  );
}

function Step({ label, sign, off, go }: { label: string; sign: string; off: boolean; go: () => void }) {
  return (
    <button type="button" aria-label={label} title={label} disabled={off} onClick={go}>
      <svg viewBox="0 0 16 16" width={14} height={14} fill="currentColor" aria-hidden="true" focusable="false">
        <path d={sign} />
      </svg>
    </button>
  );
}

function Did({ moment: { seq, at, did, within } }: { moment: ToldMoment }) {
  if (did === null) return <>The genesis: the state before the first transition.</>;
  return (
    <>
      <TransitionLink seq={seq} />, {timeText(at)} UTC: <Words text={did.asks[0] ?? ""} />.
      {within !== null && (
        <span class="soft">
          {" "}
          In the middle of the group {within.first}–{within.last}, which happens whole or not at all.
        </span>
      )}
    </>
  );
}
