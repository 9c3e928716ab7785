/** Every question about each example and an import, by its store and by a replay. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import market from "../../examples/job-market.ts";
import book from "../../examples/order-book.ts";
import chain from "../../examples/supply-chain.ts";
import treasury from "../../examples/treasury.ts";
import { STORE_FILE } from "../../trace/store/storeFile.ts";
import { blocksRun, hashOf } from "../lib/blocksRun.ts";
import { changeStore } from "../lib/changeStore.ts";
import { compareAnswers, freshRun, makeStore, storedRun } from "../lib/storedRun.ts";
import { cliHere } from "../scripts/cli.ts";

test.each([
  { scenario: market, every: 23 },
  { scenario: book, every: 41 },
  { scenario: chain, every: 23 },
  { scenario: treasury, every: 11 },
])("the answers by a store are those by a replay: $scenario.name", async ({ scenario, every }) => {
  expect(compareAnswers(await storedRun(scenario), every)).toBeGreaterThan(100);
});

test("show tells the same of an import with its store and without it", async () => {
  const dir = freshRun();
  await blocksRun(dir);
  makeStore(dir);
  expect(compareAnswers(dir, 17)).toBeGreaterThan(100);
  const questions = [
    [],
    ["--at", "9"],
    ["program", "2"],
    ["program", "2", "--csv"],
    ...[1, 2, 3].map((block) => ["transaction", hashOf(block, 0)]),
    ...[3, 12, 25, 31].map((seq) => ["transition", `${seq}`]),
  ].flatMap((question) => (question.includes("--csv") ? [question] : [question, [...question, "--json"]]));
  const asked = async () => await Promise.all(questions.map((one) => cliHere(["show", dir, ...one])));
  const fast = await asked();
  changeStore(dir, "UPDATE cells SET words = x'0101ff01ff'");
  const damaged = await asked();
  rmSync(join(dir, STORE_FILE));
  const slow = await asked();
  expect(fast).toEqual(slow);
  expect(damaged.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
    slow.map(({ code, stdout }) => ({ code, stdout })),
  );
  const silent = questions.filter((_, i) => !damaged[i]?.stderr.includes("everything is replayed"));
  expect(silent).toEqual([]);
});
