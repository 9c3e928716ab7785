/** The end of a run that goes on: reached by a replay, or from the last state of the run's store. */
import { Machine } from "../machine/machine.ts";
import type { Transition } from "../machine/transition.ts";
import type { Replayed } from "../replay/replay.ts";
import { headerIn, replayFile } from "../replay/replayFile.ts";
import type { Manifest } from "../run/manifest.ts";
import { pathIn, readGenesis, readManifest, requireProfiles } from "../run/runDirectory.ts";
import { chunksOf } from "../run/traceFile.ts";
import type { TraceHeader } from "../run/traceLines.ts";
import { readParts, type TraceEnd } from "../run/traceReader.ts";
import { type TraceTail, TraceWriter } from "../run/traceWriter.ts";
import type { Genesis } from "../state/genesis.ts";
import { TimeMap } from "../state/timeMap.ts";
import type { Store } from "../store/store.ts";
import { logBeginning } from "../store/storedLogs.ts";
import { groupsOnDisk } from "./groupsOnDisk.ts";
import { Tracer } from "./tracer.ts";
import type { TracerOptions } from "./tracerOptions.ts";

/** The end of a run. */
export interface RunEnd {
  readonly manifest: Manifest;
  readonly header: TraceHeader;
  /** The genesis' levels and watches. */
  readonly bounds: Pick<Genesis, "levels" | "watches">;
  /** Transitions of the run, and the time of the last one. */
  readonly transitions: number;
  readonly at: number;
  /** Transitions cut off at the end: an interruption had left their group unfinished. */
  readonly cut: number;
  /** The state. The tracer advances it. */
  readonly map: TimeMap;
  /** The store from which it was reached. */
  readonly store?: Store;
  genesis(): Genesis;
  /** Number of groups. */
  groups(): number;
  /** A tracer there. */
  tracer(options: TracerOptions): Tracer;
  /** Appends to a copy of the trace. */
  writer(file: string): TraceWriter;
  /**
   * Whether what was traced since is what a tracer traces that knows the whole history.
   * @throws DamagedStoreError if something was read that is not the store's
   */
  isSound(): boolean;
}

/** The end of a replayed run. */
export function replayedEnd(run: Replayed): RunEnd {
  const { genesis, groups, map, manifest, trace } = run;
  const before = groups.length;
  return {
    ...{ manifest, header: trace.header, bounds: genesis, map, cut: trace.cut, transitions: trace.records.length },
    ...{ at: groups.at(-1)?.at(-1)?.at ?? 0, genesis: () => genesis, groups: () => before, isSound: () => true },
    tracer: (options) => Tracer.after(run, options),
    writer: (file) => TraceWriter.open(file).writer,
  };
}

/**
 * The end of a run, reached from the last state of its store. It must not be used after the store was closed.
 * @throws InvalidInputError if the rest of the trace does not replay; DamagedStoreError
 */
export function storedEnd(dir: string, store: Store): RunEnd {
  const path = pathIn(dir, "trace");
  const header = headerIn(path);
  const manifest = readManifest(dir, header.profiles);
  requireProfiles(header, manifest);
  const { top: from } = store;
  const machine = new Machine(TimeMap.over(store.checked(from)), from.last, from.at);
  const { seq: transitions, cut } = endBehind(store);
  const groups: Transition[][] = [];
  const tail = replayFile(path, machine, transitions, {
    after: { seq: from.last, bytes: from.bytes },
    onGroup: (group) => groups.push(group),
  });
  const { met, isSound } = meetingsOf(store);
  const triggers = store.triggers(from);
  return {
    ...{ manifest, header, transitions, cut, store, at: machine.at, map: machine.map, isSound },
    bounds: { levels: header.levels, watches: store.watches },
    genesis: () => readGenesis(dir),
    groups: () => groupsUpTo(path, from.bytes) + groups.length,
    tracer(options) {
      const earlier = () => groupsOnDisk(dir, from.last);
      const tracer = new Tracer(machine, options, { manifest, keys: store.keys(), triggers, met, earlier });
      tracer.know(tail.triggers);
      for (const group of groups) tracer.tookPlace(group);
      return tracer;
    },
    writer: (file) => TraceWriter.after(file, tailWith(tail, store)),
  };
}

function tailWith(tail: TraceTail, store: Store): TraceTail {
  return { ...tail, others: store.triggers(store.top) };
}

/** How the trace ends. What the store has is not read. */
function endBehind({ trace, top }: Store): TraceEnd {
  const parts = readParts(chunksOf(trace, top.bytes), { seq: top.last, bytes: top.bytes });
  for (;;) {
    const step = parts.next();
    if (step.done === true) return step.value;
  }
}

/**
 * The meetings that the store has. It does not have those of programs that acted while they were open: what depends on
 * them is not sound.
 */
function meetingsOf(store: Store): Pick<RunEnd, "isSound"> & {
  met: (actor: number, program: number) => bigint | undefined;
} {
  const { top } = store;
  const known = new Map<number, boolean>();
  return {
    met(actor, program) {
      if (!known.has(actor)) known.set(actor, logBeginning(store, actor, top) !== undefined);
      return store.met(actor, program, top);
    },
    isSound() {
      store.requireSound();
      return ![...known.values()].includes(false);
    },
  };
}

/** Number of groups in the first bytes of a trace that was replayed when they were stored. */
function groupsUpTo(path: string, bytes: number): number {
  let [count, rest] = [0, ""];
  for (const chunk of chunksOf(path, 0, bytes)) {
    const text = rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1");
    const end = text.lastIndexOf("\n") + 1;
    for (const [, seq, group] of text.slice(0, end).matchAll(/^\{"seq":(\d+),"group":(\d+),/gm))
      if (group === "0" || group === seq) count++;
    rest = text.slice(end);
  }
  return count;
}
