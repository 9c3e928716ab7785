/** Every refusal about assets, entries and exits names a field and says what to do next. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CROSSING_REFUSALS } from "../../../verifier/chain/crossing/refusals.ts";
import { ChainRefusal, chainError } from "../../../verifier/chain/errors.ts";
import { CrossingRefusal, registryAbi } from "../../../verifier/chain/registry.ts";

/** The errors that an interface declares. */
const declaredBy = (name: string): string[] => {
  const source = readFileSync(new URL(`../../../contracts/interfaces/${name}.sol`, import.meta.url), "utf8");
  return [...source.matchAll(/^ {4}error (\w+)\(/gm)].map(([, error = ""]) => error);
};

test("each error of assets, entries and exits is in the table, and nothing that the registry does not say", async () => {
  const declared = ["IAssets", "IEntries", "IExits"].flatMap(declaredBy);
  expect(declared.length).toBeGreaterThan(30);
  // It is older than moored maps, and is about submitting.
  expect(declared.filter((name) => name !== "NotSubmitter" && !(name in CROSSING_REFUSALS))).toEqual([]);
  const abi = await registryAbi();
  expect(Object.keys(CROSSING_REFUSALS).filter((name) => abi.getError(name) === null)).toEqual([]);
});

test("a refusal is decoded to its field, its arguments and the next step", async () => {
  const abi = await registryAbi();
  const data = abi.encodeErrorResult("RefundTooEarly", [1_000n, 900n]);
  const error = chainError(Object.assign(new Error("reverted"), { data }), abi);
  expect(error).toBeInstanceOf(CrossingRefusal);
  expect(error).toBeInstanceOf(ChainRefusal);
  expect(error).toMatchObject({
    ...{ code: "chain-refused", exitCode: 1, field: "number", reason: "RefundTooEarly" },
    args: { until: 1_000n, blockTime: 900n },
    message: expect.stringMatching(/^RefundTooEarly\(until 1000, blockTime 900\): .*ask again after that time$/),
  });
});
