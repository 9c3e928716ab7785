/** A run that is made again from its chain goes on without a server: only what is new is proven and submitted. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { readMap } from "../../verifier/chain/registry.ts";
import { type MooredRun, mooredRun } from "../web/lib/mooredRun.ts";
import { bad, good } from "./border.ts";
import { cliHere, jsonHere } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-rebuilt-"));
const at = (name: string): string => join(scratch, name);
let run: MooredRun;
let there: string[];
/** The last transition of the chain. */
let taken: number;

beforeAll(async () => {
  run = await mooredRun(at("run"));
  there = ["--rpc", run.anvil.url, "--registry", run.registry.address];
  taken = (await readMap(run.registry, run.mapId)).seq;
});
afterAll(async () => {
  await run?.[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

test("rebuild, go on, prove only the new, and submit", async () => {
  const dir = at("again");
  expect(await good(["rebuild", ...there, "--map", run.mapId, "--out", dir])).toMatchObject({ transitions: taken });
  expect(await good(["prove", dir])).toMatchObject({ rebuilt: taken, batches: 0, proven: 0 });
  expect((await cliHere(["prove", dir])).stdout).toMatch(
    new RegExp(`^the chain had transitions 1 to ${taken} when this run was made from it\nnothing to prove`),
  );

  // A deposit waits.
  expect(await good(["take-in", dir, ...there])).toMatchObject({ entered: ["3"], added: 1 });
  const { stdout } = await cliHere(["prove", dir]);
  expect(stdout).toContain(`the chain had transitions 1 to ${taken}`);
  expect(stdout).toContain("1 transition in 1 batch of batch-8: 1 proven, 0 proven before");
  expect(await good(["prove", dir])).toMatchObject({
    ...{ rebuilt: taken, transitions: taken + 1, batches: 1, proven: 0, skipped: 1 },
    bundles: [expect.stringMatching(new RegExp(`^0{9}${taken + 1}-`))],
  });
  expect(await jsonHere(["verify", dir])).toMatchObject({ code: 1, answer: { problems: [{ field: "rebuilt" }] } });
  expect(await good(["submit", dir, ...there])).toMatchObject({ submitted: [{ firstSeq: taken + 1 }] });
  expect(await readMap(run.registry, run.mapId)).toMatchObject({ seq: taken + 1 });

  const audited = await auditDirectory(dir, { rpc: run.anvil.url });
  expect(audited.problems).toEqual([]);
  expect(audited.notes).toContainEqual(expect.stringContaining(`the proofs of transitions 1 to ${taken} are not here`));
  expect((await auditDirectory(dir)).problems).toMatchObject([{ kind: "unfinished", field: "rebuilt" }]);
});

test("the operator's own run proves from its first transition on, as before", async () => {
  cpSync(at("run"), at("own"), { recursive: true });
  rmSync(join(at("own"), "proofs"), { recursive: true });
  expect(await good(["take-in", at("own"), ...there])).toMatchObject({ added: 0 });
  expect(await good(["prove", at("own")])).toMatchObject({
    ...{ rebuilt: 0, batches: 1, proven: 1, bundles: [expect.stringMatching(/^0000000001-/)] },
  });
});

test("what the chain has dropped since is not to be proven again: the run is to be made again", async () => {
  const dir = at("again");
  const { provider } = run.chain;
  const { createdIn } = await readMap(run.registry, run.mapId);
  await provider.send("anvil_reorg", [(await provider.getBlockNumber()) - createdIn, []]);
  expect(await readMap(run.registry, run.mapId)).toMatchObject({ seq: 0 });
  expect(await bad(["submit", dir, ...there])).toMatchObject({
    field: "manifest.json rebuilt",
    message: expect.stringContaining("make the run again with rebuild"),
  });
});
