/** A tracer at the end of a run on disk: from the last state of its store on, or from its genesis. */
import { Machine } from "../machine/machine.ts";
import type { Transition } from "../machine/transition.ts";
import { headerIn, replayFile } from "../replay/replayFile.ts";
import type { Manifest } from "../run/manifest.ts";
import { pathIn, readGenesis, readManifest, requireProfiles } from "../run/runDirectory.ts";
import type { TraceTail } from "../run/traceWriter.ts";
import { type Genesis, mapOf, watchesOf } from "../state/genesis.ts";
import { TimeMap } from "../state/timeMap.ts";
import type { Store } from "../store/store.ts";
import { StoreFeed, type StoreFeedOptions } from "../store/storeFeed.ts";
import type { OpenRunOptions } from "./openRunOptions.ts";
import { profilesOf } from "./runProfiles.ts";
import { Tracer } from "./tracer.ts";
import type { Past, PastKept, TracerOptions } from "./tracerOptions.ts";

/** A tracer, and who gets its groups. */
export interface Traced {
  tracer: Tracer;
  listener: { onGroup?: (group: readonly Transition[]) => void };
}

/** A tracer at the genesis. It keeps no groups unless the options say so. */
export function tracedFrom(genesis: Genesis, manifest: Manifest, options: TracerOptions): Traced {
  return tracedAt(new Machine(mapOf(genesis)), options, {
    ...{ genesis, manifest, groups: [] },
    trace: { triggers: new Map() },
  });
}

function tracedAt(machine: Machine, options: TracerOptions, past: Past | PastKept): Traced {
  const listener: Traced["listener"] = {};
  const tracer = new Tracer(
    machine,
    {
      keepGroups: false,
      ...options,
      onGroup(group, map) {
        listener.onGroup?.(group);
        options.onGroup?.(group, map);
      },
    },
    past,
  );
  return { tracer, listener };
}

/** How the store of an open run is fed. */
export function feeding({ store, onReplayed, keepGroups }: OpenRunOptions): StoreFeedOptions {
  const segment = typeof store === "object" ? store.segment : undefined;
  // Those who want all groups read all of the map, too. It stays in memory for them.
  return { segment, rest: onReplayed === undefined && keepGroups !== true };
}

/**
 * A tracer at a transition of a run.
 * @param upTo the transition
 * @param store the run's, if there is one. What is missing in it is added, and what is behind the transition removed
 * @throws InvalidInputError if the trace does not replay, or does not end a group there; DamagedStoreError
 */
export function reachEnd(
  dir: string,
  upTo: number,
  options: OpenRunOptions,
  store: Store | undefined,
): { traced: Traced; tail: TraceTail; feed: StoreFeed | undefined } {
  const path = pathIn(dir, "trace");
  const header = headerIn(path);
  const manifest = readManifest(dir, header.profiles);
  requireProfiles(header, manifest);
  // Whoever wants the groups of the past gets all of them.
  const everything = store === undefined || options.onReplayed !== undefined || options.keepGroups === true;
  const genesis = everything ? readGenesis(dir) : undefined;
  const { levels, watches } = { levels: header.levels, watches: store?.watches, ...genesis };
  const bounds = { levels, watches: genesis === undefined ? watches : watchesOf(genesis) };
  const profiles = profilesOf(header, bounds as Genesis, options.profiles);
  const { profiles: _all, ...others } = options;
  const tracing: TracerOptions = { ...others, ...(profiles.length > 0 && { profiles }) };
  if (store !== undefined && upTo < store.top.last) store.cut(upTo);
  const from = everything ? undefined : store.top;
  const traced =
    from === undefined || store === undefined
      ? tracedFrom(genesis as Genesis, manifest, tracing)
      : tracedAt(new Machine(TimeMap.over(store.checked(from)), from.last, from.at), tracing, {
          ...{ manifest, keys: store.keys(), triggers: store.triggers(from) },
          met: (actor, program) => store.met(actor, program, from),
        });
  const { tracer } = traced;
  const feed = store && new StoreFeed(store, tracer.map, feeding(options));
  const tail = replayFile(path, tracer.machine, upTo, {
    after: from && { seq: from.last, bytes: from.bytes },
    onGroup(group, triggers) {
      tracer.tookPlace(group);
      options.onReplayed?.(group);
      feed?.group(group, triggers);
    },
    onCheckpoint: ({ checkpoint: seq, root }, bytes) => feed?.mark({ seq, at: tracer.at, bytes, root }),
  });
  tracer.know(tail.triggers);
  return { traced, tail: { ...tail, ...(from && store && { others: store.triggers(from) }) }, feed };
}
