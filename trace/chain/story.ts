/** What a transition is on its chain: its block, its transaction, and what an approval means there. */
import type { Names } from "../describe/names.ts";
import { programOf, slotOf } from "../layout.ts";
import type { Transition } from "../machine/transition.ts";
import { type CapabilityCell, unpackCell } from "../state/cells.ts";
import type { ApprovalChange, ChainBlock } from "./blocksFile.ts";
import type { ChainPlace, ChainRecord, Part } from "./record.ts";

/** A transition's place on the chain, as data. */
export interface ChainStory {
  block: number;
  blockHash: string;
  part: Part;
  /** Why a correction was made; null if it is none, or the file does not tell. */
  why: string | null;
  /** Null if it is part of no transaction. */
  transaction: { hash: string; failed: boolean; first: number; last: number } | null;
  /** What an approval, or a use of one, is on the chain; null for other transitions. */
  meaning: string | null;
}

/** The story; null if the transition is of no block. */
export function chainStory(t: Transition, record: ChainRecord, history: History): ChainStory | null {
  const place = record.placeOf(t.seq);
  if (place === undefined) return null;
  const { block, part, transaction } = place;
  const [first = 0, last = 0] = transaction?.seqs ?? [];
  return {
    ...{ block: block.number, blockHash: block.hash, part, why: whyOf(t, place, history.names) },
    transaction:
      transaction === null ? null : { hash: transaction.hash, failed: transaction.status === "failed", first, last },
    meaning: meaningOf(t, block, record, history),
  };
}

/** What a story needs of the run. */
export interface History {
  names: Names;
  transitions: readonly Transition[];
}

const PARTS: Readonly<Record<Part, string>> = {
  transaction: "",
  "brought forward": "brought forward: it was there before this block, and is first seen now",
  correction: "a correction",
  "token refused": "a token that is refused from here on is taken out",
  settlement: "a refused token taken out, or a correction",
};

/** The story in lines without full stops. */
export function chainLines(story: ChainStory | null): string[] {
  if (story === null) return ["chain: of no block in blocks.jsonl"];
  const { block, part, why, transaction, meaning } = story;
  const reason = why === null ? "" : `: ${why}`;
  const what =
    transaction === null
      ? `${PARTS[part]}${reason}`
      : `transaction ${transaction.hash}${transaction.failed ? ", which failed" : ""}`;
  return [`chain: block ${block}, ${what}`, ...(meaning === null ? [] : [`means: ${meaning}`])];
}

/** The one correction of the block that concerns the transition's programs; null if there is not exactly one. */
function whyOf(t: Transition, { block, part }: ChainPlace, names: Names): string | null {
  if (part !== "correction") return null;
  const who = [t.actor, t.peer].flatMap((program) => names.ref(program).address ?? []);
  const of = block.corrections.filter(({ address }) => who.includes(address));
  const whys = new Set((of.length === 0 ? block.corrections : of).map(({ why }) => why));
  const [why] = whys;
  return whys.size === 1 && why !== undefined ? why : null;
}

function meaningOf(t: Transition, block: ChainBlock, record: ChainRecord, { names, transitions }: History) {
  switch (t.effect) {
    case "DelegateCapability": {
      const approval = approvalOf(t, block, names);
      const place = { owner: names.who(t.actor), spender: names.who(t.peer) };
      const slot = `may claim ${names.slotAlone(t.argument.scope ?? 0)}`;
      return `${place.owner} approved ${place.spender} for ${things(approval, names)} (${slot}${left(approval, names)})`;
    }
    case "RevokeCapability": {
      const found = unpackCell(t.columns.X.before);
      if (found.type !== "capability") return null;
      const approval = givenBy(found, record, { names, transitions });
      return `the approval of ${names.who(found.grantee)} by ${names.who(t.actor)} for ${things(approval, names)} ended`;
    }
    case "ClaimFromProgram":
      if (t.authority === 0) return null;
      return (
        `a transferFrom by approval: ${names.who(t.actor)} takes ${names.amount(t.quantity, t.kind)} ` +
        `from ${names.who(t.peer)}`
      );
    default:
      return null;
  }
}

/** "GOLD", "GEM #7", "all GEM". */
function things(approval: ApprovalChange | undefined, names: Names): string {
  if (approval === undefined) return "a token that blocks.jsonl does not tell";
  const token = names.token(approval.token);
  if (approval.covers === "one") return `${token} #${approval.id}`;
  return approval.covers === "all" ? `all ${token}` : token;
}

function left(approval: ApprovalChange | undefined, names: Names): string {
  const remaining = approval?.now?.remaining ?? null;
  if (approval === undefined || remaining === null) return "";
  const amount = names.tokenAmount(remaining, approval.token) ?? `${remaining} raw`;
  return `; ${amount} left after the block`;
}

/** The approval that a row puts in force; undefined if the block changed several that it could be. */
function approvalOf(t: Transition, { approvals }: ChainBlock, names: Names): ApprovalChange | undefined {
  const [owner, spender] = [names.ref(t.actor).address, names.ref(t.peer).address];
  const alike = approvals.filter(
    (each) => each.owner === owner && each.spender === spender && (each.covers === "one") === (t.resource !== 0n),
  );
  if (alike.length === 1) return alike[0];
  if (alike.some(({ now }) => now === null)) return undefined;
  const [program, slot] = [programOf(t.destination), slotOf(t.destination)];
  return alike.find(({ now }) => now?.program === program && now.slot === slot);
}

/** The approval behind a capability; undefined if it is not known. */
function givenBy({ nonce }: CapabilityCell, record: ChainRecord, { names, transitions }: History) {
  const made = transitions[nonce - 1];
  const block = record.placeOf(nonce)?.block;
  return made === undefined || block === undefined ? undefined : approvalOf(made, block, names);
}
