/** The right by which a transition was allowed (docs/reference/protocol.md, section 4), in words. */

import { count } from "../../trace/describe/count.ts";
import { conditionName, type Names, rightNames, time } from "../../trace/describe/names.ts";
import { CELL, ENTRY_ID, GRACE, programOf } from "../../trace/layout.ts";
import { isEffect } from "../../trace/machine/rowShape.ts";
import type { Opened, Transition } from "../../trace/machine/transition.ts";
import { type CapabilityCell, unpackCell, type Words } from "../../trace/state/cells.ts";

/** The right, as a sentence without its full stop: "C holds the capability …". */
export function rightOf(t: Transition, names: Names): string {
  const right = bySort(t, names);
  return t.triggered && isEffect(t) ? `${right}; applied by a trigger` : right;
}

function bySort(t: Transition, names: Names): string {
  const actor = names.program(t.actor);
  const { S, X } = t.columns;
  switch (t.effect) {
    case "CreateProgram":
      return (t.argument.authority ?? 0n) === 0n
        ? `${actor} is an open program and may create open programs`
        : `any program may create a program with an authority; ${names.program(t.peer)} signs with ${t.argument.authority}`;
    case "RotateAuthority":
      return `${actor} sets its own authority: from the next batch on ${t.argument.authority}; ${signedSoFar(t)}`;
    case "Issue":
      return `${actor} is the issuer of ${names.kind(t.kind)}`;
    case "Retire":
    case "EscrowToProgram":
    case "Split":
    case "Merge":
      return `${actor} owns it outright`;
    case "DeclareEntry":
      return `it is the memory of ${actor}`;
    case "DelegateCapability":
      return t.authority === 0
        ? `a program may lend its own slots, and those where it has put things in escrow`
        : `it lends on no more than it was lent: ${capability(X, names)}`;
    case "Lineage":
      return `the capability in ${names.slot(t.authority)} was derived from the one in ${names.slot(t.source)}, which has not been revoked`;
    case "RevokeCapability":
    case "Clear":
      return `${actor} has this ${contents(X)} in its own memory`;
    case "ClaimFromProgram":
      return t.peer === t.actor ? accepted(t, names) : capability(t.columns.X, names);
    case "RevokeResource":
      return `${actor} put it there in escrow, and it is unclaimed${passed(t)}`;
    case "InvokeProgram": {
      const entry = `${names.program(t.peer)} declares the entry point ${names.selector(t.argument.selector ?? 0n)}`;
      return t.argument.guard === 1 ? `${entry}; ${capability(S, names)}` : `${entry} to every program`;
    }
    case "Pass":
      return `${actor} owns it outright, and the entry point of ${names.program(t.peer)} accepts ${names.kind(t.kind)}`;
    case "WatchResource":
      return `${t.peer === t.actor ? `it is a slot of ${actor}` : capability(X, names)}${rankOf(t.columns.D.after)}`;
    case "Unwatch":
      return `it is a watch of ${actor}`;
    case "Check":
      return `the watch of ${actor} on ${names.slot(t.source)} (${conditionName(t.argument.condition ?? 0)}) must be asked after every change${rankOf(X.before)}`;
    case "Trigger":
      return `the watch of ${actor} has fired, and its trigger is the digest of what follows`;
    case "JoinWith":
      return `${names.program(t.peer)} has made ${count(t.argument.steps ?? 0, "step")} or more`;
    case "Enter":
      return `it came in from the chain as ${entryText(t.resource)}, which its registry has on record`;
    case "Eject":
      return `${names.program(t.peer)} asked the chain for it, which its registry has on record`;
  }
}

/** The number under which the registry has what came in. */
function entryText(id: bigint): string {
  return `entry ${id - ENTRY_ID}`;
}

/** The right to claim a resource. */
function accepted(t: Transition, names: Names): string {
  const found = unpackCell(t.columns.S.before);
  if (found.type !== "resource") return "it is in escrow to the claimer";
  const by = `${names.program(found.escrowFrom)} put it there in escrow to ${names.program(t.actor)}`;
  if (found.deadline === 0) return by;
  if (t.at < found.deadline) return `${by}${until(found.deadline)}`;
  return `${by}, and did not take it back in the ${GRACE / 86_400} days after ${time(found.deadline)}`;
}

function passed(t: Transition): string {
  const found = unpackCell(t.columns.S.before);
  return found.type === "resource" && found.deadline !== 0 ? `; its deadline ${time(found.deadline)} has passed` : "";
}

/** The capability that a column holds, as it was found. */
function capability({ address, before }: Opened, names: Names): string {
  const cell = unpackCell(before);
  if (cell.type !== "capability") return "a capability";
  const { grantee, scope, rights, subject, expiry } = cell satisfies CapabilityCell;
  // The last cell of a line does not name the first grantor. Earlier rows opened all cells of the line.
  const grantor = cell.parent === 0 ? names.program(programOf(address)) : "the first of its line";
  const reach = scope === 0 ? `every slot of ${grantor}` : names.slot(scope);
  const only = subject === 0n ? "" : ` and resource ${subject} only`;
  const derived = cell.parent === 0 ? "" : `, derived from the one in ${names.slot(cell.parent)}`;
  const made = cell.nonce === 0 ? "in the genesis" : `in transition ${cell.nonce}`;
  return (
    `${names.program(grantee)} holds the capability in ${names.slot(address)}, granted by ${names.program(programOf(address))} ${made}${derived}, ` +
    `to ${rightNames(rights)} in ${reach}${only}${until(expiry)}`
  );
}

function signedSoFar({ columns }: Transition): string {
  const authority = columns.A.before[1];
  return authority === 0n ? "it was open until now" : `up to here ${authority}`;
}

/** The watch's position among several on one slot. They are asked in this order. */
function rankOf(words: Words): string {
  const cell = unpackCell(words);
  return cell.type === "watch" && cell.rank > 0 ? `; it is watch ${cell.rank + 1} on that slot` : "";
}

function contents({ before }: Opened): string {
  const type = Number(before[0] & 7n);
  if (type === CELL.capability) return "capability";
  return type === CELL.entry ? "entry point" : "watch";
}

function until(seconds: number): string {
  return seconds === 0 ? "" : ` until ${time(seconds)}`;
}
