/**
 * Use after giving away is a type error where TypeScript can tell: `npm run typecheck` fails if one of the expected
 * errors is missing.
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

test("after give the compiler knows that the resource is gone, and so does the run", async () => {
  await runMain(async () => {
    const [tx, rx] = channel<Owned<"Gold">>("gold");
    const receiver = spawn("receiver", async () => (await rx.recv()).quantity);
    const gold = await issue("Gold", 3n);
    const same: Owned<"Gold"> = gold;
    give(gold, tx);
    // @ts-expect-error: gold is never here.
    expect(() => gold.use()).toThrow(UseAfterMoveError);
    // Another name for it is beyond the compiler; the run knows.
    expect(() => same.use()).toThrow(UseAfterMoveError);
    expect(await receiver.join()).toBe(3n);
  });
});

test("kinds are types", async () => {
  await runMain(async () => {
    const [tx, rx] = channel<Owned<"Gold">>("gold");
    const silver = await issue("Silver", 3n);
    const receiver = spawn("receiver", () => rx.recv().then(({ kind }) => kind));
    // @ts-expect-error: a channel of Gold takes no Silver (the run would let it pass: kinds are the programs' own affair).
    await tx.send(silver);
    expect(await receiver.join()).toBe("Silver");
    const gold = await issue("Gold", 3n);
    // @ts-expect-error: and Gold is not merged with Silver; neither is it by the rules.
    await expect(gold.merge(await issue("Silver", 1n))).rejects.toThrow(/conservation|kind/);
  });
});

test("receivers give what their senders take", () => {
  const typed = (rx: Receiver<number>): Promise<number> => rx.recv();
  // @ts-expect-error: numbers are no texts.
  const wrong: (rx: Receiver<number>) => Promise<string> = typed;
  expect(wrong).toBe(typed);
});
