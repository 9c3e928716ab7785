/**
 * Measures what following a chain costs: importing stated, simulated blocks, and proving them. From one import of
 * everything, and of parts that are followed alone, it tells how many machines of this size keep up.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { PROFILES } from "../../prover/profiles.ts";
import { FOLLOWED, type Followed, type ImportResult, measureImport } from "./chain/importing.ts";
import { MIX } from "./chain/mix.ts";
import { cut, type FillResult, measureProofs, type ProofResult, type Sample } from "./chain/proving.ts";

/** What is measured. */
export interface ChainOptions {
  blocks: number;
  levels: number;
  /** The only profile to prove with; its circuit and keys are made if they are not here. */
  profile?: string | undefined;
  followed?: readonly Followed[];
  /** False leaves out the proofs. */
  prove?: boolean;
  say?: (text: string) => void;
}

/** What keeping up takes, with one profile. */
export interface KeepingUp extends FillResult {
  followed: string;
  proofsPerBlock: number;
  /** Seconds of proving for each second of chain, by the clock; null where no proof was measured. */
  provingPerSecond: number | null;
  /** The same in seconds of processor time, whatever else the machine does. */
  processorPerSecond: number | null;
  /** Machines of this size that keep up if nothing else runs on them: all cores prove all the time. */
  machines: number | null;
}

/** Everything that was measured. */
export interface ChainResult {
  mix: typeof MIX;
  levels: number;
  cores: number;
  imports: ImportResult[];
  proofs: ProofResult[];
  keepingUp: KeepingUp[];
}

const SEED = 20_261_128;

export async function measureChain(options: ChainOptions): Promise<ChainResult> {
  const { blocks, levels, profile, followed = FOLLOWED, prove = true, say = () => undefined } = options;
  const profiles = PROFILES.filter((each) => each.levels === levels);
  const folder = await mkdtemp(join(tmpdir(), "timebandits-chain-"));
  try {
    const imports: ImportResult[] = [];
    const fills: FillResult[][] = [];
    let samples: Sample[] = [];
    for (const [i, each] of followed.entries()) {
      const dir = join(folder, String(i));
      const result = await measureImport(dir, each, { blocks, levels, seed: SEED }, say);
      imports.push(result);
      if (profiles.length === 0) continue;
      say(`${each.name}: batches`);
      const batches = cut(dir, profiles, result.firstBlockEnd);
      fills.push(batches.fills);
      if (i === 0) ({ samples } = batches);
    }
    const proofs = prove ? await measureProofs(samples, profile, say) : [];
    const keepingUp = imports.flatMap((each, i) => (fills[i] ?? []).map((fill) => keepUp(each, fill, proofs)));
    return { mix: MIX, levels, cores: availableParallelism(), imports, proofs, keepingUp };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The proofs that a block takes, and the machines that make them as fast as the chain grows. */
export function keepUp(
  { followed, perBlock }: Pick<ImportResult, "followed" | "perBlock">,
  fill: FillResult,
  proofs: readonly ProofResult[],
  cores = availableParallelism(),
): KeepingUp {
  const proof = proofs.find(({ profile }) => profile === fill.profile);
  const proofsPerBlock = fill.batches === 0 ? 0 : perBlock.transitions / fill.transitionsPerBatch;
  const perSecond = (seconds: number | undefined): number | null =>
    seconds === undefined ? null : (proofsPerBlock * seconds) / MIX.secondsPerBlock;
  const provingPerSecond = perSecond(proof && proof.witnessSeconds + proof.proofSeconds);
  const processorPerSecond = perSecond(proof?.processorSeconds);
  const machines = processorPerSecond === null ? null : Math.ceil(processorPerSecond / cores);
  return { followed, ...fill, proofsPerBlock, provingPerSecond, processorPerSecond, machines };
}
