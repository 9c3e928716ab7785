import { readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Bundle } from "../../../prover/bundles/bundle.ts";
import { EnvironmentError } from "../../../trace/errors.ts";
import { bundleOf, emptyRun, issue, type Served, StandInChain, StandInProofs, served } from "./lib/served.ts";

/** Makes some batches of eight transitions of program 1, and signs them. */
async function fill({ propose, signAll }: Served, batches: number): Promise<void> {
  for (let batch = 0; batch < batches; batch++) {
    for (let slot = 1; slot <= 4; slot++) await propose(1, issue(1, slot));
    for (let slot = 1; slot <= 4; slot++) await propose(1, { effect: "Retire", slot });
    await signAll(1);
  }
}

const proofsIn = (dir: string): string[] => readdirSync(join(dir, "proofs")).filter((name) => name.endsWith(".json"));
const ids = ({ wanted }: StandInProofs): string[] => [...wanted.keys()];

describe("proofs", () => {
  test("come in any order, and the proven end is where they have no gap", async () => {
    const all = await served(await emptyRun());
    await fill(all, 3);
    const [a = "", b = "", c = ""] = ids(all.proofs);
    const ends: number[] = [];
    for (const id of [c, a, b]) {
      await all.proofs.deliver(id);
      ends.push((await all.operator.status()).proven);
    }
    expect(ends).toEqual([0, 8, 24]);
    expect(proofsIn(all.dir)).toHaveLength(3);
  });

  test("that come twice, or at the same time, are kept once", async () => {
    const all = await served(await emptyRun());
    await fill(all, 1);
    const [[id, batch] = []] = [...all.proofs.wanted];
    if (id === undefined || batch === undefined) throw new Error("nothing wanted");
    const other: Bundle = { ...bundleOf(batch), circuit: "1".repeat(64) };
    await Promise.all([all.proofs.listener?.proven(id, bundleOf(batch)), all.proofs.listener?.proven(id, other)]);
    await all.proofs.listener?.proven(id, other);
    expect(proofsIn(all.dir)).toHaveLength(1);
  });

  test("of another statement do not count", async () => {
    const all = await served(await emptyRun());
    await fill(all, 1);
    const [[id, batch] = []] = [...all.proofs.wanted];
    if (id === undefined || batch === undefined) throw new Error("nothing wanted");
    const statement = { ...batch.statement, postRoot: 5n };
    await all.proofs.listener?.proven(id, bundleOf({ ...batch, statement }));
    expect(all.operator.batches()).toMatchObject([{ stage: "setAside" }]);
    expect((await all.operator.status()).halted).toContain("another statement");
    await all.proofs.deliver(id);
    expect(all.operator.batches()).toMatchObject([{ stage: "proven" }]);
    expect((await all.operator.status()).halted).toBeNull();
  });

  test("are asked for no more than allowed at the same time, in order", async () => {
    const all = await served(await emptyRun(), { mostWanted: 2 });
    await fill(all, 4);
    const firsts = (): number[] => [...all.proofs.wanted.values()].map(({ firstSeq }) => firstSeq);
    expect(firsts()).toEqual([1, 9]);
    await all.proofs.deliver(ids(all.proofs)[1]);
    await all.operator.tick();
    expect(firsts()).toEqual([1, 17]);
    await all.proofs.deliverAll();
    await all.operator.tick();
    await all.proofs.deliverAll();
    expect((await all.operator.status()).proven).toBe(32);
  });

  test("that are on disk are not asked for after a restart, and the others are, by the same id", async () => {
    const all = await served(await emptyRun());
    await fill(all, 3);
    const [a = "", b = "", c = ""] = ids(all.proofs);
    await all.proofs.deliver(b);
    await all.operator[Symbol.asyncDispose]();
    const proofs = new StandInProofs();
    const again = await served(all.dir, { proofs, now: all.clock.now });
    expect(ids(proofs)).toEqual([a, c]);
    expect(again.operator.batches().map(({ stage }) => stage)).toEqual(["proving", "proven", "proving"]);
    await proofs.deliverAll();
    expect((await again.operator.status()).proven).toBe(24);
  });

  test("that come before they are asked for again are not lost", async () => {
    const all = await served(await emptyRun());
    await fill(all, 1);
    const [batch] = [...all.proofs.wanted.values()];
    if (batch === undefined) throw new Error("nothing wanted");
    await all.operator[Symbol.asyncDispose]();
    /** Delivers as soon as it is started, until it is taken. */
    class Eager extends StandInProofs {
      tries = 0;
      override async start(listener: NonNullable<StandInProofs["listener"]>): Promise<void> {
        await super.start(listener);
        this.tries++;
        await listener.proven(batch?.id ?? "", bundleOf(batch as NonNullable<typeof batch>));
      }
    }
    const again = await served(all.dir, { proofs: new Eager(), now: all.clock.now });
    expect(again.operator.batches()).toMatchObject([{ stage: "proven" }]);
  });

  test("that a damaged file holds are asked for again, and the file is moved away", async () => {
    const all = await served(await emptyRun());
    await fill(all, 2);
    await all.proofs.deliverAll();
    await all.operator[Symbol.asyncDispose]();
    const [first = ""] = proofsIn(all.dir);
    writeFileSync(join(all.dir, "proofs", first), "{}");
    const proofs = new StandInProofs();
    const again = await served(all.dir, { proofs, now: all.clock.now });
    await again.operator.tick();
    expect([...proofs.wanted.values()].map(({ firstSeq }) => firstSeq)).toEqual([1]);
    expect(readdirSync(join(all.dir, "proofs", "stale"))).toEqual([first]);
    await proofs.deliverAll();
    expect((await again.operator.status()).proven).toBe(16);
  });

  test("that nobody can make halt what is behind, and say why", async () => {
    const dir = await emptyRun();
    const all = await served(dir);
    await fill(all, 2);
    const [a = "", b = ""] = ids(all.proofs);
    all.proofs.listener?.setAside({ id: a, reasons: ["w1: out of memory", "w2: too"] });
    await all.proofs.deliver(b);
    expect(all.operator.batches().map(({ stage }) => stage)).toEqual(["setAside", "proven"]);
    expect(await all.operator.status()).toMatchObject({
      proven: 0,
      halted: expect.stringContaining("transitions 1 to 8 was set aside: w1: out of memory; w2: too"),
    });
    expect(await all.operator.retry(9)).toBe(false);
    expect(await all.operator.retry(1)).toBe(true);
    expect(await all.operator.status()).toMatchObject({ proven: 0, halted: null });
    await all.proofs.deliver(a);
    expect(await all.operator.status()).toMatchObject({ proven: 16, halted: null });
  });

  test("are asked for later if the source refuses now", async () => {
    const all = await served(await emptyRun());
    all.proofs.refuse = new EnvironmentError("database", "the database is away");
    await fill(all, 1);
    expect((await all.operator.status()).halted).toBe("the database is away");
    expect(all.operator.batches()).toMatchObject([{ stage: "proving" }]);
    all.proofs.refuse = undefined;
    all.clock.now += 1;
    await all.operator.tick();
    expect((await all.operator.status()).halted).toBeNull();
    expect(all.proofs.wanted.size).toBe(1);
  });

  test("of a run that was proven before it is served are its first batches", async () => {
    const all = await served(await emptyRun());
    await fill(all, 2);
    await all.proofs.deliverAll();
    await all.operator[Symbol.asyncDispose]();
    renameSync(join(all.dir, "journal.jsonl"), join(all.dir, "elsewhere"));
    const proofs = new StandInProofs();
    const again = await served(all.dir, { proofs, now: all.clock.now });
    expect(await again.operator.status()).toMatchObject({ cut: 16, proven: 16 });
    expect(proofs.asked).toEqual([]);
  });
});

describe("submitting", () => {
  /** With a chain that begins with the run's genesis. */
  async function chained(options: Parameters<typeof served>[1] = {}) {
    const dir = await emptyRun();
    const first = await served(dir);
    const { root } = await first.operator.status();
    await first.operator[Symbol.asyncDispose]();
    const chain = new StandInChain(root);
    return { ...(await served(dir, { submitter: chain, ...options })), chain };
  }

  test("goes on as batches are proven, in order, up to eight together", async () => {
    const all = await chained();
    await fill(all, 11);
    const [a = "", ...others] = ids(all.proofs);
    for (const id of others) await all.proofs.deliver(id);
    await all.operator.tick();
    expect(all.chain.transactions).toEqual([]);
    await all.proofs.deliver(a);
    await all.operator.tick();
    expect(all.chain.transactions).toEqual(["1,9,17,25,33,41,49,57", "65,73,81"]);
    expect((await all.operator.status()).submitted).toBe(88);
    expect(new Set(all.operator.batches().map(({ stage }) => stage))).toEqual(new Set(["confirmed"]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(all.events).toContainEqual({ type: "submitted", firstSeq: 65, lastSeq: 88, transaction: "0x2" });
    expect(all.events.at(-1)).toMatchObject({ type: "head", seq: 88 });
  });

  test("tells submitted from confirmed", async () => {
    const all = await chained();
    all.chain.confirmations = 1;
    await fill(all, 2);
    await all.proofs.deliverAll();
    await all.operator.tick();
    expect(all.operator.batches().map(({ stage }) => stage)).toEqual(["confirmed", "submitted"]);
    all.chain.confirmations = 0;
    all.clock.now += 4;
    await all.operator.tick();
    expect(all.operator.batches().map(({ stage }) => stage)).toEqual(["confirmed", "confirmed"]);
  });

  test("asks for the head after a restart, and submits nothing twice", async () => {
    const all = await chained();
    await fill(all, 2);
    await all.proofs.deliver();
    await all.operator.tick();
    expect(all.chain.batches.map(({ seq }) => seq)).toEqual([8]);
    await all.proofs.deliver();
    await all.operator[Symbol.asyncDispose]();
    const again = await served(all.dir, { submitter: all.chain, now: all.clock.now });
    await again.operator.tick();
    expect(all.chain.batches.map(({ seq }) => seq)).toEqual([8, 16]);
    expect((await again.operator.status()).submitted).toBe(16);
  });

  test("submits again what the chain has dropped", async () => {
    const all = await chained();
    await fill(all, 3);
    await all.proofs.deliverAll();
    await all.operator.tick();
    all.chain.batches.length = 1;
    all.clock.now += 30;
    await all.operator.tick();
    expect(all.chain.batches.map(({ seq }) => seq)).toEqual([8, 16, 24]);
  });

  test("tries again after growing pauses while no node answers, and everything else goes on", async () => {
    const all = await chained();
    all.chain.away = true;
    let asked = 0;
    const head = all.chain.head.bind(all.chain);
    all.chain.head = () => {
      asked++;
      return head();
    };
    await fill(all, 1);
    await all.proofs.deliverAll();
    await all.operator.tick();
    for (let second = 0; second < 40; second++) {
      all.clock.now++;
      await all.operator.tick();
    }
    // At 0, 1, 3, 7, 15 and 31 seconds.
    expect(asked).toBeLessThanOrEqual(8);
    expect(await all.operator.status()).toMatchObject({ proven: 8, submitted: 0, halted: "no Ethereum node answers" });
    expect(await all.propose(2, issue(2, 1))).toMatchObject({ status: "accepted" });
    all.chain.away = false;
    all.clock.now += 60;
    await all.operator.tick();
    expect(await all.operator.status()).toMatchObject({ submitted: 8, halted: null });
  });

  test("halts if the chain holds another trace", async () => {
    const all = await chained();
    all.chain.root = 5n;
    await fill(all, 1);
    await all.proofs.deliverAll();
    await all.operator.tick();
    expect((await all.operator.status()).halted).toContain("the chain holds another trace");
    expect(all.chain.batches).toEqual([]);
  });

  test("submits one by one what is refused together", async () => {
    const all = await chained();
    const submit = all.chain.submit.bind(all.chain);
    all.chain.submit = async (bundles) => {
      if (bundles.length > 1) throw new Error("ProofsRejected");
      return submit(bundles);
    };
    await fill(all, 3);
    const [a = "", ...others] = ids(all.proofs);
    for (const id of [...others, a]) await all.proofs.deliver(id);
    await all.operator.tick();
    expect(all.chain.batches.map(({ seq }) => seq)).toEqual([8, 16, 24]);
  });
});
