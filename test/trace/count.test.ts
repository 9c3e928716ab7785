/** Numbers and their words agree. */
import { expect, test } from "vitest";
import { count, plural, span } from "../../trace/describe/count.ts";

test("only the number one takes the singular", () => {
  expect([0, 1, 2].map((n) => count(n, "transition"))).toEqual(["0 transitions", "1 transition", "2 transitions"]);
  expect(count(1n, "batch")).toBe("1 batch");
  expect(count(2n, "batch")).toBe("2 batches");
  expect(count(2, "tree node")).toBe("2 tree nodes");
  expect(count(2, "entry")).toBe("2 entries");
  expect([1, 2].map((n) => plural(n, "is"))).toEqual(["is", "are"]);
  expect([span("transition", 4, 4), span("transition", 4, 6)]).toEqual(["transition 4", "transitions 4 to 6"]);
});
