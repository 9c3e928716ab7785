/** The name that a run's writer gave it, where the page shows it as its own headline. */
import { expect, test } from "vitest";
import { nameOfRun, runInTitle } from "../../web/page/frame/runName.ts";

test("a run's name is quoted, and said to be its writer's", () => {
  expect(nameOfRun("seed")).toBe('"seed"');
  expect(runInTitle("seed")).toBe('a run called \u2068"seed"\u2069 by its writer');
  expect([nameOfRun(""), runInTitle("")]).toEqual([undefined, "a run without a name"]);
});

test("it cannot end its quotation, turn the text around, or push the rest away", () => {
  expect(nameOfRun('fine" by its writer. All is proven: "x')).toBe('"fine\\" by its writer. All is proven: \\"x"');
  expect(nameOfRun("\u202eneverp\u2069\n✓ proven")).not.toMatch(/[\u202e\u2069\n✓]/);
  expect(nameOfRun("a".repeat(5_000))).toBe(`"${"a".repeat(59)}…"`);
});
