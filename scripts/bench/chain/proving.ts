/** Cuts an imported run into batches, and proves one of them with each profile: what keeping up with a chain takes. */
import { artifactsHere, artifactsOf } from "../../../prover/artifacts.ts";
import { type Batch, Batcher } from "../../../prover/batches/batcher.ts";
import { batchInput } from "../../../prover/batches/batchInput.ts";
import { circuitInput } from "../../../prover/batches/circuitInput.ts";
import { publicSignals } from "../../../prover/bundles/checkBundle.ts";
import { ENGINE_NAMES, engineByName } from "../../../prover/engines/index.ts";
import { verifyProof } from "../../../prover/groth16/groth16.ts";
import type { Profile } from "../../../prover/profiles.ts";
import { calculateWitness } from "../../../prover/witness/witness.ts";
import { EnvironmentError } from "../../../trace/errors.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import { readGenesis } from "../../../trace/run/runDirectory.ts";
import { mapOf } from "../../../trace/state/genesis.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { openRun } from "../../../trace/tracer/appendRun.ts";

/** How a run's transitions fill the batches of a profile. */
export interface FillResult {
  profile: string;
  rows: number;
  nodes: number;
  batches: number;
  /** Means of a batch. */
  transitionsPerBatch: number;
  nodesPerBatch: number;
  /** Part of the batches that ended because the nodes were used up, not the rows. */
  endedByNodes: number;
}

/** The cost of a proof. */
export interface ProofResult {
  profile: string;
  engine: string;
  /** Of the proven batch. */
  transitions: number;
  witnessSeconds: number;
  proofSeconds: number;
  /** Processor time of witness and proof. */
  processorSeconds: number;
}

/** A batch, and the state before it. */
export interface Sample {
  profile: Profile;
  batch: Batch;
  map: TimeMap;
}

/** Proofs of each batch. The first reads the key and starts threads, so it does not count. */
const PROOFS = 3;

/**
 * Replays a run, and cuts what follows a transition into batches of each profile.
 * @returns how they are filled, and the second batch of each profile as a sample
 */
export function cut(dir: string, profiles: readonly Profile[], after: number) {
  const cuts = profiles.map((profile) => new Cut(profile));
  const map = mapOf(readGenesis(dir));
  openRun(dir, {
    profiles,
    onReplayed(group) {
      if ((group[0]?.seq ?? 0) > after) for (const each of cuts) each.add(group, map);
      for (const { columns } of group) {
        for (const { address, after } of Object.values(columns)) if (address !== 0) map.write(address, after);
      }
    },
  }).close();
  for (const each of cuts) each.finish();
  return { fills: cuts.map(({ fill }) => fill), samples: cuts.flatMap(({ sample }) => sample ?? []) };
}

/** The batches of one profile. Only their numbers are kept. */
class Cut {
  readonly #profile: Profile;
  readonly #batcher: Batcher;
  readonly #sums = { batches: 0, transitions: 0, nodes: 0, byNodes: 0 };
  #before: TimeMap | undefined;
  sample: Sample | undefined;

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#batcher = new Batcher(profile);
  }

  /** @param map the state before the group */
  add(group: readonly Transition[], map: TimeMap): void {
    const batch = this.#batcher.add(group);
    if (batch === undefined) return;
    const before = this.#before;
    if (before !== undefined && this.sample === undefined) this.sample = { profile: this.#profile, batch, map: before };
    this.#before ??= map.clone();
    this.#count(batch, batch.transitions.length + group.length <= this.#profile.rows);
  }

  finish(): void {
    const rest = this.#batcher.finish();
    if (rest !== undefined) this.#count(rest, false);
  }

  #count({ transitions, nodes }: Batch, byNodes: boolean): void {
    this.#sums.batches++;
    this.#sums.transitions += transitions.length;
    this.#sums.nodes += nodes;
    if (byNodes) this.#sums.byNodes++;
  }

  get fill(): FillResult {
    const { name, rows, nodes } = this.#profile;
    const { batches, ...sums } = this.#sums;
    const mean = (sum: number): number => (batches === 0 ? 0 : sum / batches);
    return {
      ...{ profile: name, rows, nodes, batches },
      transitionsPerBatch: mean(sums.transitions),
      nodesPerBatch: mean(sums.nodes),
      endedByNodes: mean(sums.byNodes),
    };
  }
}

/**
 * Proves the samples whose circuit and keys are here.
 * @param make a profile whose circuit and keys are made if they are not; the first one if none is here
 */
export async function measureProofs(
  samples: readonly Sample[],
  make: string | undefined,
  say: (text: string) => void,
): Promise<ProofResult[]> {
  const results: ProofResult[] = [];
  const here = await Promise.all(samples.map(async ({ profile }) => (await artifactsHere(profile)) !== null));
  const made = make ?? (here.includes(true) ? undefined : samples[0]?.profile.name);
  for (const [i, sample] of samples.entries()) {
    const { name } = sample.profile;
    if (make === undefined ? here[i] !== true && name !== made : name !== make) continue;
    say(`${name}: circuit, keys and ${PROOFS} proofs`);
    results.push(await prove(sample));
  }
  return results;
}

async function prove({ profile, batch, map }: Sample): Promise<ProofResult> {
  const { circuit, key } = await artifactsOf(profile);
  const { input, statement } = batchInput(map, batch.transitions, profile, 0n);
  const engine = engineByName(ENGINE_NAMES[0] as string);
  const rounds: { witness: number; proof: number; processor: number }[] = [];
  try {
    for (let round = 0; round < PROOFS; round++) {
      const [started, used] = [performance.now(), process.cpuUsage()];
      const witness = await calculateWitness(circuit, circuitInput(input));
      const calculated = performance.now();
      const { proof } = await engine.prove(key.zkey, witness);
      const proven = performance.now();
      const { user, system } = process.cpuUsage(used);
      if (!(await verifyProof(key.verificationKey, publicSignals(statement), proof))) {
        throw new EnvironmentError("engine", `${engine.name} made a proof that does not hold`);
      }
      const [witnessed, all] = [(calculated - started) / 1_000, (proven - calculated) / 1_000];
      rounds.push({ witness: witnessed, proof: all, processor: (user + system) / 1e6 });
    }
  } finally {
    await engine.close();
  }
  const later = rounds.slice(1);
  const mean = (of: (round: (typeof rounds)[number]) => number): number =>
    later.reduce((sum, round) => sum + of(round), 0) / later.length;
  return {
    ...{ profile: profile.name, engine: engine.name, transitions: batch.transitions.length },
    witnessSeconds: mean(({ witness }) => witness),
    proofSeconds: mean(({ proof }) => proof),
    processorSeconds: mean(({ processor }) => processor),
  };
}
