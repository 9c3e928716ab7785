/** Imports from a node: a real one, and a stand-in with given answers. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import { callTreeOf } from "../../scripts/lib/traceRun.ts";
import { importEvmCalls } from "../../trace/import/evm.ts";
import type { Chain } from "../../verifier/chain/connect.ts";
import { connect } from "../../verifier/chain/registry.ts";
import { json } from "../scripts/cli.ts";

const at = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;
const [B, C, D] = [at(0xb000), at(0xc000), at(0xd000)] as const;
let scratch: string;
let anvil: Anvil;
let chain: Chain;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "timebandits-import-"));
  anvil = await startAnvil();
  chain = await connect(anvil.url);
});
afterAll(async () => {
  chain.provider.destroy();
  await anvil.stop();
  rmSync(scratch, { recursive: true });
});

/** Pieces of machine code. */
const push20 = (address: string): string => `73${address.slice(2)}`;
const callOf = (address: string, value: string): string => `600060006000600060${value}${push20(address)}5af150`;
const ENDS_FOR_ITSELF = "30ff";
const REVERTS = "60006000fd";
/** LOG3 with the event of a transfer, from 0 to 0. */
const LOGS_TRANSFER = "600060007fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef60006000a3";

async function contract(address: string, code: string, wei = 0): Promise<void> {
  await chain.provider.send("anvil_setCode", [address, `0x${code}`]);
  await chain.provider.send("anvil_setBalance", [address, `0x${wei.toString(16)}`]);
}

async function importOf({ value = 0, ...transaction }: { to?: string; data?: string; value?: number }) {
  const [from] = (await chain.provider.send("eth_accounts", [])) as string[];
  // Much gas: an estimate may leave an inner call too little.
  const request = { from, gas: "0x100000", value: `0x${value.toString(16)}`, ...transaction };
  const hash = (await chain.provider.send("eth_sendTransaction", [request])) as string;
  await chain.provider.send("evm_mine", []);
  return importEvmCalls(await callTreeOf(chain, hash)).report;
}

describe("a real node", () => {
  test("shows an end in place as a payment by the caller: imported once, and the balances agree", async () => {
    await contract(B, ENDS_FOR_ITSELF, 9);
    const report = await importOf({ to: B, value: 6 });
    expect(Object.values(report.openingBalances)).toEqual(["6"]);
    expect(report).toMatchObject({ burnt: [], unknown: [], notImported: {}, chain: { status: "0x1" } });
    expect(report.chain?.balances).toMatchObject({ compared: 3, differ: [] });
  });

  test("shows one in a delegate call without an address: a note says so, and the balances agree", async () => {
    await contract(C, ENDS_FOR_ITSELF);
    await contract(B, `6000600060006000${push20(C)}5af400`, 9);
    const report = await importOf({ to: B, value: 6 });
    expect(report.notImported).toEqual({ "self-destruct without beneficiary": 1 });
    expect(report.chain?.balances?.differ).toEqual([]);
  });

  test("burns the wei of a contract that was made and ended in one transaction, also those that came later", async () => {
    const report = await importOf({ data: `0x${ENDS_FOR_ITSELF}`, value: 7 });
    expect(report.burnt).toMatchObject([{ path: "calls[0]", value: "7" }]);
    // Makes a contract with 3, which ends for its caller when it is given 4; then gives it 4 and 5.
    const ending = "34600414600857005b33ff";
    const child = `736a${ending}600052600b6015f36000526014600c6003f0600052`;
    const give = (value: string): string => `600060006000600060${value}6000515af150`;
    await contract(B, `${child}${give("04")}${give("05")}00`, 100);
    const later = await importOf({ to: B });
    expect(later.burnt).toMatchObject([{ path: null, value: "5" }]);
    expect(later.chain?.balances?.differ).toEqual([]);
  });

  test("logs are counted, and reverted calls have no effects", async () => {
    await contract(C, `${LOGS_TRANSFER}00`);
    await contract(D, `${LOGS_TRANSFER}${callOf(C, "00")}${REVERTS}`);
    await contract(B, `${callOf(C, "03")}${callOf(D, "05")}00`, 20);
    const report = await importOf({ to: B });
    expect(report.notImported).toEqual({ "ERC-20 Transfer": 1 });
    expect(report.reverted.map(({ path }) => path)).toEqual(["calls[1]", "calls[1].calls[0]"]);
    expect(report.openingBalances).toEqual({ [B]: "3" });
    expect(report.chain).toMatchObject({ remarks: [], balances: { differ: [] } });
  });
});

/** A node that answers from a table by method, and with an error for other methods. */
async function standIn(table: Record<string, unknown>): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { id, method } = JSON.parse(Buffer.concat(parts).toString()) as { id: number; method: string };
      const error = { code: -32601, message: `the method ${method} is not offered here` };
      const answer = method in table ? { result: table[method] } : { error };
      response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe("the verb", () => {
  const [HASH, BLOCK] = [`0x${"11".repeat(32)}`, `0x${"22".repeat(32)}`];
  const place = { blockHash: BLOCK, blockNumber: "0x64", from: B, to: C };
  const table = {
    eth_chainId: "0x38",
    eth_getTransactionByHash: { ...place, hash: HASH, value: "0x64", input: "0x" },
    eth_getTransactionReceipt: { ...place, transactionHash: HASH, status: "0x0", logs: [], gasUsed: "0x5208" },
    eth_getBlockByNumber: { hash: BLOCK, number: "0x64", timestamp: "0x65a00000" },
    debug_traceTransaction: {
      type: "CALL",
      from: B,
      to: C,
      value: "0x64",
      gas: "0x5208",
      gasUsed: "0x5208",
      input: "0x",
    },
  };

  test("imports nothing of a transaction that failed by its receipt, and shows a node's own error", async () => {
    const { url, server } = await standIn(table);
    const { debug_traceTransaction, ...without } = table;
    const mute = await standIn(without);
    const verb = (rpc: string, out: string) => json(["import", "evm-calls", "--rpc", rpc, "--tx", HASH, "--out", out]);
    const [failed, words] = await Promise.all([
      verb(url, join(scratch, "failed")),
      verb(mute.url, join(scratch, "mute")),
    ]);
    expect(failed).toMatchObject({
      code: 0,
      answer: { transitions: 0, notImported: {}, report: { transactionReverted: true, chain: { status: "0x0" } } },
    });
    const { notes } = JSON.parse(readFileSync(join(scratch, "failed", "manifest.json"), "utf8")) as { notes: string[] };
    expect(notes.some((note) => note.includes("status 0x0"))).toBe(true);
    expect(words).toMatchObject({ code: 3, answer: { error: { code: "rpc" } } });
    expect(words.answer.error?.message).toContain("the method debug_traceTransaction is not offered here");
    for (const one of [server, mute.server]) one.close();
  });

  test("reads a file in UTF-16, and counts the logs that it leaves out", async () => {
    const topics = ["0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef", BLOCK, BLOCK];
    const tree = {
      type: "CALL",
      from: B,
      to: C,
      value: "0x0",
      input: "0xa9059cbb",
      logs: [{ address: C, topics, data: "0x" }],
    };
    const file = join(scratch, "tree.json");
    writeFileSync(file, Buffer.from(`\ufeff${JSON.stringify(tree)}\r\n`, "utf16le"));
    const done = await json(["import", "evm-calls", file, "--out", join(scratch, "tokens")]);
    expect(done).toMatchObject({ code: 0, answer: { transitions: 1, notImported: { "ERC-20 Transfer": 1 } } });
  });
});
