/** A run that questions are asked about: by its store, or replayed. */
import type { RecordedRun } from "../../trace/chain/record.ts";
import type { NameTables } from "../../trace/describe/names.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { RunHistory } from "../../trace/query/index.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import type { Store } from "../../trace/store/store.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import { recordedRun } from "./chainOptions.ts";
import { storeNotice } from "./storeNotice.ts";

/** A run, as far as questions need it. */
export interface ShownRun {
  readonly manifest: Manifest;
  /** The run, for the blocks beside it. */
  readonly recorded: RecordedRun & { manifest: Manifest };
  /** Whether something was cut off at the end of the trace. */
  readonly torn: boolean;
  history(tables: NameTables): RunHistory;
}

/**
 * Answers a question about a run: by its store if there is one that can be believed, else by a replay. If the store
 * turns out to be damaged meanwhile, the question is asked again, of a replay.
 * @param onReplay called before a replay
 * @throws InvalidInputError naming file, transition and field, if the run does not replay
 */
export async function withShownRun<T>(
  dir: string,
  onReplay: () => void,
  work: (run: ShownRun) => Promise<T>,
): Promise<T> {
  const { readableStore } = await import("../../trace/store/openStore.ts");
  {
    using store = readableStore(dir, storeNotice);
    const answer = store && (await byStore(dir, store, work));
    if (answer !== undefined) return answer.of;
  }
  onReplay();
  return await work(await replayedRun(dir));
}

/** @returns undefined if the whole run has to be replayed */
async function byStore<T>(
  dir: string,
  store: Store,
  work: (run: ShownRun) => Promise<T>,
): Promise<{ of: T } | undefined> {
  const { StoredRun } = await import("../../trace/store/storedHistory.ts");
  try {
    const run = opened(() => new StoredRun(dir, store));
    if (run === undefined) return undefined;
    const of = await work(run);
    run.requireSound();
    return { of };
  } catch (error) {
    if (!(error instanceof DamagedStoreError)) throw error;
    storeNotice(
      `${error.message.split(";")[0]}; everything is replayed; remove store.sqlite, and prove makes it again`,
    );
    return undefined;
  }
}

/** Undefined if the end of the trace is at fault: a replay of all of it names the fault as ever. */
function opened<Run extends { readonly end: unknown }>(open: () => Run): Run | undefined {
  try {
    const run = open();
    // What is behind the store's last state is checked also where the question is about an earlier one.
    return run.end === undefined ? undefined : run;
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

async function replayedRun(dir: string): Promise<ShownRun> {
  const { replayDirectory } = await import("../../trace/replay/replay.ts");
  const { historyOf } = await import("../../trace/query/index.ts");
  const run = replayDirectory(dir);
  return {
    ...{ manifest: run.manifest, torn: run.trace.torn, recorded: recordedRun(run) },
    history: (tables) => historyOf(run, tables),
  };
}
