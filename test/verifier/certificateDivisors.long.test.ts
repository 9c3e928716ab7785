/** More divisors with a challenge in them than hashesChallenges.test.ts has: each is compiled. */
import { describe, expect, it } from "vitest";
import { scene, source } from "../lib/challengeScene.ts";

describe("a divisor with a challenge in it", () => {
  it("may be a multiple of one", async () => {
    expect((await scene(source("3 * gamma - low - second"))).draw()).toEqual([]);
  });

  it.each([
    ["has none in it, as it cancels", "gamma - (gamma - low)"],
    ["is the challenge times a number that may be 0", "low * gamma - low"],
  ])("may be 0 if it %s", async (_, divisor) => {
    expect((await scene(source(divisor))).draw()).toEqual(expect.arrayContaining(["out"]));
  });
});
