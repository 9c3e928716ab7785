/** Real proofs by a worker in the process, submitted to a registry on anvil. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { artifactsOf } from "../../../prover/artifacts.ts";
import { type Anvil, startAnvil } from "../../../scripts/lib/anvil.ts";
import { openFleet } from "../../../service/fleet/openFleet.ts";
import { openChainSubmitter } from "../../../service/operator/chainSubmitter.ts";
import { openOperator } from "../../../service/operator/operator.ts";
import { packedWork } from "../../../service/operator/packedWork.ts";
import type { Effect } from "../../../trace/effects/effects.ts";
import { readManifest } from "../../../trace/run/runDirectory.ts";
import { auditDirectory } from "../../../verifier/audit/audit.ts";
import { createOnChain } from "../../../verifier/chain/publish.ts";
import { type Chain, connect, deployRegistry, openRegistry, requireMap } from "../../../verifier/chain/registry.ts";
import { PROFILE } from "../../lib/profile.ts";
import { asProgram, emptyRun, genesisOf, issue, nextId, OPERATOR, signed, single } from "./lib/served.ts";

let anvil: Anvil;
let chain: Chain;

beforeAll(async () => {
  anvil = await startAnvil();
  chain = await connect(anvil.url);
});
afterAll(async () => {
  chain?.provider.destroy();
  await anvil?.stop();
});

const nothing = { say: () => undefined, onProgress: () => undefined, stop: () => undefined };

test("a map is served, signed, withdrawn from, proven, and accepted on chain, over a restart and a reorganisation", async () => {
  const dir = await emptyRun(genesisOf(3, 1));
  const { address } = await deployRegistry(chain);
  await createOnChain(dir, chain, { registry: address, profile: [PROFILE.name] }, nothing);
  const entry = readManifest(dir).chain;
  if (entry === undefined) throw new Error("no map");
  const { domain } = entry;
  let ahead = 0;
  const serve = async () => {
    const { source } = await openFleet({ profiles: [PROFILE], domain });
    const submitter = await openChainSubmitter(dir, chain, address);
    const operator = await openOperator(dir, {
      ...{ proofs: source, workOf: packedWork((profile) => artifactsOf(profile)), submitter },
      ...{ batchAge: 1, signWithin: 30, clock: () => Math.floor(Date.now() / 1_000) + ahead, tickMs: 50 },
    });
    const close = async (): Promise<void> => {
      await operator[Symbol.asyncDispose]();
      await source[Symbol.asyncDispose]();
    };
    return { operator, close };
  };
  let { operator, close } = await serve();
  const propose = (program: number, effect: Effect) => {
    const validUntil = Math.floor(Date.now() / 1_000) + ahead + 60;
    return operator.propose(single(program, effect, validUntil), program === 4 ? OPERATOR : asProgram(program));
  };
  const sign = async (...programs: number[]): Promise<void> => {
    for (const wanted of operator.toSign()) {
      if (programs.includes(wanted.program)) await operator.sign(signed(wanted, domain, wanted.program));
    }
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const cut = (lastSeq: number) => until(async () => (await operator.status()).cut >= lastSeq);

  // A swap, and an open program's effect.
  for (const program of [1, 2]) await propose(program, issue(program, 1));
  await propose(4, issue(4, 1));
  const parts = [1, 2].map((actor) => ({
    actor,
    effect: { effect: "EscrowToProgram", from: 1, to: { program: 3 - actor, slot: 16 }, deadline: 0 } as Effect,
  }));
  const swap = { id: nextId(), parts, validUntil: Math.floor(Date.now() / 1_000) + 60 };
  await operator.propose(swap, asProgram(1));
  expect(await operator.approve(swap.id, asProgram(2))).toMatchObject({ status: "accepted", firstSeq: 4, lastSeq: 5 });
  await cut(5);
  await sign(1, 2);
  await until(async () => (await operator.status()).submitted === 5);

  // 3 does not sign, and 2 goes on without it.
  await propose(3, issue(3, 1));
  await propose(2, { effect: "ClaimFromProgram", from: { program: 2, slot: 16 }, to: "in place" });
  await cut(7);
  await sign(2);
  await close();
  ({ operator, close } = await serve());
  await until(async () => {
    // A leap would count as time in which nobody could sign.
    if ((await operator.status()).seq === 7) ahead += 1;
    return (await operator.status()).seq === 6;
  });
  await cut(6);
  await sign(2);
  // The chain's time must not be before the batch's.
  await chain.provider.send("evm_increaseTime", [ahead]);
  await chain.provider.send("evm_mine", []);
  await until(async () => (await operator.status()).submitted === 6);
  expect((await operator.status()).halted).toBeNull();

  // The chain forgets the second batch.
  const registry = await openRegistry(chain, address);
  const before = await requireMap(registry, entry);
  await chain.provider.send("anvil_reorg", [1, []]);
  await until(async () => (await operator.status()).submitted < 6 || (await requireMap(registry, entry)).seq < 6);
  await until(async () => (await requireMap(registry, entry)).seq === 6);
  expect((await requireMap(registry, entry)).root).toBe(before.root);
  await close();
  expect(await auditDirectory(dir)).toMatchObject({ ok: true });
});
