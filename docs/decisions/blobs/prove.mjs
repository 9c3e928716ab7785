/**
 * Proofs of the prototype alone, or of a full batch, with a development key:
 * node docs/decisions/blobs/prove.mjs ROWS:WORDS|PROFILE TIMES
 *
 * One row in four has a third word. `time` around it tells the processor time: take the difference of two runs.
 */
import soak from "../../../examples/soak.ts";
import { batchesOf } from "../../../prover/batches/batcher.ts";
import { batchInput } from "../../../prover/batches/batchInput.ts";
import { circuitInput } from "../../../prover/batches/circuitInput.ts";
import { buildCircuit } from "../../../prover/circuit/build.ts";
import { NativeEngine } from "../../../prover/engines/native.ts";
import { developmentKey } from "../../../prover/keys/development.ts";
import { mainSource, profileOf } from "../../../prover/profiles.ts";
import { calculateWitness } from "../../../prover/witness/witness.ts";
import { mapOf } from "../../../trace/state/genesis.ts";
import { runScenario } from "../../../trace/tracer/runScenario.ts";
import { inputOf, sourceOf } from "./circuit.mjs";

const [size, times] = process.argv.slice(2);
const { circuit, input } = size.includes(":") ? await prototype(...size.split(":").map(Number)) : await batch(size);
const key = await developmentKey(circuit);
const witness = await calculateWitness(circuit, input);
const engine = new NativeEngine();
for (let i = 0; i < Number(times); i++) {
  const at = performance.now();
  await engine.prove(key.zkey, witness);
  console.log(`${circuit.constraints} constraints: ${((performance.now() - at) / 1000).toFixed(2)} s by the clock`);
}
await engine.close();

async function prototype(rows, words) {
  let state = 1n;
  const word = (bits) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 251n;
    return state % 2n ** BigInt(bits);
  };
  const given = Array.from({ length: rows }, (_, r) => [word(150), word(120), r % 4 === 0 ? word(251) : 0n]);
  return {
    circuit: await buildCircuit(`blob-${rows}`, sourceOf(rows, words)),
    input: inputOf(rows, word(251), given),
  };
}

async function batch(name) {
  const profile = profileOf(name);
  const tracer = await runScenario(soak, { profiles: [profile] });
  const map = mapOf(soak.genesis());
  const [{ transitions }] = batchesOf(tracer.groups, profile);
  return {
    circuit: await buildCircuit(name, mainSource(profile)),
    input: circuitInput(batchInput(map, transitions, profile, 7n).input),
  };
}
