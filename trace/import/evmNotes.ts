/** The report of an import in sentences, for the manifest and later for an audit. */

import { count } from "../describe/count.ts";
import { quoted } from "../describe/names.ts";
import type { EvmReport } from "./evmReport.ts";
import { ISSUER } from "./names.ts";

/**
 * @param known addresses that a frame creates although they had taken part before
 * @param withWei whether wei are moved at all
 */
export function notesOf(report: EvmReport, known: readonly string[], withWei: boolean): string[] {
  return [
    ...ofTime(report),
    ...ofChain(report),
    ...ofLosses(report),
    ...ofGenesis(report, known, withWei),
    ...ofTokens(report),
    ...ofReverted(report),
  ];
}

function ofTime(report: EvmReport): string[] {
  const notes: string[] = [];
  if (report.timestamp === null) notes.push(`The call tree has no time; every transition is at ${report.at}.`);
  if (report.transactionReverted) {
    notes.push("The transaction was reverted as a whole, so there are no transitions.");
  }
  return notes;
}

/** The comparison with the chain, in sentences. */
function ofChain({ chain }: EvmReport): string[] {
  if (chain === null) {
    return ["The call tree came without a receipt: status and balances were not compared with the chain."];
  }
  const notes = [`Compared with the receipt of ${chain.transaction} in block ${chain.block}.`];
  if (chain.status === null)
    notes.push("The receipt has no status, as before Byzantium: the call tree alone says what failed.");
  notes.push(...chain.remarks);
  const { balances } = chain;
  if (balances === null) {
    notes.push(`The balances were not compared: ${quoted(chain.noBalances ?? "it does not say why")}.`);
    return notes;
  }
  for (const { address, imported, chain: real, why } of balances.differ) {
    notes.push(`Differs from the chain: ${address} changes by ${imported} wei here and by ${real} there; ${why}.`);
  }
  const agree = balances.differ.length === 0 ? "all agree" : `${balances.differ.length} differ`;
  notes.push(`Changes of ${balances.compared} balances were compared with the chain: ${agree}.`);
  for (const what of balances.excluded) notes.push(`Left out of that comparison: ${what}`);
  return notes;
}

function ofLosses({ burnt, unknown, leftOut }: EvmReport): string[] {
  return [
    ...burnt.map(({ path, address, value }) => {
      const when =
        path === null ? "when the transaction ended, after it had ended itself" : `in ${path}, ended for itself`;
      return `Burnt: ${value} wei of ${address}, ${when}.`;
    }),
    ...unknown.map((what) => `Not known: ${what}`),
    ...leftOut,
  ];
}

function ofGenesis(report: EvmReport, known: readonly string[], withWei: boolean): string[] {
  const notes: string[] = [];
  for (const [who, wei] of Object.entries(report.openingBalances)) {
    notes.push(`Assumed in the genesis: ${who} has ${wei} wei, the least that makes its transfers possible.`);
  }
  if (withWei) notes.push(`Assumed in the genesis: the program "${ISSUER}", which issues wei and takes no part.`);
  for (const { address, selector, payable } of report.entryPoints) {
    notes.push(
      `Assumed in the genesis: ${address} declares ${selector}, called ${payable ? "with" : "without"} value.`,
    );
  }
  for (const who of known) {
    notes.push(`Assumed in the genesis: ${who}, which is created later but took part, or had wei, before.`);
  }
  return notes;
}

function ofTokens({
  tokens,
  tokensCompared,
  tokenOpenings,
  tokensRefused,
  approvals,
  priorApprovals,
  unplacedEvents,
}: EvmReport) {
  const notes = tokenOpenings.map(({ address, token, amount }) => {
    return `Assumed in the genesis: ${address} has ${amount} of ${token}, the least that makes its transfers possible.`;
  });
  for (const { token, owner, spender } of priorApprovals) {
    notes.push(`Assumed in the genesis: ${owner} has approved ${spender} for ${token}.`);
  }
  for (const [token, why] of Object.entries(tokensRefused)) notes.push(`Not imported: token ${token}: ${why}.`);
  if (tokens.transfers > 0 && !tokensCompared) {
    notes.push("The tokens' events were not compared with their balances: no node was asked, or it does not tell.");
  }
  if (tokens.transfers > 0) {
    notes.push(`${tokens.imported} of ${count(tokens.transfers, "transfer")} of tokens imported.`);
  }
  if (approvals.without > 0) {
    notes.push(
      `Moved by another than the owner without an approval on record: ${count(approvals.without, "transfer")}.`,
    );
  }
  if (unplacedEvents > 0) {
    notes.push(
      `The place among the calls is not known of ${count(unplacedEvents, "event")}: at the end of their frame.`,
    );
  }
  return notes;
}

function ofReverted(report: EvmReport): string[] {
  return report.reverted.map(({ path, type, from, to, selector, value, error }) => {
    const why = error === null ? "with the call around it" : `with ${quoted(error)}`;
    const where = path === "" ? "The transaction" : path;
    const what = `${type} of ${selector} from ${from} to ${to ?? "nowhere"}`;
    return `Reverted, no transition: ${where}, ${what}, ${value} wei, ${why}.`;
  });
}
