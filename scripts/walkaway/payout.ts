/** The end: everything that the registry owes is paid, and compared with what was to be. */
import { toQuantity } from "ethers";
import { registryAbi } from "../../verifier/chain/contract.ts";
import { owed, withdrawFunds } from "../../verifier/chain/crossing/index.ts";
import { addressIn, numberOf, wordOf } from "../../verifier/chain/crossing/numbers.ts";
import type { Played } from "./abandoned.ts";
import { type Amounts, ASSETS, add, must, mustBe, none } from "./amounts.ts";
import { type Account, afterFee, type World } from "./world.ts";

/** What was paid in and what came out, of each asset. */
export interface Sums {
  readonly deposited: Amounts;
  readonly recovered: Amounts;
  /** What the registry has at the end. */
  readonly left: Amounts;
}

/**
 * Withdraws all that is owed to anybody, and compares what each address got, to the last unit.
 * @throws WalkawayError if anything differs
 */
export async function payOut(world: World, parts: readonly Played[], stranger: Account): Promise<Sums> {
  const told = await tell(world);
  const accounts = [
    ...new Set([...told.recipients, stranger.address, ...parts.map(({ stage }) => stage.operator.address)]),
  ];
  for (const account of accounts) {
    for (const name of ASSETS) {
      const { label } = world.assets[name];
      if ((await owed(world.registry, account, label)) === 0n) continue;
      const { gasUsed } = await withdrawFunds(stranger.registry, label, account);
      world.costs.note(name === "ETH" ? "withdraw" : `withdraw of a token (${name})`, gasUsed);
    }
  }
  const paid = await tell(world);
  const deposited = none();
  const recovered = none();
  for (const { market } of parts) {
    add(deposited, market.deposited);
    for (const [address, share] of market.shares.entries()) {
      const got = paid.withdrawn.get(address) ?? none();
      const fees = paid.reclaimed.get(address) ?? 0n;
      const assets = { ...got, ETH: got.ETH - fees };
      mustBe(`${address} got`, assets, share);
      add(recovered, assets);
    }
    for (const { name, vault } of Object.values(market.stage.parties)) {
      const got = paid.withdrawn.get(vault) ?? none();
      const arrived = Object.fromEntries(ASSETS.map((each) => [each, afterFee(each, got[each])])) as Amounts;
      mustBe(`the vault of ${name} has`, await world.holdings(vault), arrived);
    }
  }
  const left = await world.holdings(world.registry.address);
  mustBe("the registry has", left, none());
  mustBe("recovered", recovered, deposited);
  return { deposited, recovered, left };
}

/** What the registry's events tell: who is owed or was paid what. */
async function tell(world: World) {
  const abi = await registryAbi();
  const { chain, address } = world.registry;
  const recipients = new Set<string>();
  const withdrawn = new Map<string, Amounts>();
  const reclaimed = new Map<string, bigint>();
  const logs = await chain.provider.getLogs({ address, fromBlock: toQuantity(0), toBlock: "latest" });
  for (const log of logs) {
    const event = abi.parseLog(log);
    if (event === null) continue;
    const { name, args } = event;
    if (name === "Credited") recipients.add(addressIn(name, args.recipient));
    if (name === "DepositRefunded") recipients.add(addressIn(name, args.payer));
    if (name === "FeeReclaimed") {
      const to = addressIn(name, args.recipient);
      recipients.add(to);
      reclaimed.set(to, (reclaimed.get(to) ?? 0n) + wordOf(name, args.fee));
    }
    if (name !== "Withdrawn") continue;
    const to = addressIn(name, args.recipient);
    const sum = withdrawn.get(to) ?? none();
    add(sum, { [world.nameOf(numberOf(name, args.label, 31))]: wordOf(name, args.quantity) });
    withdrawn.set(to, sum);
  }
  must(logs.length > 0, "the registry has no events");
  return { recipients, withdrawn, reclaimed };
}
