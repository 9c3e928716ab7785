/** Deadlocks in runs: each circle of waits is named once, and tasks that wait in vain are listed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cyclesOf } from "../../trace/check/cycles.ts";
import { findDeadlocks, type Wait } from "../../trace/check/waits.ts";
import { emptyManifest } from "../../trace/run/manifest.ts";

/** A fixed seed: a failure repeats in every run. */
const SAME = { numRuns: 50, seed: 20_260_101 };
const manifest = emptyManifest("");
manifest.programs = { 1: "Bank", 2: "Shop", 3: "Mill" };
const run = { manifest, groups: [] };
const waits = (program: number, task: string, on: { program?: number; task?: string }, what = "a lock"): Wait => ({
  program,
  task,
  waitsFor: { ...on, what },
});

describe("waits", () => {
  test("in a circle are a deadlock, told from task to task", () => {
    const found = findDeadlocks(
      [
        waits(1, "pay", { program: 2, task: "sell" }, "the lock till"),
        waits(2, "sell", { program: 1, task: "pay" }, "the lock safe"),
        waits(3, "grind", { program: 1, task: "pay" }, "flour"),
      ],
      run,
    );
    expect(found).toMatchObject([{ id: "deadlock", severity: "error", programs: [1, 2] }]);
    expect(found[0]?.message).toBe(
      "pay of Bank waits for the lock till, which is up to sell of Shop; sell of Shop waits for the lock safe, which is up to pay of Bank",
    );
  });

  test("for oneself, for an ended task and for no task are in vain", () => {
    const found = findDeadlocks(
      [
        waits(1, "pay", { program: 1, task: "pay" }),
        waits(2, "sell", { program: 3, task: "grind" }, "flour"),
        waits(3, "rest", {}, "a message in jobs"),
      ],
      run,
    );
    expect(found.map(({ id, message }) => [id, message])).toEqual([
      ["self-wait", "pay of Bank waits for a lock, which is up to itself"],
      ["wait-ended", "sell of Shop waits for flour, but grind of Mill has ended"],
      ["wait-nobody", "rest of Mill waits for a message in jobs, and no task is left that could give it"],
    ]);
  });

  test("find a planted circle among waits without a circle", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.nat(8), fc.nat(1_000), (length, others, mix) => {
        const ring = Array.from({ length }, (_, i) =>
          waits(i + 1, "ring", { program: ((i + 1) % length) + 1, task: "ring" }),
        );
        // Each of these waits for an earlier one, so they make no further circle.
        const tree = Array.from({ length: others }, (_, i) => {
          const on = (mix + 7 * i) % (length + i);
          return waits(
            100 + i,
            "leaf",
            on < length ? { program: on + 1, task: "ring" } : { program: 100 + on - length, task: "leaf" },
          );
        });
        const all = [...tree, ...ring];
        const turned = [...all.slice(mix % all.length), ...all.slice(0, mix % all.length)];
        const found = findDeadlocks(turned, run);
        expect(found).toMatchObject([{ id: "deadlock", programs: ring.map(({ program }) => program) }]);
      }),
      SAME,
    );
  });
});

test("in any graph each circle that is found is one, and each node on a circle leads to one of them", () => {
  const graphs = fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(graphs, (next) => {
      const circles = cyclesOf([...next.keys()], (node) => next[node] ?? []);
      const reach = next.map((first) => {
        const seen = new Set(first);
        for (const node of seen) for (const other of next[node] ?? []) seen.add(other);
        return seen;
      });
      for (const circle of circles) {
        for (const [i, node] of circle.entries()) expect(next[node]).toContain(circle[(i + 1) % circle.length]);
        expect(new Set(circle).size).toBe(circle.length);
      }
      // Every node on a circle reaches one that is found.
      for (const [node, seen] of reach.entries()) {
        if (seen.has(node)) expect(circles.some((circle) => circle.some((other) => seen.has(other)))).toBe(true);
        else expect(circles.some((circle) => circle.includes(node))).toBe(false);
      }
    }),
    SAME,
  );
});
