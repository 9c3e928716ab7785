/** What every view has at hand: the open run, what was checked of it, and the page's place. */
import type { Remote } from "comlink";
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { CheckWork } from "../../work/checkWorker.ts";
import type { KeyFile } from "../../work/givenKeys.ts";
import type { Checks } from "../checks/marks.ts";
import type { OpenRun } from "./loadRun.ts";
import { messageOf } from "./messageOf.ts";
import type { Route } from "./route.ts";

export interface Page {
  readonly run: OpenRun;
  readonly checks: Checks;
  readonly route: Route;
  /** Checks again under keys that the reader vouches for. @throws Error if a file holds no such key */
  readonly checkWith: (keys: readonly KeyFile[]) => Promise<void>;
  /** Who asks the node; undefined until the check has begun. */
  readonly asker: () => Remote<CheckWork> | undefined;
}

export const PageContext = createContext<Page | undefined>(undefined);

/** @throws Error outside an open page */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error("there is no open run here");
  return page;
}

/** An answer that is on its way, there, or refused. The answer before it stays until the next is there. */
export interface Asked<T> {
  readonly answer: T | undefined;
  readonly problem: string | undefined;
  readonly waiting: boolean;
}

/**
 * Asks again whenever one of `deps` changes, or more of the run is there. A late answer to an earlier question is
 * dropped.
 */
export function useAnswer<T>(ask: () => Promise<T>, deps: readonly unknown[]): Asked<T> {
  const { run } = usePage();
  const [asked, setAsked] = useState<Asked<T>>({ answer: undefined, problem: undefined, waiting: true });
  useEffect(() => {
    let current = true;
    setAsked((before) => ({ ...before, waiting: true }));
    ask().then(
      (answer) => current && setAsked({ answer, problem: undefined, waiting: false }),
      (error: unknown) =>
        current &&
        setAsked({
          answer: undefined,
          problem: messageOf(error),
          waiting: false,
        }),
    );
    return () => {
      current = false;
    };
  }, [run, ...deps]);
  return asked;
}

/** The moment that the page looks at: the transition in the URL, or the last one. */
export function momentIn({ route, run }: Page): number {
  const asked = Number(route.params.get("at") ?? run.facts.transitions);
  return Number.isSafeInteger(asked) && asked >= 0 && asked <= run.facts.transitions ? asked : run.facts.transitions;
}
