/** An audit as text: a summary, the problems, the unproven statements, and a paragraph for each transition. */

import { chainLines } from "../../trace/chain/story.ts";
import { count, span } from "../../trace/describe/count.ts";
import { called, digestText, programText, quoted, signerText, time } from "../../trace/describe/names.ts";
import { differenceText } from "../../trace/describe/ownNames.ts";
import { unitLine } from "../../trace/describe/units.ts";
import { inOneLine } from "../../trace/errors.ts";
import { isData } from "../../trace/layout.ts";
import { mapLines } from "../map/mapText.ts";
import type { AuditReport } from "./auditReport.ts";
import type { ProgramReport, SignatureReport } from "./signatures.ts";
import type { Holding, OwnershipChange, TransitionReport } from "./transitionReport.ts";

/** The report for people. Ends with a line break. */
export function renderAudit(report: AuditReport): string {
  return `${[...auditLines(report)].join("\n")}\n`;
}

/** The same line by line. */
export function* auditLines(report: AuditReport): Generator<string> {
  const of = (kind: "wrong" | "unfinished") => report.problems.filter((one) => one.kind === kind).map(problemLine);
  const lines = asLines([
    ...summary(report),
    ...list("Problems", of("wrong")),
    ...list("Still to do", of("unfinished")),
    ...list("Remarks", report.notes),
    ...notProvenLines(report),
  ]);
  if (report.shown !== null && (report.shown.of > 0 || report.since === null))
    lines.push(...asLines(["", `Transitions: ${shownText(report.shown)}`]));
  else if (report.transitions.length > 0) lines.push("", "Transitions");
  yield* lines;
  for (const transition of report.transitions) yield* transitionLines(transition);
}

/** Most characters of one thing asked for: a hash has 66. */
const LONGEST_ASKED = 80;

/** "3 of 15 shown, by program A, from 4; all 15 were checked", and how to see more if there is more. */
export function shownText({ transitions, of, matching, filter }: NonNullable<AuditReport["shown"]>): string {
  const { programs = [], resources = [], kinds = [], from, to, transactions = [], fromBlock, toBlock } = filter;
  const either = (what: string, asked: readonly string[]): string[] =>
    asked.length === 0 ? [] : [`${what} ${asked.map((one) => quoted(one, LONGEST_ASKED)).join(" or ")}`];
  const by = [
    ...either("program", programs),
    ...either("resource", resources),
    ...either("kind", kinds),
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(to === undefined ? [] : [`to ${to}`]),
    ...either("transaction", transactions),
    ...(fromBlock === undefined ? [] : [`from block ${fromBlock}`]),
    ...(toBlock === undefined ? [] : [`to block ${toBlock}`]),
  ];
  const how = by.length === 0 ? "" : `, by ${by.join(", ")}`;
  const rest = matching - transitions;
  const more = rest === 0 ? "" : `; ${rest} more match: --all shows them, --from and --to a part of them`;
  return `${transitions} of ${of} shown${how}; all ${of} were checked${more}`;
}

/** Names are untrusted text: line breaks and control characters in them are escaped. */
function asLines(lines: readonly string[]): string[] {
  return lines.map((line) => inOneLine(line));
}

const HEADS: Readonly<Record<AuditReport["state"], string>> = {
  "in order": "in order by its numbers; names and notes are not proven",
  unfinished: "unfinished: no fault in its numbers, but work is left; names and notes are not proven",
  wrong: "NOT in order",
};

/** Most lines about programs, batches or signatures; of more, the first and the last ones are shown. */
const MOST_LINES = 200;

function some<T>(what: string, all: readonly T[], line: (one: T) => string): string[] {
  if (all.length <= MOST_LINES) return all.map(line);
  const half = MOST_LINES / 2;
  const left = `  … ${all.length - MOST_LINES} more ${what}; --json has all`;
  return [...all.slice(0, half).map(line), left, ...all.slice(-half).map(line)];
}

function summary(report: AuditReport): string[] {
  const { state, counts, batches, chain, roots, programs, signatures, since } = report;
  const lines = [
    `Audit: ${HEADS[state]}`,
    `  ${count(counts.transitions, "transition")}, ${counts.proven} of them proven, in ${count(batches.length, "batch")}`,
    `  root at the beginning ${roots.genesis ?? "unknown"}`,
    `  root at the end       ${roots.end ?? "unknown"}`,
  ];
  if (since !== null) lines.push(...sinceLines(report, since));
  lines.push(...replayLines(report));
  lines.push(...some("programs", programs, programLine));
  lines.push(...some("batches", batches, batchLine));
  lines.push(...some("signatures", signatures, signatureLine));
  if (chain !== null) {
    lines.push(
      `  chain ${chain.chainId}, registry ${chain.registry}: head at transition ${chain.head.seq}, ${time(chain.head.time)}`,
    );
    lines.push(...mapLines(chain).map((line) => `  ${line}`));
    const accepted = ({ firstSeq, lastSeq, transaction }: (typeof chain.accepted)[number]): string =>
      `  batch ${firstSeq}..${lastSeq} accepted in ${transaction}`;
    lines.push(...some("accepted batches", chain.accepted, accepted));
  }
  return lines;
}

function batchLine({
  firstSeq,
  lastSeq,
  notBefore,
  until,
  profile,
  keyKind,
  ok,
}: AuditReport["batches"][number]): string {
  const when = `${time(notBefore)} to ${time(until)}`;
  return `  batch ${firstSeq}..${lastSeq}: ${ok ? "valid" : "NOT valid"}, ${profile}, ${keyKind} key, ${when}`;
}

/** What was looked at now, and what was taken from the earlier audit. */
function sinceLines({ counts }: AuditReport, { seq, taken }: NonNullable<AuditReport["since"]>): string[] {
  const now = counts.transitions > seq ? span("transition", seq + 1, counts.transitions) : "no transition";
  return [`  looked at now: ${now}; the rest is from an earlier audit:`, ...taken.map((line) => `  - ${line}`)];
}

function replayLines({ replay: { threads, pieces, note } }: AuditReport): string[] {
  if (pieces > 1) return [`  replayed in ${pieces} pieces on ${count(threads, "thread")}`];
  return note === null ? [] : [`  replayed on one thread: ${note}`];
}

function programLine({ authority, ...ref }: ProgramReport): string {
  const who = authority === null ? "open: the operator of the map may act in its name" : signerText(authority);
  return `  ${programText(ref)}: ${who}`;
}

function signatureLine({ firstSeq, lastSeq, signer, status, validUntil }: SignatureReport): string {
  const how = validUntil === null ? status : `${status}, to be used until ${time(validUntil)}`;
  return `  signature of ${programText(signer)} over ${firstSeq}..${lastSeq}: ${how}`;
}

/** A problem in one line, without a full stop. */
export function problemLine({ where, message, field }: AuditReport["problems"][number]): string {
  return `${where}: ${message.startsWith(field) ? message : `${field} ${message}`}`;
}

/** Number of characters shown of a foreign note. */
const LONGEST_NOTE = 400;

/** Unproven statements, in a section of their own and quoted, so that they are not mistaken for the audit's. */
function notProvenLines(report: AuditReport): string[] {
  const { scenario, names, manifestNotes, contracts, failures } = report;
  const said = (note: string): string => quoted(note, LONGEST_NOTE);
  const theirs = [
    ...(scenario === "" ? [] : [`scenario ${quoted(scenario)}`]),
    ...manifestNotes.map((note) => `note ${said(note)}`),
    ...contracts.map(({ seq, task, name, part, clause, held }) => {
      const what = `${quoted(name)} ${part} ${said(clause)}: ${held ? "held" : "did NOT hold"}`;
      return `contract, after ${seq}, task ${quoted(task)}: ${what}`;
    }),
    ...failures.map(({ seq, task, reason, consequence }) => {
      return `failure, after ${seq}, task ${quoted(task)}: ${said(reason)}; ${said(consequence)}`;
    }),
  ];
  const manifests = "manifest.json: ask the owners for their numbers, or give your own with --names";
  const where = report.names.addressesFrom;
  const addresses = `Which program is which address says ${where}, and no proof covers it.`;
  return [
    "",
    "Not proven",
    "  No proof covers notes, or names of programs, kinds and slots: their writers chose them. Rely on the numbers.",
    `  Names are those of ${names.own ? `your file ${quoted(names.from)}` : manifests}.`,
    ...names.differences.map((difference) => `  - ${differenceText(difference)}`),
    ...(where === undefined ? [] : [`  ${addresses}`]),
    ...blocksLines(report),
    ...(theirs.length === 0 ? [] : ["  manifest.json also says:"]),
    ...theirs.map((line) => `  - ${line}`),
  ];
}

/** What is told from `blocks.jsonl`, and what the units stand for. */
function blocksLines({ blocks, units }: AuditReport): string[] {
  if (blocks === undefined) return [];
  const { chainId, from, to, transactions } = blocks;
  const of = from === null ? "no block" : `blocks ${from} to ${to}, ${count(transactions, "transaction")}`;
  return [
    `  Blocks, transactions and approvals are told by blocks.jsonl (chain ${chainId}, ${of}); no proof covers that file.`,
    ...(units === undefined || units.length === 0 ? [] : ["  Units are what contracts say of themselves:"]),
    ...(units ?? []).map((unit) => `  - ${unitLine({ ...unit, label: unit.unit, tokenLabel: unit.unit })}`),
  ];
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ["", title, ...items.map((item) => `  - ${item}`)];
}

/**
 * The paragraph about one transition. It shows the whole request at any length, because a signature covers it.
 */
export function transitionLines(t: TransitionReport): string[] {
  const lines = t.chain === undefined ? [] : chainLines(t.chain).map((line) => `     ${line}`);
  lines.push(`     programs: ${t.programs.map(programText).join(", ")}`);
  for (const change of t.changes) lines.push(`     ownership: ${changeText(change)}`);
  if (t.fired !== null) {
    lines.push(
      `     fired: the watch in slot ${t.fired.slot} of ${programText(t.fired.program)} (${t.fired.condition})`,
    );
  }
  if (t.vouchedBy !== undefined)
    lines.push(
      `     observed: the number is of something outside the map; the key of ${programText(t.vouchedBy)} alone vouches for it`,
    );
  lines.push(
    `     by right: ${t.right}`,
    `     after: ${t.after.map((seq) => (seq === 0 ? "genesis" : `${seq}`)).join(", ")}`,
  );
  return [...requestLines(t), ...asLines(lines)];
}

/** The beginning of the paragraph: what was asked for, and when. */
export function requestLines(
  t: Pick<TransitionReport, "seq" | "group" | "at" | "effect" | "asks" | "bundle">,
): string[] {
  const group = t.group === 0 ? "" : `, group ${t.group}`;
  const head = `  ${t.seq}. ${t.effect}  (${time(t.at)}${group}${t.bundle === null ? ", not proven" : ""})`;
  return [head, ...t.asks.map((line) => `     ${line}`)];
}

/** What became of a resource, without a full stop. */
export function changeText({ resource, kind, from, to }: OwnershipChange): string {
  const amount = to?.quantity ?? from?.quantity ?? "0";
  const told = to ?? from;
  const name =
    kind.name === null
      ? `of kind ${kind.label} of ${programText(kind.issuer)}`
      : `${called(kind.name)} (kind ${kind.kind})`;
  const what = isData(BigInt(kind.kind))
    ? `${name} (digest ${digestText(BigInt(amount))}, resource ${resource})`
    : told?.amount === undefined
      ? `${amount} ${name} (resource ${resource})`
      : `${told.amount} ${told.unit} (${amount} of kind ${kind.kind}, resource ${resource})`;
  if (from === null) return `${what} made in ${to === null ? "nothing" : holdingText(to)}`;
  if (to === null) return `${what} gone from ${holdingText(from)}`;
  const had = from.quantity === to.quantity ? "" : ` (had ${from.amount ?? from.quantity})`;
  return `${what}${had}: ${holdingText(from)} → ${holdingText(to)}`;
}

function holdingText({ owner, slot, escrowFrom, deadline }: Holding): string {
  const place = `slot ${slot} of ${programText(owner)}`;
  if (escrowFrom === null) return place;
  return `${place}, in escrow from ${programText(escrowFrom)}${deadline === null ? "" : ` until ${time(deadline)}`}`;
}
