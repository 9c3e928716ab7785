/** The twelve parties: each has a program with its own key, an account that pays, and an address to be paid at. */
import { join } from "node:path";
import { Wallet } from "ethers";
import { newKeyFile } from "../../trace/signing/keyFile.ts";
import { receiptOf } from "../../verifier/chain/calls.ts";
import { type Deposit, deposit, depositCalls } from "../../verifier/chain/crossing/index.ts";
import type { Amounts, AssetName } from "./amounts.ts";
import { add, none } from "./amounts.ts";
import type { Account, World } from "./world.ts";

export const NAMES = [
  ...["Ada", "Ben", "Cyd", "Dan", "Eva", "Fay"],
  ...["Gus", "Hal", "Ivy", "Jon", "Kim", "Lou"],
] as const;
export type PartyName = (typeof NAMES)[number];

/** A party in one map. */
export interface Party {
  readonly name: PartyName;
  /** Number of its program. Program 1 is the chain's. */
  readonly program: number;
  readonly authority: bigint;
  readonly secret: Uint8Array;
  /** The file with its program's key. With it and the chain alone, it gets out. */
  readonly keyFile: string;
  readonly account: Account;
  /** Where it wants to be paid. Nobody sends from there, so its balance is what came. */
  readonly vault: string;
}

/** All parties of one map, by name. */
export type Parties = Readonly<Record<PartyName, Party>>;

/** Makes keys for a map, and vaults. */
export function partiesOf(world: World, map: string, accounts: readonly Account[]): Parties {
  const list = NAMES.map((name, i): [PartyName, Party] => {
    const keyFile = join(world.folder, `${map}-${name}.key`);
    const { secret, authority } = newKeyFile(keyFile);
    const account = accounts[i] as Account;
    return [name, { name, program: i + 2, authority, secret, keyFile, account, vault: Wallet.createRandom().address }];
  });
  return Object.fromEntries(list) as Parties;
}

/** Puts an asset in, for a party's own program. @returns what arrived */
export async function payIn(
  world: World,
  mapId: string,
  party: Party,
  { asset: name, quantity, hours }: { asset: AssetName; quantity: bigint; hours: number },
): Promise<Deposit> {
  const { registry, address } = party.account;
  const asset = world.assets[name];
  const deadline = world.clock.now() + hours * 3_600;
  const { program, authority } = party;
  const wish = { asset, quantity, program, slot: 0, authority, deadline };
  const calls = await depositCalls(registry, mapId, wish, address);
  for (const call of calls.slice(0, -1)) await receiptOf(registry, call);
  const done = await deposit(registry, mapId, wish);
  world.costs.note(name === "ETH" ? "deposit" : `deposit of a token (${name})`, done.gasUsed);
  return done;
}

/** What the parties are to get, by the address that is paid. */
export class Shares {
  readonly #shares = new Map<string, Amounts>();

  give(address: string, more: Partial<Amounts>): void {
    const there = this.#shares.get(address) ?? none();
    add(there, more);
    this.#shares.set(address, there);
  }

  entries(): [string, Amounts][] {
    return [...this.#shares];
  }
}
