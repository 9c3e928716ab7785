import { expect, it } from "vitest";
import { Random } from "../../lib/random.ts";
import { hostileCases } from "./hostileCases.ts";
import { runHostileProofs } from "./hostileProofs.ts";

it("JavaScript and Solidity give hostile proofs the same verdict", async () => {
  const { tried, disagreements, examples, valid } = await runHostileProofs({ cases: 60, seed: 1 });
  expect({ tried, disagreements, examples }).toEqual({ tried: 60, disagreements: 0, examples: [] });
  expect(valid).toBeGreaterThan(0);
});

it("a seed gives the same cases, another seed others, and all kinds occur", () => {
  const valid = [1n, 2n].map((number) => ({
    inputs: [number, 2n, 3n, 4n, 5n],
    proof: [1n, 2n, 1n, 2n, 3n, 4n, 1n, 2n],
  }));
  const some = (seed: number) => {
    const cases = hostileCases(new Random(seed), valid);
    return Array.from({ length: 400 }, () => cases.next().value);
  };
  expect(some(7)).toEqual(some(7));
  expect(some(7)).not.toEqual(some(8));
  expect(new Set(some(7).map(({ kind }) => kind)).size).toBe(19);
});
