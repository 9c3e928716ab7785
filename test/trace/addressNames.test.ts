/** Names by address of the chain: their checksums, and where they stand. */
import { getAddress, id, keccak256 as reference } from "ethers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chainWords } from "../../trace/describe/chainWords.ts";
import { checksummed, keccak256 } from "../../trace/describe/eip55.ts";
import { Names, NO_NAMES } from "../../trace/describe/names.ts";
import { namesInUse, parseNames } from "../../trace/describe/ownNames.ts";
import { STANDARD_FUNCTIONS } from "../../trace/describe/standardFunctions.ts";

const LOWER = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
const MIXED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
const parse = (file: unknown) => parseNames("names.json", JSON.stringify(file));

test("keccak-256 and checksums are those of ethers", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(`0x${keccak256(bytes).toString("hex")}`).toBe(reference(bytes));
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
      const address = `0x${Buffer.from(bytes).toString("hex")}`;
      expect(checksummed(address)).toBe(getAddress(address));
    }),
  );
});

test("the standard functions have their selectors", () => {
  for (const [selector, signature] of Object.entries(STANDARD_FUNCTIONS)) {
    expect(id(signature).slice(0, 10)).toBe(selector);
  }
});

test("addresses stand beside the other members, or in one of their own", () => {
  expect(parse({ [MIXED]: "Alice", programs: { 1: "A" } })).toMatchObject({
    programs: { 1: "A" },
    addresses: { [LOWER]: "Alice" },
  });
  expect(parse({ addresses: { [LOWER]: "Alice" } }).addresses).toEqual({ [LOWER]: "Alice" });
  expect(parse({ [`0x${LOWER.slice(2).toUpperCase()}`]: "Alice" }).addresses).toEqual({ [LOWER]: "Alice" });
  expect(parse({ programs: { 1: "A" } })).not.toHaveProperty("addresses");
});

test.each([
  [{ [MIXED.replace("aA", "Aa")]: "Alice" }, "has a checksum (EIP-55) that does not fit"],
  [{ "0x12": "Alice" }, "is no address; give 0x and 40 hexadecimal digits"],
  [{ [LOWER]: "" }, "is not a name; give a text"],
  [{ [LOWER]: 5 }, "is not a name; give a text"],
  [{ [LOWER]: "Alice", [MIXED]: "Bob" }, "is named twice; leave one of the names"],
  [{ addresses: { alice: "Alice" } }, "names.json addresses.alice: is no address"],
])("%j is refused by name", (file, message) => {
  expect(() => parse(file)).toThrow(message);
});

test("a name by address counts only where the run says which program is which address", () => {
  const own = { path: "names.json", tables: parse({ [LOWER]: "Alice" }) };
  const manifest = { ...NO_NAMES, programs: { 3: LOWER } };
  expect(new Names(namesInUse(manifest, own).tables).program(3)).toBe("program 3");
  const programs = [
    [3, LOWER],
    [4, `${LOWER} #2`],
    [5, `0x${"1".repeat(40)}`],
  ] as const;
  const source = { programs, kinds: [], tokens: new Map(), coin: undefined, from: "blocks.jsonl" };
  const used = namesInUse(manifest, own, chainWords(source, {}));
  const names = new Names(used.tables);
  expect(used.addressesFrom).toBe("blocks.jsonl");
  expect([3, 4, 5].map((program) => names.program(program))).toEqual([
    `Alice (${LOWER}, program 3)`,
    `"Alice #2" (${LOWER}, program 4)`,
    `0x${"1".repeat(40)} (program 5)`,
  ]);
  expect(names.ref(3)).toEqual({ program: 3, name: "Alice", address: LOWER });
  // A name that reads like another address is quoted.
  const liar = { path: "names.json", tables: parse({ [LOWER]: `0x${"2".repeat(40)}` }) };
  expect(new Names(namesInUse(manifest, liar, chainWords(source, {})).tables).program(3)).toBe(
    `"0x${"2".repeat(40)}" (${LOWER}, program 3)`,
  );
});
