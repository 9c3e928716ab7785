/**
 * Measures how busy an engine is while `prove` works through many full batches, and how many transitions a second come
 * out. The engine is idle while it waits for a witness, or for nothing to be under way.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifactsOf } from "../../prover/artifacts.ts";
import type { Engine, Proven } from "../../prover/engines/engine.ts";
import { engineByName } from "../../prover/engines/index.ts";
import type { Profile } from "../../prover/profiles.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { createRunStream } from "../../trace/tracer/appendRun.ts";
import { effectStream, STREAM_LEVELS, streamGenesis } from "./tracing.ts";

/** One engine over all batches of the run. */
export interface BusyResult {
  engine: string;
  profile: string;
  batches: number;
  transitions: number;
  /** From the beginning of the first witness to the last bundle, without compiling and making keys. */
  seconds: number;
  /** Of these, the seconds in which the engine proved. */
  provingSeconds: number;
  busyPercent: number;
  transitionsPerSecond: number;
  /** Seconds of witnesses and inputs, most of them while the engine proved. */
  witnessSeconds: number;
}

/** Programs of the run: few, so that rows end a batch and not nodes. */
const PROGRAMS = 24;

/** An engine whose proofs are timed. */
class TimedEngine implements Engine {
  readonly name: string;
  provingSeconds = 0;
  readonly #engine: Engine;

  constructor(name: string) {
    this.name = name;
    this.#engine = engineByName(name);
  }

  available(): Promise<boolean> {
    return this.#engine.available();
  }

  async prove(zkeyPath: string, witness: Uint8Array | string): Promise<Proven> {
    const started = performance.now();
    const proven = await this.#engine.prove(zkeyPath, witness);
    this.provingSeconds += (performance.now() - started) / 1_000;
    return proven;
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

/**
 * Traces a run of that many full batches once for each engine, and proves it.
 * @param engines names; those that cannot run here are left out
 * @throws InvalidInputError if the profile is for maps of another size
 */
export async function measureBusy(
  profile: Profile,
  batches: number,
  engines: readonly string[],
  say: (text: string) => void,
): Promise<BusyResult[]> {
  if (profile.levels !== STREAM_LEVELS)
    throw new InvalidInputError(
      "profile",
      `${profile.name} is for maps of ${profile.levels} levels; name one of three`,
    );
  say(`${profile.name}: circuit and keys`);
  await artifactsOf(profile);
  const results: BusyResult[] = [];
  for (const name of engines) {
    const engine = new TimedEngine(name);
    if (!(await engine.available())) continue;
    const folder = await mkdtemp(join(tmpdir(), "timebandits-busy-"));
    try {
      const dir = join(folder, "run");
      const transitions = traceRun(dir, profile, batches);
      const report = await proveDirectory(dir, {
        ...{ engine, profile: profile.name },
        onProgress: (stage, done, total) => say(`${profile.name}: ${name}, ${stage} ${done} of ${total}`),
      });
      const seconds = report.seconds.total;
      results.push({
        ...{ engine: name, profile: profile.name, batches: report.batches, transitions, seconds },
        provingSeconds: engine.provingSeconds,
        busyPercent: (100 * engine.provingSeconds) / seconds,
        transitionsPerSecond: transitions / seconds,
        witnessSeconds: report.seconds.witness,
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return results;
}

/** Traces as many transitions as the batches have rows. A call that hands over may begin the next batch a row early. */
function traceRun(dir: string, profile: Profile, batches: number): number {
  using run = createRunStream(dir, streamGenesis(PROGRAMS), { profiles: [profile] });
  const wanted = batches * profile.rows;
  for (const { actor, effect, at } of effectStream(wanted, PROGRAMS)) {
    run.tracer.perform(actor, effect, at);
    // A call that hands over is two transitions; it stays whole.
    if (run.tracer.seq >= wanted) break;
  }
  run.commit();
  return run.committed;
}

/** The results as lines for people. */
export function busyText(results: readonly BusyResult[]): string {
  return results
    .map(
      (r) =>
        `${r.profile}, ${r.engine}: ${r.batches} batches in ${r.seconds.toFixed(1)} s, the engine busy for ` +
        `${r.busyPercent.toFixed(1)} % of it; ${r.transitionsPerSecond.toFixed(1)} transitions/s`,
    )
    .join("\n");
}
