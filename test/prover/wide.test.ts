/** Maps with more levels than the usual three: recorded, planned, optimised and created on a chain. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { batchInput } from "../../prover/batches/batchInput.ts";
import { planOf } from "../../prover/batches/plan.ts";
import { optimiseDirectory } from "../../prover/optimise/optimise.ts";
import { PROFILES, profileOf, profilesWith } from "../../prover/profiles.ts";
import { recordDirectory } from "../../prover/recording/record.ts";
import type { Progress } from "../../scripts/lib/progress.ts";
import { idOf } from "../../trace/layout.ts";
import { createOnChain } from "../../verifier/chain/publish.ts";
import { deployRegistry } from "../../verifier/chain/registry.ts";
import { hardhatChain } from "../lib/chains.ts";
import { temporaryFolder } from "../lib/provenRun.ts";
import { WIDE_PROGRAMS, WIDE_ROWS, wide } from "../lib/wideRun.ts";

const SILENT: Progress = { say: () => undefined, onProgress: () => undefined, stop: () => undefined };
const PROFILE = profileOf("wide-40");

test("the profiles of a map are those with its levels", () => {
  expect(profilesWith(5)).toEqual([PROFILE]);
  expect(profilesWith(3)).toEqual(PROFILES.filter((profile) => profile !== PROFILE));
  expect(profilesWith(4)).toEqual([]);
});

test("a map of five levels has programs above 4,095, and its batches have its own profile", async () => {
  const dir = join(await temporaryFolder(), "run");
  const tracer = await recordDirectory(dir, wide());
  const { run, map: start, batches } = await planOf(dir);
  expect(run.trace.header).toMatchObject({ levels: 5, profiles: [PROFILE.name] });
  expect([run.map.programs(), run.map.root()]).toEqual([WIDE_PROGRAMS, tracer.root()]);
  const [issue, escrow] = run.groups.flat();
  expect(issue).toMatchObject({ effect: "Issue", actor: WIDE_PROGRAMS });
  expect(escrow).toMatchObject({ resource: idOf(WIDE_PROGRAMS, 0) });
  expect(batches).toMatchObject([{ profile: PROFILE }]);
  const { span, input } = batchInput(start, batches[0]?.transitions ?? [], PROFILE, 1n, () => {
    throw new Error("open programs sign nothing");
  });
  expect([span.count, input.postRoot]).toEqual([WIDE_ROWS, run.map.root()]);
});

test("a run on a map of five levels is planned for its profile alone, and created with that profile's key", async () => {
  const dir = join(await temporaryFolder(), "run");
  await recordDirectory(dir, wide(50));
  const report = await optimiseDirectory(dir, { out: `${dir}-2` });
  expect(report).toMatchObject({ gained: false, before: { batches: 1, profiles: { [PROFILE.name]: 1 } } });
  await using chain = await hardhatChain();
  const { address } = await deployRegistry(chain);
  const created = await createOnChain(dir, chain, { registry: address }, SILENT);
  expect(created.verifiers).toMatchObject([{ profile: PROFILE.name }]);
});
