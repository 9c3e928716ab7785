/**
 * Transactions of the user's own account: their fees, their nonces, and transactions that no block takes.
 */
import { Transaction, Wallet } from "ethers";
import { expect, test } from "vitest";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import { send } from "../../verifier/chain/connect.ts";
import { type Fees, presentFees, raised } from "../../verifier/chain/fees.ts";
import { type Chain, type ConnectOptions, connect } from "../../verifier/chain/registry.ts";
import { type StandIn, standIn } from "../lib/standIn.ts";

const GWEI = 10n ** 9n;
/** anvil's second account. Its key is public. */
const KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const SENDER = new Wallet(KEY).address;
const FRIEND = `0x${"ab".repeat(20)}`;
const GIFT = { to: FRIEND, data: "0x", value: 1_000n };
const SHORT = { privateKey: KEY, waitMs: 1_500, replaceMs: 300 };

/** A chain that makes blocks only on demand. */
function still(): Promise<Anvil> {
  return startAnvil({ more: ["--no-mining", "--order", "fees"] });
}

async function failure(action: Promise<unknown>): Promise<{ code?: string; message: string }> {
  const error: unknown = await action.then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  return error as { code?: string; message: string };
}

/** The transactions in the node's pool. */
async function pool({ provider }: Chain): Promise<{ hash: string; nonce: number; maxFeePerGas: bigint }[]> {
  const { pending } = (await provider.send("txpool_content", [])) as {
    pending: Record<string, Record<string, { hash: string; nonce: string; maxFeePerGas: string }>>;
  };
  return Object.values(pending)
    .flatMap((ofAccount) => Object.values(ofAccount))
    .map(({ hash, nonce, maxFeePerGas }) => ({ hash, nonce: Number(nonce), maxFeePerGas: BigInt(maxFeePerGas) }));
}

/** The requests that carried a transaction, in order. */
function sentThrough(node: StandIn): Transaction[] {
  return node.asked
    .filter(({ method }) => method === "eth_sendRawTransaction")
    .map(({ params }) => Transaction.from(String(params[0])));
}

async function connected(url: string, options: ConnectOptions): Promise<Chain & Disposable> {
  const chain = await connect(url, options);
  return { ...chain, [Symbol.dispose]: () => chain.provider.destroy() };
}

test("fees leave room below the cap, are refused above it, and rise by the step that nodes require", async () => {
  await using anvil = await startAnvil();
  using chain = await connected(anvil.url, {});
  const free = await presentFees(chain.provider, undefined);
  if (!("maxFeePerGas" in free)) throw new Error("the chain has a base fee");
  const base = (free.maxFeePerGas - free.maxPriorityFeePerGas) / 2n;
  const needed = base + free.maxPriorityFeePerGas;
  expect(await presentFees(chain.provider, needed)).toEqual({ ...free, maxFeePerGas: needed });
  expect(await presentFees(chain.provider, 1_000n * GWEI)).toEqual(free);
  expect(await failure(presentFees(chain.provider, needed - 1n))).toMatchObject({ code: "fee" });

  const fees: Fees = { maxFeePerGas: 100n, maxPriorityFeePerGas: 10n };
  expect(raised(fees, fees, undefined)).toEqual({ maxFeePerGas: 113n, maxPriorityFeePerGas: 12n });
  expect(raised(fees, { maxFeePerGas: 300n, maxPriorityFeePerGas: 5n }, undefined)).toEqual({
    maxFeePerGas: 300n,
    maxPriorityFeePerGas: 12n,
  });
  expect(raised(fees, { maxFeePerGas: 300n, maxPriorityFeePerGas: 200n }, 150n)).toEqual({
    maxFeePerGas: 150n,
    maxPriorityFeePerGas: 150n,
  });
  expect(raised(fees, fees, 113n)).toEqual({ maxFeePerGas: 113n, maxPriorityFeePerGas: 12n });
  expect(raised(fees, fees, 112n)).toBeNull();
  expect(raised({ gasPrice: 100n }, { gasPrice: 90n }, 113n)).toEqual({ gasPrice: 113n });
  expect(raised({ gasPrice: 100n }, { gasPrice: 90n }, 112n)).toBeNull();
});

test("above the cap, nothing is sent, and the message names the required fee", async () => {
  await using anvil = await startAnvil();
  using chain = await connected(anvil.url, { ...SHORT, maxFee: 1n });
  const refused = await failure(send(chain, GIFT));
  expect(refused).toMatchObject({ code: "fee", exitCode: 3 });
  expect(refused.message).toMatch(/now requires [\d.]+ gwei, more than --max-fee 0.000000001 gwei: nothing was sent/);
  expect(await chain.provider.getTransactionCount(SENDER, "pending")).toBe(0);
});

test("a pending transaction is sent again with the same nonce and a higher fee, up to the cap; only one is mined", async () => {
  await using anvil = await still();
  await using node = await standIn(() => undefined, anvil.url);
  using chain = await connected(node.url, { ...SHORT, maxFee: 4n * GWEI });
  using miner = await connected(anvil.url, {});
  const mined = send(chain, GIFT);
  while (sentThrough(node).length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  await miner.provider.send("evm_mine", []);
  const receipt = await mined;
  const sent = sentThrough(node);
  expect(new Set(sent.map(({ nonce }) => nonce))).toEqual(new Set([0]));
  const fees = sent.map(({ maxFeePerGas }) => maxFeePerGas ?? 0n);
  for (const [index, fee] of fees.slice(1).entries()) {
    expect(fee * 100n).toBeGreaterThanOrEqual((fees[index] ?? 0n) * 110n);
    expect(fee).toBeLessThanOrEqual(4n * GWEI);
  }
  expect(sent.map(({ hash }) => hash)).toContain(receipt.hash);
  await miner.provider.send("evm_mine", []);
  expect(await miner.provider.getBalance(FRIEND)).toBe(GIFT.value);
});

test("without a cap the fee is not raised: the message names the stuck transaction, and --replace replaces it", async () => {
  await using anvil = await still();
  await using node = await standIn(() => undefined, anvil.url);
  using chain = await connected(node.url, SHORT);
  const first = await failure(send(chain, GIFT));
  expect(first).toMatchObject({ code: "stuck", exitCode: 3 });
  expect(first.message).toMatch(/^transaction 0x[0-9a-f]{64}, number 0 of account 0x.*--replace and a --max-fee/);
  expect(new Set(sentThrough(node).map(({ hash }) => hash)).size).toBe(1);

  using waiting = await connected(anvil.url, SHORT);
  const second = await failure(send(waiting, { ...GIFT, value: 2_000n }));
  expect(second).toMatchObject({ code: "stuck" });
  expect(second.message).toMatch(/a transaction, number 0, still pending: nothing was sent/);
  expect(await pool(waiting)).toHaveLength(1);

  using tight = await connected(anvil.url, {
    ...SHORT,
    replace: true,
    maxFee: (await pool(waiting))[0]?.maxFeePerGas ?? 0n,
  });
  const third = await failure(send(tight, { ...GIFT, value: 2_000n }));
  expect(third.message).toMatch(/number 0 of account .* cannot be replaced for .* --max-fee allows no more/);
  expect(await pool(waiting)).toHaveLength(1);

  using replacing = await connected(anvil.url, { ...SHORT, replace: true, maxFee: 100n * GWEI });
  const done = send(replacing, { ...GIFT, value: 2_000n });
  const before = (await pool(waiting))[0]?.hash;
  while ((await pool(waiting))[0]?.hash === before) await new Promise((resolve) => setTimeout(resolve, 20));
  await waiting.provider.send("evm_mine", []);
  expect((await done).status).toBe(1);
  await waiting.provider.send("evm_mine", []);
  expect(await waiting.provider.getBalance(FRIEND)).toBe(2_000n);
  expect(await waiting.provider.getTransactionCount(SENDER)).toBe(1);
});

test("the next nonce is right also if the node counts late", async () => {
  await using anvil = await startAnvil();
  // A node behind another one. It has not seen the sent transactions.
  await using node = await standIn(
    ({ method }) => (method === "eth_getTransactionCount" ? { result: "0x0" } : undefined),
    anvil.url,
  );
  using chain = await connected(node.url, SHORT);
  for (let nonce = 0; nonce < 3; nonce++) expect((await send(chain, GIFT)).status).toBe(1);
  expect(sentThrough(node).map(({ nonce }) => nonce)).toEqual([0, 1, 2]);
});

test("the remembered nonce is dropped if the chain was reorganised", async () => {
  await using anvil = await startAnvil();
  using chain = await connected(anvil.url, SHORT);
  await send(chain, GIFT);
  const snapshot = await chain.provider.send("evm_snapshot", []);
  await send(chain, GIFT);
  await chain.provider.send("evm_revert", [snapshot]);
  expect((await send(chain, GIFT)).status).toBe(1);
  expect(await chain.provider.getTransactionCount(SENDER)).toBe(2);
});

test("a nonce that another process used is skipped", async () => {
  await using anvil = await startAnvil();
  using other = await connected(anvil.url, SHORT);
  await send(other, GIFT);
  let late = 2;
  await using node = await standIn(
    ({ method }) => (method === "eth_getTransactionCount" && late-- > 0 ? { result: "0x0" } : undefined),
    anvil.url,
  );
  using chain = await connected(node.url, SHORT);
  expect((await send(chain, GIFT)).status).toBe(1);
  expect(sentThrough(node).map(({ nonce }) => nonce)).toEqual([0, 1]);
});

test.each(["before the node gets it", "after the node has it"])(
  "if an answer is lost %s, the transaction is mined once",
  async (when) => {
    await using anvil = await startAnvil();
    let lost = 1;
    await using node = await standIn(async ({ method, params }) => {
      if (method !== "eth_sendRawTransaction" || lost-- <= 0) return undefined;
      if (when.startsWith("after")) {
        const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
        await fetch(anvil.url, { method: "POST", headers: { "content-type": "application/json" }, body });
      }
      return { status: 502, body: "<html>Bad Gateway</html>" };
    }, anvil.url);
    using chain = await connected(node.url, SHORT);
    expect((await send(chain, GIFT)).status).toBe(1);
    expect((await send(chain, GIFT)).status).toBe(1);
    expect(await chain.provider.getBalance(FRIEND)).toBe(2n * GIFT.value);
    expect(await chain.provider.getTransactionCount(SENDER)).toBe(2);
  },
);

test("a node that dies with a transaction says which one may be mined", async () => {
  await using anvil = await still();
  let dead = false;
  await using node = await standIn(({ method }) => {
    if (method === "eth_sendRawTransaction") dead = true;
    return dead && method !== "eth_sendRawTransaction" ? (response) => response.destroy() : undefined;
  }, anvil.url);
  using chain = await connected(node.url, SHORT);
  const { message } = await failure(send(chain, GIFT));
  expect(message).toMatch(/^transaction 0x[0-9a-f]{64}, number 0 of account .* may or may not be mined: .*look for it/);
});

test("on a chain without a base fee the transaction has a gas price", async () => {
  await using anvil = await startAnvil({ hardfork: "cancun" });
  await using node = await standIn(async ({ method, params }) => {
    if (method !== "eth_getBlockByNumber") return undefined;
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const headers = { "content-type": "application/json" };
    const answer = await (await fetch(anvil.url, { method: "POST", headers, body })).json();
    const { baseFeePerGas: _, ...block } = (answer as { result: Record<string, unknown> }).result;
    return { result: block };
  }, anvil.url);
  using chain = await connected(node.url, { ...SHORT, maxFee: 100n * GWEI });
  expect((await send(chain, GIFT)).status).toBe(1);
  expect(sentThrough(node).map(({ type }) => type)).toEqual([0]);
});
