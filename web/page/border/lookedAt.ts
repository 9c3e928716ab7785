/** What the page looked at, and what it did not: a reader of the border must see where it ends. */

import { isOnTestChain } from "../checks/chainMarks.ts";
import { hostOf } from "../checks/hostOf.ts";
import { replayIn } from "../checks/replayFault.ts";
import type { Checks } from "../checks/state.ts";
import { timeText } from "../frame/timeText.ts";

/** @param at the transition after which the run was looked at */
export function lookedAt(
  checks: Checks,
  at: number,
): { readonly seen: readonly string[]; readonly unseen: readonly string[] } {
  const { chain, report } = checks;
  const isReplayed = report !== undefined && replayIn(report, checks.shown).replayed >= at;
  const run = `this run up to transition ${at}: what came in, what went out, what its programs hold`;
  const seen = [isReplayed ? `${run}; the check of this page replayed it` : run];
  const unseen = isReplayed
    ? []
    : ["whether the rules allow what this run says: the check of this page has not got there"];
  if (chain?.report === undefined || chain.report === null || chain.crossing === null) {
    const why =
      chain?.failure ?? (chain === undefined ? "no node was asked; give one under Trust" : "the node is being asked");
    unseen.push(
      `the chain: ${why}`,
      "so it is not known: what the purses hold, which deposits and requests are open, whether any is late, whether the map is frozen",
    );
    return { seen, unseen };
  }
  const { block, blockTime, chainId, registry } = chain.report;
  seen.push(
    `registry ${registry} on chain ${chainId}, by ${hostOf(chain.node)}, as of block ${block}, ${timeText(blockTime)}`,
    "its events from the map's creation on: each open deposit and request, and each purse, was compared with its state",
  );
  unseen.push(
    `what happened after block ${block}, and whether that block is final: load the page again to ask anew`,
    "whether that chain and that registry are the ones that you mean: the manifest of this run names them",
    "the contracts of tokens and feeds: each is as good as its code",
  );
  if (isOnTestChain(chain)) unseen.push("whether anything here is of value: it is a test chain, which anybody can run");
  return { seen, unseen };
}
