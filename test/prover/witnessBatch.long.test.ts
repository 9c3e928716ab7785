/**
 * The witness builder against the compiled circuit of the everyday profile, on a trace with every sort of row.
 */

import { expect, test } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import { batchesOf } from "../../prover/batches/batcher.ts";
import { batchInput } from "../../prover/batches/batchInput.ts";
import { circuitInput } from "../../prover/batches/circuitInput.ts";
import { calculateWitness, checkWitness, withCompilersProgram } from "../../prover/witness/witness.ts";
import { commitTo } from "../../trace/commitment/commit.ts";
import { OP } from "../../trace/layout.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { EVERYTHING } from "../lib/everyRowTrace.ts";
import { PROFILE } from "../lib/provenRun.ts";

test("every batch of a trace with all sorts of rows satisfies the circuit", async () => {
  const genesis = EVERYTHING.genesis();
  const tracer = Tracer.from(genesis, { profiles: [PROFILE] });
  await EVERYTHING.run(tracer);
  const used = new Set(tracer.transitions.map(({ effect }) => effect));
  for (const name of Object.keys(OP)) if (name !== "Padding") expect(used, name).toContain(name);

  const { circuit } = await artifactsOf(PROFILE);
  const before = mapOf(genesis);
  let root = before.root();
  for (const { transitions } of batchesOf(tracer.groups, PROFILE)) {
    const { statement, input } = batchInput(before, transitions, PROFILE, 5n);
    expect(statement.preRoot).toBe(root);
    expect(statement.traceRoot).toBe(commitTo(transitions, PROFILE.rows).root);
    const [witness, byCompiler] = [
      await calculateWitness(circuit, circuitInput(input)),
      await calculateWitness(withCompilersProgram(circuit), circuitInput(input)),
    ];
    expect(Buffer.from(witness).equals(byCompiler)).toBe(true);
    root = statement.postRoot;
    const swapped = { ...input, postRoot: statement.preRoot };
    expect(await checkWitness(circuit, circuitInput(swapped))).toMatchObject({ ok: false });
  }
  expect(root).toBe(tracer.root());
});
