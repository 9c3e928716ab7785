/** Loads a view's code when it is first shown, so that the page itself is small. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { messageOf } from "./messageOf.ts";
import type { ViewName } from "./route.ts";

const LOADERS: Readonly<Record<ViewName, () => Promise<ComponentType>>> = {
  causal: async () => (await import("../causal/causalView.tsx")).CausalView,
  ownership: async () => (await import("../ownership/ownershipView.tsx")).OwnershipView,
  transitions: async () => (await import("../transitions/transitionsView.tsx")).TransitionsView,
  border: async () => (await import("../border/borderView.tsx")).BorderView,
  checks: async () => (await import("../checks/checksView.tsx")).ChecksView,
  trust: async () => (await import("../trust/trustView.tsx")).TrustView,
  compare: async () => (await import("../compare/compareView.tsx")).CompareView,
};

const loaded = new Map<ViewName, ComponentType>();

export function LazyView({ view }: { view: ViewName }) {
  const [problem, setProblem] = useState<{ view: ViewName; message: string }>();
  const [, setReady] = useState<ViewName>();
  useEffect(() => {
    if (loaded.has(view)) return;
    LOADERS[view]().then(
      (component) => {
        loaded.set(view, component);
        setReady(view);
      },
      (error: unknown) => setProblem({ view, message: messageOf(error) }),
    );
  }, [view]);
  const View = loaded.get(view);
  if (View !== undefined) return <View />;
  if (problem?.view === view) {
    return (
      <p role="alert" class="bad">
        This view cannot be loaded: {problem.message}. Load the page again.
      </p>
    );
  }
  return <p aria-busy="true">loading …</p>;
}
