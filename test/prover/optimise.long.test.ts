/** Proofs and signatures from before a run is optimised. */
import { existsSync } from "node:fs";
import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { validBundles } from "../../prover/batches/batchStatus.ts";
import { planOf } from "../../prover/batches/plan.ts";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { optimiseDirectory } from "../../prover/optimise/optimise.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { readSignatures } from "../../prover/signing/signatureFiles.ts";
import { address, kindOf } from "../../trace/layout.ts";
import { openPrograms } from "../../trace/state/genesis.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { authority } from "../lib/authorities.ts";
import { keyedRun, START, signFor } from "../lib/keyedRun.ts";
import { USUAL_PROFILES } from "../lib/profile.ts";
import { temporaryFolder } from "../lib/provenRun.ts";

const APART = [1, 20, 40, 60];

/** One program fills a batch; then, if there are any, rounds in which four that lie far apart take turns. */
function turns(rounds: number): Scenario {
  return {
    name: "turns",
    description: "programs far apart take turns",
    genesis: () => ({ levels: 3, cells: openPrograms(60, 16) }),
    run(tracer) {
      const issue = (program: number, slot: number, at: number) =>
        tracer.program(program).issue({ kind: kindOf(program, 1), quantity: 1n, slot }, at);
      for (let slot = 1; slot <= 8; slot++) issue(2, slot, START);
      for (let round = 0; round < rounds; round++) for (const program of APART) issue(program, 90 + round, START + 1);
    },
  };
}

test("a valid bundle is copied, and proves the new run's first batch", async () => {
  const folder = await temporaryFolder();
  const [first, dir, out] = ["first", "run", "out"].map((name) => join(folder, name)) as [string, string, string];
  await runScenario(turns(0), { out: first, profiles: USUAL_PROFILES });
  await proveDirectory(first);
  await runScenario(turns(8), { out: dir, profiles: USUAL_PROFILES });
  await mkdir(proofsIn(dir));
  await cp(proofsIn(first), proofsIn(dir), { recursive: true });

  const report = await optimiseDirectory(dir, { out });
  expect(report).toMatchObject({ gained: true, fixed: 8, bundles: 1 });
  const plan = await planOf(out);
  expect(plan.batches).toHaveLength(1 + report.after.batches);
  expect([...(await validBundles(plan)).keys()]).toEqual([plan.batches[0]]);
  expect(await readdir(proofsIn(out))).toEqual(await readdir(proofsIn(first)));
});

test("a signature that would become void stops the work; one that stays valid is copied", async () => {
  /** Programs 2 and 20 have keys. */
  const signed: Scenario = {
    ...turns(8),
    genesis() {
      const { levels, cells } = turns(8).genesis();
      for (const { address: at, cell } of cells) {
        if (cell.type !== "program") continue;
        if (at === address(2, 0)) cell.authority = authority(5);
        if (at === address(20, 0)) cell.authority = authority(6);
      }
      return { levels, cells };
    },
  };
  const dir = await keyedRun(signed);
  await signFor(dir, 2, { key: 5 });
  expect(await optimiseDirectory(dir, { out: join(dir, "out") })).toMatchObject({ gained: true, signatures: 1 });
  expect((await readSignatures(join(dir, "out"))).map(({ name }) => name)).toEqual(["00000002-0000000008.json"]);
  await signFor(dir, 20, { key: 6 });
  const refused = optimiseDirectory(dir, { out: join(dir, "other") });
  await expect(refused).rejects.toThrow(/^signatures: \d+ of them, of programs 20, cover an order/);
  expect(existsSync(join(dir, "other"))).toBe(false);
});
