/**
 * What a registry of moored maps must do, in plain terms: a second implementation of its rules, without storage layout,
 * bytes or curves. Each function says why the registry must refuse the call, or does what the call does.
 */

import type { TimedRow } from "../../../trace/commitment/channel.ts";
import { isEntitled } from "../../../trace/crossing/entitled.ts";
import { requestOf } from "../../../trace/crossing/requestName.ts";
import { CHAIN, ENTRY_ID, FACT_LABEL, isAsset, isFact, issuerOf, labelOf, programOf } from "../../../trace/layout.ts";
import { registryRefuses } from "../../lib/registryRows.ts";

export const ETHER = 1;

/** Why a call is refused: the name of the contract's error. */
export type Reason = string | null;

export interface HeldDeposit {
  readonly payer: string;
  readonly label: number;
  readonly quantity: bigint;
  readonly program: number;
  readonly slot: number;
  readonly authority: bigint;
  readonly deadline: number;
  readonly entered: number;
}
export interface HeldRequest {
  readonly location: number;
  readonly program: number;
  readonly authority: bigint;
  readonly id: bigint;
  readonly time: number;
  readonly head: number;
  readonly recipient: string;
  readonly fee: bigint;
}
/** One map at the registry. */
export interface HeldMap {
  readonly maxLag: number;
  readonly patience: number;
  readonly submitter: string;
  /** Seconds for which each feed's numbers may be shown. */
  readonly fresh: readonly number[];
  entries: number;
  readonly deposits: Map<number, HeldDeposit>;
  readonly observations: Map<number, { feed: number; quantity: bigint; time: number }>;
  readonly shown: Map<number, number>;
  readonly requests: Map<bigint, HeldRequest>;
  readonly used: Set<string>;
  readonly purse: Map<number, bigint>;
  readonly left: Set<number>;
  frozen: boolean;
  seq: number;
  time: number;
  /** By number. */
  readonly roots: bigint[];
}
/** The registry. Plain data: `structuredClone` copies it. */
export interface Held {
  readonly maps: HeldMap[];
  /** By account and label. */
  readonly owed: Map<string, bigint>;
  /** What came in and went out, by label. */
  readonly paidIn: Map<number, bigint>;
  readonly paidOut: Map<number, bigint>;
}

export const add = <K>(sums: Map<K, bigint>, key: K, quantity: bigint): void =>
  void sums.set(key, (sums.get(key) ?? 0n) + quantity);
export const owedKey = (account: string, label: number): string => `${account.toLowerCase()} ${label}`;

export type Deposit = Omit<HeldDeposit, "entered"> & { readonly value: bigint };

/** @param known whether the label has a token @param moves whether the token moves */
export function deposit(held: Held, map: HeldMap, asked: Deposit, now: number, known: boolean): Reason {
  const { program, authority, deadline, label, quantity, value, ...rest } = asked;
  if (program <= CHAIN || program >= 2 ** 24 || authority === 0n) return "WrongReceiver";
  if (deadline <= now) return "DeadlinePassed";
  if (value !== (label === ETHER ? quantity : 0n)) return "WrongValue";
  if (!known) return "UnknownAsset";
  if (quantity === 0n || quantity >= 1n << 128n) return "QuantityOutOfRange";
  if (map.frozen) return "MapIsFrozen";
  map.deposits.set(++map.entries, { ...rest, program, authority, deadline, label, quantity, entered: now });
  add(held.paidIn, label, quantity);
  return null;
}

export type Refund = Pick<HeldDeposit, "label" | "quantity" | "program" | "authority"> & { readonly number: number };

export function refund(held: Held, map: HeldMap, asked: Refund, now: number): Reason {
  const open = map.deposits.get(asked.number);
  if (open === undefined) return "UnknownDeposit";
  const same = (["label", "quantity", "program", "authority"] as const).every((name) => open[name] === asked[name]);
  if (!same) return "WrongDeposit";
  if (!map.frozen && now <= open.deadline + map.maxLag) return "RefundTooEarly";
  map.deposits.delete(asked.number);
  add(held.owed, owedKey(open.payer, open.label), open.quantity);
  return null;
}

/** @param quantity what the feed says; undefined: it fails */
export function observe(map: HeldMap, feed: number, quantity: bigint | undefined, now: number): Reason {
  if (feed >= map.fresh.length) return "UnknownFeed";
  if (quantity === undefined) return "FeedFailed";
  if (map.frozen) return "MapIsFrozen";
  map.observations.set(++map.entries, { feed, quantity, time: now });
  return null;
}

export interface ModelBatch {
  readonly firstSeq: number;
  readonly notBefore: number;
  readonly until: number;
  readonly postRoot: bigint;
  readonly rows: readonly TimedRow[];
}
export interface Advance {
  readonly caller: string;
  readonly preRoot: bigint;
  readonly batches: readonly ModelBatch[];
  readonly late: bigint;
}

/** All or nothing: it works on a copy. */
export function advance(held: Held, which: number, call: Advance, now: number): Reason {
  const map = held.maps[which] as HeldMap;
  if (call.late !== 0n) {
    const reason = requireLate(map, call.late, 1, now);
    if (reason !== null) return reason;
  } else if (call.caller !== map.submitter) return "NotSubmitter";
  if (map.frozen) return "MapIsFrozen";
  if (call.preRoot !== map.roots.at(-1)) return "WrongPreRoot";
  const crosses = call.late !== 0n || call.batches.some(({ rows }) => rows.some(isCrossing));
  const next = crosses ? structuredClone(map) : { ...map };
  const owed = new Map(held.owed);
  for (const batch of call.batches) {
    const reason = moved(next, owed, call, batch, now);
    if (reason !== null) return reason;
  }
  if (call.late !== 0n && next.requests.has(call.late)) return "LateNotAnswered";
  if (crosses) held.maps[which] = next;
  else Object.assign(map, { seq: next.seq, time: next.time });
  (held.maps[which] as HeldMap).roots.push(call.batches.at(-1)?.postRoot ?? 0n);
  held.owed.clear();
  for (const [key, quantity] of owed) held.owed.set(key, quantity);
  return null;
}

const isCrossing = ({ actor, kind }: TimedRow): boolean => actor === CHAIN || issuerOf(kind) === CHAIN;

function moved(map: HeldMap, owed: Map<string, bigint>, { caller, late }: Advance, batch: ModelBatch, now: number) {
  if (batch.firstSeq !== map.seq + 1) return "WrongSeq";
  if (batch.notBefore < map.time) return "BeforeHead";
  if (batch.until > now) return "FromTheFuture";
  if (now - batch.notBefore > map.maxLag) return "TooOld";
  for (const row of batch.rows) {
    const reason = crossed(map, owed, row, caller, late !== 0n);
    if (reason !== null) return reason;
  }
  map.seq += batch.rows.length;
  map.time = batch.until;
  return null;
}

function crossed(map: HeldMap, owed: Map<string, bigint>, row: TimedRow, caller: string, late: boolean): Reason {
  if (late && row.effect !== "Eject" && row.effect !== "Check") return "RowRefused";
  // The registry does not look at the rows of other programs about their own kinds.
  if (!late && !isCrossing(row)) return null;
  if (row.effect === "Enter") return row.actor === CHAIN ? entered(map, row) : "RowRefused";
  if (row.effect === "Eject") return row.actor === CHAIN ? ejected(map, owed, row, caller) : "RowRefused";
  if (registryRefuses(row)) return "RowRefused";
  if (row.effect !== "Retire" || !isAsset(row.kind)) return null;
  const recipient = `0x${(row.argument.recipient ?? 0n).toString(16).padStart(40, "0")}`;
  return credited(map, owed, recipient, labelOf(row.kind), row.quantity);
}

function entered(map: HeldMap, { resource, kind, quantity, peer, destination, argument, at }: TimedRow): Reason {
  const number = Number(resource - ENTRY_ID);
  if (issuerOf(kind) !== CHAIN) return "EntryRefused";
  if (isFact(kind)) {
    const seen = map.observations.get(number);
    const feed = labelOf(kind) - FACT_LABEL;
    if (seen === undefined || seen.feed !== feed || seen.quantity !== quantity) return "EntryRefused";
    if (at < seen.time || at > seen.time + (map.fresh[feed] ?? 0)) return "EntryRefused";
    if (number < (map.shown.get(feed) ?? 0)) return "EntryRefused";
    map.shown.set(feed, number);
    return null;
  }
  const open = map.deposits.get(number);
  const fits =
    open !== undefined &&
    open.label === labelOf(kind) &&
    open.quantity === quantity &&
    open.program === peer &&
    open.authority === argument.peerAuthority &&
    (open.slot === 0 || open.slot === destination % 256) &&
    at >= open.entered &&
    at <= open.deadline;
  if (!fits) return "EntryRefused";
  map.deposits.delete(number);
  add(map.purse, labelOf(kind), quantity);
  return null;
}

function ejected(map: HeldMap, owed: Map<string, bigint>, row: TimedRow, caller: string): Reason {
  const { source, peer, argument, resource, kind, quantity, deadline } = row;
  const name = requestOf(source, peer, argument.peerAuthority ?? 0n);
  const open = map.requests.get(name);
  const lying = { holder: programOf(source), escrowFrom: argument.escrowFrom ?? 0, deadline };
  if (open === undefined || open.id !== resource || !isAsset(kind) || !isEntitled(peer, lying, open.time))
    return "EjectRefused";
  const reason = credited(map, owed, open.recipient, labelOf(kind), quantity);
  if (reason !== null) return reason;
  map.requests.delete(name);
  add(owed, owedKey(caller, ETHER), open.fee);
  return null;
}

export function credited(map: HeldMap, owed: Map<string, bigint>, to: string, label: number, quantity: bigint): Reason {
  const purse = map.purse.get(label) ?? 0n;
  if (purse < quantity) return "PurseTooSmall";
  map.purse.set(label, purse - quantity);
  add(owed, owedKey(to, label), quantity);
  return null;
}

/** Why the request is not late by so many patiences. */
export function requireLate(map: HeldMap, request: bigint, patiences: number, now: number): Reason {
  const open = map.requests.get(request);
  if (open === undefined) return "UnknownRequest";
  if (map.frozen) return "MapIsFrozen";
  return now <= open.time + patiences * map.patience ? "NotLate" : null;
}
