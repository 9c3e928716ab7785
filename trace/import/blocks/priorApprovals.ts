/** Approvals that were in force before a block: a transfer rests on them, and no imported transaction grants them. */
import { approvalKey } from "../ledger/account.ts";
import type { ChainNode } from "../node/chainNode.ts";
import type { ApprovalEvent } from "../tokens/events.ts";
import type { Prior } from "../tokens/needs.ts";

export type ApprovalNode = Pick<ChainNode, "allowances" | "approvedForAll" | "approved">;

/**
 * Asks the chain for the approvals after a block.
 * @returns those in force, with the allowance; an ERC-721 transfer may rest on an approval for the one token
 */
export async function approvalsBefore(
  node: ApprovalNode,
  priors: readonly Prior[],
  block: number,
): Promise<Omit<ApprovalEvent, "type">[]> {
  const amounts = priors.filter(({ covers }) => covers === "amount");
  const others = priors.filter(({ covers }) => covers !== "amount");
  const singles = others.filter(({ id }) => id !== null).map(({ token, id }) => ({ token, id: id ?? 0n }));
  const [allowed, all, one] = await Promise.all([
    node.allowances(amounts, block),
    node.approvedForAll(
      others.map(({ spender, ...rest }) => ({ ...rest, operator: spender })),
      block,
    ),
    node.approved(singles, block),
  ]);
  const found: Omit<ApprovalEvent, "type">[] = [];
  amounts.forEach(({ token, owner, spender }, i) => {
    const amount = allowed[i] ?? 0n;
    if (amount > 0n) found.push({ token, owner, spender, covers: "amount", id: null, amount });
  });
  let single = 0;
  others.forEach(({ token, owner, spender, id }, i) => {
    const approved = id === null ? null : one[single++];
    if (all[i] === true) found.push({ token, owner, spender, covers: "all", id: null, amount: 1n });
    else if (approved === spender) found.push({ token, owner, spender, covers: "one", id, amount: 1n });
  });
  // Several tokens of one owner rest on one approval for all.
  return [...new Map(found.map((each) => [`${each.owner} ${approvalKey(each)}`, each])).values()];
}
