/** Rules between rows: watches, clocks, parents, groups, logs, time, roots. */
import { describe, expect, test } from "vitest";
import { BATCH } from "../adversary/forgeries/batch.ts";
import { ANSWERS, CONDITIONS } from "../adversary/forgeries/conditions.ts";
import { checkForgeries, verdictOnce } from "./ruleCases.ts";

describe("a watch fires only if its condition holds", () => {
  test.each(ANSWERS)("$name", async ({ fires, input }) => {
    expect((input().fired as bigint[])[1]).toBe(fires ? 1n : 0n);
    expect(await verdictOnce(input())).toBe("accepted");
  });
});

checkForgeries(CONDITIONS);
checkForgeries(BATCH);
