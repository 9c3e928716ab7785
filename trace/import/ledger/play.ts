/** Plays the steps of a transaction: each becomes effects of the programs that take part. */
import { entryName } from "../names.ts";
import type { TransferEvent } from "../tokens/events.ts";
import { spenderOf } from "../tokens/spender.ts";
import type { Step } from "../tokens/steps.ts";
import { approvalFor, approve, endSingle, spend } from "./approvals.ts";
import type { Ledger } from "./ledger.ts";

/** Numbers of approvals. */
export interface ApprovalCounts {
  /** Approvals put in force. */
  given: number;
  /** Approvals taken away or used up by name. */
  ended: number;
  /** Transfers that a spender made by an approval: the proof shows that it was allowed. */
  used: number;
  /** Transfers that another address than the owner made without an approval on record. */
  without: number;
  /** Approvals that ended after a block, because the chain did not confirm them: used up, or only claimed. */
  unconfirmed: number;
}

/** What playing needs to know, and what it counts. */
export interface Playing {
  ledger: Ledger;
  approvals: ApprovalCounts;
  /** Calls whose program had no slot left for the function. */
  undeclared: number;
}

/** @throws Error if a holding is short: the needs of the steps are brought forward first */
export function playStep(playing: Playing, step: Step): void {
  const { ledger } = playing;
  if (step.type === "frame") {
    playFrame(playing, step.step);
    return;
  }
  const { event, caller } = step;
  if (event.type === "transfer") {
    playTransfer(playing, event, caller);
    return;
  }
  if (event.amount === 0n) {
    if (ledger.find(event.owner) === undefined) return;
    approve(ledger, event);
    playing.approvals.ended++;
  } else if (approve(ledger, event) !== undefined) playing.approvals.given++;
}

function playFrame(playing: Playing, { frame, moved, burnt }: Extract<Step, { type: "frame" }>["step"]): void {
  const { ledger } = playing;
  const caller = ledger.account(frame.from);
  const creates = (frame.type === "CREATE" || frame.type === "CREATE2") && frame.to !== null;
  const fresh = creates && ledger.find(frame.to ?? "") === undefined;
  const callee = fresh ? ledger.create(caller, frame.to ?? "") : ledger.account(frame.to ?? frame.from);
  // A constructor shows as a call only if it gets value.
  if (!fresh || moved > 0n) {
    if (!ledger.invoke(caller, callee, entryName(frame.entry), moved)) playing.undeclared++;
  }
  if (burnt > 0n) ledger.retire(ledger.wei, caller, burnt);
}

function playTransfer({ ledger, approvals }: Playing, event: TransferEvent, caller: string): void {
  const { from, to, amount } = event;
  const kind = ledger.kind(event.kind);
  if (from === null) {
    if (to !== null) ledger.mint(kind, ledger.account(to), amount);
    return;
  }
  const owner = ledger.account(from);
  const spender = spenderOf(event, caller);
  const approval = spender === null ? undefined : approvalFor(owner, spender, event.kind, amount);
  const receiver = to === null ? null : ledger.account(to);
  if (approval !== undefined) {
    spend(ledger, approval, kind, receiver, amount);
    approvals.used++;
  } else {
    if (receiver === null) ledger.burn(kind, owner, amount);
    else ledger.hand(kind, owner, receiver, amount);
    if (spender !== null) approvals.without++;
  }
  if (event.kind.standard === "ERC-721") endSingle(ledger, owner, event.kind);
}
