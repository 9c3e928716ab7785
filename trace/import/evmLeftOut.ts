/** Lists what an import leaves out, by sort: logs, calls that the tree does not show, transfers beside the frames. */

import { quoted } from "../describe/names.ts";
import { type Answer, mayHideCalls } from "./evmAnswer.ts";
import { readTransfers, type Transfer } from "./evmBalances.ts";
import { asList } from "./evmFields.ts";
import type { Frame } from "./evmFrames.ts";
import { type Log, OTHER_LOG, sameLogs, sortOf } from "./evmLogs.ts";
import type { Receipt } from "./evmReceipt.ts";
import { tokenEvents } from "./tokens/events.ts";

/** Sorts beside those of logs and frames, as counted. */
const HIDDEN_CALLS = "contract without its calls";
const CHAIN_TRANSFER = "transfer beside the frames";
/** Members in which Arbitrum lists transfers beside the frames. */
const BESIDE = ["beforeEVMTransfers", "afterEVMTransfers"] as const;
/** Most addresses that a sentence names. */
const NAMED = 5;

export interface LeftOut {
  counts: Readonly<Record<string, number>>;
  /** In sentences. */
  notes: readonly string[];
  transfers: readonly Transfer[];
}

export function leftOut({ root, topCallOnly }: Answer, frames: readonly Frame[], receipt: Receipt | null): LeftOut {
  const counts: Record<string, number> = {};
  const notes: string[] = [];
  const live = frames.filter(({ fate }) => fate !== "reverted");
  const shown = live.flatMap(({ logs }) => logs);
  const logs = receipt?.logs ?? shown;
  for (const [sort, addresses] of bySort(logs)) {
    counts[sort] = addresses.length;
    const what = sort === OTHER_LOG ? "that are no transfers of tokens, " : "";
    notes.push(`Not imported: ${addresses.length} × ${sort}, ${what}of ${someOf(addresses)}.`);
  }
  if (shown.length > 0 && !sameLogs(shown, logs)) {
    notes.push(
      `The receipt has ${logs.length} logs, and the call tree ${shown.length} that are not the same: ` +
        "a frame may have failed unmarked.",
    );
  }
  const silent = hiddenEmitters(live, logs);
  for (const address of silent) {
    notes.push(`Not imported: calls of ${address}, which logged something, but runs in no frame of the tree.`);
  }
  const reverted = frames[0]?.fate === "reverted";
  if (topCallOnly && !reverted) {
    notes.push("Not imported: the inner calls. The tree was asked for without them (onlyTopCall).");
  } else if (receipt === null && silent.length === 0 && !reverted && mayHideCalls(root)) {
    notes.push(
      "The tree shows no inner call, though code ran: if it was asked for without them (onlyTopCall), " +
        "they are missing here.",
    );
  }
  const hidden = Math.max(silent.length, topCallOnly && !reverted ? 1 : 0);
  if (hidden > 0) counts[HIDDEN_CALLS] = hidden;
  const transfers = BESIDE.flatMap((name) => readTransfers(name, asList(name, root[name], "transfers")));
  if (transfers.length > 0) counts[CHAIN_TRANSFER] = transfers.length;
  for (const { purpose, from, to, wei } of transfers) {
    notes.push(
      `Not imported: ${wei} wei beside the frames, from ${from ?? "the chain"} to ${to ?? "the chain"} (${quoted(purpose)}).`,
    );
  }
  return { counts, notes, transfers };
}

/** The addresses that logged, for each sort of log. */
function bySort(logs: readonly Log[]): Map<string, string[]> {
  const sorts = new Map<string, string[]>();
  for (const log of logs) {
    // Transfers and approvals are imported, or counted with the tokens.
    if (tokenEvents(log).length > 0) continue;
    const sort = sortOf(log);
    const addresses = sorts.get(sort) ?? [];
    sorts.set(sort, addresses);
    addresses.push(log.address);
  }
  return sorts;
}

/** Addresses that logged although no effective frame runs in them. */
function hiddenEmitters(live: readonly Frame[], logs: readonly Log[]): string[] {
  const running = new Set<string | null>();
  for (const { type, from, to } of live) running.add(type === "DELEGATECALL" || type === "CALLCODE" ? from : to);
  return [...new Set(logs.map(({ address }) => address))].filter((address) => !running.has(address));
}

function someOf(addresses: readonly string[]): string {
  const all = [...new Set(addresses)];
  const more = all.length - NAMED;
  return all.slice(0, NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
