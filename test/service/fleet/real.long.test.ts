/** Real proofs: made in the process, and by a worker over HTTP. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { artifactsOf } from "../../../prover/artifacts.ts";
import type { Bundle } from "../../../prover/bundles/bundle.ts";
import { checkBundle } from "../../../prover/bundles/checkBundle.ts";
import { openFleet } from "../../../service/fleet/openFleet.ts";
import { DIAGRAM } from "../../lib/diagram.ts";
import { packedRun, proofsOf } from "../../lib/packedRun.ts";
import { PROFILE } from "../../lib/profile.ts";
import { servedFleet } from "../../lib/servedFleet.ts";
import { cli } from "../../scripts/cli.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

describe("Real proofs", () => {
  it("come from the process itself, and hold", async () => {
    const { domain, batches } = await packedRun(DIAGRAM);
    const fleet = await openFleet({ profiles: [PROFILE], domain });
    open.push(fleet.source);
    const bundles = await proofsOf(fleet, batches);
    const artifacts = await artifactsOf(PROFILE);
    for (const { id, statement } of batches) {
      const bundle = bundles.get(id) as Bundle;
      expect(bundle.statement).toEqual(statement);
      expect(await checkBundle(bundle, artifacts)).toBeNull();
    }
    expect(await fleet.source.counts()).toMatchObject({ waiting: 0, active: 0, setAside: 0, workers: 1 });
  });
});

describe("Real proofs over HTTP", () => {
  it("come from a worker that fetches circuit and key by their hashes", async () => {
    const { domain, batches } = await packedRun(DIAGRAM);
    const { fleet, server } = await servedFleet(open, domain);
    const cache = await mkdtemp(join(tmpdir(), "timebandits-worker-"));
    open.push({ [Symbol.asyncDispose]: () => rm(cache, { recursive: true, force: true }) });
    const bundle = proofsOf(fleet, batches.slice(0, 1));
    const args = ["worker", "--server", server, "--once", "--name", "one", "--engine", "wasm", "--json"];
    const ended = await cli(args, { env: { TIMEBANDITS_CACHE: cache } });
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, accepted: 1, late: 0, failed: 0, givenBack: 0 });
    expect((await bundle).size).toBe(1);
    const { circuit, key } = await artifactsOf(PROFILE);
    expect((await readdir(join(cache, "fetched"))).sort()).toEqual([circuit.programHash, key.hash].sort());
  });
});
