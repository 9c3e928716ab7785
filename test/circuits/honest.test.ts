/** Nothing true is lost: whatever the tracer accepts, alone or in groups, with checks and triggers, has a witness. */
import { expect, test } from "vitest";
import { batchesOf } from "../../prover/batcher.ts";
import { batchInput } from "../../prover/batchInput.ts";
import type { Effect } from "../../trace/effects.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { mapOf } from "../../trace/genesis.ts";
import { Tracer } from "../../trace/tracer.ts";
import { anyEffect } from "../lib/anyEffect.ts";
import { GOLD, genesisWith, resource, SILVER } from "../lib/build.ts";
import { SMALL, verdict } from "../lib/circuit.ts";
import { Random } from "../lib/random.ts";

test.each([3, 4])("every batch of a random run is accepted (seed %i)", async (seed) => {
  const random = new Random(seed);
  const genesis = genesisWith({
    programs: 3,
    inbox: 4,
    levels: SMALL.levels,
    cells: [resource([1, 1], GOLD, 50n), resource([2, 1], SILVER, 50n)],
  });
  const tracer = Tracer.from(genesis, { profiles: [SMALL] });
  let now = 100;
  for (let i = 0; i < 1200; i++) {
    now += random.below(2);
    const effects = Array.from({ length: random.below(4) === 0 ? 2 : 1 }, () => anyEffect(random, now));
    const [first] = effects;
    try {
      if (effects.length === 1) tracer.perform(1 + random.below(3), first as Effect, now);
      else tracer.batch(1 + random.below(3), effects as Exclude<Effect, { effect: "AtomicBatch" }>[], now);
    } catch (error) {
      expect(error).toBeInstanceOf(TimeBanditsError);
    }
  }
  const map = mapOf(genesis);
  let batches = 0;
  for (const { transitions } of batchesOf(tracer.groups, SMALL)) {
    const { input, statement } = batchInput(map, transitions, SMALL, 7n);
    expect(await verdict(input), `transitions ${transitions[0]?.seq} on`).toBe("accepted");
    expect(map.root()).toBe(statement.postRoot);
    batches++;
  }
  expect(map.root()).toBe(tracer.root());
  expect(batches).toBeGreaterThan(20);
});
