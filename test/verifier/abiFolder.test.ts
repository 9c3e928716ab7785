/** `--abi`: the forms of ABI files, collisions of selectors, broken files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { functionsBySelector } from "../../trace/describe/standardFunctions.ts";
import { readAbiFolder } from "../../verifier/abi/abiFolder.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "abi-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const entry = (name: string, ...types: string[]) => ({
  type: "function",
  name,
  inputs: types.map((type) => ({ type })),
});
const write = (file: string, json: unknown): void =>
  writeFileSync(join(dir, file), typeof json === "string" ? json : JSON.stringify(json));

test("reads plain ABIs, artifacts and answers of Etherscan, in folders below too", () => {
  write("plain.json", [entry("deposit", "uint256"), { type: "event", name: "Deposited", inputs: [] }]);
  write("artifact.json", { contractName: "A", abi: [entry("pay", "address"), { type: "constructor", inputs: [] }] });
  write("scan.json", { status: "1", message: "OK", result: JSON.stringify([entry("burn", "uint256")]) });
  write("source.json", { status: "1", result: [{ ABI: JSON.stringify([entry("mint")]) }] });
  const tuple = { type: "tuple[]", components: [{ type: "address" }, { type: "uint256" }] };
  mkdirSync(join(dir, "Multi.sol"));
  write("Multi.sol/Multi.json", { abi: [{ type: "function", name: "multi", inputs: [tuple] }] });
  write("Multi.sol/Multi.dbg.json", { buildInfo: "x" });
  write("notes.txt", "no ABI");
  expect(readAbiFolder(dir).map(([, signature]) => signature)).toEqual([
    "multi((address,uint256)[])",
    "pay(address)",
    "deposit(uint256)",
    "burn(uint256)",
    "mint()",
  ]);
});

test("two functions with one selector are both named", () => {
  write("a.json", [entry("many_msg_babbage", "bytes1"), entry("transfer", "address", "uint256")]);
  const found = readAbiFolder(dir);
  expect(found.map(([selector]) => selector)).toEqual(["0xa9059cbb", "0xa9059cbb"]);
  expect(functionsBySelector(found)[0xa9059cbb]).toEqual(["many_msg_babbage(bytes1)", "transfer(address,uint256)"]);
});

test.each([
  ["not JSON", "{", "broken.json: is not JSON"],
  ["no ABI", { a: 1 }, "broken.json: holds no ABI; take it out of the folder"],
  [
    "Etherscan's refusal",
    { status: "0", result: "Contract source code not verified" },
    "broken.json result: is no ABI",
  ],
  ["no entry", [1], "broken.json[0]: is no entry of an ABI"],
  ["a type that there is not", [entry("f", "uint7 or so")], "broken.json[0]: is no function"],
  ["a name that no function has", [entry("f() and transfer", "uint256")], "broken.json[0]: "],
])("a file with %s is named", (_, json, message) => {
  write("good.json", []);
  write("broken.json", json);
  expect(() => readAbiFolder(dir)).toThrow(message);
});

test("a folder without files, or that is none, is named", () => {
  expect(() => readAbiFolder(dir)).toThrow("holds no .json file; name a folder of ABI files");
  expect(() => readAbiFolder(join(dir, "none"))).toThrow("is no folder; name a folder of ABI files");
});
