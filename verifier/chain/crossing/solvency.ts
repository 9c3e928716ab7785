/** Whether a registry has what it owes, as far as its events tell. */
import type { LogDescription } from "ethers";
import { BITS } from "../../../trace/layout.ts";
import { type Registry, registryAbi } from "../contract.ts";
import { chainError } from "../errors.ts";
import { logsBetween } from "../logs.ts";
import { type Asset, assetOf, ETHER, owed, purse } from "./assets.ts";
import { inTurn } from "./history.ts";
import { addressIn, numberOf, wordOf } from "./numbers.ts";
import { balance, TokenError } from "./tokens.ts";

/** What a registry has of an asset, and what it owes at least. */
export interface Solvency extends Asset {
  /** Null if the token does not tell it. */
  readonly balance: bigint | null;
  /** Open deposits, purses, fees and debts together. */
  readonly owes: bigint;
  /** False if the balance is less, or unknown. */
  readonly covered: boolean;
}

const EVENTS = [
  ...["Deposited", "DepositEntered", "DepositRefunded", "Credited"],
  ...["ExitRequested", "ExitAnswered", "ExitDismissed", "FeeReclaimed"],
] as const;

/** What the events of all maps tell. The amounts that the state holds are asked from it. */
class Debts {
  /** Open deposits by map and number, and fees of open requests by map and request. */
  readonly open = new Map<string, readonly [label: number, quantity: bigint]>();
  /** Maps and accounts, each with a label. */
  readonly purses = new Set<string>();
  readonly accounts = new Set<string>();

  note({ name, args }: LogDescription): void {
    const what = `event ${name}`;
    const mapId = String(args.mapId);
    const owes = (label: number, account: unknown) => this.accounts.add(`${label} ${addressIn(what, account)}`);
    switch (name) {
      case "Deposited": {
        const [label, quantity] = [numberOf(what, args.label, 31), wordOf(what, args.quantity, BITS.quantity)];
        this.open.set(`deposit ${mapId} ${args.number}`, [label, quantity]);
        this.purses.add(`${label} ${mapId}`);
        return;
      }
      case "DepositRefunded":
        owes(numberOf(what, args.label, 31), args.payer);
        this.open.delete(`deposit ${mapId} ${args.number}`);
        return;
      case "DepositEntered":
        this.open.delete(`deposit ${mapId} ${args.number}`);
        return;
      case "Credited":
        owes(numberOf(what, args.label, 31), args.recipient);
        this.purses.add(`${numberOf(what, args.label, 31)} ${mapId}`);
        return;
      case "ExitRequested":
        this.open.set(`request ${mapId} ${args.request}`, [ETHER, wordOf(what, args.fee, 96)]);
        return;
      default:
        // A request ends: its fee is owed to who answered, or goes back.
        owes(ETHER, name === "FeeReclaimed" ? args.recipient : args.answerer);
        this.open.delete(`request ${mapId} ${args.request}`);
    }
  }

  get labels(): number[] {
    const named = [...this.purses, ...this.accounts].map((each) => Number(each.split(" ", 1)[0]));
    return [...new Set([...named, ...[...this.open.values()].map(([label]) => label)])].sort((a, b) => a - b);
  }
}

/**
 * Compares what a registry has of each asset with what it owes to the maps and accounts that its events since a block
 * name. What moved only before it is not counted, so more may be owed. A token's balance is what the token says.
 * @param first the block; a map's `createdIn` covers that map
 * @throws EnvironmentError
 */
export async function solvency(registry: Registry & { readonly at: number }, first: number): Promise<Solvency[]> {
  const abi = await registryAbi();
  const { chain, address, at } = registry;
  const debts = new Debts();
  const topics = [EVENTS.map((name) => abi.getEvent(name)?.topicHash ?? "")];
  try {
    for (const log of await logsBetween(chain.provider, { address, topics }, first, at)) {
      const event = log.address === address ? abi.parseLog(log) : null;
      if (event !== null) debts.note(event);
    }
  } catch (error) {
    throw chainError(error);
  }
  const sums = new Map<number, bigint>(debts.labels.map((label) => [label, 0n]));
  const add = (label: number, quantity: bigint): void => void sums.set(label, (sums.get(label) ?? 0n) + quantity);
  for (const [label, quantity] of debts.open.values()) add(label, quantity);
  const split = (each: string): [number, string] => {
    const [label = "", rest = ""] = each.split(" ");
    return [Number(label), rest];
  };
  const held = [...debts.purses].map(split);
  const due = [...debts.accounts].map(split);
  const purses = await inTurn(held, ([label, mapId]) => purse(registry, mapId, label));
  const owing = await inTurn(due, ([label, account]) => owed(registry, account, label));
  for (const [i, [label]] of held.entries()) add(label, purses[i] ?? 0n);
  for (const [i, [label]] of due.entries()) add(label, owing[i] ?? 0n);
  return inTurn([...sums], async ([label, owes]) => {
    const asset = await assetOf(registry, label);
    const has = await balanceOf(registry, asset);
    return { ...asset, balance: has, owes, covered: has !== null && has >= owes };
  });
}

async function balanceOf(registry: Registry, asset: Asset): Promise<bigint | null> {
  try {
    return await balance(registry, asset, registry.address);
  } catch (error) {
    // Anybody may list a token, also one that breaks its word.
    if (error instanceof TokenError) return null;
    throw error;
  }
}
