/** The file of feeds, and what is wrong with one. */
import { Interface } from "ethers";
import { describe, expect, test } from "vitest";
import { parseFeeds } from "../../../verifier/chain/crossing/feeds.ts";

const CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const parsed = (...feeds: unknown[]) => parseFeeds("f.json", JSON.stringify(feeds));

test("a feed is a contract with call data, or with a function and its arguments", () => {
  const abi = new Interface(["function balanceOf(address)", "function latest()"]);
  const data = abi.encodeFunctionData("balanceOf", [CONTRACT]);
  expect(
    parsed(
      {
        contract: CONTRACT.toLowerCase(),
        data: data.toUpperCase().replace("0X", "0x"),
        shift: 3,
        offset: -7,
        fresh: 60,
      },
      { contract: CONTRACT, function: "balanceOf(address)", arguments: [CONTRACT], offset: `-${2n ** 255n}`, fresh: 1 },
      { contract: CONTRACT, function: "function latest() view returns (int256)", fresh: 3_600 },
    ),
  ).toEqual([
    { target: CONTRACT, data, shift: 3, offset: -7n, fresh: 60 },
    { target: CONTRACT, data, shift: 0, offset: -(2n ** 255n), fresh: 1 },
    { target: CONTRACT, data: abi.encodeFunctionData("latest"), shift: 0, offset: 0n, fresh: 3_600 },
  ]);
  expect(parsed()).toEqual([]);
});

describe("an error names the feed and its member", () => {
  const good = { contract: CONTRACT, data: "0x", fresh: 60 };
  const wrong: [string, unknown][] = [
    ["f.json feed 0", null],
    ["f.json feed 0", []],
    ["f.json feed 0 contract", { ...good, contract: "0x12" }],
    ["f.json feed 0 contract", { ...good, contract: `0x${"0".repeat(40)}` }],
    ["f.json feed 0 data", { ...good, data: "0x1" }],
    ["f.json feed 0 data", { ...good, data: `0x${"00".repeat(5_000)}` }],
    ["f.json feed 0 fresh", { ...good, fresh: 0 }],
    ["f.json feed 0 fresh", { ...good, fresh: 2 ** 40 }],
    ["f.json feed 0 shift", { ...good, shift: 256 }],
    ["f.json feed 0 offset", { ...good, offset: "1.5" }],
    ["f.json feed 0 offset", { ...good, offset: `${2n ** 255n}` }],
    ["f.json feed 0 name", { ...good, name: "price" }],
    ["f.json feed 0 function", { contract: CONTRACT, fresh: 60 }],
    ["f.json feed 0 function", { contract: CONTRACT, function: "latest", fresh: 60 }],
    ["f.json feed 0 arguments", { contract: CONTRACT, function: "balanceOf(address)", fresh: 60 }],
    ["f.json feed 0 arguments", { contract: CONTRACT, function: "of(uint8)", arguments: [256], fresh: 60 }],
  ];
  test.each(wrong)("%s: %j", (field, feed) => {
    expect(() => parsed(feed)).toThrowError(expect.objectContaining({ code: "invalid", field }));
  });
  test("a file that is no list, or too long, is refused", () => {
    expect(() => parseFeeds("f.json", "{}")).toThrow("is no list");
    expect(() => parseFeeds("f.json", "[")).toThrow("is not JSON");
    expect(() => parsed(...new Array(257).fill(good))).toThrow("256 at most");
  });
});
