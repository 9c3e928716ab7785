/** Balances before and after a transaction on the chain, and their comparison with the import. */
import { asAddress, asObject, asWei, isAbsent, isObject } from "./evmFields.ts";

/** An address's balance before and after, in wei. */
export interface Held {
  before: bigint;
  after: bigint;
  /** True if the node names no account after the transaction. */
  gone: boolean;
}

/** Balances by address; only those that the transaction changed. */
export type Balances = ReadonlyMap<string, Held>;

/** An address whose balance differs from the chain's. Amounts are decimal wei: gains less losses. */
export interface Difference {
  address: string;
  imported: string;
  chain: string;
  why: string;
}

export interface Comparison {
  /** Number of compared addresses. */
  compared: number;
  differ: readonly Difference[];
  /** Sentences on the amounts left out of the comparison. */
  excluded: readonly string[];
}

/** The imported flow, and the facts on the fee. */
export interface Imported {
  changes: ReadonlyMap<string, bigint>;
  openings: ReadonlyMap<string, bigint>;
  sender: string;
  fee: bigint | null;
  coinbase: string | null;
  /** The coinbase's share of the fee. */
  share: bigint | null;
  /** Wei that the chain itself gave or took beside the frames. */
  transfers: ReadonlyMap<string, bigint>;
}

/**
 * Reads the result of `prestateTracer` with `diffMode`.
 * @throws InvalidInputError naming the field, if it holds invalid balances
 */
export function readBalances(json: unknown): { balances: Balances | null; why: string | null } {
  if (!isObject(json) || !isObject(json.pre) || !isObject(json.post)) {
    return { balances: null, why: "the node's prestateTracer has no diffMode" };
  }
  const [before, after] = [accounts("pre", json.pre), accounts("post", json.post)];
  const balances = new Map<string, Held>();
  for (const address of new Set([...before.keys(), ...after.keys()])) {
    const had = before.get(address) ?? 0n;
    // An account with an unchanged balance is listed afterwards without one.
    balances.set(address, { before: had, after: after.get(address) ?? had, gone: !after.has(address) });
  }
  return { balances, why: null };
}

function accounts(where: string, json: object): Map<string, bigint | null> {
  return new Map(
    Object.entries(json).map(([key, account]) => {
      const address = asAddress(where, key);
      return [address, asWei(`${where}.${address}.balance`, asObject(`${where}.${address}`, account).balance)];
    }),
  );
}

/** Compares each address's gain with the chain's balances, after the fee. */
export function compareBalances(balances: Balances, imported: Imported): Comparison {
  const { changes, openings, sender, fee } = imported;
  const differ: Difference[] = [];
  const excluded = fee === null ? [] : [`The fee, ${fee} wei, which ${sender} paid.`];
  const addresses = new Set([...changes.keys(), ...balances.keys()]);
  for (const address of addresses) {
    const held = balances.get(address);
    const change = changes.get(address) ?? 0n;
    const chain = held === undefined ? 0n : (held.gone ? 0n : held.after) - held.before;
    const differs = (why: string): void => {
      differ.push({ address, imported: change.toString(), chain: chain.toString(), why });
    };
    const opening = openings.get(address) ?? 0n;
    const lacks = held !== undefined && opening > held.before;
    const beside = besideFrames(address, chain - change, imported);
    if (beside === null) differs(whyDiffers(address, held, imported));
    else if (lacks) differs(`the transfers need ${opening} wei there at the beginning, the chain had ${held.before}`);
    else excluded.push(...beside);
  }
  return { compared: addresses.size, differ, excluded };
}

/**
 * Explains an address's gain beside the frames as its part in the fee, or as nothing.
 * @returns sentences on it; null if it is neither
 */
function besideFrames(address: string, wei: bigint, imported: Imported): string[] | null {
  const { sender, fee, coinbase, share, transfers } = imported;
  if (transfers.has(address) && wei === transfers.get(address)) return [];
  const pays = address === sender;
  const gets = address === coinbase;
  if (!pays && !gets) return wei === 0n ? [] : null;
  if (fee === null || (gets && share === null)) {
    // The amount is not known, but the direction is.
    if ((wei < 0n && !pays) || (wei > 0n && !gets)) return null;
    return [
      `${address}, ${pays ? "the sender" : "which gets the fees of the block"}: ${wei} wei beside, taken for fees.`,
    ];
  }
  const paid = pays ? fee : 0n;
  // On some chains the fees go elsewhere.
  if (gets && wei + paid === share) return [`${address}, which gets the fees of the block: its share, ${share} wei.`];
  return wei + paid === 0n ? [] : null;
}

function whyDiffers(address: string, held: Held | undefined, { changes, sender, fee }: Imported): string {
  if (held?.gone === true)
    return "the node names no account after the transaction, so its balance may be lost or moved on";
  if (address === sender) return fee === null ? "more than a fee" : `the fee is ${fee} wei by the receipt`;
  if (!changes.has(address))
    return "it moves no wei in any frame: a share of the fee, or a movement that the tree lacks";
  if (held === undefined) return "the chain did not change its balance";
  return "the tree lacks a movement of it, or shows one that was not";
}

/** Each address's gain from transfers that a chain makes beside the frames (Arbitrum). */
export function sumOfTransfers(transfers: readonly Transfer[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  const add = (who: string | null, wei: bigint): void => {
    if (who !== null) sums.set(who, (sums.get(who) ?? 0n) + wei);
  };
  for (const { from, to, wei } of transfers) {
    add(from, -wei);
    add(to, wei);
  }
  return sums;
}

/** A transfer beside the frames. `from` and `to` are null where the chain makes wei, or takes them. */
export interface Transfer {
  purpose: string;
  from: string | null;
  to: string | null;
  wei: bigint;
}

/** @throws InvalidInputError naming the transfer and the field */
export function readTransfers(field: string, list: readonly unknown[]): Transfer[] {
  return list.map((one, i) => {
    const at = `${field}[${i}]`;
    const { purpose, from, to, value } = asObject(at, one);
    return {
      purpose: typeof purpose === "string" ? purpose : "not said",
      from: isAbsent(from) ? null : asAddress(`${at}.from`, from),
      to: isAbsent(to) ? null : asAddress(`${at}.to`, to),
      wei: asWei(`${at}.value`, value) ?? 0n,
    };
  });
}
