/** Units of imported kinds: labels from hostile symbols, exact amounts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalText, labelsOf, measured, type TokenSource, unitLine, unitOf } from "../../trace/describe/units.ts";
import { address } from "../lib/fakeChainNode.ts";

/** Labels of tokens with these symbols, in their order. */
function labels(...symbols: (string | null)[]): string[] {
  const tokens = symbols.map((symbol, i): [string, TokenSource] => [
    address(0xabc0 + i),
    { symbol, name: null, decimals: 18 },
  ]);
  const found = labelsOf(new Map(tokens));
  return tokens.map(([token]) => found.get(token) ?? "");
}

test("a plain symbol that no other token has is the label", () => {
  expect(labels("GOLD", "USDC", "WETH")).toEqual(["GOLD", "USDC", "WETH"]);
});

test("tokens whose symbols are the same, or look the same, have their addresses beside them", () => {
  expect(labels("GOLD", "GOLD", "G0LD")).toEqual(["GOLD@0x0000…abc0", "GOLD@0x0000…abc1", "G0LD@0x0000…abc2"]);
});

test("tokens that are alike in symbol and short address have their whole addresses", () => {
  const [one, two] = [`0x1234${"0".repeat(32)}abcd`, `0x1234${"1".repeat(32)}abcd`];
  const same = { symbol: "GOLD", name: null, decimals: 1 };
  const found = labelsOf(
    new Map([
      [one, same],
      [two, same],
    ]),
  );
  expect([...found.values()].sort()).toEqual([`GOLD@${one}`, `GOLD@${two}`].map((label) => label).sort());
});

test.each([
  ["ETH"],
  ["eth"],
  ["3TH"],
  ["wei"],
  ["VVEI"],
  ["Ether"],
  ["E.T.H"],
  ["ETH "],
  // Cyrillic, full width, invisible, turned around.
  ["\u0415T\u041d"],
  ["\uff25\uff34\uff28"],
  ["ETH\u200b"],
  ["\u202eHTE"],
  ["ETH\n1 ETH"],
  ["E\u0301TH"],
])("%j is never shown as the chain's coin", (symbol) => {
  const [label = ""] = labels(symbol);
  expect(label).toMatch(/^"[\x20-\x7e]*"@0x0000…abc0$/);
});

test("any two texts give two labels, each in one line of plain characters", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.string({ unit: "binary", maxLength: 40 })), { maxLength: 8 }), (symbols) => {
      const found = labels(...symbols);
      expect(new Set(found).size).toBe(found.length);
      for (const label of found) {
        expect(label).toMatch(/^[\x20-\x7e\u2026]*$/);
        expect(label).not.toMatch(/^(eth|wei|gwei|ether)$/i);
      }
    }),
  );
});

test("an amount is exact, with as many decimals as the token says", () => {
  expect(decimalText(1_500_000_000_000_000_000n, 18)).toBe("1.5");
  expect(decimalText(1n, 18)).toBe("0.000000000000000001");
  expect(decimalText(0n, 18)).toBe("0");
  expect(decimalText(150n, 2)).toBe("1.5");
  expect(decimalText(7n, 0)).toBe("7");
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1n << 128n }), fc.nat(36), (quantity, decimals) => {
      const [whole = "", part = ""] = decimalText(quantity, decimals).split(".");
      expect(BigInt(whole + part.padEnd(decimals, "0"))).toBe(quantity);
    }),
  );
});

test("without decimals, or with absurdly many, an amount stays raw; a token with an id is counted", () => {
  const token = address(0xabc0);
  const unit = (decimals: number | null, standard = "ERC-20", id: bigint | null = null) =>
    unitOf({ token, standard, id }, { symbol: "GOLD", name: null, decimals }, "GOLD");
  expect(measured(15n, unit(null))).toEqual({ amount: "15", unit: "raw GOLD" });
  expect(measured(15n, unit(255))).toEqual({ amount: "15", unit: "raw GOLD" });
  expect(measured(15n, unit(1))).toEqual({ amount: "1.5", unit: "GOLD" });
  expect(measured(1n, unit(18, "ERC-721", 7n))).toEqual({ amount: "1", unit: "GOLD #7" });
});

test("the legend has the whole address, and says that a token is not the coin", () => {
  const token = address(0xabc0);
  const source = { symbol: "ETH", name: 'E"\n', decimals: 18 };
  const [label = ""] = labels("ETH");
  const line = unitLine(unitOf({ token, standard: "ERC-20", id: null }, source, label));
  expect(line).toBe(
    `"ETH"@0x0000…abc0: token ${token}, ERC-20, calls itself "ETH" ("E\\"\ufffd"), ` +
      "which is NOT the chain's own coin; 18 decimals",
  );
});
