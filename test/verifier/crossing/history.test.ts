/** What crosses a map's border, read from a node: honest, lying or dead. */
import { AbiCoder, type Log } from "ethers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { contractArtifact } from "../../../contracts/artifacts.ts";
import { ENTRY_ID } from "../../../trace/layout.ts";
import { packPlace } from "../../../trace/signing/exit.ts";
import { packCell } from "../../../trace/state/cells.ts";
import { deploy } from "../../../verifier/chain/connect.ts";
import { read } from "../../../verifier/chain/contract.ts";
import * as crossing from "../../../verifier/chain/crossing/index.ts";
import {
  deployRegistry,
  MOORED_LAG,
  pinned,
  type Registry,
  readMap,
  registryAbi,
} from "../../../verifier/chain/registry.ts";
import { crossingProblems, crossingReport } from "../../../verifier/map/crossingReport.ts";
import { crossingLines } from "../../../verifier/map/crossingText.ts";
import { requireOwnKeys } from "../../../verifier/map/ownKeys.ts";
import { planDeposit } from "../../../verifier/map/planDeposit.ts";
import { authority } from "../../lib/authorities.ts";
import { as, chainTime, hardhatChain, SOME_KEY, TestMap, wait } from "../../lib/chains.ts";
import { forgedProof, SOME_SECRETS } from "../../lib/forge.ts";

const DAY = 86_400;
let chain: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let token: string;
let me: string;
let other: string;
let map: TestMap;
let key: bigint;
let genesisRoot: bigint;
let grain: crossing.Asset;
const ETH: crossing.Asset = { label: crossing.ETHER, token: null };

beforeAll(async () => {
  chain = await hardhatChain();
  registry = await deployRegistry(chain);
  me = String(await chain.signer?.getAddress());
  other = String(await (await as(registry, 3)).chain.signer?.getAddress());
  key = authority(7);
  const supply = AbiCoder.defaultAbiCoder().encode(["string", "string", "uint256"], ["Grain", "GRN", 1_000n]);
  token = (await deploy(chain, await contractArtifact("Token"), supply)).address;
  genesisRoot = BigInt((await read(registry, "MOORED_GENESIS_ROOT", []))[0]);
  grain = await crossing.listToken(registry, token);
});
afterAll(() => chain[Symbol.asyncDispose]());
beforeEach(async () => {
  const data = (await registryAbi()).encodeFunctionData("MOORED_GENESIS_ROOT");
  const feeds = [{ target: registry.address, data, shift: 200, offset: 0n, fresh: 60 }];
  const mooring = { patience: DAY, exitKey: SOME_KEY, cellKey: SOME_KEY, feeds };
  map = await TestMap.create(registry, { genesisRoot, maxLag: MOORED_LAG, dataPolicy: "chain", mooring });
});

const wish = async (asset: crossing.Asset, quantity: bigint, more: Partial<crossing.DepositWish> = {}) => ({
  ...{ asset, quantity, program: 2, slot: 0, authority: key, deadline: (await chainTime(chain.provider)) + 1_000 },
  ...more,
});
const deposited = async (asset: crossing.Asset, quantity: bigint) =>
  crossing.deposit(registry, map.mapId, await wish(asset, quantity));
const history = () => crossing.crossingHistory(registry, map.mapId);

/** Asks for what would lie in slot 20 of program 2, by a proof that the test can make of anything. */
async function requested(more: { address?: number; id?: bigint } = {}) {
  const { address = 532, id = ENTRY_ID + 1n } = more;
  const validUntil = (await chainTime(chain.provider)) + 1_000;
  const kind = 2n ** 32n + 1n;
  const cell = { type: "resource", watch: 0, kind, escrowFrom: 0, quantity: 5n, id, deadline: 0, seq: 0 } as const;
  const [w0, w1] = packCell(cell);
  const place = packPlace({ address, recipient: BigInt(other), validUntil });
  const wished: crossing.Exit = { place, program: 2n, authority: key, w0, w1 };
  const proof = forgedProof(SOME_SECRETS, [genesisRoot, map.domain, place, 2n, key, w0, w1]);
  const fee = 3n * (await crossing.presentFee(registry));
  return { wished, fee, asked: await crossing.requestExit(registry, map.mapId, { root: 0, wish: wished, proof, fee }) };
}

/** The error that arises if the node gives these answers instead of its own. */
async function lying(answers: object, work: () => Promise<unknown>): Promise<unknown> {
  Object.assign(chain.provider, answers);
  try {
    return await work().catch((error: unknown) => error);
  } finally {
    for (const name of Object.keys(answers)) Reflect.deleteProperty(chain.provider, name);
  }
}

/** Answers without, or with changed, events of a name. */
async function changed(name: string, change: (log: Log) => Log[]) {
  const topic = (await registryAbi()).getEvent(name)?.topicHash;
  const honest = chain.provider.getLogs.bind(chain.provider);
  return {
    getLogs: async (filter: Parameters<typeof honest>[0]) =>
      (await honest(filter)).flatMap((log) => (log.topics[0] === topic ? change(log) : [log])),
  };
}

describe("assets", () => {
  test("are named by ETH, a label or an address, and nothing else", async () => {
    expect(grain).toMatchObject({ label: 2, token });
    expect(await crossing.assetNamed(registry, "eth")).toEqual(ETH);
    expect(await crossing.assetNamed(registry, "1")).toEqual(ETH);
    for (const name of ["2", token, token.toLowerCase()])
      expect(await crossing.assetNamed(registry, name)).toEqual({ label: 2, token });
    for (const name of ["", "0", "3", "2147483648", "0x12", other, "grain"])
      await expect(crossing.assetNamed(registry, name), name).rejects.toMatchObject({ field: "asset" });
  });

  test("whose label and token contradict each other are not believed", async () => {
    const zero = `0x${"0".repeat(62)}08`;
    const error = await lying({ call: async () => zero }, () => crossing.assetNamed(registry, "7"));
    expect(error).toMatchObject({ code: "rpc" });
    const odd = await lying({ call: async () => `0x${"f".repeat(64)}` }, () => crossing.labelOf(registry, token));
    expect(odd).toMatchObject({ code: "rpc", exitCode: 3 });
  });
});

describe("deposits", () => {
  test("out of bounds are refused before anything is sent", async () => {
    const wrong: [string, Partial<crossing.DepositWish>][] = [
      ["quantity", { quantity: 0n }],
      ["quantity", { quantity: 2n ** 128n }],
      ["program", { program: 1 }],
      ["program", { program: 2 ** 24 }],
      ["slot", { slot: 256 }],
      ["authority", { authority: 0n }],
      ["authority", { authority: 1n }],
      ["deadline", { deadline: 2 ** 40 }],
    ];
    const good = await wish(ETH, 5n);
    for (const [field, change] of wrong)
      expect(() => crossing.depositCall(map.mapId, { ...good, ...change }), field).toThrowError(
        expect.objectContaining({ field }),
      );
  });

  test("bring ether, or a token by approvals, by way of 0 if some is allowed already", async () => {
    const names = async (quantity: bigint) =>
      (await crossing.depositCalls(registry, map.mapId, await wish(grain, quantity), me)).map(
        ({ name, args, value }) => [name, name === "approve" ? args[1] : value],
      );
    expect(await names(9n)).toEqual([
      ["approve", 9n],
      ["deposit", undefined],
    ]);
    const { sendCall } = await import("../../../verifier/chain/registry.ts");
    await sendCall(registry, crossing.approveCall(registry, token, 9n));
    expect(await names(9n)).toEqual([["deposit", undefined]]);
    expect((await names(10n)).map(([, value]) => value)).toEqual([0n, 10n, undefined]);
    expect(await deposited(grain, 9n)).toMatchObject({ number: 1n, quantity: 9n, payer: me, label: 2 });
    expect(crossing.depositCall(map.mapId, await wish(ETH, 6n))).toMatchObject({ value: 6n });
  });

  test("are open until they are refunded, and tell what they were", async () => {
    const first = await deposited(ETH, 5n);
    const second = await deposited(ETH, 6n);
    const open = await crossing.openDeposits(registry, map.mapId);
    expect(open.map(({ number, quantity }) => [number, quantity])).toEqual([
      [1n, 5n],
      [2n, 6n],
    ]);
    expect(await crossing.isOpenDeposit(registry, map.mapId, first)).toBe(true);
    await expect(crossing.refund(registry, map.mapId, second)).rejects.toMatchObject({ reason: "RefundTooEarly" });
    await wait(chain.provider, 1_001 + MOORED_LAG);
    await crossing.refund(registry, map.mapId, second);
    expect((await history()).deposits.map(({ end }) => end)).toEqual(["open", "refunded"]);
    expect(await crossing.owed(registry, me, 1)).toBe(6n);
    expect(await crossing.withdrawFunds(registry, 1, me)).toMatchObject({ quantity: 6n });
    await expect(crossing.withdrawFunds(registry, 1, me)).rejects.toMatchObject({ field: "recipient" });
  });
});

describe("requests", () => {
  test("are open until they are answered, and may end the map", async () => {
    const { asked, fee } = await requested();
    expect(asked).toMatchObject({ location: 532, program: 2, recipient: other, id: ENTRY_ID + 1n, head: 0, fee });
    expect(asked.request).toBe(crossing.requestOf(532, 2, key));
    const [open] = await crossing.openRequests(registry, map.mapId);
    expect(open).toMatchObject({ request: asked.request, authority: key });
    expect(await crossing.findRequest(registry, map.mapId, asked.request)).toEqual(open);
    expect(await crossing.findRequest(registry, map.mapId, 1n)).toBeNull();
    await expect(crossing.freeze(registry, map.mapId, asked.request)).rejects.toMatchObject({ reason: "NotLate" });
    await wait(chain.provider, 2 * DAY + 1);
    const late = await pinned(registry);
    const report = await crossingReport(late, await readMap(late, map.mapId), late.block);
    expect(crossingProblems(report)).toMatchObject([{ field: `request ${asked.request}` }]);
    expect(crossingLines(report).join("\n")).toContain(`freeze --request ${asked.request}`);
    await crossing.freeze(registry, map.mapId, asked.request);
    expect(await history()).toMatchObject({ frozenBy: asked.request });
    await crossing.reclaim(registry, map.mapId, asked.request);
    expect((await history()).requests).toEqual([]);
    expect(await crossing.owed(registry, other, 1)).toBe(fee);
  });

  test("of a name that was used before are told apart from the earlier ones", async () => {
    const { asked } = await requested();
    await expect(requested()).rejects.toMatchObject({ field: "request", reason: "RequestIsOpen" });
    const cell = { location: 532, w0: 0n, w1: 0n, w2: 0n };
    const proof = forgedProof(SOME_SECRETS, [genesisRoot, 532n, 0n, 0n, 0n, 0n, 0n]);
    await crossing.dismiss(registry, map.mapId, asked.request, { root: 0, cell, proof });
    expect((await history()).requests).toEqual([]);
    const again = await requested();
    expect(await history()).toMatchObject({ requests: [{ time: again.asked.time }] });
  });
});

describe("a report", () => {
  test("sums up what the registry owes, and says if it has less", async () => {
    await deposited(ETH, 5n);
    await requested();
    expect(await crossing.observe(registry, map.mapId, 0)).toMatchObject({
      number: 2n,
      feed: 0,
      quantity: genesisRoot >> 200n,
    });
    const at = await pinned(registry);
    const state = await readMap(at, map.mapId);
    const report = await crossingReport(at, state, at.block);
    const [ether] = report.solvency;
    expect(ether).toMatchObject({ label: 1, covered: true });
    expect(BigInt(ether?.owes ?? 0)).toBeLessThanOrEqual(BigInt(ether?.balance ?? 0));
    expect(report).toMatchObject({
      deposits: [{ number: "1", id: (ENTRY_ID + 1n).toString(), waits: "entry" }],
      feeds: [{ fact: 2 ** 31, shift: 200, last: { number: "2" } }],
    });
    expect(crossingProblems(report)).toEqual([]);
    const poor = { getBalance: async () => 1n };
    const short = (await lying(poor, () => crossingReport(at, state, at.block))) as typeof report;
    expect(crossingProblems(short)).toMatchObject([{ kind: "wrong", where: "registry", field: "balance" }]);
  });

  test("of a map that is not moored does not exist", async () => {
    const plain = await TestMap.create(registry);
    await expect(crossing.crossingHistory(registry, plain.mapId)).rejects.toMatchObject({
      code: "not-moored",
      field: "map",
    });
  });
});

describe("a node", () => {
  test("that leaves out, repeats or changes events is not believed", async () => {
    const first = await deposited(ETH, 5n);
    await deposited(ETH, 6n);
    await requested();
    await wait(chain.provider, 1_001 + MOORED_LAG);
    await crossing.refund(registry, map.mapId, first);
    const withData = (log: Log, data: string): Log[] => [{ ...log, data } as Log];
    const lies = [
      await changed("Deposited", () => []),
      await changed("DepositRefunded", () => []),
      await changed("DepositRefunded", (log) => [log, log]),
      await changed("ExitRequested", (log) => withData(log, `${log.data.slice(0, -2)}77`)),
      await changed("Deposited", (log) => withData(log, `${log.data.slice(0, -2)}77`)),
      await changed("Deposited", (log) => withData(log, `0x${"f".repeat(log.data.length - 2)}`)),
      await changed("Deposited", (log) => withData(log, log.data.slice(0, 66))),
      await changed("MapCreated", () => []),
      { getLogs: async () => Promise.reject(new TypeError("down")) },
      { call: async () => "0x12" },
    ];
    for (const [i, lie] of lies.entries()) {
      const error = await lying(lie, history);
      expect(error, `lie ${i}: ${error}`).toMatchObject({ code: "rpc", exitCode: 3 });
      expect(String(error)).toMatch(/another node|node with all events/);
    }
    expect((await history()).deposits).toHaveLength(2);
  });
});

describe("a deposit's plan", () => {
  test("refuses a map under keys that are not this installation's", async () => {
    const plan = await wish(ETH, 5n);
    await expect(planDeposit(registry, map.mapId, plan)).rejects.toMatchObject({
      code: "foreign-key",
      field: expect.stringMatching(/^(verifier|key) 0x/),
    });
    await expect(requireOwnKeys(registry, await readMap(registry, map.mapId))).rejects.toThrow("look at it with map");
  });
});
