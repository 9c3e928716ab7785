/** What a registry must do about leaving: the second half of the model. */
import { isEntitled } from "../../../trace/crossing/entitled.ts";
import { requestOf } from "../../../trace/crossing/requestName.ts";
import { isAsset, labelOf, programOf } from "../../../trace/layout.ts";
import type { Words } from "../../../trace/state/cells.ts";
import { unpackAsset } from "./assetWords.ts";
import {
  add,
  credited,
  ETHER,
  type Held,
  type HeldMap,
  type HeldRequest,
  owedKey,
  type Reason,
  requireLate,
} from "./model.ts";

/** A wish to leave, and whether a circuit could prove it of the root with this number. */
export interface Wish {
  readonly number: number;
  readonly location: number;
  readonly recipient: string;
  readonly validUntil: number;
  readonly program: number;
  readonly authority: bigint;
  readonly w0: bigint;
  readonly w1: bigint;
  readonly proven: boolean;
}

function checkWish(map: HeldMap, wish: Wish, now: number, root: bigint | undefined): Reason {
  const asset = unpackAsset(wish.w0, wish.w1);
  if (asset === undefined || !isAsset(asset.kind) || BigInt(wish.recipient) === 0n) return "MalformedExit";
  if (wish.validUntil < now) return "ExitExpired";
  if (!isEntitled(wish.program, { holder: programOf(wish.location), ...asset }, now)) return "NotEntitled";
  // A proof is of one root. After a reorganisation another one may have its number.
  return wish.proven && root === map.roots[wish.number] ? null : "ExitProofRejected";
}

/** @param root of which the proof is */
export function requestExit(held: Held, map: HeldMap, wish: Wish, root: bigint, fee: bigint, now: number): Reason {
  if (map.frozen) return "MapIsFrozen";
  if (wish.number >= map.roots.length) return "UnknownRoot";
  const reason = checkWish(map, wish, now, root);
  if (reason !== null) return reason;
  // The base fee is never 0.
  if (fee === 0n) return "FeeTooSmall";
  const { location, program, authority, recipient, validUntil, w1 } = wish;
  const name = requestOf(location, program, authority);
  const signed = [location, recipient.toLowerCase(), validUntil, program, authority, w1].join();
  if (map.used.has(signed)) return "ExitUsed";
  if (map.requests.has(name)) return "RequestIsOpen";
  map.used.add(signed);
  const id = unpackAsset(wish.w0, w1)?.id ?? 0n;
  map.requests.set(name, { location, program, authority, id, time: now, head: map.roots.length - 1, recipient, fee });
  add(held.paidIn, ETHER, fee);
  return null;
}

export interface Dismissal {
  readonly caller: string;
  readonly request: bigint;
  readonly number: number;
  readonly root: bigint;
  readonly location: number;
  readonly words: Words;
}

export function dismiss(held: Held, map: HeldMap, call: Dismissal, now: number): Reason {
  if (map.frozen) return "MapIsFrozen";
  const open = map.requests.get(call.request);
  if (open === undefined) return "UnknownRequest";
  if (call.caller !== map.submitter && now <= open.time + map.patience) return "NotLate";
  if (call.number < open.head) return "RootTooOld";
  if (!disproves(open, call.location, call.words)) return "CellRefused";
  if (call.number >= map.roots.length) return "UnknownRoot";
  if (call.root !== map.roots[call.number]) return "ExitProofRejected";
  map.requests.delete(call.request);
  add(held.owed, owedKey(call.caller, ETHER), open.fee);
  return null;
}

/** Whether the cell shows that the request's maker was not entitled. */
export function disproves(open: HeldRequest, location: number, [w0, w1]: Words): boolean {
  if (location === open.program * 256) return w1 !== open.authority;
  if (location !== open.location) return false;
  const there = unpackAsset(w0, w1);
  if (there === undefined || there.id !== open.id) return true;
  return !isEntitled(open.program, { holder: programOf(location), ...there }, open.time);
}

export function freeze(map: HeldMap, request: bigint, now: number): Reason {
  if (map.frozen) return "MapIsFrozen";
  const reason = requireLate(map, request, 2, now);
  if (reason === null) map.frozen = true;
  return reason;
}

export function leaveFrozen(held: Held, map: HeldMap, wish: Wish, root: bigint, now: number): Reason {
  if (!map.frozen) return "MapNotFrozen";
  const reason = checkWish(map, { ...wish, number: map.roots.length - 1 }, now, root);
  if (reason !== null) return reason;
  if (map.left.has(wish.location)) return "HasLeft";
  const asset = unpackAsset(wish.w0, wish.w1);
  const owed = new Map(held.owed);
  const short = credited(map, owed, wish.recipient, labelOf(asset?.kind ?? 0n), asset?.quantity ?? 0n);
  if (short !== null) return short;
  map.left.add(wish.location);
  for (const [key, quantity] of owed) held.owed.set(key, quantity);
  return null;
}

export function reclaim(held: Held, map: HeldMap, request: bigint): Reason {
  if (!map.frozen) return "MapNotFrozen";
  const open = map.requests.get(request);
  if (open === undefined) return "UnknownRequest";
  map.requests.delete(request);
  add(held.owed, owedKey(open.recipient, ETHER), open.fee);
  return null;
}

/** @param moves whether the payment works */
export function withdraw(held: Held, account: string, label: number, moves: boolean): Reason {
  const key = owedKey(account, label);
  const quantity = held.owed.get(key) ?? 0n;
  if (quantity === 0n) return "NothingOwed";
  if (!moves) return "TransferFailed";
  held.owed.delete(key);
  add(held.paidOut, label, quantity);
  return null;
}
