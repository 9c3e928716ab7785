/**
 * Requests to leave a map on anvil: who is not entitled is dismissed by a real proof of the cell, once, over a restart
 * and a reorganisation; who is entitled is let out. Proofs of batches are forged.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { artifactsOf } from "../../../prover/artifacts.ts";
import { profileOf } from "../../../prover/profiles.ts";
import { openChainBorder } from "../../../service/operator/chainBorder.ts";
import { openChainSubmitter } from "../../../service/operator/chainSubmitter.ts";
import { type OwnOperator, openOperator } from "../../../service/operator/operator.ts";
import type { OperatorEvent } from "../../../service/operator/types.ts";
import { slotOf } from "../../../trace/layout.ts";
import {
  type ExitRequest,
  findRequest,
  owed,
  presentFee,
  waitingAtBorder,
} from "../../../verifier/chain/crossing/index.ts";
import { told } from "../../../verifier/chain/crossing/receipts.ts";
import { requestIn } from "../../../verifier/chain/crossing/requests.ts";
import { eventsSince } from "../../../verifier/chain/events.ts";
import { connect, pinned, readMap } from "../../../verifier/chain/registry.ts";
import { headStateOf } from "../../../verifier/exits/headState.ts";
import { assetsOf, planExit } from "../../../verifier/exits/planExit.ts";
import { bundleOf } from "../../adversary/lib/knownRuns.ts";
import { secretOf } from "../../lib/authorities.ts";
import { as, chainTime } from "../../lib/chains.ts";
import { PAYEE } from "../../lib/moored.ts";
import { A, B, DAY, type MooredRun, mooredRun } from "../../web/lib/mooredRun.ts";
import { asProgram, StandInProofs, signed, single, standInWork } from "./lib/served.ts";

const folder = mkdtempSync(join(tmpdir(), "timebandits-"));
let run: MooredRun;
/** Whole seconds by which time is ahead, for chain and operator. */
let ahead = 0;
let operator: OwnOperator;
let proofs: ForgedProofs;
let events: OperatorEvent[];
let close: () => Promise<void>;

/** Proofs under the development key, whose secrets are public. */
class ForgedProofs extends StandInProofs {
  override async deliver(): Promise<void> {
    for (const [id, { profile, statement }] of this.wanted) {
      this.wanted.delete(id);
      await this.listener?.proven(id, bundleOf(await artifactsOf(profileOf(profile)), statement));
    }
  }
}

beforeAll(async () => {
  run = await mooredRun(join(folder, "run"));
  await serve();
});
afterAll(async () => {
  await close?.();
  await run?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const now = (): number => Math.floor(Date.now() / 1_000) + ahead;

/** @param waitMs how long a transaction is waited for */
async function serve(waitMs = 60_000): Promise<void> {
  const { dir, anvil, registry } = run;
  const chain = await connect(anvil.url, { waitMs });
  proofs = new ForgedProofs();
  operator = await openOperator(dir, {
    ...{ proofs, workOf: standInWork, tickMs: 0, batchAge: 10_000, signWithin: 10_000, clock: now },
    submitter: await openChainSubmitter(dir, chain, registry.address),
    border: await openChainBorder(dir, chain, registry.address),
  });
  events = [];
  operator.subscribe((event) => events.push(event));
  close = async () => {
    await operator[Symbol.asyncDispose]();
    chain.provider.destroy();
  };
}

/** Time passes, for the chain too, and the operator looks again. */
async function later(seconds = 15): Promise<void> {
  ahead += seconds;
  const { provider } = run.chain;
  await provider.send("evm_setNextBlockTimestamp", [Math.max(now(), (await chainTime(provider)) + 1)]);
  await provider.send("evm_mine", []);
  await operator.tick();
  // Events are told behind the work.
  await new Promise((resolve) => setImmediate(resolve));
}

/** All of the run gets to the chain. */
async function settle(): Promise<void> {
  await operator.cut();
  const { domain } = await readMap(run.registry, run.mapId);
  for (const wanted of operator.toSign()) await operator.sign(signed(wanted, domain, wanted.program));
  await proofs.deliver();
  await later();
  const { seq, submitted, halted } = await operator.status();
  expect({ submitted, halted }).toEqual({ submitted: seq, halted: null });
}

/** Wishes of a program for the only asset that it has at the chain's head, as calls that are still to be sent. */
async function wishes(program: number, count: number) {
  const { dir, registry, mapId, chain } = run;
  const head = await readMap(await pinned(registry), mapId);
  const { map } = await headStateOf(dir, head);
  const time = await chainTime(chain.provider);
  const [asset] = assetsOf(map, program, time);
  if (asset === undefined) throw new Error(`program ${program} has nothing`);
  const recipient = `0x${PAYEE.toString(16).padStart(40, "0")}`;
  const plan = { program, secret: secretOf(program), address: asset.address, recipient, now: time };
  const fee = 3n * (await presentFee(registry));
  const send: (() => Promise<ExitRequest>)[] = [];
  for (let i = 0; i < count; i++) {
    const signed = { ...plan, validUntil: time + DAY + i, fee, chainId: chain.chainId };
    const { call } = await planExit(map, head, signed);
    send.push(async () => told(await as(registry, 3), call, "ExitRequested", requestIn));
  }
  return { slot: slotOf(asset.address), send };
}

const open = (request: ExitRequest) => findRequest(run.registry, run.mapId, request.request);

/** How the requests of a name have ended. */
async function endsOf({ request }: ExitRequest): Promise<string[]> {
  const all = await eventsSince(run.registry, run.mapId, ["ExitAnswered", "ExitDismissed"]);
  return all.flatMap(({ event: { name, args } }) => (args.request === request ? [name] : []));
}

const dismissals = () => events.filter(({ type }) => type === "dismissed");

/** Asks for what A had once, by an old root. */
let asksAgain: () => Promise<ExitRequest>;

test("what the run's end denies and the head does not is dismissed once the head denies it, too", async () => {
  await later();
  await settle();
  const { slot, send } = await wishes(A, 2);
  await operator.propose(single(A, { effect: "Retire", slot, recipient: PAYEE }, now() + 100), asProgram(A));
  const asked = (await send[0]?.()) as ExitRequest;
  asksAgain = send[1] as typeof asksAgain;
  for (let i = 0; i < 3; i++) await later();
  expect((await operator.status()).waiting).toMatchObject([
    { what: "request", name: asked.request, why: expect.stringContaining("dismiss it") },
  ]);
  expect(await open(asked)).toMatchObject({ time: asked.time });

  await settle();
  await later();
  expect(await open(asked)).toBeNull();
  expect(dismissals()).toMatchObject([{ request: asked.request, reason: "not there" }]);
  const me = String(await run.chain.signer?.getAddress());
  expect(await owed(run.registry, me, 1)).toBe(asked.fee);
  await later();
  expect(await operator.status()).toMatchObject({ halted: null, waiting: [] });
  expect(await endsOf(asked)).toEqual(["ExitDismissed"]);
});

test("who is entitled is let out, and never dismissed", async () => {
  const { send } = await wishes(B, 1);
  const asked = (await send[0]?.()) as ExitRequest;
  await later();
  await settle();
  await later();
  expect(await endsOf(asked)).toEqual(["ExitAnswered"]);
  expect(dismissals()).toHaveLength(1);
});

test("a dismissal on its way is waited for, also after a restart; one that the chain drops is made again", async () => {
  const { provider } = run.chain;
  await close();
  await serve(200);
  const asked = await asksAgain();
  await provider.send("evm_setAutomine", [false]);
  for (let i = 0; i < 2 && (await operator.status()).halted === null; i++) await laterUnmined();
  expect((await operator.status()).halted).toContain("not mined");
  expect(await open(asked)).not.toBeNull();
  await close();
  await serve();
  await laterUnmined();
  // It may be closed any moment, so it is not answered either way.
  expect((await operator.status()).waiting).toEqual([]);
  await provider.send("evm_mine", []);
  expect(await open(asked)).toBeNull();
  // The block before has it open. Who waits for two confirmations must know better.
  const { requests } = await waitingAtBorder(run.registry, run.mapId, { confirmations: 2 });
  expect(requests).toMatchObject([{ request: asked.request }]);
  const border = await openChainBorder(run.dir, run.chain, run.registry.address, { confirmations: 2 });
  expect((await border.waiting()).requests).toEqual([]);
  await operator.tick();
  expect(dismissals()).toEqual([]);

  await provider.send("anvil_reorg", [1, []]);
  await provider.send("evm_setAutomine", [true]);
  expect(await open(asked)).not.toBeNull();
  for (let i = 0; i < 2; i++) await later();
  expect(await open(asked)).toBeNull();
  expect((await endsOf(asked)).filter((name) => name === "ExitDismissed")).toHaveLength(2);
});

/** Time passes for the operator alone: no block is made. */
async function laterUnmined(): Promise<void> {
  ahead += 15;
  await operator.tick();
}
