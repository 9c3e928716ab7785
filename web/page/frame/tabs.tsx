/** The views as links. */
import { hrefTo, VIEWS, type ViewName } from "./route.ts";
import { usePage } from "./run.ts";
import { runInTitle } from "./runName.ts";

const LABELS: Readonly<Record<ViewName, string>> = {
  causal: "Causal",
  ownership: "Ownership",
  transitions: "Transitions",
  checks: "Checks",
  trust: "Trust",
  compare: "Compare",
};

/** @param scenario the open run's name; undefined while none is open */
export function titleOf(view: ViewName, scenario: string | undefined): string {
  return scenario === undefined ? "Time Bandits" : `${LABELS[view]} · ${runInTitle(scenario)} · Time Bandits`;
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
