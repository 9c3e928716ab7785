import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { authority } from "../../lib/authorities.ts";
import { emptyRun, issue, START, served, signed } from "./lib/served.ts";

/** A batch in which 1 and 2 acted, cut. */
async function cutBatch() {
  const all = await served(await emptyRun());
  for (const program of [1, 2]) await all.propose(program, issue(program, 1));
  all.clock.now += 10;
  await all.operator.tick();
  const { domain } = await all.operator.status();
  const [first, second] = all.operator.toSign();
  if (first === undefined || second === undefined) throw new Error("nothing to sign");
  return { ...all, domain, first, second };
}

test("a batch is cut once its oldest transition is old, and asks for its programs' signatures", async () => {
  const { operator, propose, clock, events } = await served(await emptyRun());
  await propose(1, issue(1, 1));
  clock.now += 9;
  await propose(2, issue(2, 1));
  await operator.tick();
  expect(operator.batches()).toEqual([]);
  clock.now += 1;
  await operator.tick();
  const [batch, ...more] = operator.batches();
  expect(more).toEqual([]);
  expect(batch).toEqual({ firstSeq: 1, lastSeq: 2, profile: "batch-8", stage: "signing", missing: [1, 2] });
  expect(operator.toSign(2)).toEqual([
    {
      ...{ program: 2, authority: authority(2), log: expect.any(BigInt), firstSeq: 1, lastSeq: 2 },
      ...{ until: START + 9, withdrawnAt: START + 110 },
    },
  ]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(events).toContainEqual({ type: "toSign", log: operator.toSign(1)[0] });
});

test("a batch is cut at once when it is full", async () => {
  const { operator, propose } = await served(await emptyRun());
  for (let slot = 1; slot <= 7; slot++) await propose(1, issue(1, slot));
  expect(operator.batches()).toEqual([]);
  await propose(1, issue(1, 8));
  expect(operator.batches()).toMatchObject([{ firstSeq: 1, lastSeq: 8 }]);
});

test("a key that changes ends the batch at the program's next effect", async () => {
  const { operator, propose } = await served(await emptyRun());
  await propose(1, { effect: "RotateAuthority", authority: authority(7) });
  await propose(2, issue(2, 1));
  expect(operator.batches()).toEqual([]);
  await propose(1, issue(1, 1), 7);
  expect(operator.toSign()).toMatchObject([
    { program: 1, authority: authority(1), lastSeq: 2 },
    { program: 2, lastSeq: 2 },
  ]);
});

test("an open program's effects need no signature", async () => {
  const { operator, clock, proofs } = await served(await emptyRun());
  await operator.propose(
    { id: "0".repeat(32), parts: [{ actor: 4, effect: issue(4, 1) }], validUntil: START },
    { kind: "operator" },
  );
  clock.now += 10;
  await operator.tick();
  expect(operator.toSign()).toEqual([]);
  expect([...proofs.wanted.values()]).toMatchObject([{ firstSeq: 1, lastSeq: 1, profile: "batch-8" }]);
});

describe("a signature", () => {
  test("counts for the batch, and its file is there before the proof is asked for", async () => {
    const { operator, domain, first, second, proofs, dir, events } = await cutBatch();
    await operator.sign(signed(first, domain, 1));
    expect(operator.batches()).toMatchObject([{ stage: "signing", missing: [2] }]);
    expect(proofs.wanted.size).toBe(0);
    await operator.sign(signed(second, domain, 2));
    expect(operator.batches()).toMatchObject([{ stage: "proving", missing: [] }]);
    expect(proofs.wanted.size).toBe(1);
    expect(readdirSync(join(dir, "signatures"))).toEqual(["00000001-0000000002.json", "00000002-0000000002.json"]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(events.filter(({ type }) => type === "signed")).toEqual([
      { type: "signed", program: 1, lastSeq: 2 },
      { type: "signed", program: 2, lastSeq: 2 },
    ]);
  });

  const wrong: [string, (made: Awaited<ReturnType<typeof cutBatch>>) => ReturnType<typeof signed>, string][] = [
    ["by another key", ({ first, domain }) => signed(first, domain, 2), "signature: is not program 1's"],
    ["for another domain", ({ first, domain }) => signed(first, domain + 1n, 1), "domain: is not this map's"],
    ["over another log", ({ first, domain }) => signed({ ...first, log: first.log + 1n }, domain, 1), "log: is none"],
    [
      "over another's log",
      ({ first, second, domain }) => signed({ ...first, log: second.log }, domain, 1),
      "log: is none",
    ],
    [
      "that ends too early",
      ({ first, domain }) => signed(first, domain, 1, first.until - 1),
      "before the end of the batch",
    ],
    [
      "that says another time than it was made for",
      ({ first, domain }) => ({ ...signed(first, domain, 1), validUntil: first.until + 9_999 }),
      "signature: is not program 1's",
    ],
    ["that is no numbers", ({ first, domain }) => ({ ...signed(first, domain, 1), log: "x" as never }), "log: is none"],
  ];
  test.each(wrong)("%s is refused", async (_, make, refusal) => {
    const made = await cutBatch();
    await expect(made.operator.sign(make(made))).rejects.toThrow(refusal);
    expect(made.operator.batches()).toMatchObject([{ missing: [1, 2] }]);
  });

  test("that is valid just to the end of the batch is enough", async () => {
    const { operator, first, domain } = await cutBatch();
    await operator.sign(signed(first, domain, 1, first.until));
    expect(operator.toSign(1)).toEqual([]);
  });

  test("over a log counts when a batch ends with it later", async () => {
    const { operator, propose, clock, proofs } = await served(await emptyRun());
    const { domain } = await operator.status();
    const logs: bigint[] = [];
    for (let slot = 1; slot <= 2; slot++) {
      await propose(1, issue(1, slot));
      const header = operator.map().cell(256);
      if (header.type !== "program") throw new Error("no program");
      logs.push(header.log);
      await operator.sign(
        signed({ program: 1, log: header.log, lastSeq: slot, until: clock.now }, domain, 1, clock.now),
      );
    }
    clock.now += 10;
    await operator.tick();
    expect(operator.toSign()).toEqual([]);
    expect(proofs.wanted.size).toBe(1);
  });

  test("that came early and is not valid to the batch's end is asked for again", async () => {
    const { operator, propose, clock, signAll, proofs } = await served(await emptyRun());
    const { domain } = await operator.status();
    await propose(1, issue(1, 1));
    const header = operator.map().cell(256);
    if (header.type !== "program") throw new Error("no program");
    await operator.sign(signed({ program: 1, log: header.log, lastSeq: 1, until: clock.now }, domain, 1, clock.now));
    clock.now += 5;
    await propose(2, issue(2, 1));
    clock.now += 5;
    await operator.tick();
    expect(operator.toSign().map(({ program }) => program)).toEqual([1, 2]);
    await signAll(1, 2);
    expect(proofs.wanted.size).toBe(1);
  });

  test("outlives a restart, before and after its batch is cut", async () => {
    const { operator, propose, clock, dir, proofs } = await served(await emptyRun());
    const { domain } = await operator.status();
    await propose(1, issue(1, 1));
    const header = operator.map().cell(256);
    if (header.type !== "program") throw new Error("no program");
    await operator.sign(signed({ program: 1, log: header.log, lastSeq: 1, until: clock.now }, domain, 1));
    await operator[Symbol.asyncDispose]();
    const again = await served(dir, { now: clock.now, proofs });
    again.clock.now += 10;
    await again.operator.tick();
    expect(again.operator.toSign()).toEqual([]);
    expect(proofs.wanted.size).toBe(1);
    await again.operator[Symbol.asyncDispose]();
    const third = await served(dir, { now: clock.now, proofs });
    expect(third.operator.batches()).toMatchObject([{ stage: "proving" }]);
    expect(new Set(proofs.asked).size).toBe(1);
  });
});
