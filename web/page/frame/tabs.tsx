/** The views as links. */
import { hrefTo, VIEWS, type ViewName } from "./route.ts";
import { usePage } from "./run.ts";

const LABELS: Readonly<Record<ViewName, string>> = {
  causal: "Causal",
  ownership: "Ownership",
  transitions: "Transitions",
  checks: "Checks",
  trust: "Trust",
  compare: "Compare",
};

export function titleOf(view: ViewName, run: string): string {
  return run === "" ? "Time Bandits" : `${LABELS[view]} · ${run} · Time Bandits`;
}

export function Tabs() {
  const { route } = usePage();
  return (
    <nav class="tabs" aria-label="Views">
      <ul>
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
