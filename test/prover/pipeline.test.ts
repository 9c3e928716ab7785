import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { pipeline, type Stages } from "../../prover/proving/pipeline.ts";

/** Stages that take a moment and write down when each begins and ends. */
function recorded(change: Partial<Stages<number, number, number>> = {}) {
  const events: string[] = [];
  const underWay = { prepare: 0, make: 0, finish: 0, items: 0 };
  const most = { ...underWay };
  const enter = (stage: keyof typeof most, by = 1): void => {
    underWay[stage] += by;
    most[stage] = Math.max(most[stage], underWay[stage]);
  };
  const staged = async (stage: "prepare" | "make" | "finish", n: number): Promise<number> => {
    enter(stage);
    events.push(`${stage} ${n}`);
    await sleep(2);
    enter(stage, -1);
    return n;
  };
  const stages: Stages<number, number, number> = {
    prepare: async (n, index) => {
      enter("items");
      return change.prepare ? await change.prepare(n, index) : await staged("prepare", n);
    },
    make: async (n, index) => (change.make ? await change.make(n, index) : await staged("make", n)),
    finish: async (n, index) => {
      await (change.finish ? change.finish(n, index) : staged("finish", n));
      enter("items", -1);
      events.push(`done ${n}`);
    },
  };
  return { stages, events, most };
}

const ITEMS = [1, 2, 3, 4, 5];
const finished = (events: readonly string[]) => events.filter((event) => event.startsWith("done"));

test.each([1, 2, 3])("%i at once, each stage one at a time and in order", async (jobs) => {
  const { stages, events, most } = recorded();
  await pipeline(ITEMS, jobs, stages);
  for (const stage of ["prepare", "make", "finish", "done"]) {
    const order = events.filter((event) => event.startsWith(stage));
    expect(order).toEqual(ITEMS.map((n) => `${stage} ${n}`));
  }
  expect(most).toMatchObject({ prepare: 1, make: 1, finish: 1, items: jobs });
});

test("one at a time is one after the other; with two, the next is prepared while one is made", async () => {
  const [one, two] = [recorded(), recorded()];
  await pipeline([1, 2], 1, one.stages);
  expect(one.events.indexOf("prepare 2")).toBeGreaterThan(one.events.indexOf("done 1"));
  await pipeline([1, 2], 2, two.stages);
  expect(two.events.indexOf("prepare 2")).toBeLessThan(two.events.indexOf("finish 1"));
});

test("finished items are skipped", async () => {
  const { stages, events } = recorded({ prepare: async (n) => (n % 2 === 0 ? undefined : n) });
  await pipeline(ITEMS, 2, stages);
  expect(finished(events)).toEqual(["done 1", "done 3", "done 5"]);
  await pipeline([], 2, stages);
});

test.each(["prepare", "make", "finish"] as const)(
  "after a failure in %s all earlier items are finished, and no later ones",
  async (at) => {
    const reason = new Error("no");
    for (const jobs of [1, 2, 3]) {
      const { stages, events } = recorded({
        [at]: async (n: number) => {
          await sleep(1);
          if (n === 3) throw reason;
          return n;
        },
      });
      await expect(pipeline(ITEMS, jobs, stages)).rejects.toBe(reason);
      const then = [...events];
      expect(finished(then)).toEqual(["done 1", "done 2"]);
      await sleep(10);
      expect(events).toEqual(then);
    }
  },
);

test("of two failures the one of the earlier item is thrown, in both orders", async () => {
  const { stages, events } = recorded({
    prepare: async (n) => {
      if (n === 2) throw new Error("second");
      return n;
    },
    make: async () => {
      await sleep(5);
      throw new Error("first");
    },
  });
  await expect(pipeline(ITEMS, 2, stages)).rejects.toThrow("first");
  expect(finished(events)).toEqual([]);
});
