/** An audit as text: a summary, the problems, and a paragraph for each transition. */
import { inOneLine } from "../trace/errors.ts";
import { isData } from "../trace/layout.ts";
import type { AuditReport } from "./audit.ts";
import { digestText, programText, time } from "./audit-names.ts";
import type { ProgramReport, SignatureReport } from "./audit-signatures.ts";
import type { Holding, OwnershipChange, TransitionReport } from "./audit-story.ts";
import { mapLines } from "./mapText.ts";

/** The report for people. Ends with a line break. */
export function renderAudit(report: AuditReport): string {
  const lines = asLines([
    ...summary(report),
    ...list("Problems", report.problems.map(problemLine)),
    ...list("Remarks", report.notes),
    ...list("Contracts", report.contracts.map(contractLine)),
    ...list("Failures", report.failures.map(failureLine)),
  ]);
  if (report.transitions.length > 0) lines.push("", "Transitions");
  for (const transition of report.transitions) lines.push(...transitionLines(transition));
  return `${lines.join("\n")}\n`;
}

/** Names are anybody's: they stay in their lines, and a terminal does not obey them. */
function asLines(lines: readonly string[]): string[] {
  return lines.map((line) => inOneLine(line));
}

function summary({ ok, scenario, counts, batches, chain, roots, programs, signatures }: AuditReport): string[] {
  const lines = [
    `Audit${scenario === "" ? "" : ` of ${scenario}`}: ${ok ? "in order" : "NOT in order"}`,
    `  ${counts.transitions} transitions, ${counts.proven} of them proven, in ${batches.length} batches`,
    `  root at the beginning ${roots.genesis ?? "unknown"}`,
    `  root at the end       ${roots.end ?? "unknown"}`,
  ];
  lines.push(...programs.map(programLine));
  for (const { firstSeq, lastSeq, notBefore, until, profile, keyKind, ok: valid } of batches) {
    const when = `${time(notBefore)} to ${time(until)}`;
    lines.push(
      `  batch ${firstSeq}..${lastSeq}: ${valid ? "valid" : "NOT valid"}, ${profile}, ${keyKind} key, ${when}`,
    );
  }
  lines.push(...signatures.map(signatureLine));
  if (chain !== null) {
    lines.push(
      `  chain ${chain.chainId}, registry ${chain.registry}: head at transition ${chain.head.seq}, ${time(chain.head.time)}`,
    );
    lines.push(...mapLines(chain).map((line) => `  ${line}`));
    for (const { firstSeq, lastSeq, transaction } of chain.accepted) {
      lines.push(`  batch ${firstSeq}..${lastSeq} accepted in ${transaction}`);
    }
  }
  return lines;
}

function programLine({ program, name, authority }: ProgramReport): string {
  const who = name === null ? `program ${program}` : `program ${program}, ${name}`;
  return `  ${who}: ${authority === null ? "open: whoever runs the map may act in its name" : `signs with ${authority}`}`;
}

function signatureLine({ firstSeq, lastSeq, signer, status, validUntil }: SignatureReport): string {
  const how = validUntil === null ? status : `${status}, to be used until ${time(validUntil)}`;
  return `  signature of ${programText(signer)} over ${firstSeq}..${lastSeq}: ${how}`;
}

function problemLine({ kind, where, message, field }: AuditReport["problems"][number]): string {
  const said = message.startsWith(field) ? message : `${field} ${message}`;
  return `${kind === "unfinished" ? "unfinished: " : ""}${where}: ${said}`;
}

function contractLine({ seq, task, name, part, clause, held }: AuditReport["contracts"][number]): string {
  return `after ${seq}, ${task}: ${name} ${part} "${clause}": ${held ? "held" : "did NOT hold"}`;
}

function failureLine({ seq, task, reason, consequence }: AuditReport["failures"][number]): string {
  return `after ${seq}, ${task}: ${reason}; ${consequence}`;
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ["", title, ...items.map((item) => `  - ${item}`)];
}

/** The paragraph about one transition. */
export function transitionLines(t: TransitionReport): string[] {
  const peer = t.peer === null || t.peer.program === t.actor.program ? "" : ` → ${programText(t.peer)}`;
  const group = t.group === 0 ? "" : `, group ${t.group}`;
  const lines = [
    `  ${t.seq}. ${t.effect}  ${programText(t.actor)}${peer}  (${time(t.at)}${group}${t.bundle === null ? ", not proven" : ""})`,
    `     programs: ${t.programs.map(programText).join(", ")}`,
  ];
  for (const change of t.changes) lines.push(`     ownership: ${changeText(change)}`);
  if (t.fired !== null) {
    lines.push(`     fired: ${programText(t.fired.program)}'s watch in slot ${t.fired.slot} (${t.fired.condition})`);
  }
  lines.push(
    `     by right: ${t.right}`,
    `     after: ${t.after.map((seq) => (seq === 0 ? "genesis" : `${seq}`)).join(", ")}`,
  );
  return asLines(lines);
}

function changeText({ resource, kind, from, to }: OwnershipChange): string {
  const amount = to?.quantity ?? from?.quantity ?? "0";
  const name = kind.name ?? `of kind ${kind.kind}`;
  const what = isData(BigInt(kind.kind))
    ? `${name} (digest ${digestText(BigInt(amount))}, resource ${resource})`
    : `${amount} ${name} (resource ${resource})`;
  if (from === null) return `${what} made in ${to === null ? "nothing" : holdingText(to)}`;
  if (to === null) return `${what} gone from ${holdingText(from)}`;
  const had = from.quantity === to.quantity ? "" : ` (had ${from.quantity})`;
  return `${what}${had}: ${holdingText(from)} → ${holdingText(to)}`;
}

function holdingText({ owner, slot, escrowFrom, deadline }: Holding): string {
  const place = `${programText(owner)}'s slot ${slot}`;
  if (escrowFrom === null) return place;
  return `${place}, in escrow from ${programText(escrowFrom)}${deadline === null ? "" : ` until ${time(deadline)}`}`;
}
