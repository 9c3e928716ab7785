/** The page's place is its URL: a view, and what it shows. So a finding is a link. */
import { useEffect, useState } from "preact/hooks";

/** The page's views, in the order of its tabs. */
export const VIEWS = ["causal", "ownership", "transitions", "border", "checks", "trust", "compare"] as const;
export type ViewName = (typeof VIEWS)[number];

/** A view and its parameters, as in `?view=ownership&at=12&program=A`. */
export interface Route {
  readonly view: ViewName;
  readonly params: URLSearchParams;
}

const MOVED = "timebandits-moved";

export function routeOf(search: string): Route {
  const params = new URLSearchParams(search);
  const asked = params.get("view");
  return { view: VIEWS.find((view) => view === asked) ?? "causal", params };
}

/** The address of a view. Parameters that are undefined or empty are left out; those that are not named stay. */
export function hrefOf(route: Route, change: Record<string, string | number | undefined>): string {
  const params = new URLSearchParams(route.params);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === "") params.delete(name);
    else params.set(name, String(value));
  }
  return `?${params}`;
}

/** Parameters that go with the reader from view to view. */
const KEPT = ["at", "node"] as const;

/** The address of another place of the page: of what is there now, only the moment and the node stay. */
export function hrefTo({ params }: Route, to: Record<string, string | number | undefined>): string {
  const kept = new URLSearchParams();
  for (const name of KEPT) {
    const value = params.get(name);
    if (value !== null) kept.set(name, value);
  }
  return hrefOf({ view: "causal", params: kept }, to);
}

/** Goes there. @param replace puts it in place of the present entry of the history, as a slider does */
export function go(href: string, replace = false): void {
  // With what the entry holds: the reader may have agreed to ask a node.
  history[replace ? "replaceState" : "pushState"](history.state, "", href);
  dispatchEvent(new Event(MOVED));
}

/** The present route; the component is drawn again whenever it changes. */
export function useRoute(): Route {
  const [search, setSearch] = useState(location.search);
  useEffect(() => {
    const look = (): void => setSearch(location.search);
    addEventListener("popstate", look);
    addEventListener(MOVED, look);
    return () => {
      removeEventListener("popstate", look);
      removeEventListener(MOVED, look);
    };
  }, []);
  return routeOf(search);
}

/** Follows links within the page without loading it again. @returns what ends it */
export function followLinks(page: Document): () => void {
  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const href = link?.getAttribute("href");
    if (!href?.startsWith("?") || link?.target === "_blank" || link?.hasAttribute("download")) return;
    // What the page may ask is fixed when it is loaded: another node needs another page.
    if (new URLSearchParams(href).get("node") !== new URLSearchParams(location.search).get("node")) return;
    event.preventDefault();
    go(href);
  };
  page.addEventListener("click", follow);
  return () => page.removeEventListener("click", follow);
}
