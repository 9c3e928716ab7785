/**
 * The witness builder against the compiled circuit of the everyday profile, on two traces that together have
 * every sort of row: what enters a map and is ejected from it needs a moored one.
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
import { signedBy } from "../lib/authorities.ts";
import { EVERYTHING } from "../lib/everyRowTrace.ts";
import { mooredRun } from "../lib/mooredRun.ts";
import { PROFILE } from "../lib/provenRun.ts";

const SCENARIOS = [EVERYTHING, mooredRun()];
const used = new Set<string>();

test.each(SCENARIOS)("every batch of $name satisfies the circuit", async (scenario) => {
  const genesis = scenario.genesis();
  const tracer = Tracer.from(genesis, { profiles: [PROFILE] });
  await scenario.run(tracer, {});
  for (const { effect } of tracer.transitions) used.add(effect);

  const { circuit } = await artifactsOf(PROFILE);
  const before = mapOf(genesis);
  let root = before.root();
  for (const { transitions } of batchesOf(tracer.groups, PROFILE)) {
    const { statement, input } = batchInput(before, transitions, PROFILE, 5n, signedBy(5n));
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

test("the traces have all sorts of rows", () => {
  for (const name of Object.keys(OP)) if (name !== "Padding") expect(used, name).toContain(name);
});
