/** Expects the circuit to accept every batch of a random run. */
import { expect } from "vitest";
import { batchesOf } from "../../prover/batches/batcher.ts";
import { batchInput } from "../../prover/batches/batchInput.ts";
import { signedBy } from "./authorities.ts";
import { SMALL, verdict } from "./circuit.ts";
import { randomRun } from "./randomRun.ts";
import { stateOf } from "./state.ts";

/** @returns the number of batches */
export async function acceptsRandomRun(seed: number, asked: number, moored = false): Promise<number> {
  const { genesis, tracer } = randomRun(seed, asked, moored);
  const map = stateOf(genesis);
  let batches = 0;
  for (const { transitions } of batchesOf(tracer.groups, SMALL)) {
    const { input, statement } = batchInput(map, transitions, SMALL, 7n, signedBy(7n));
    expect(await verdict(input), `transitions ${transitions[0]?.seq} on`).toBe("accepted");
    expect(map.root()).toBe(statement.postRoot);
    batches++;
  }
  expect(map.root()).toBe(tracer.root());
  return batches;
}
