/**
 * Approvals as capabilities. An allowance, and an approval for all tokens of a contract, cover one slot of the owner:
 * the till. What an approved spender takes is put there for as long as the transfer lasts, so the capability never
 * covers more than what the chain let the spender take. An approval for one ERC-721 token covers its slot and its id.
 */
import type { MemorySlot } from "../../effects/effects.ts";
import type { ApprovalEvent } from "../tokens/events.ts";
import type { TokenKind } from "../tokens/kinds.ts";
import { type Account, type Approval, approvalKey, type Till } from "./account.ts";
import type { Ledger } from "./ledger.ts";
import type { Room } from "./room.ts";

/** From here on, an allowance counts as one without end. Tokens do not use such amounts up. */
export const ENDLESS = 1n << 255n;

/**
 * The approval by which the spender may move the token now.
 * @param amount what it moves: a smaller allowance does not cover it
 */
export function approvalFor(
  owner: Account,
  spender: string,
  { token, standard, id }: TokenKind,
  amount = 0n,
): Approval | undefined {
  const find = (covers: Approval["covers"]) => {
    const approval = owner.approvals.get(approvalKey({ token, spender, covers, id }));
    return approval?.spender === spender && amount <= (approval.remaining ?? amount) ? approval : undefined;
  };
  if (standard === "ERC-20") return find("amount");
  return (standard === "ERC-721" ? find("one") : undefined) ?? find("all");
}

/**
 * Puts an approval in force, changes its amount, or ends it.
 * @returns the approval in force; undefined if there is none now
 */
export function approve(ledger: Ledger, event: Omit<ApprovalEvent, "type">): Approval | undefined {
  const owner = ledger.account(event.owner);
  const key = approvalKey(event);
  const known = owner.approvals.get(key);
  const stays = event.amount > 0n && known?.spender === event.spender;
  if (known !== undefined && !stays) revoke(ledger, owner, known);
  if (event.amount === 0n) return undefined;
  const remaining = event.covers === "amount" && event.amount < ENDLESS ? event.amount : null;
  if (known !== undefined && stays) {
    known.remaining = remaining;
    ledger.changed.add(`${event.owner} ${key}`);
    return known;
  }
  if (event.owner === event.spender) return undefined;
  const scope = event.covers === "one" ? soleCoin(ledger, owner, event) : tillOf(ledger, owner, event.token);
  if (scope === undefined) return undefined;
  const room = ledger.roomWith(owner, 1, scope.room);
  if (room !== scope.room) return undefined;
  room.promise(1);
  const slot = room.slots.take();
  const covered = { program: room.program, slot: scope.slot };
  ledger.host.perform(room.program, {
    effect: "DelegateCapability",
    slot,
    grantee: ledger.account(event.spender).rooms[0].program,
    rights: ["claim"],
    scope: covered,
    subject: event.covers === "one" ? ledger.host.resourceAt(room.program, scope.slot) : 0n,
    expiry: 0,
  });
  const { token, spender, covers, id } = event;
  const place = { program: room.program, slot };
  const approval: Approval = { token, owner: event.owner, spender, covers, id, place, scope: covered, remaining };
  owner.approvals.set(key, approval);
  const till = owner.tills.get(token);
  if (covers !== "one" && till !== undefined) till.uses++;
  ledger.changed.add(`${event.owner} ${key}`);
  return approval;
}

/** Ends an approval. The till goes with its last one. */
export function revoke(ledger: Ledger, owner: Account, approval: Approval): void {
  const { place, token, covers } = approval;
  const room = owner.rooms.find(({ program }) => program === place.program) ?? owner.rooms[0];
  ledger.host.perform(place.program, { effect: "RevokeCapability", slot: place.slot });
  room.slots.release(place.slot);
  room.promise(-1);
  owner.approvals.delete(approvalKey(approval));
  ledger.changed.add(`${approval.owner} ${approvalKey(approval)}`);
  const till = owner.tills.get(token);
  if (covers === "one" || till === undefined || --till.uses > 0) return;
  till.room.slots.release(till.slot);
  till.room.promise(-1);
  owner.tills.delete(token);
}

/**
 * An approved spender moves an amount: it claims it from the owner by its capability, and hands it on.
 * @param to null for a burn
 */
export function spend(ledger: Ledger, approval: Approval, kind: bigint, to: Account | null, amount: bigint): void {
  const owner = ledger.account(approval.owner);
  const spender = ledger.account(approval.spender);
  const from = fill(ledger, owner, approval, kind, amount);
  const [room] = spender.rooms;
  const stays = to === spender && ledger.purse(spender, kind).room === room;
  const slot = stays ? ledger.purse(spender, kind).receive(amount) : room.slots.take();
  const place = { program: approval.scope.program, slot: from };
  ledger.host.perform(room.program, { effect: "ClaimFromProgram", from: place, to: slot, by: approval.place });
  ledger.settle(owner, kind);
  if (!stays) {
    ledger.give(room, slot, kind, to ?? ledger.issuerOf(kind), amount);
    room.slots.release(slot);
  }
  if (to === null) ledger.retire(kind, ledger.issuerOf(kind), amount);
  if (approval.remaining === null) return;
  approval.remaining -= amount;
  ledger.changed.add(`${approval.owner} ${approvalKey(approval)}`);
  if (approval.remaining <= 0n) revoke(ledger, owner, approval);
}

/** After a transfer of an ERC-721 token, nobody is approved for it. */
export function endSingle(ledger: Ledger, owner: Account, { token, id }: TokenKind): void {
  const approval = owner.approvals.get(approvalKey({ token, spender: "", covers: "one", id }));
  if (approval !== undefined) revoke(ledger, owner, approval);
}

/** Puts exactly the amount into the slot that the approval covers. */
function fill(ledger: Ledger, owner: Account, approval: Approval, kind: bigint, amount: bigint): MemorySlot {
  const purse = ledger.purse(owner, kind);
  const { program, slot } = approval.scope;
  if (approval.covers === "one") return purse.pay(amount);
  const { host } = ledger;
  if (purse.room.program === program && purse.splitInto(slot, amount)) return slot;
  const whole = purse.pay(amount);
  if (purse.room.program !== program) {
    host.perform(purse.room.program, { effect: "EscrowToProgram", from: whole, to: approval.scope, deadline: 0 });
    host.perform(program, { effect: "ClaimFromProgram", from: approval.scope, to: "in place" });
    return slot;
  }
  // A resource moves within a memory by way of another one: that of the token's contract.
  const [token, spender] = [ledger.issuerOf(kind), ledger.account(approval.spender)];
  const [by] = (token === owner ? spender : token).rooms;
  const way = { program: by.program, slot: by.slots.take() };
  host.perform(program, { effect: "EscrowToProgram", from: whole, to: way, deadline: 0 });
  host.perform(program, { effect: "RevokeResource", from: way, to: slot });
  by.slots.release(way.slot);
  return slot;
}

/** The slot of the one token, if the owner holds it. */
function soleCoin(ledger: Ledger, owner: Account, { token, id }: Omit<ApprovalEvent, "type">): Till | undefined {
  const kind = ledger.knownKind({ token, standard: "ERC-721", id });
  const purse = kind === undefined ? undefined : owner.purses.get(kind);
  const [coin] = purse?.coins ?? [];
  return purse === undefined || coin === undefined ? undefined : { room: purse.room, slot: coin.slot };
}

/** The owner's till for a token's contract; made if there is none. */
function tillOf(ledger: Ledger, owner: Account, token: string): Till {
  const known = owner.tills.get(token);
  if (known !== undefined) return known;
  const held = roomOf(ledger, owner, token);
  const room = ledger.roomWith(owner, 2, held);
  room.promise(1);
  const till = { room, slot: room.slots.take(), uses: 0 };
  owner.tills.set(token, till);
  return till;
}

/** The first program of the owner that holds a token of the contract. It must not depend on the order of arrival. */
function roomOf(ledger: Ledger, owner: Account, token: string): Room | undefined {
  let first: Room | undefined;
  for (const [kind, { room }] of owner.purses) {
    if (ledger.kinds.get(kind)?.token !== token) continue;
    if (first === undefined || room.program < first.program) first = room;
  }
  return first;
}
