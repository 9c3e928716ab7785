/** The files of a second run, and the outcome of a comparison in words and bars. */
import { describe, expect, test } from "vitest";
import { isRead, nameInRun, requireRun } from "../../web/page/compare/runFiles.ts";
import { barsOf, verdictOf } from "../../web/page/compare/verdict.ts";
import type { Comparison } from "../../web/work/history/compare.ts";

describe("a chosen file", () => {
  test("has its name in the run directory, without the folder that was chosen", () => {
    expect(nameInRun({ name: "trace.jsonl", webkitRelativePath: "my-run/trace.jsonl" })).toBe("trace.jsonl");
    expect(nameInRun({ name: "a.json", webkitRelativePath: "my-run/proofs/a.json" })).toBe("proofs/a.json");
    expect(nameInRun({ name: "trace.jsonl", webkitRelativePath: "" })).toBe("trace.jsonl");
  });

  test("is read if a replay needs it, and not if it is a proof or lies deeper", () => {
    expect(["genesis.json", "trace.jsonl", "manifest.json", "blocks.jsonl"].every(isRead)).toBe(true);
    expect(["proofs/1.json", "other/trace.jsonl", "store.sqlite", "xgenesis.json", "blocks.json"].some(isRead)).toBe(
      false,
    );
  });

  test("that is missing is named", () => {
    expect(() => requireRun(["genesis.json", "trace.jsonl"])).not.toThrow();
    expect(() => requireRun(["trace.jsonl"])).toThrow("there is no genesis.json; choose a run directory itself");
    expect(() => requireRun([])).toThrow("there is no genesis.json and trace.jsonl");
  });
});

describe("the outcome", () => {
  const outcome = (transitions: Partial<Comparison["transitions"]>, genesisSame = true) => {
    const none = { first: 4, second: 4, common: 0, prefix: null, differs: null };
    return { same: false, genesis: { same: genesisSame }, transitions: { ...none, ...transitions } } as Comparison;
  };

  test("says from where on", () => {
    expect(verdictOf(outcome({ common: 2, differs: { seq: 3, fields: [] } }))).toBe(
      "The runs differ from transition 3 on",
    );
    expect(verdictOf(outcome({ differs: { seq: 1, fields: [] } }, false))).toBe("The runs differ from the genesis on");
    expect(verdictOf(outcome({ second: 9, common: 4, prefix: "first" }))).toBe(
      "The first run is the beginning of the second, which goes on from transition 5",
    );
    expect(verdictOf(outcome({ first: 9, common: 4, prefix: "second" }))).toBe(
      "The second run is the beginning of the first, which goes on from transition 5",
    );
  });

  test("draws both runs on one scale, an empty run too", () => {
    expect(barsOf(outcome({ first: 10, second: 5, common: 4 }))).toEqual([
      { common: 40, rest: 60, transitions: 10 },
      { common: 40, rest: 10, transitions: 5 },
    ]);
    expect(barsOf(outcome({ first: 0, second: 0 }))[0]).toEqual({ common: 0, rest: 0, transitions: 0 });
  });
});
