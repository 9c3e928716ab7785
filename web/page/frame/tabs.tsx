/** The views as links. */
import { useEffect, useRef } from "preact/hooks";
import { hrefTo, VIEWS, type ViewName } from "./route.ts";
import { usePage } from "./run.ts";
import { runInTitle } from "./runName.ts";

const LABELS: Readonly<Record<ViewName, string>> = {
  causal: "Causal",
  ownership: "Ownership",
  transitions: "Transitions",
  border: "Border",
  checks: "Checks",
  trust: "Trust",
  compare: "Compare",
};

/** @param scenario the open run's name; undefined while none is open */
export function titleOf(view: ViewName, scenario: string | undefined): string {
  return scenario === undefined ? "Time Bandits" : `${LABELS[view]} · ${runInTitle(scenario)} · Time Bandits`;
}

/** Scrolls the list until the present view is in its middle. */
function centre(list: HTMLElement): void {
  const present = list.querySelector<HTMLElement>("[aria-current]");
  if (present === null) return;
  list.scrollLeft = present.offsetLeft - list.offsetLeft - (list.clientWidth - present.offsetWidth) / 2;
}

export function Tabs() {
  const { route } = usePage();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const { current } = list;
    if (current === null) return;
    // In a narrow window the list scrolls: the present view stays in sight.
    const resized = new ResizeObserver(() => centre(current));
    resized.observe(current);
    return () => resized.disconnect();
  }, [route.view]);
  return (
    <nav class="tabs" aria-label="Views">
      <ul ref={list}>
        {VIEWS.map((view) => (
          <li key={view}>
            <a href={hrefTo(route, { view })} aria-current={route.view === view ? "page" : undefined}>
              {LABELS[view]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
