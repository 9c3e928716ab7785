/** The batches of a run, as an operator wants them proven. */
import { artifactsOf } from "../../prover/artifacts.ts";
import { batchesOf } from "../../prover/batches/batcher.ts";
import { openBatch } from "../../prover/batches/batchInput.ts";
import type { Bundle } from "../../prover/bundles/bundle.ts";
import { packWork, workId } from "../../prover/work/work.ts";
import type { OpenFleet } from "../../service/fleet/openFleet.ts";
import type { WantedProof } from "../../service/fleet/proofSource.ts";
import { localDomain } from "../../trace/commitment/commit.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { PROFILE } from "./profile.ts";

/** The batches of a scenario without signing programs, for the small circuit. */
export async function packedRun(scenario: Scenario): Promise<{ domain: bigint; batches: WantedProof[] }> {
  const genesis = scenario.genesis();
  const tracer = Tracer.from(genesis, { profiles: [PROFILE] });
  await scenario.run(tracer);
  const map = mapOf(genesis);
  const domain = localDomain(map.root());
  const { circuit, key } = await artifactsOf(PROFILE);
  const named = { hash: key.vkeyHash, kind: key.kind };
  const batches = [...batchesOf(tracer.groups, PROFILE)].map(({ transitions }) => {
    const opened = openBatch(map, transitions, PROFILE, domain);
    const work = packWork({ opened, given: [], circuit: circuit.hash, key: named, map });
    const { firstSeq, count } = opened.span;
    const { statement } = opened;
    const id = workId(work, statement);
    return { id, firstSeq, lastSeq: firstSeq + count - 1, profile: PROFILE.name, statement, work };
  });
  return { domain, batches };
}

/** Wants all batches. @returns their bundles, once all are there */
export async function proofsOf(fleet: OpenFleet, batches: readonly WantedProof[]) {
  const bundles = new Map<string, Bundle>();
  const all = new Promise<void>((resolve, reject) => {
    const setAside = ({ reasons }: { reasons: readonly string[] }): void => reject(new Error(reasons.join("; ")));
    const proven = async (id: string, bundle: Bundle): Promise<void> => {
      bundles.set(id, bundle);
      if (bundles.size === batches.length) resolve();
    };
    fleet.source.start({ proven, setAside }).then(async () => {
      for (const batch of batches) await fleet.source.want(batch);
    }, reject);
  });
  await all;
  return bundles;
}
