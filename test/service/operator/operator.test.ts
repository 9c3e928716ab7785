import { expect, test } from "vitest";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { asProgram, emptyRun, issue, served, single } from "./lib/served.ts";

test("an effect is on disk when it is answered", async () => {
  const { operator, propose, dir } = await served(await emptyRun());
  expect(await propose(1, issue(1, 1))).toEqual({ status: "accepted", firstSeq: 1, lastSeq: 1 });
  expect(replayDirectory(dir).trace.records).toHaveLength(1);
  expect((await operator.status()).seq).toBe(1);
});

test("a batch is cut by age, signed, proven", async () => {
  const { operator, propose, clock, signAll, proofs, events } = await served(await emptyRun());
  await propose(1, issue(1, 1));
  await operator.propose(single(2, issue(2, 1), clock.now + 5), asProgram(2));
  clock.now += 10;
  await operator.tick();
  expect(operator.batches()).toMatchObject([{ firstSeq: 1, lastSeq: 2, stage: "signing", missing: [1, 2] }]);
  await signAll(1);
  expect(operator.batches()).toMatchObject([{ stage: "signing", missing: [2] }]);
  await signAll(2);
  expect(operator.batches()).toMatchObject([{ stage: "proving", missing: [] }]);
  await proofs.deliver();
  expect(operator.batches()).toMatchObject([{ stage: "proven", missing: [] }]);
  await new Promise((resolve) => setImmediate(resolve));
  console.log(events);
});

test("withdrawn", async () => {
  const { operator, propose, clock, signAll, dir, events } = await served(await emptyRun());
  await propose(1, issue(1, 1));
  await propose(2, issue(2, 1));
  clock.now += 10;
  await operator.tick();
  await signAll(1);
  clock.now += 100;
  await operator.tick();
  expect((await operator.status()).seq).toBe(1);
  expect(operator.batches()).toEqual([]);
  await operator.tick();
  console.log(operator.batches(), operator.toSign());
  await new Promise((resolve) => setImmediate(resolve));
  console.log(events);
  await expect(propose(2, issue(2, 1))).rejects.toThrow("suspended");
  expect(replayDirectory(dir).trace.records).toHaveLength(1);
});
