/** The things of a state in words: one line each, without a full stop. */
import { count } from "../describe/count.ts";
import { type Names, signerText, time } from "../describe/names.ts";
import type { AllowedUse } from "./allowed.ts";
import type { CapabilityReport } from "./capabilityReport.ts";
import type { EscrowRight, ResourceReport } from "./resourceReport.ts";
import type { EntryReport, ProgramState } from "./state.ts";
import type { WatchReport } from "./watchReport.ts";

/** "A (program 2), open, 4 effects of its own, clock 14, takes deposits from slot 16 on; made in transition 1". */
export function programWords(program: ProgramState, names: Names): string {
  const { authority, inbox, steps, clock, made } = program;
  const key = signerText(authority);
  const deposits = inbox === null ? "takes no deposits" : `takes deposits from slot ${inbox} on`;
  const effects = `${count(steps, "effect")} of its own`;
  return `${names.program(program.program)}, ${key}, ${effects}, clock ${clock}, ${deposits}; ${madeIn(made)}`;
}

/** "100 Gold (kind 4294967297), resource 5, in slot 1 of A (program 2)". */
export function resourceWords({ resource, kind, quantity, slot, escrow }: ResourceReport, names: Names): string {
  const from = escrow === null ? "" : `, in escrow from ${names.program(escrow.from.program)}`;
  const what = names.amount(BigInt(quantity), BigInt(kind.kind));
  return `${what}, resource ${resource}, in ${names.slot(slot.address)}${from}`;
}

const MAY: Readonly<Record<EscrowRight["may"], string>> = {
  claim: "claim it",
  "claim-in-place": "claim it in place",
  "take-back": "take it back",
};

/** "B (program 3) may claim it until 2027-01-01T00:00:00Z". */
export function escrowRightWords({ program, may, now, from, until }: EscrowRight, names: Names): string {
  const who = names.program(program.program);
  return `${who} ${now ? "may" : from === null ? "might" : "may not yet"} ${MAY[may]}${bounds(from, until)}`;
}

/**
 * "the entry point "pay" (selector 12) in slot 10 of B (program 2), for anybody, with 2 resources of …, 60 or more".
 */
export function entryWords(entry: EntryReport, names: Names): string {
  const { slot, selector, nargs, accepts, minimum, guarded } = entry;
  const who = guarded ? "holders of a capability" : "anybody";
  const things = count(nargs, "resource");
  const passed = accepts === null || nargs === 0 ? "" : `, with ${things} of ${names.kind(BigInt(accepts.kind))}`;
  const least = nargs === 0 ? "" : `, ${minimum} in all or more`;
  return `the entry point ${names.selector(BigInt(selector))} in ${names.slot(slot.address)}, for ${who}${passed}${least}`;
}

const OVER: Readonly<Record<CapabilityReport["status"], string>> = {
  live: "may",
  ended: "might until its end",
  cut: "might until its parent was revoked",
  revoked: "might before it was revoked",
};

/** "C (program 4) may claim in slot 16 of B (program 3), any resource, until …; capability in slot 3 of …". */
export function capabilityWords(capability: CapabilityReport, names: Names): string {
  const { slot, grantee, rights, scope, root, subject, expiry, status } = capability;
  const what = subject === null ? "any resource" : `resource ${subject} only`;
  const every = root === null ? "every slot that its line covers" : `every slot of ${names.program(root.program)}`;
  const where = scope === null ? every : names.slot(scope.address);
  const allowed = rights.length === 0 ? "do nothing" : rights.join(" and ");
  const who = `${names.program(grantee.program)} ${OVER[status]}`;
  const lies = `capability in ${names.slot(slot.address)}, ${madeIn(capability.made)}`;
  return `${who} ${allowed} in ${where}, ${what}${bounds(null, expiry)}; ${lies}`;
}

/** "claim resource 5 in slot 16 of B (program 3), from … on". */
export function allowedWords({ right, slot, resource, from }: AllowedUse, names: Names): string {
  const where = slot === null ? "every slot that it covers" : names.slot(slot.address);
  const when = bounds(from, null);
  switch (right) {
    case "claim":
      return `claim resource ${resource} in ${where}${when}`;
    case "invoke":
      return `call the entry point in ${where}${when}`;
    case "watch":
      return `watch ${where}${when}`;
    case "delegate":
      return `lend on what it allows in ${where}${when}`;
  }
}

/** "watch in slot 5 of C (program 4) on slot 19 of B (program 3), for arrival of Silver (kind 4294967297): armed". */
export function watchWords(watch: WatchReport, names: Names): string {
  const { slot, target, set, status, fired, applied } = watch;
  const events = [
    `set in transition ${set}`,
    ...(fired === null ? [] : [`fired in ${fired}`]),
    ...(applied === null ? [] : [`trigger applied in ${applied}`]),
  ];
  const where = `watch in ${names.slot(slot.address)} on ${names.slot(target.address)}`;
  return `${where}, for ${conditionWords(watch, names)}: ${status}; ${events.join(", ")}`;
}

/** "more than 60 of Gold (kind 4294967297)", "arrival of any kind". */
export function conditionWords({ condition, kind, threshold }: WatchReport, names: Names): string {
  const what = kind === null ? "any kind" : names.kind(BigInt(kind.kind));
  if (threshold === null) return `${condition} of ${what}`;
  return `${condition === "above" ? "more" : "less"} than ${threshold} of ${what}`;
}

/** "made in transition 9", "of the genesis". */
export function madeIn(seq: number): string {
  return seq === 0 ? "of the genesis" : `made in transition ${seq}`;
}

function bounds(from: number | null, until: number | null): string {
  return `${from === null ? "" : `, from ${time(from)} on`}${until === null ? "" : `, until ${time(until)}`}`;
}
