/** `run --continue` and `submit` by turns: a run that goes on while its map is on a chain. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readBundles } from "../../prover/bundles/bundle.ts";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import { readRun } from "../../trace/run/runDirectory.ts";
import { advance, type Chain, connect, proofWords } from "../../verifier/chain/registry.ts";
import { chainTime } from "../lib/chains.ts";
import { PROFILE } from "../lib/profile.ts";
import { jsonHere } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-continue-"));
let anvil: Anvil;
let chain: Chain;
let registry: string;
let runs = 0;
let dir: string;
/** The chain's time when the run begins, in seconds since 1970. */
let now: number;

beforeAll(async () => {
  anvil = await startAnvil();
  chain = await connect(anvil.url);
  registry = String((await answered(["deploy", "--rpc", anvil.url])).registry);
});
/** Each test has a run of three transitions. */
beforeEach(async () => {
  runs++;
  dir = join(scratch, `run-${runs}`);
  now = await chainTime(chain.provider);
  await answered(["run", issuing("first", 3, true), "--out", dir, "--at", String(now)]);
});
afterAll(async () => {
  chain?.provider.destroy();
  await anvil?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** Writes a scenario in which program 1 issues that many times. It has a genesis if it begins a run. */
function issuing(name: string, times: number, begins = false): string {
  const cell = `{ type: "program", inbox: 16, steps: 0, clock: 0, authority: 0n, log: 0n, seq: 0 }`;
  const genesis = `genesis: () => ({ levels: ${PROFILE.levels}, cells: [{ address: 256, cell: ${cell} }] }),`;
  const file = join(scratch, `${runs}-${name}.mjs`);
  writeFileSync(
    file,
    `export default {
  name: "${name}",
  description: "program 1 issues",
  ${begins ? genesis : ""}
  run(tracer) {
    for (let i = 0; i < ${times}; i++) tracer.program(1).issue({ kind: 2n ** 32n + 1n, quantity: ${times}n });
  },
};`,
  );
  return file;
}

/** The JSON object of a verb that succeeds. */
async function answered(args: readonly string[]) {
  const { code, answer } = await jsonHere(args);
  expect({ args, code, error: answer.error }).toEqual({ args, code: 0, error: undefined });
  return answer;
}

const where = () => ["--rpc", anvil.url, "--registry", registry];
const goOn = (to: string, name: string, times: number, at?: number) =>
  answered(["run", issuing(name, times), "--continue", to, ...(at === undefined ? [] : ["--at", String(at)])]);
const prove = (of: string) => answered(["prove", of]);
const submit = (of: string) => jsonHere(["submit", of, ...where()]);

/** The head of the run's map, as the registry has it. */
async function headOf(of: string): Promise<unknown> {
  const { chain: place } = readRun(of).manifest;
  return (await answered(["map", ...where(), "--map", String(place?.mapId)])).head;
}

test("after each continuation only the new batches are submitted, and the chain's head is the run's root", async () => {
  await answered(["create", dir, ...where()]);
  await prove(dir);
  expect(await submit(dir)).toMatchObject({
    code: 0,
    answer: { already: 0, submitted: [{ firstSeq: 1, lastSeq: 3 }] },
  });

  const second = await goOn(dir, "second", 2, now + 1);
  expect(second).toMatchObject({ before: 3, transitions: 5 });
  const place = readRun(dir).manifest.chain;
  // Before the new batch is proven, the chain is behind the run, and submit names the missing proof.
  expect(await submit(dir)).toMatchObject({
    code: 1,
    answer: { error: { message: expect.stringContaining("no proof begins with transition 4") } },
  });
  expect(await prove(dir)).toMatchObject({ skipped: 1, proven: 1, stale: [] });
  const submitted = await submit(dir);
  expect(submitted).toMatchObject({
    code: 0,
    answer: { already: 1, submitted: [{ firstSeq: 4, lastSeq: 5 }], head: { seq: 5, root: second.root } },
  });
  expect(await headOf(dir)).toMatchObject({ seq: 5, root: second.root });

  // Two continuations wait for the chain: the first is proven alone, so their batches are apart.
  await goOn(dir, "third", 1);
  await prove(dir);
  const fourth = await goOn(dir, "fourth", 9);
  expect(await prove(dir)).toMatchObject({ skipped: 3, proven: 2 });
  expect(await submit(dir)).toMatchObject({
    code: 0,
    answer: { already: 2, submitted: [{ firstSeq: 6, lastSeq: 6 }, { firstSeq: 7 }, { lastSeq: 15 }] },
  });
  expect(await headOf(dir)).toMatchObject({ seq: 15, root: fourth.root });
  expect(readRun(dir).manifest.chain).toEqual(place);
  expect(await answered(["audit", dir, ...where()])).toMatchObject({
    counts: { transitions: 15, proven: 15 },
    chain: { head: { seq: 15, root: fourth.root } },
    problems: [],
  });
});

test("a second continuation's batch is refused until its predecessor is on the chain", async () => {
  await answered(["create", dir, ...where()]);
  await prove(dir);
  await submit(dir);
  await goOn(dir, "second", 2);
  await prove(dir);
  const third = await goOn(dir, "third", 1);
  await prove(dir);

  const [, predecessor, last] = (await readBundles(dir)).flatMap((entry) => ("bundle" in entry ? [entry] : []));
  if (predecessor === undefined || last === undefined) throw new Error("the run has three bundles");
  const { preRoot, postRoot, traceRoot, span } = last.bundle.statement;
  const batch = { keyHash: last.bundle.key.hash, preRoot, postRoot, traceRoot, span };
  const { chain: place } = readRun(dir).manifest;
  await expect(
    advance({ chain, address: registry }, String(place?.mapId), [{ ...batch, proof: proofWords(last.bundle.proof) }]),
  ).rejects.toMatchObject({ exitCode: 1, reason: "WrongPreRoot" });

  const without = join(scratch, "without");
  cpSync(dir, without, { recursive: true });
  rmSync(join(without, "proofs", predecessor.name));
  expect(await submit(without)).toMatchObject({
    code: 1,
    answer: { error: { message: expect.stringContaining("no proof begins with transition 4") } },
  });
  expect(await headOf(dir)).toMatchObject({ seq: 3 });
  expect(await submit(dir)).toMatchObject({ code: 0, answer: { head: { seq: 6, root: third.root } } });
});

test("of two continuations of the same run the chain takes the first, and the other is another trace", async () => {
  await answered(["create", dir, ...where()]);
  await prove(dir);
  await submit(dir);
  const copy = join(scratch, "copy");
  cpSync(dir, copy, { recursive: true });
  const taken = await goOn(dir, "second", 2);
  await goOn(copy, "other", 1);
  await prove(dir);
  await prove(copy);
  expect(await submit(dir)).toMatchObject({ code: 0 });
  expect(await submit(copy)).toMatchObject({ code: 1, answer: { error: { code: "another-trace" } } });
  await goOn(copy, "longer", 4);
  await prove(copy);
  expect(await submit(copy)).toMatchObject({ code: 1, answer: { error: { code: "another-trace" } } });
  expect(await headOf(dir)).toMatchObject({ seq: 5, root: taken.root });
});

test("a run continued before its map is created proves its batches anew, for the map", async () => {
  await prove(dir);
  const { root } = await goOn(dir, "second", 2);
  await answered(["create", dir, ...where()]);
  expect(await submit(dir)).toMatchObject({ code: 1, answer: { error: { code: "local-domain" } } });
  await prove(dir);
  expect(await submit(dir)).toMatchObject({ code: 0, answer: { head: { seq: 5, root } } });
  expect(await headOf(dir)).toMatchObject({ seq: 5, root });
});

test("a continuation without --at keeps the run's last time, which the chain refuses once it is too old", async () => {
  await answered(["create", dir, ...where(), "--max-lag", "3600"]);
  await prove(dir);
  await submit(dir);
  const copy = join(scratch, "present");
  cpSync(dir, copy, { recursive: true });
  await chain.provider.send("evm_increaseTime", [7200]);
  await chain.provider.send("evm_mine", []);

  await goOn(dir, "second", 2);
  await prove(dir);
  expect(await submit(dir)).toMatchObject({
    code: 1,
    answer: { error: { reason: "TooOld", message: expect.stringContaining("again with a later time (--at)") } },
  });

  // The copy goes on at the chain's present time.
  const present = await chainTime(chain.provider);
  const { root } = await goOn(copy, "second", 2, present);
  await prove(copy);
  expect(await submit(copy)).toMatchObject({ code: 0, answer: { already: 1, head: { seq: 5, root } } });
  expect(await headOf(copy)).toEqual({ seq: 5, root, time: present });
  // The same state, at other times: the chain holds the copy's trace, not this one.
  expect(await submit(dir)).toMatchObject({
    code: 1,
    answer: { error: { code: "another-trace", message: expect.stringContaining(`at the time ${present}, which is`) } },
  });
});
