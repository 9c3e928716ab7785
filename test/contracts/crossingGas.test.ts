/** What crossing costs: each call of a moored map, and each row of it that the registry acts on. */
import { AbiCoder, Interface, toBeHex } from "ethers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contractArtifact } from "../../contracts/artifacts.ts";
import { pointOf } from "../../prover/batches/channelPoint.ts";
import { type RowWords, valueAt } from "../../trace/commitment/channel.ts";
import { packSpan } from "../../trace/commitment/commit.ts";
import { packRows } from "../../trace/commitment/rowBytes.ts";
import { deploy, send } from "../../verifier/chain/connect.ts";
import { read, registryAbi } from "../../verifier/chain/contract.ts";
import { advance, deployRegistry, keyHash, MOORED_LAG, type Registry } from "../../verifier/chain/registry.ts";
import { chainTime, hardhatChain, SOME_KEY, TestMap, wait } from "../lib/chains.ts";
import { forgedProof, SOME_SECRETS } from "../lib/forge.ts";

const ADAY = 86_400;
const PROGRAM = 7n;
const KEY = 4_711n;
const RECIPIENT = 0xcafen;
const ENTRY = 1n << 61n;
const FACT = 1n << 31n;

let chain: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let map: TestMap;
const spent: Record<string, number> = {};

/** Sends a call, and notes its gas. */
async function measured(what: string, name: string, args: readonly unknown[], value = 0n): Promise<void> {
  const abi = await registryAbi();
  const data = abi.encodeFunctionData(name, args);
  const receipt = await send(chain, { to: registry.address, data, value }, abi);
  spent[what] = Number(receipt.gasUsed);
}

interface Fields {
  readonly op: number;
  readonly actor?: bigint;
  readonly peer?: bigint;
  readonly source?: bigint;
  readonly destination?: bigint;
  readonly id?: bigint;
  readonly label?: bigint;
  readonly quantity?: bigint;
  readonly argument?: bigint;
}

/** The words of a row of the chain's, that happens when its batch begins. */
function words(fields: Fields): RowWords {
  const { op, actor = 1n, peer = 0n, source = 0n, destination = 0n } = fields;
  const { id = 0n, label = 0n, quantity = 0n, argument = 0n } = fields;
  const w1 = BigInt(op) + (actor << 5n) + (peer << 29n) + (source << 53n) + (destination << 85n) + (id << 189n);
  return [w1, label + (1n << 32n) + (quantity << 56n) + (1n << 252n), argument];
}

/** Advances the map over these rows, in one batch, and returns the gas. */
async function moved(...fields: Fields[]): Promise<number> {
  const [state] = await read(registry, "getMap", [map.mapId]);
  const [preRoot, seq, now] = [BigInt(state.root), Number(state.seq), await chainTime(chain.provider)];
  const times = { firstSeq: seq + 1, count: fields.length, notBefore: now, until: now, moored: true };
  const span = packSpan(times);
  const rows = fields.map(words);
  const statement = { preRoot, postRoot: BigInt(seq + 2), traceRoot: 3n, span, domain: map.domain };
  const point = pointOf(statement, rows);
  const inputs = [...Object.values(statement), point, valueAt(rows, point)];
  const proof = forgedProof(SOME_SECRETS, inputs);
  const batch = { keyHash: keyHash(SOME_KEY), ...statement, rows: packRows(rows), proof };
  return Number((await advance(registry, map.mapId, [batch])).gasUsed);
}

const plain: Fields = { op: 1, peer: 2n, argument: 5n };

/** Gas of one row more than a plain one of the same length. */
async function rowOf(what: string, fields: Fields): Promise<void> {
  const before = await moved(plain, plain);
  spent[what] = (await moved(plain, fields)) - before;
}

const enter = (number: bigint, label: bigint, quantity: bigint): Fields => ({
  ...{ op: 21, peer: PROGRAM, destination: PROGRAM * 256n + 9n, id: ENTRY + number, label, quantity, argument: KEY },
});

function exitOf(slot: bigint, number: bigint, quantity: bigint, validUntil: number) {
  const place = PROGRAM * 256n + slot + (RECIPIENT << 32n) + (BigInt(validUntil) << 192n);
  const w0 = 2n + (1n << 7n) + (1n << 39n) + (3n << 131n);
  return { place, program: PROGRAM, authority: KEY, w0, w1: quantity + ((ENTRY + number) << 130n) };
}

beforeAll(async () => {
  chain = await hardhatChain();
  registry = await deployRegistry(chain);
  const genesisRoot = BigInt((await read(registry, "MOORED_GENESIS_ROOT", []))[0]);
  const abi = await registryAbi();
  const feed = { target: registry.address, data: abi.encodeFunctionData("MIN_VERIFIER_DELAY"), shift: 0 };
  const mooring = { patience: ADAY, exitKey: SOME_KEY, cellKey: SOME_KEY, feeds: [{ ...feed, offset: 0n, fresh: 60 }] };
  map = await TestMap.create(registry, { genesisRoot, maxLag: MOORED_LAG, dataPolicy: "chain", mooring });
});
afterAll(() => chain[Symbol.asyncDispose]());

test("deposits, exits and facts cost what the documents say", async () => {
  const tokenCode = await contractArtifact("Token");
  const created = AbiCoder.defaultAbiCoder().encode(["string", "string", "uint256"], ["T", "T", 1_000_000n]);
  const token = await deploy(chain, tokenCode, created);
  await measured("list", "list", [token.address]);
  const erc20 = new Interface(tokenCode.abi);
  const approval = erc20.encodeFunctionData("approve", [registry.address, 1_000_000n]);
  await send(chain, { to: token.address, data: approval }, erc20);
  const deadline = (await chainTime(chain.provider)) + ADAY;
  const deposit = (label: bigint, quantity: bigint) => [map.mapId, label, quantity, PROGRAM, 9n, KEY, deadline];
  for (const [what, label] of [
    ["deposit of ether", 1n],
    ["deposit of a token", 2n],
  ] as const) {
    await measured(`${what}, the first`, "deposit", deposit(label, 1_000n), label === 1n ? 1_000n : 0n);
    await measured(what, "deposit", deposit(label, 1_000n), label === 1n ? 1_000n : 0n);
  }
  await measured("observe", "observe", [map.mapId, 0]);
  // The first advance writes its words for the first time.
  await moved(plain);
  await rowOf("Enter, the asset's first", enter(1n, 1n, 1_000n));
  await rowOf("Enter", enter(2n, 1n, 1_000n));
  await moved(enter(3n, 2n, 1_000n));
  await rowOf("Enter of a fact, the feed's first", enter(5n, FACT, 86_400n));
  await rowOf("Enter of a fact", enter(5n, FACT, 86_400n));
  const retire = { op: 3, actor: PROGRAM, label: 1n, quantity: 10n, argument: RECIPIENT };
  await rowOf("Retire, the recipient's first", retire);
  await rowOf("Retire", retire);
  await moved({ ...retire, label: 2n });
  await measured("withdraw of ether", "withdraw", [1n, toBeHex(RECIPIENT, 20)]);
  await measured("withdraw of a token", "withdraw", [2n, toBeHex(RECIPIENT, 20)]);

  const validUntil = (await chainTime(chain.provider)) + 9 * ADAY;
  const ask = async (what: string, slot: bigint, quantity: bigint) => {
    const wish = exitOf(slot, 1n, quantity, validUntil);
    const [state] = await read(registry, "getMap", [map.mapId]);
    const inputs = [BigInt(state.root), map.domain, ...Object.values(wish)];
    const proof = forgedProof(SOME_SECRETS, inputs);
    await measured(what, "requestExit", [map.mapId, state.advances, wish, proof], 10n ** 15n);
    return { wish, request: (wish.place & 0xffffffffn) + (PROGRAM << 32n) + (KEY << 56n), advances: state.advances };
  };
  const eject = (slot: bigint, quantity: bigint) => ({
    ...{ op: 22, peer: PROGRAM, source: PROGRAM * 256n + slot, id: ENTRY + 1n, label: 1n, quantity, argument: KEY },
  });
  await ask("requestExit", 9n, 20n);
  await rowOf("Eject, the recipient's and the answerer's first", eject(9n, 20n));
  await ask("requestExit", 10n, 20n);
  await rowOf("Eject", eject(10n, 20n));
  const { request, advances } = await ask("requestExit", 11n, 20n);
  const root = BigInt((await read(registry, "rootAt", [map.mapId, advances]))[0]);
  const location = PROGRAM * 256n + 11n;
  const proof = forgedProof(SOME_SECRETS, [root, location, 0n, 0n, 0n, 0n, 0n]);
  const cell = { location, w0: 0n, w1: 0n, w2: 0n };
  await measured("dismiss", "dismiss", [map.mapId, request, advances, cell, proof]);
  const left = await ask("requestExit", 12n, 20n);
  await measured("deposit that is refunded", "deposit", deposit(1n, 7n), 7n);
  await wait(chain.provider, 2 * ADAY + 1);
  await measured("refund", "refund", [map.mapId, 6n, 1n, 7n, PROGRAM, KEY]);
  await measured("freeze", "freeze", [map.mapId, left.request]);
  await measured("reclaim", "reclaim", [map.mapId, left.request]);
  const last = BigInt((await read(registry, "getMap", [map.mapId]))[0].root);
  const out = exitOf(12n, 1n, 20n, validUntil);
  const exit = forgedProof(SOME_SECRETS, [last, map.domain, ...Object.values(out)]);
  await measured("leaveFrozen", "leaveFrozen", [map.mapId, out, exit]);
  console.log(
    Object.entries(spent)
      .map(([what, gas]) => `${what}: ${gas}`)
      .join("\n"),
  );
  expect(spent["deposit of ether"]).toBeLessThan(90_000);
  expect(spent["deposit of a token"]).toBeLessThan(130_000);
  expect(spent.requestExit).toBeLessThan(370_000);
  expect(spent.leaveFrozen).toBeLessThan(330_000);
});
