/**
 * Contracts that do anything in any order, on a real node: every block is imported, and every balance is the chain's.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AbiCoder, getCreate2Address, Interface, keccak256 } from "ethers";
import { afterAll, expect, test } from "vitest";
import { importBlocks } from "../../../prover/recording/importBlocks.ts";
import { ChainNode } from "../../../trace/import/node/chainNode.ts";
import { EVENTS } from "../../../trace/import/tokens/events.ts";
import { askManyAt } from "../../../verifier/chain/askMany.ts";
import { word } from "../../lib/fakeChainNode.ts";
import { Random } from "../../lib/random.ts";
import { chainContracts } from "../compiled.ts";
import { Outbox } from "../outbox.ts";
import { startWorld } from "../world.ts";
import { differences } from "./compare.ts";

const dir = mkdtempSync(join(tmpdir(), "hostile-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const coder = AbiCoder.defaultAbiCoder();
const order = (kind: number, types: string[], values: unknown[]): string =>
  coder.encode(["uint8", "bytes"], [kind, coder.encode(types, values)]);
const topic = (who: string): string => word(BigInt(who));
const ZERO = `0x${"0".repeat(40)}`;

test.each(["cancun", "prague"])("random orders to puppets, by the rules of %s", async (hardfork) => {
  await using world = await startWorld({ hardfork });
  const random = new Random(Number(process.env.SEED ?? 5));
  const built = (await chainContracts()).get("Puppet");
  if (built === undefined) throw new Error("no puppet");
  const abi = new Interface(built.abi);
  const codeOf = (orders: string[]): string => built.bytecode + abi.encodeDeploy([orders]).slice(2);
  const outbox = new Outbox(world.node);
  const [from = ""] = world.accounts;
  const puppets = [await outbox.create(from, codeOf([])), await outbox.create(from, codeOf([]), 1000n)];
  await outbox.mineAll();
  const child = (by: string, salt: number): string => getCreate2Address(by, word(salt), keccak256(codeOf([])));
  const places = [...puppets, ...puppets.flatMap((each) => [child(each, 0), child(each, 1)])];
  const all = [
    ...places,
    ...world.accounts.slice(0, 3),
    ZERO,
    "0x0000000000000000000000000000000000000004",
    world.proposer.toLowerCase(),
  ];
  const { gold } = world.tokens;

  const one = (depth: number): string => {
    const input = (): string => {
      const inner = Array.from({ length: random.below(4) }, () => one(depth + 1));
      return abi.encodeFunctionData(random.below(4) === 0 ? "obeyInVain" : "obey", [inner]);
    };
    const kind = random.below(depth > 3 ? 4 : 7);
    switch (kind) {
      case 0: {
        const event = random.pick([EVENTS.transfer, EVENTS.transfer, EVENTS.approval, EVENTS.approvalForAll]);
        return order(
          0,
          ["bytes32", "bytes32", "bytes32", "uint256"],
          [event, topic(random.pick(all)), topic(random.pick(all)), random.below(3)],
        );
      }
      case 1:
        return order(2, ["bytes", "uint256", "uint256"], [codeOf([]), random.below(2), random.below(5)]);
      case 2:
        return order(3, ["address"], [random.pick(all)]);
      case 3:
        return order(1, ["address", "uint256", "bytes"], [random.pick(all), random.below(5), "0x"]);
      case 4: {
        const data = gold.abi.encodeFunctionData("transfer", [random.pick(all), random.below(4)]);
        return order(1, ["address", "uint256", "bytes"], [gold.address, 0, data]);
      }
      case 5:
        return order(1, ["address", "uint256", "bytes"], [random.pick(places), random.below(5), input()]);
      default:
        return coder.encode(["uint8", "bytes"], [5, input()]);
    }
  };
  for (let block = 0; block < 40; block++) {
    for (let i = random.below(4); i > 0; i--) {
      const orders = Array.from({ length: 1 + random.below(5) }, () => one(0));
      const data = abi.encodeFunctionData("obey", [orders]);
      await outbox.send({
        from: random.pick(world.accounts),
        to: random.pick(places),
        data,
        value: BigInt(random.below(9)),
        gas: 8_000_000,
      });
    }
    // A puppet that is gone by now is made again.
    if (random.below(6) === 0) await outbox.create(from, codeOf([one(1), one(1)]), BigInt(random.below(9)));
    const gift = gold.abi.encodeFunctionData("transfer", [random.pick(places), 7n]);
    await outbox.send({ from, to: gold.address, data: gift });
    await outbox.mine();
  }
  const head = await world.provider.getBlockNumber();
  const node = new ChainNode(askManyAt(world.rpc));
  for (const first of [1, world.deployedAt + 1, world.deployedAt + 15]) {
    const into = join(dir, `${hardfork}-${first}`);
    const report = await importBlocks(into, node, { from: first, to: head });
    expect(report).toMatchObject({ head, stoppedAt: null, notCompared: 0 });
    expect(report.tokens.transfers).toBe(report.tokens.imported + report.tokens.refused);
    expect(report.corrections["not explained"]).toBeUndefined();
    expect(await differences(world, into, head, first === 1 ? "all" : "touched")).toEqual([]);
    const again = `${into}-again`;
    for (let block = first; block <= head; block++) {
      const stop = new AbortController();
      await importBlocks(again, node, { from: first, to: head, signal: stop.signal, onBlock: () => stop.abort() });
    }
    expect(readFileSync(join(again, "trace.jsonl"), "utf8")).toBe(readFileSync(join(into, "trace.jsonl"), "utf8"));
  }
});
