/** Options of runs that grow by commits. */
import type { Transition } from "../machine/transition.ts";
import type { StoreOptions } from "../store/openStore.ts";
import type { TracerOptions } from "./tracerOptions.ts";

/** Options of a run that grows by commits. `keepGroups` is false by default. */
export interface RunStreamOptions extends TracerOptions {
  /** The caller's task, for those who find the run locked; `import` by default. */
  verb?: string;
  /**
   * Commits between two savings of the manifest (default 1). It is saved when the run is closed, too. A crash loses
   * only names that were given since it was saved.
   */
  namesEvery?: number;
  /** The run's lock, if the caller holds it already. The caller gives it back. */
  lock?: Disposable;
  /** How the run's store is used; false for not at all. */
  store?: StoreOptions | false;
}

/** Options for opening such a run. */
export interface OpenRunOptions extends RunStreamOptions {
  /**
   * The last transition that stays; the trace is cut after it, and 0 leaves the genesis alone. By default that of the
   * last checkpoint: what an interrupted commit left is cut off. In a run that was not written by commits, that may cut
   * up to 255 whole groups.
   */
  upTo?: number;
  /** Called with every group of the past, after it was replayed. With it, everything is replayed. */
  onReplayed?: (group: readonly Transition[]) => void;
}
