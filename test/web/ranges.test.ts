/** Ranges are found as a look at every one of them finds them, and marks of many bundles in little time. */
import { describe, expect, test } from "vitest";
import type { AuditReport } from "../../verifier/audit/auditReport.ts";
import { batchFaultsIn } from "../../web/page/checks/batchFaults.ts";
import { Ranges } from "../../web/page/checks/ranges.ts";
import { replayIn } from "../../web/page/checks/replayFault.ts";

/** Ranges of a few transitions each, some of them long, in the order of their begins. */
function ranges(count: number): { firstSeq: number; lastSeq: number }[] {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, () => {
    const firstSeq = 1 + random(300);
    return { firstSeq, lastSeq: firstSeq + random(random(5) === 0 ? 200 : 6) };
  }).sort((a, b) => a.firstSeq - b.firstSeq);
}

describe("ranges", () => {
  test.each([0, 1, 2, 7, 64, 100])("of %i are found as by looking at each", (count) => {
    const all = ranges(count);
    const found = new Ranges(all);
    for (let seq = 0; seq < 510; seq++) {
      const covering = all.filter(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
      expect(found.at(seq)).toBe(covering[0]);
      expect(found.overlapping({ firstSeq: seq, lastSeq: seq }, 3)).toEqual(covering.slice(0, 3));
      const wide = all.filter(({ firstSeq, lastSeq }) => firstSeq <= seq + 9 && seq <= lastSeq);
      expect(found.overlapping({ firstSeq: seq, lastSeq: seq + 9 }, 1e9)).toEqual(wide);
    }
  });

  test("of which one covers all the others cost as little", () => {
    const looks = { count: 0 };
    const counted = (firstSeq: number, lastSeq: number) => ({
      get firstSeq(): number {
        looks.count++;
        return firstSeq;
      },
      lastSeq,
    });
    const small = Array.from({ length: 50_000 }, (_, i) => counted(8 * i + 1, 8 * i + 8));
    const found = new Ranges([counted(1, 400_000), ...small]);
    looks.count = 0;
    expect(found.overlapping({ firstSeq: 399_999, lastSeq: 399_999 }, 9)).toHaveLength(2);
    expect(looks.count).toBeLessThan(100);
  });
});

/** A report of so many batches of eight transitions, of which some have a second bundle. */
function reportOf(count: number): AuditReport {
  const batch = (i: number, name: string) => ({
    ...{ bundle: `${name}-${i}.json`, firstSeq: 8 * i + 1, lastSeq: 8 * i + 8 },
    ...{ preRoot: String(i), postRoot: String(i + 1), domain: "1", keyKind: "ceremony" },
  });
  const batches = Array.from({ length: count }, (_, i) => i).flatMap((i) =>
    i % 10 === 0 ? [batch(i, "a"), batch(i, "b")] : [batch(i, "a")],
  );
  const report = { batches, problems: [], signatures: [], keys: [], developmentKeys: [], roots: { genesis: "1" } };
  return { ...report, shown: { of: 8 * count }, counts: { transitions: 8 * count } } as unknown as AuditReport;
}

test("the marks of tens of thousands of bundles name the others beside each", () => {
  const report = reportOf(30_000);
  const faults = batchFaultsIn(report, replayIn(report, undefined));
  for (let seq = 1; seq <= 240_000; seq += 7) expect(faults.markOf(seq).verdict).toBe("good");
  expect(faults.markOf(1).why).toMatch(/other bundles for some of its transitions: b-0\.json$/);
  expect(faults.markOf(9).why).not.toMatch(/other bundles/);
  expect(faults.markOf(240_001)).toEqual({ verdict: "open", why: "no proof covers it yet" });
});
