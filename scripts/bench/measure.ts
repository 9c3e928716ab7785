/**
 * Measures the engines on one profile. All prove the same witness, in turns, so that other load on the machine affects
 * all of them.
 */

import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifactsOf } from "../../prover/artifacts.ts";
import { circuitInput } from "../../prover/batches/circuitInput.ts";
import { publicSignals } from "../../prover/bundles/checkBundle.ts";
import type { CircuitArtifacts } from "../../prover/circuit/build.ts";
import { ENGINE_NAMES, engineByName } from "../../prover/engines/index.ts";
import { proofFromJson, verifyProof } from "../../prover/groth16/groth16.ts";
import type { Profile } from "../../prover/profiles.ts";
import { type CircuitInput, calculateWitness, withCompilersProgram } from "../../prover/witness/witness.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import type { Answer, Job } from "./engineProcess.ts";
import { MeasuredMap } from "./onChain.ts";
import { fullBatch, genesisOf, START } from "./workload.ts";

/** One engine on one profile. */
export interface EngineResult {
  engine: string;
  profile: string;
  /** Median of the rounds, the first of each engine left out if there are more. */
  seconds: number;
  /** Speed relative to snarkjs in this run. */
  ratioToSnarkjs: number;
  /** Relative to other programs, where they are on the PATH. JSON leaves out what is undefined. */
  ratioToSnarkrs?: number | undefined;
  ratioToRapidsnark?: number | undefined;
  transitionsPerSecond: number;
  /** Peak memory of the engine's process. */
  peakMemoryMiB: number;
}

/** One profile, without the engines. Seconds are null if the result came from the cache. */
export interface ProfileResult {
  profile: string;
  rows: number;
  constraints: number;
  perTransition: number;
  compileSeconds: number | null;
  keySeconds: number | null;
  /**
   * Calculating the witness from the inputs, on one thread: the first of a process, and the median of those after it.
   */
  firstWitnessSeconds: number;
  witnessSeconds: number;
  /** Speed relative to the program of the circom compiler, measured in turns with it. */
  witnessRatio: number;
  /** Verifying one proof. */
  verifySeconds: number;
  /** Gas of the transaction that submits one full batch alone, for each transition in it. */
  gasPerTransition: number;
}

const WITNESS_ROUNDS = 6;
const PROCESS = new URL("./engineProcess.ts", import.meta.url);

/**
 * @param rounds how many proofs each engine makes
 * @throws EnvironmentError if an engine fails, or makes a proof that does not hold
 */
export async function measure(
  profile: Profile,
  rounds: number,
  say: (text: string) => void,
): Promise<{ profile: ProfileResult; engines: EngineResult[] }> {
  const { name, rows } = profile;
  say(`${name}: circuit and keys`);
  const { circuit, key } = await artifactsOf(profile);
  await using map = await MeasuredMap.create(name, key.verificationKey, mapOf(genesisOf(profile)).root(), START);
  const { input, statement } = fullBatch(profile, map.domain);
  say(`${name}: witnesses`);
  const { witness, ...calculating } = await witnesses(circuit, circuitInput(input));
  const folder = await mkdtemp(join(tmpdir(), "timebandits-bench-"));
  const names = await available();
  const processes = new Map(names.map((name) => [name, fork(PROCESS, [name], { stdio: "inherit" })]));
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  const memory = new Map<string, number>();
  let verifySeconds = 0;
  let gas = 0;
  try {
    const path = join(folder, "witness.wtns");
    await writeFile(path, witness);
    for (let round = 1; round <= rounds; round++) {
      for (const [name, child] of processes) {
        say(`${profile.name}: ${name}, proof ${round} of ${rounds}`);
        const answer = await ask(child, { zkey: key.zkey, witness: path });
        if ("error" in answer) throw new EnvironmentError("engine", `${name} failed: ${answer.error}`);
        const proof = proofFromJson(answer.proof);
        const [seconds, valid] = await timed(() => verifyProof(key.verificationKey, publicSignals(statement), proof));
        if (!valid) throw new EnvironmentError("engine", `${name} made a proof that does not hold`);
        verifySeconds = seconds;
        if (gas === 0) gas = await map.submit(statement, proof);
        times.get(name)?.push(answer.seconds);
        memory.set(name, answer.peakMemoryMiB);
      }
    }
  } finally {
    for (const child of processes.values()) child.disconnect();
    await rm(folder, { recursive: true, force: true });
  }
  const reference = median(times.get("snarkjs") ?? []);
  /** How many times the other program's seconds; undefined where it was not measured. */
  const ratioTo = (other: string, seconds: number): number | undefined => {
    const measured = times.get(other);
    return measured === undefined ? undefined : round(median(measured) / seconds, 2);
  };
  const engines = names.map((engine) => {
    const seconds = median(times.get(engine) ?? []);
    return {
      engine,
      profile: profile.name,
      seconds: round(seconds, 3),
      ratioToSnarkjs: round(reference / seconds, 2),
      ratioToSnarkrs: ratioTo("snarkrs", seconds),
      ratioToRapidsnark: ratioTo("rapidsnark", seconds),
      transitionsPerSecond: round(profile.rows / seconds, 2),
      peakMemoryMiB: memory.get(engine) ?? 0,
    };
  });
  return {
    engines,
    profile: {
      ...{ profile: name, rows, constraints: circuit.constraints },
      perTransition: round(circuit.constraints / rows, 1),
      ...{ compileSeconds: circuit.compileSeconds, keySeconds: key.seconds },
      ...calculating,
      verifySeconds: round(verifySeconds, 3),
      gasPerTransition: Math.round(gas / rows),
    },
  };
}

/** The witness by our program and by the compiler's, in turns. @throws EnvironmentError if they differ */
async function witnesses(circuit: CircuitArtifacts, input: CircuitInput) {
  const programs = [circuit, withCompilersProgram(circuit)];
  const times: number[][] = programs.map(() => []);
  const found: Uint8Array[] = [];
  for (let turn = 0; turn < WITNESS_ROUNDS; turn++) {
    for (const [i, program] of programs.entries()) {
      const [seconds, witness] = await timed(() => calculateWitness(program, input));
      times[i]?.push(seconds);
      found[i] = witness;
    }
  }
  const [witness, other] = found as [Uint8Array, Uint8Array];
  if (!Buffer.from(witness).equals(other)) throw new EnvironmentError("witness", "the two programs do not agree");
  const [own, compilers] = times as [number[], number[]];
  return {
    witness,
    firstWitnessSeconds: round(own[0] ?? Number.NaN, 3),
    witnessSeconds: round(median(own), 3),
    witnessRatio: round(median(compilers) / median(own), 2),
  };
}

/** The engines that can run here. */
async function available(): Promise<string[]> {
  const names: string[] = [];
  for (const name of ENGINE_NAMES) if (await engineByName(name).available()) names.push(name);
  return names;
}

async function ask(child: ChildProcess, job: Job): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const ended = (): void => reject(new EnvironmentError("engine", "its process ended before it answered"));
    child.once("exit", ended);
    child.once("message", (answer: Answer) => {
      child.off("exit", ended);
      resolve(answer);
    });
    child.send(job);
  });
}

async function timed<T>(work: () => Promise<T>): Promise<[seconds: number, result: T]> {
  const started = performance.now();
  const result = await work();
  return [(performance.now() - started) / 1000, result];
}

/** The first of several also warms up, so it does not count. */
function median(times: readonly number[]): number {
  const sorted = (times.length > 2 ? times.slice(1) : [...times]).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? Number.NaN, sorted[middle] ?? Number.NaN];
  return (low + high) / 2;
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
