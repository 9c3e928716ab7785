import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../lib/random.ts";
import { type Balances, finalBalances, tokensOf } from "./balances.ts";
import { etherByTraces, sumsOfEvents } from "./ledger.ts";
import { type Acted, act, KINDS } from "./randomTransactions.ts";
import { headOf, reorganise, snapshot } from "./reorganisation.ts";
import { startWorld, type World } from "./world.ts";

const SEED = 20_261;
const ZERO = `0x${"0".repeat(40)}`;

let world: World;
let acted: Acted;
let balances: Balances;

beforeAll(async () => {
  world = await startWorld();
  acted = await act(world, new Random(SEED), 1_000);
  balances = await finalBalances(world);
});
afterAll(() => world.stop());

/** Without the zero address: what is sent there is burnt in some tokens, and kept in others. */
function withoutZero(amounts: ReadonlyMap<string, bigint> | undefined): [string, bigint][] {
  return [...(amounts ?? [])].filter(([address, amount]) => address !== ZERO && amount !== 0n).sort();
}

describe("random transactions", () => {
  it("make blocks of several transactions", () => {
    expect(acted.hashes).toHaveLength(1_000);
    expect(acted.lastBlock - acted.firstBlock + 1).toBe(50);
  });

  it("are of all kinds, and each kind succeeds sometimes, except what always fails", () => {
    const never = KINDS.filter((kind) => (acted.kinds[kind]?.succeeded ?? 0) === 0);
    expect(never).toEqual(["payUnwilling", "outOfGas"]);
    expect(acted.failed).toBeGreaterThan(50);
  });

  it("are the same for the same seed, and others for another one", async () => {
    await using again = await startWorld();
    expect((await act(again, new Random(SEED), 1_000)).hashes).toEqual(acted.hashes);
    expect(await finalBalances(again)).toEqual(balances);
    const others = await act(again, new Random(SEED + 1), 20);
    expect(acted.hashes).not.toContain(others.hashes[0]);
  });
});

describe("tokens", () => {
  it("honest ones have what the sums of their Transfer events say", async () => {
    const honest = tokensOf(world).filter(({ honesty }) => honesty === "honest");
    expect(honest.length).toBeGreaterThan(11);
    for (const token of honest) {
      const sums = await sumsOfEvents(world, token, ["Transfer"]);
      expect(withoutZero(sums), token.name).toEqual(withoutZero(balances.tokens.get(token.address)));
    }
  });

  it("wrapped ether has them with Deposit and Withdrawal, and not without", async () => {
    const { weth } = world.tokens;
    const held = withoutZero(balances.tokens.get(weth.address));
    expect(withoutZero(await sumsOfEvents(world, weth, ["Transfer", "Deposit", "Withdrawal"]))).toEqual(held);
    expect(withoutZero(await sumsOfEvents(world, weth, ["Transfer"]))).not.toEqual(held);
  });

  it.each(["silentFee", "rebasing", "lying"] as const)("the dishonest one %s has something else", async (name) => {
    const token = world.tokens[name];
    const held = withoutZero(balances.tokens.get(token.address));
    expect(held.length).toBeGreaterThan(3);
    expect(withoutZero(await sumsOfEvents(world, token, ["Transfer"]))).not.toEqual(held);
  });

  it("the impostor has events, and no balances", async () => {
    const { impostor } = world.tokens;
    expect((await sumsOfEvents(world, impostor, ["Transfer"])).size).toBeGreaterThan(0);
    expect(balances.tokens.get(impostor.address)).toBeUndefined();
  });

  it("huge amounts do not fit into 128 bits", () => {
    const amounts = balances.tokens.get(world.tokens.huge.address);
    expect([...(amounts?.values() ?? [])].some((amount) => amount >= 2n ** 128n)).toBe(true);
  });

  it("collections and kinds have owners", () => {
    for (const owners of balances.nfts.values()) expect(owners.size).toBeGreaterThan(2);
    expect(balances.multi.size).toBeGreaterThan(10);
  });
});

describe("ether", () => {
  it("is where the traces and the fees say, to the last wei", async () => {
    expect(withoutZero(await etherByTraces(world, balances.block))).toEqual(withoutZero(balances.ether));
  });
});

describe("the past", () => {
  it("can be asked for the balances of an old block", async () => {
    await using short = await startWorld();
    const half = await act(short, new Random(SEED), 500);
    expect(await finalBalances(short)).toMatchObject({ ether: (await finalBalances(world, half.lastBlock)).ether });
  });

  it("changes when the chain is reorganised", async () => {
    await using short = await startWorld();
    await act(short, new Random(1), 100);
    const old = await finalBalances(short);
    const done = await reorganise(short, 3, () => act(short, new Random(2), 20));
    expect(done.abandoned).toHaveLength(3);
    expect(done.after.number).toBe(done.before.number + 1);
    expect(done.fork.number).toBe(done.before.number - 3);
    expect(await short.node.ask("eth_getBlockByHash", done.before.hash, false)).toBeNull();
    expect((await finalBalances(short)).ether).not.toEqual(old.ether);
    await expect(reorganise(short, 100)).rejects.toThrow("only 6 blocks can be taken back");
  });

  it("comes back with a snapshot", async () => {
    await using short = await startWorld();
    const before = await headOf(short);
    const goBack = await snapshot(short);
    await act(short, new Random(1), 60);
    const old = await finalBalances(short);
    await goBack();
    expect(await headOf(short)).toEqual(before);
    await act(short, new Random(1), 60);
    expect(await finalBalances(short)).toEqual(old);
  });
});
