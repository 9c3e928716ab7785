/** Compares the approvals that a block gives or uses with the chain after it. */
import { approvalKey } from "../ledger/account.ts";
import { ENDLESS, revoke } from "../ledger/approvals.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ApprovalEvent } from "../tokens/events.ts";
import { ZERO } from "../tokens/kinds.ts";
import { spenderOf } from "../tokens/spender.ts";
import type { Step } from "../tokens/steps.ts";
import type { ApprovalNode } from "./priorApprovals.ts";

/** What the chain says of approvals after a block: the allowance, 1 for a `one` or `all`, 0 for none. */
export type ApprovalsAfter = readonly Omit<ApprovalEvent, "type">[];

type Touched = Omit<ApprovalEvent, "type" | "amount">;

/** Asks for the approvals that the steps give, change, end or use, also by transfers that move nothing. */
export async function approvalsAfter(
  node: ApprovalNode,
  steps: readonly Step[],
  block: number,
): Promise<ApprovalsAfter> {
  const touched = [...new Map(steps.flatMap(touchedBy).map((each) => [nameOf(each), each])).values()];
  const of = (covers: Touched["covers"]) => touched.filter((each) => each.covers === covers);
  const [amounts, all, ones] = [of("amount"), of("all"), of("one")];
  const [left, approved, single] = await Promise.all([
    node.allowances(amounts, block),
    node.approvedForAll(
      all.map(({ spender, ...rest }) => ({ ...rest, operator: spender })),
      block,
    ),
    node.approved(
      ones.map(({ token, id }) => ({ token, id: id ?? 0n })),
      block,
    ),
  ]);
  return [
    ...amounts.map((each, i) => ({ ...each, amount: left[i] ?? 0n })),
    ...all.map((each, i) => ({ ...each, amount: approved[i] === true ? 1n : 0n })),
    ...ones.map((each, i) => ({ ...each, spender: single[i] ?? ZERO, amount: single[i] == null ? 0n : 1n })),
  ];
}

/**
 * Ends approvals in force that the chain does not confirm, and takes the chain's amount for what is left of the others.
 * Tokens count allowances each in their own way, and an event of an approval is a claim of its contract.
 * @returns number of approvals that ended
 */
export function settleApprovals(ledger: Ledger, after: ApprovalsAfter): number {
  let ended = 0;
  for (const { amount, ...each } of after) {
    const account = ledger.find(each.owner);
    const approval = account?.approvals.get(approvalKey(each));
    if (account === undefined || approval === undefined) continue;
    if (amount === 0n || approval.spender !== each.spender) {
      revoke(ledger, account, approval);
      ended++;
    } else if (approval.covers === "amount") {
      approval.remaining = amount < ENDLESS ? amount : null;
      ledger.changed.add(`${each.owner} ${approvalKey(each)}`);
    }
  }
  return ended;
}

function touchedBy(step: Step): Touched[] {
  if (step.type === "frame") return [];
  const { event, caller } = step;
  if (event.type === "approval") return [event];
  const spender = spenderOf(event, caller);
  const { kind, from } = event;
  if (from === null) return [];
  const { token, standard, id } = kind;
  const base = { token, owner: from, spender: spender ?? from };
  const one: Touched = { ...base, covers: "one", id };
  // A transfer to oneself moves nothing, and yet ends the approval for an ERC-721 token.
  if (spender === null) return standard === "ERC-721" && event.to === from ? [one] : [];
  if (standard === "ERC-20") return [{ ...base, covers: "amount", id: null }];
  const all: Touched = { ...base, covers: "all", id: null };
  return standard === "ERC-721" ? [all, one] : [all];
}

function nameOf(each: Touched): string {
  return `${each.owner} ${approvalKey(each)}`;
}
