/** State at a block: balances, tokens, approvals, code, and what tokens say of themselves. */
import { id } from "ethers";
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../../trace/errors.ts";
import { ChainNode } from "../../../trace/import/node/chainNode.ts";
import { ASKED } from "../../../trace/import/node/contractCalls.ts";
import { textIn } from "../../../trace/import/node/tokenText.ts";
import { address, type FakeNode, fakeBlock, fakeChainNode, Refused, word } from "../../lib/fakeChainNode.ts";

const [A, B, TOKEN] = [address(0xa), address(0xb), address(0x70)] as const;
const arg = (value: string | number): string => word(BigInt(value)).slice(2);
const MOST = 2n ** 256n - 1n;

function node(): { fake: FakeNode; chain: ChainNode; says: (data: string, answer: string) => void } {
  const fake = fakeChainNode([fakeBlock(100, [])]);
  const says = (data: string, answer: string): void => void fake.calls.set(`${TOKEN} ${data}`, answer);
  return { fake, chain: new ChainNode(fake.ask), says };
}

test("the selectors are those of the functions", () => {
  for (const [name, selector] of Object.entries(ASKED)) expect(selector).toBe(id(name).slice(0, 10));
});

describe("wei and code", () => {
  test("of several addresses, in their order", async () => {
    const { fake, chain } = node();
    fake.wei.set(A, MOST);
    fake.code.set(B, "0x00");
    expect(await chain.weiOf([B, A], 100)).toEqual([0n, MOST]);
    expect(await chain.codeAt([B, A], 100)).toEqual([true, false]);
    expect(await chain.weiOf([], 100)).toEqual([]);
    expect(fake.asked.flat().map(({ params }) => params[1])).toEqual(["0x64", "0x64", "0x64", "0x64"]);
    expect(chain.lastRefusal).toBeNull();
  });

  test("pruned: null, with the node's words", async () => {
    for (const words of [
      "missing trie node 8a3f (path ) state 0x12 is not available",
      "historical state unavailable",
      "state at block #100 is pruned",
      "No state available for block 100",
      "World state unavailable for block 100",
      "project is not on an archive plan",
    ]) {
      const { fake, chain } = node();
      fake.lies.set("eth_getBalance", (honest, [who]) => (who === A ? new Refused(words) : honest));
      expect(await chain.weiOf([A, B], 100)).toEqual([null, 0n]);
      expect(chain.lastRefusal).toEqual({ method: "eth_getBalance", block: 100, words, pruned: true });
    }
  });

  test("refused for another reason: null, and said", async () => {
    const { fake, chain } = node();
    fake.lies.set("eth_getCode", () => new Refused("no"));
    expect(await chain.codeAt([A], 100)).toEqual([null]);
    expect(chain.lastRefusal).toMatchObject({ words: "no", pruned: false });
    fake.lies.set("eth_getCode", () => null);
    expect(await chain.codeAt([A], 100)).toEqual([null]);
    expect(chain.lastRefusal).toMatchObject({ words: "its answer is null" });
  });

  test("an answer that is no amount, and a question that is none, are named", async () => {
    const { fake, chain } = node();
    fake.lies.set("eth_getBalance", () => `0x1${"0".repeat(64)}`);
    await expect(chain.weiOf([A], 100)).rejects.toThrow(/eth_getBalance of 0x0+a: .*256 bits/);
    await expect(chain.weiOf(["0x1"], 100)).rejects.toThrow(InvalidInputError);
    await expect(chain.weiOf([A], -1)).rejects.toThrow(InvalidInputError);
    await expect(chain.ownersOf([{ token: TOKEN, id: -1n }], 100)).rejects.toThrow(InvalidInputError);
    await expect(chain.ownersOf([{ token: TOKEN, id: MOST + 1n }], 100)).rejects.toThrow(InvalidInputError);
  });
});

describe("tokens", () => {
  test("balances with and without id; null for whatever is no number", async () => {
    const { chain, says } = node();
    says(`${ASKED["balanceOf(address)"]}${arg(A)}`, word(7));
    says(`${ASKED["balanceOf(address,uint256)"]}${arg(A)}${arg(9)}`, word(MOST));
    says(`${ASKED["balanceOf(address)"]}${arg(B)}`, "0x");
    says(`${ASKED["balanceOf(address,uint256)"]}${arg(B)}${arg(9)}`, `${word(1)}00`);
    const asked = [A, B].flatMap((who) => [null, 9n, 10n].map((id) => ({ token: TOKEN, who, id })));
    expect(await chain.balancesOf(asked, 100)).toEqual([7n, MOST, null, null, null, null]);
    // A contract that fails is an answer of the node.
    expect(chain.lastRefusal).toBeNull();
  });

  test("owners and approvals of one token; null for no address", async () => {
    const { chain, says } = node();
    says(`${ASKED["ownerOf(uint256)"]}${arg(1)}`, word(BigInt(A)));
    says(`${ASKED["ownerOf(uint256)"]}${arg(2)}`, word(2n ** 160n));
    says(`${ASKED["getApproved(uint256)"]}${arg(1)}`, word(0));
    const asked = [1n, 2n, 3n].map((id) => ({ token: TOKEN, id }));
    expect(await chain.ownersOf(asked, 100)).toEqual([A, null, null]);
    expect(await chain.approved(asked, 100)).toEqual([address(0), null, null]);
  });

  test("allowances, and approvals of everything; null for neither yes nor no", async () => {
    const { chain, says } = node();
    says(`${ASKED["allowance(address,address)"]}${arg(A)}${arg(B)}`, word(MOST));
    expect(
      await chain.allowances(
        [
          { token: TOKEN, owner: A, spender: B },
          { token: TOKEN, owner: B, spender: A },
        ],
        100,
      ),
    ).toEqual([MOST, null]);
    const all = ASKED["isApprovedForAll(address,address)"];
    says(`${all}${arg(A)}${arg(B)}`, word(1));
    says(`${all}${arg(B)}${arg(A)}`, word(0));
    says(`${all}${arg(A)}${arg(A)}`, word(2));
    const asked = [
      [A, B],
      [B, A],
      [A, A],
      [B, B],
    ].map(([owner, operator]) => ({ token: TOKEN, owner: owner as string, operator: operator as string }));
    expect(await chain.approvedForAll(asked, 100)).toEqual([true, false, null, null]);
  });

  test("pruned: null, with the node's words; a contract's own words are none of the node's", async () => {
    const { fake, chain } = node();
    for (const words of ["execution reverted: rate limit, state is pruned", "out of gas", "invalid opcode: INVALID"]) {
      fake.lies.set("eth_call", () => new Refused(words));
      expect(await chain.ownersOf([{ token: TOKEN, id: 1n }], 100)).toEqual([null]);
      expect(chain.lastRefusal).toBeNull();
    }
    fake.lies.set("eth_call", () => new Refused("historical state unavailable"));
    expect(await chain.ownersOf([{ token: TOKEN, id: 1n }], 100)).toEqual([null]);
    expect(chain.lastRefusal).toMatchObject({ method: "eth_call", block: 100, pruned: true });
  });
});

/** The answer of a function that returns a string. */
function stringOf(text: string): string {
  const bytes = Buffer.from(text);
  return `0x${arg(32)}${arg(bytes.length)}${bytes.toString("hex").padEnd(Math.ceil(bytes.length / 32) * 64, "0")}`;
}

describe("what a token says of itself", () => {
  test("strings, old bytes32, or nothing", async () => {
    const { chain, says } = node();
    says(ASKED["symbol()"], stringOf("USDC"));
    says(ASKED["name()"], `0x${Buffer.from("Maker").toString("hex").padEnd(64, "0")}`);
    says(ASKED["decimals()"], word(6));
    expect(await chain.describe([TOKEN, A])).toEqual([
      { symbol: "USDC", name: "Maker", decimals: 6 },
      { symbol: null, name: null, decimals: null },
    ]);
    says(ASKED["decimals()"], word(256));
    expect(await chain.describe([TOKEN])).toMatchObject([{ decimals: null }]);
  });

  test("in one line, short, without characters that nobody sees", () => {
    expect(textIn(stringOf("a\nb\u202ec\u200bd\u0000e \t f"), 32)).toBe("a bcde f");
    expect(textIn(stringOf("\u{1f600}".repeat(40)), 32)).toBe(`${"\u{1f600}".repeat(31)}…`);
    expect(textIn(stringOf("x".repeat(5_000)), 8)).toBe("xxxxxxx…");
    expect(textIn(`0x${"ff".repeat(32)}`, 32)).toBeNull();
  });

  test("null for what is no text", () => {
    for (const odd of [
      undefined,
      null,
      7,
      "0x",
      "0x0",
      "text",
      stringOf(""),
      stringOf(" \n "),
      `0x${"00".repeat(32)}`,
      `0x${arg(32)}${word(MOST).slice(2)}`,
      `0x${word(MOST).slice(2)}${arg(4)}`,
      `0x${arg(32)}${arg(33)}${arg(1)}`,
      `0x${arg(64)}${arg(1)}`,
    ]) {
      expect(textIn(odd, 32), String(odd)).toBeNull();
    }
  });
});
