/** A reader's own names: the form of the file, and its differences from the manifest. */
import { expect, test } from "vitest";
import { Names } from "../../trace/describe/names.ts";
import { differenceText, misnamed, namesInUse, parseNames, readNames } from "../../trace/describe/ownNames.ts";
import { selectorOf } from "../../trace/effects/selector.ts";
import { emptyManifest } from "../../trace/run/manifest.ts";

const PAY = selectorOf("pay");
const parse = (value: unknown) => parseNames("names.json", JSON.stringify(value));

test("a file may have the four tables, or some of them", () => {
  const whole = {
    programs: { 1: "Mint" },
    kinds: { 4294967297: "Gold" },
    functions: { [PAY.toString()]: "pay", 2864434397: "0xaabbccdd" },
    slots: { 257: "till" },
  };
  expect(parse(whole)).toEqual(whole);
  expect(parse({ programs: { 3: "program 4" } })).toMatchObject({ programs: { 3: "program 4" }, kinds: {}, slots: {} });
  expect(parse({})).toEqual({ programs: {}, kinds: {}, functions: {}, slots: {} });
});

test.each([
  [{ program: {} }, "names.json program: is not a member"],
  [{ ...emptyManifest("x") }, "names.json scenario: is not a member"],
  [{ programs: ["A"] }, "names.json programs: is not an object"],
  [{ programs: { 0: "A" } }, "names.json programs.0: is not the number of one of the programs"],
  [{ programs: { "01": "A" } }, "programs.01: is not the number"],
  [{ programs: { A: "1" } }, "programs.A: is not the number"],
  [{ programs: { 1: 2 } }, "programs.1: is not a name"],
  [{ programs: { 1: "" } }, "programs.1: is not a name"],
  [{ kinds: { [(2n ** 56n).toString()]: "Gold" } }, "is not the number of one of the kinds"],
  [{ slots: { 256: "header" } }, "slots.256: is not the number of one of the slots"],
  [{ functions: { [PAY.toString()]: "steal" } }, 'no function called "steal" has this selector'],
])("%j is refused", (value, message) => {
  expect(() => parse(value)).toThrow(message);
});

test("a name given twice, and a file that is not JSON, are refused", () => {
  expect(() => parseNames("n", '{"programs":{"1":"A","1":"B"}}')).toThrow("n: has a member twice");
  expect(() => parseNames("n", "{")).toThrow("n: is not JSON");
  expect(() => readNames("/nowhere/n")).toThrow("/nowhere/n: cannot be read; name a JSON file of your own names");
});

test("own names replace all of the manifest's, and different names are listed", () => {
  const manifest = { ...emptyManifest("x"), programs: { 1: "A", 2: "B", 3: "C" }, kinds: { 4294967297: "USDC" } };
  const own = { path: "mine.json", tables: parse({ programs: { 1: "A", 2: "C" }, kinds: { 4294967297: "Gold" } }) };
  const used = namesInUse(manifest, own);
  expect(used.differences.map(differenceText)).toEqual([
    'program 2 is "C" by your names, but manifest.json calls it "B"',
    'kind 4294967297 is "Gold" by your names, but manifest.json calls it "USDC"',
  ]);
  expect([1, 2, 3].map((program) => new Names(used.tables).program(program))).toEqual([
    "A (program 1)",
    "C (program 2)",
    "program 3",
  ]);
  expect(namesInUse(manifest, undefined)).toMatchObject({ own: false, from: "manifest.json", differences: [] });
});

test("only a function's name can be checked", () => {
  const tables = { ...emptyManifest("x"), functions: { [PAY.toString()]: "steal", 7: "never asked for" } };
  expect(misnamed([PAY, PAY, 8n], tables)).toEqual([
    expect.stringMatching(/^calls selector \d+ "steal", which is not its name/),
  ]);
  expect(misnamed([PAY], { ...tables, functions: { [PAY.toString()]: "pay" } })).toEqual([]);
});
