/** Two hundred real proofs from two workers over HTTP, with the queue in PostgreSQL: about five minutes. */
import { afterEach, describe, expect, it } from "vitest";
import { artifactsOf } from "../../../prover/artifacts.ts";
import { checkBundle } from "../../../prover/bundles/checkBundle.ts";
import { runWorker } from "../../../service/worker/runWorker.ts";
import { kindOf } from "../../../trace/layout.ts";
import { openPrograms } from "../../../trace/state/genesis.ts";
import type { Scenario } from "../../../trace/tracer/scenario.ts";
import { packedRun, proofsOf } from "../../lib/packedRun.ts";
import { NO_POSTGRES, TestPostgres } from "../../lib/postgres.ts";
import { PROFILE } from "../../lib/profile.ts";
import { servedFleet } from "../../lib/servedFleet.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

/** Eight transitions a batch: a program makes things, and destroys them. */
function busy(batches: number): Scenario {
  return {
    name: "busy",
    description: "things are made and destroyed",
    genesis: () => ({ levels: PROFILE.levels, cells: openPrograms(1, 16) }),
    run(tracer) {
      const program = tracer.program(1);
      for (let n = 0; n < 4 * batches; n++) {
        const made = program.issue({ kind: kindOf(1, 1), quantity: 1n + BigInt(n), slot: 1 }, 1_767_225_600 + n);
        program.retire({ slot: made.slot }, 1_767_225_600 + n);
      }
    },
  };
}

describe("Real proofs over HTTP", () => {
  it.skipIf(NO_POSTGRES !== undefined)("two hundred come from two workers, each once, and hold", async () => {
    await using postgres = await TestPostgres.start();
    const { domain, batches } = await packedRun(busy(200));
    expect(batches.length).toBe(200);
    const { fleet, server } = await servedFleet(open, domain, postgres.url);
    const stop = new AbortController();
    const told: string[] = [];
    const workers = ["a", "b"].map((name) => {
      const onEvent = ({ type }: { type: string }): void => void told.push(type);
      return runWorker({ server, name, signal: stop.signal, onEvent });
    });
    const bundles = await proofsOf(fleet, batches);
    stop.abort();
    await Promise.all(workers);
    expect(bundles.size).toBe(200);
    expect(told.filter((type) => type === "accepted")).toHaveLength(200);
    expect(told.filter((type) => type === "failed")).toEqual([]);
    const artifacts = await artifactsOf(PROFILE);
    for (const { id, statement } of batches) {
      const bundle = bundles.get(id);
      expect(bundle?.statement).toEqual(statement);
      if (bundle !== undefined) expect(await checkBundle(bundle, artifacts)).toBeNull();
    }
    await fleet.source[Symbol.asyncDispose]();
    open.shift();
  });
});
