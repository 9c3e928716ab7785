/** One size of map in a process of its own: see growth.ts. */

import { artifactsOf } from "../../prover/artifacts.ts";
import { batchInput } from "../../prover/batches/batchInput.ts";
import { circuitInput } from "../../prover/batches/circuitInput.ts";
import { publicSignals } from "../../prover/bundles/checkBundle.ts";
import { engineByName } from "../../prover/engines/index.ts";
import { verifyProof } from "../../prover/groth16/groth16.ts";
import { profileOf } from "../../prover/profiles.ts";
import { calculateWitness } from "../../prover/witness/witness.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import { batchOn, type GrowthResult, grownGenesis } from "./growth.ts";

const MIB = 2 ** 20;

async function measured(cells: number): Promise<GrowthResult> {
  const profile = profileOf("batch-8");
  const genesis = grownGenesis(cells);
  const [buildSeconds, map] = await timed(() => mapOf(genesis));
  const [rootSeconds] = await timed(() => map.root());
  const mapMemoryMiB = Math.round(process.memoryUsage().rss / MIB);
  const transitions = batchOn(map);
  // Not measured: the batch changed nodes and changed them back, and this call computes their digests.
  map.root();
  const [inputSeconds, { input, statement }] = await timed(() => batchInput(map, transitions, profile, 0n));
  const { circuit, key } = await artifactsOf(profile);
  // This engine works in this process, where it can be measured.
  const engine = engineByName("wasm");
  try {
    const named = circuitInput(input);
    const witness = await calculateWitness(circuit, named);
    const [witnessSeconds] = await timed(() => calculateWitness(circuit, named));
    // Starts threads and reads the key for the first time.
    await engine.prove(key.zkey, witness);
    const [proveSeconds, { proof }] = await timed(() => engine.prove(key.zkey, witness));
    if (!(await verifyProof(key.verificationKey, publicSignals(statement), proof))) throw new Error("no valid proof");
    return {
      ...{ cells, programs: map.programs(), buildSeconds, rootSeconds, mapMemoryMiB },
      ...{ inputSeconds, witnessSeconds, proveSeconds },
      peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    await engine.close();
  }
}

/** Processor time of all threads, in seconds. Other load on the machine changes it little. */
async function timed<T>(work: () => T | Promise<T>): Promise<[seconds: number, result: T]> {
  const started = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(started);
  return [(user + system) / 1e6, result];
}

process.send?.(await measured(Number(process.argv[2])));
process.disconnect();
