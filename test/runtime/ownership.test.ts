/**
 * Use after giving away is a type error if TypeScript can see it: `npm run typecheck` fails if an expected error is
 * missing.
 */
import { expect, test } from "vitest";
import {
  channel,
  give,
  issue,
  type Owned,
  type Receiver,
  spawn,
  UseAfterMoveError,
} from "../../trace/runtime/index.ts";
import { runMain } from "../lib/concurrentRun.ts";

test("use of a resource after give is a type error, and an error of the run", async () => {
  await runMain(async () => {
    const [tx, rx] = channel<Owned<"Gold">>("gold");
    const receiver = spawn("receiver", async () => (await rx.recv()).quantity);
    const gold = await issue("Gold", 3n);
    const same: Owned<"Gold"> = gold;
    give(gold, tx);
    // @ts-expect-error: gold is never here.
    expect(() => gold.use()).toThrow(UseAfterMoveError);
    // The compiler does not see an alias. The run does.
    expect(() => same.use()).toThrow(UseAfterMoveError);
    expect(await receiver.join()).toBe(3n);
  });
});

test("kinds are types", async () => {
  await runMain(async () => {
    const [tx, rx] = channel<Owned<"Gold">>("gold");
    const silver = await issue("Silver", 3n);
    const receiver = spawn("receiver", () => rx.recv().then(({ kind }) => kind));
    // @ts-expect-error: a channel of Gold takes no Silver (the run allows it: programs choose their kinds).
    await tx.send(silver);
    expect(await receiver.join()).toBe("Silver");
    const gold = await issue("Gold", 3n);
    // @ts-expect-error: Gold is not merged with Silver. The rules refuse it, too.
    await expect(gold.merge(await issue("Silver", 1n))).rejects.toThrow(/conservation|kind/);
  });
});

test("a receiver has the type of its sender", () => {
  const typed = (rx: Receiver<number>): Promise<number> => rx.recv();
  // @ts-expect-error: numbers are no texts.
  const wrong: (rx: Receiver<number>) => Promise<string> = typed;
  expect(wrong).toBe(typed);
});
