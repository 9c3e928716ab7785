/** The batches of a run, as an operator wants them proven. */
import { artifactsOf } from "../../prover/artifacts.ts";
import { batchesOf } from "../../prover/batches/batcher.ts";
import { openBatch } from "../../prover/batches/batchInput.ts";
import { packWork, workId } from "../../prover/work/work.ts";
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
