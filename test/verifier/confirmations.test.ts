import { expect, test } from "vitest";
import { EnvironmentError } from "../../trace/errors.ts";
import { awaitConfirmed, type Chain, type Confirmations, usualConfirmations } from "../../verifier/chain/registry.ts";

/** A chain whose latest block is one higher at each question, up to `last`; its final block is `depth` lower. */
function growing(last: number, depth = 64): Chain {
  let number = 9;
  const provider = {
    getBlockNumber: async () => (number < last ? ++number : number),
    getBlock: async (tag: string) => ({ number: tag === "finalized" ? number - depth : number, timestamp: 1 }),
  };
  return { provider, chainId: 31337n, waitMs: 200 } as unknown as Chain;
}

const wait = (chain: Chain, confirmations: Confirmations, block: () => Promise<number | null>) =>
  awaitConfirmed(chain, { what: "the map", confirmations, block });

test("a block counts as its own first confirmation", async () => {
  expect(await wait(growing(10), 1, async () => 10)).toBe(10);
  expect(await wait(growing(14), 5, async () => 10)).toBe(10);
  await expect(wait(growing(13), 5, async () => 10)).rejects.toThrow("in block 10 of 13, and no new block comes");
});

test("a block is final if the chain says so", async () => {
  expect(await wait(growing(20, 10), "finalized", async () => 10)).toBe(10);
  await expect(wait(growing(19, 10), "finalized", async () => 10)).rejects.toThrow(
    "so it is not confirmed by a final block",
  );
  const without = growing(20);
  Object.assign(without.provider, { getBlock: async () => null });
  const error = await wait(without, "finalized", async () => 10).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EnvironmentError);
  expect(String(error)).toContain("no readable finalized block");
});

test("a transaction that moves to a new block is confirmed there; a dropped one is reported", async () => {
  const blocks = [10, null, null, 13];
  expect(await wait(growing(40), 5, async () => blocks.shift() ?? 13)).toBe(13);
  const gone = [10, null];
  const error = await wait(growing(10_000), 5, async () => gone.shift() ?? null).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "unconfirmed", exitCode: 3 });
  expect(String(error)).toMatch(/has dropped the map; run this command again$/);
});

test("chains for tests confirm at once, others with twelve blocks", () => {
  expect([31337n, 1337n, 1n, 10n].map(usualConfirmations)).toEqual([1, 1, 12, 12]);
});
