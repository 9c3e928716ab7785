/** The plan for signing a run: the batches that no proof covers, and where its logs are read from. */
import { lookUp, type TriggerRows } from "../../trace/effects/triggers.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import type { LogBeginning } from "../../trace/signing/boundPrograms.ts";
import type { Genesis } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import type { Store } from "../../trace/store/store.ts";
import { logBeginning } from "../../trace/store/storedLogs.ts";
import type { OnProgress } from "../circuit/build.ts";
import type { Batch } from "./batcher.ts";
import { validBundles } from "./batchStatus.ts";
import { planOf } from "./plan.ts";
import { planBehind } from "./provingPlan.ts";

/** A run, as far as signing needs it. */
export interface SigningPlan {
  readonly manifest: Manifest;
  readonly domain: bigint;
  readonly genesisRoot: bigint;
  /** The batches that no proof covers that vouches for the signatures. */
  readonly open: readonly Batch[];
  /** All batches; undefined if the first ones were not read. */
  readonly batches: readonly Batch[] | undefined;
  /** The state at the end. */
  readonly end: TimeMap;
  readonly triggers: TriggerRows;
  /** The groups from which a program's log is read. */
  readonly groups: readonly (readonly Transition[])[];
  /**
   * Where they begin for a program's log; undefined if what is before them may keep it from being signed, or is not
   * known. Then only the whole run tells.
   */
  beginningOf(program: number): Genesis | LogBeginning | undefined;
}

/** The plan of a run that is replayed from its genesis. @throws as `planOf` */
export async function wholePlan(dir: string, wanted?: string, onProgress?: OnProgress): Promise<SigningPlan> {
  const plan = await planOf(dir, wanted);
  const { genesis, groups, manifest, map, trace } = plan.run;
  const proven = await validBundles(plan, onProgress);
  return {
    ...{ manifest, groups, end: map, domain: plan.domain, genesisRoot: trace.header.genesisRoot },
    ...{ open: plan.batches.filter((batch) => proven.get(batch)?.vouches !== true), batches: plan.batches },
    ...{ triggers: lookUp(trace.triggers), beginningOf: () => genesis },
  };
}

/**
 * The plan of a run, replayed from the last state of its store before the first batch that no proof covers. It must not
 * be used after the store was closed.
 * @returns undefined if an interruption left the end of the trace unfinished
 * @throws as `planOf`; DamagedStoreError
 */
export async function storedPlan(
  dir: string,
  store: Store,
  wanted?: string,
  onProgress?: OnProgress,
): Promise<SigningPlan | undefined> {
  // Anyone can forge a proof under a development key, so it does not stand for a signature.
  const plan = await planBehind(dir, wanted, store, ({ key }) => key.kind !== "development");
  const { end, map, from, lead, groups, triggers } = plan.behind;
  if (end === undefined) return undefined;
  const known = await validBundles({ ...plan, map }, onProgress);
  const [earlier, later] = [store.triggers(from), lookUp(triggers)];
  return {
    ...{ manifest: plan.manifest, domain: plan.domain, genesisRoot: plan.header.genesisRoot, end },
    ...{ open: plan.batches.filter((batch) => known.get(batch)?.vouches !== true), batches: undefined },
    ...{ triggers: (digest) => later(digest) ?? earlier(digest), groups: [...lead, ...groups] },
    beginningOf: (program) => logBeginning(store, program, from),
  };
}
