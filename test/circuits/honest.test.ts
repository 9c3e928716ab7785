/** Nothing true is lost: whatever the tracer accepts, alone or in groups, with checks and triggers, has a witness. */
import { expect, test } from "vitest";
import { batchesOf } from "../../prover/batcher.ts";
import { batchInput } from "../../prover/batchInput.ts";
import { mapOf } from "../../trace/genesis.ts";
import { signedBy } from "../lib/authorities.ts";
import { SMALL, verdict } from "../lib/circuit.ts";
import { randomRun } from "../lib/randomRun.ts";

test.each([3, 4])("every batch of a random run is accepted (seed %i)", async (seed) => {
  const { genesis, tracer } = randomRun(seed, 1200);
  const map = mapOf(genesis);
  let batches = 0;
  for (const { transitions } of batchesOf(tracer.groups, SMALL)) {
    const { input, statement } = batchInput(map, transitions, SMALL, 7n, signedBy(7n));
    expect(await verdict(input), `transitions ${transitions[0]?.seq} on`).toBe("accepted");
    expect(map.root()).toBe(statement.postRoot);
    batches++;
  }
  expect(map.root()).toBe(tracer.root());
  expect(batches).toBeGreaterThan(20);
});
