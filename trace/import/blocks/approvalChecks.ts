/** Compares the approvals that a block gave, changed or used with the chain after it. */
import type { Approval } from "../ledger/account.ts";
import { ENDLESS, revoke } from "../ledger/approvals.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ApprovalNode } from "./priorApprovals.ts";

/**
 * Ends approvals in force that the chain does not confirm, and takes the chain's amount for what is left of the others.
 * Tokens count allowances each in their own way, and an event of an approval is a claim of its contract.
 * @returns number of approvals that ended
 */
export async function settleApprovals(node: ApprovalNode, ledger: Ledger, block: number): Promise<number> {
  const changed = [...ledger.changed].flatMap((name) => {
    const [owner = "", ...key] = name.split(" ");
    return ledger.find(owner)?.approvals.get(key.join(" ")) ?? [];
  });
  const of = (covers: Approval["covers"]) => changed.filter((approval) => approval.covers === covers);
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
  const gone = [
    ...amounts.filter((_, i) => (left[i] ?? 0n) === 0n),
    ...all.filter((_, i) => approved[i] !== true),
    ...ones.filter(({ spender }, i) => single[i] !== spender),
  ];
  amounts.forEach((approval, i) => {
    const amount = left[i] ?? 0n;
    approval.remaining = amount < ENDLESS ? amount : null;
  });
  for (const approval of gone) revoke(ledger, ledger.account(approval.owner), approval);
  return gone.length;
}
