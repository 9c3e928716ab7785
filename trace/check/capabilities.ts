/** Finds capabilities that allow more than an earlier one, never end, or are never used. */

import { rightNames } from "../describe/names.ts";
import { programOf, RIGHT } from "../layout.ts";
import { capabilityIn } from "../machine/rules/lineage.ts";
import type { Transition } from "../machine/transition.ts";
import { type CapabilityCell, unpackCell } from "../state/cells.ts";
import { type Checked, type Finding, inOrder, Telling } from "./finding.ts";
import { tokensOf } from "./tokens.ts";

/** A capability that lasts longer than this counts as endless, in seconds: ten years. */
export const HORIZON = 315_360_000;

/** A capability's life, from the row that made it to the row that ended it. */
interface Loan {
  cell: CapabilityCell;
  address: number;
  made: Transition;
  ended: Transition | undefined;
  used: boolean;
  /** It was used only to take locks, and is meant to last as long as they do. */
  locks: boolean;
}

export function findLoans({ groups, manifest }: Checked): Finding[] {
  const loans = loansOf(groups.flat());
  const telling = new Telling(manifest);
  const found: Finding[] = [];
  for (const [i, loan] of loans.entries()) {
    const endless = loan.ended === undefined && !loan.locks ? endlessness(loan, telling) : null;
    if (endless !== null) found.push(endless);
    const narrow = loans.slice(0, i).findLast((other) => widens(other, loan));
    if (narrow !== undefined) found.push(widened(narrow, loan, telling));
    if (!loan.used && loan.ended === undefined) found.push(unused(loan, telling));
  }
  return found;
}

function loansOf(transitions: readonly Transition[]): Loan[] {
  const loans: Loan[] = [];
  const tokens = tokensOf(transitions);
  const live = new Map<number, Loan>();
  for (const t of transitions) {
    const used = live.get(capabilityIn(t));
    if (used !== undefined) {
      const takes = t.effect === "ClaimFromProgram" && tokens.has(t.resource);
      used.locks = takes && (used.locks || !used.used);
      used.used = true;
    }
    if (t.effect === "DelegateCapability") {
      const cell = unpackCell(t.columns.D.after);
      if (cell.type !== "capability") continue;
      const loan: Loan = { cell, address: t.destination, made: t, ended: undefined, used: false, locks: false };
      loans.push(loan);
      live.set(t.destination, loan);
    } else if (t.effect === "RevokeCapability") {
      const loan = live.get(t.authority);
      if (loan !== undefined) loan.ended = t;
      live.delete(t.authority);
    }
  }
  return loans;
}

function endlessness({ cell, address, made }: Loan, telling: Telling): Finding | null {
  const { rights, scope, subject, expiry } = cell;
  const late = expiry > made.at + HORIZON;
  if (expiry !== 0 && !late) return null;
  const everything = scope === 0 && subject === 0n;
  const takes = (rights & RIGHT.claim) !== 0 && everything;
  const lends = (rights & RIGHT.delegate) !== 0;
  const dangers = [
    ...(takes ? ["to claim everything that its grantor owns, now or later"] : []),
    ...(lends ? ["to lend it on to any program"] : []),
  ];
  const when = expiry === 0 ? "never ends" : `ends more than ${HORIZON / 31_536_000} years later`;
  const right = dangers.length === 0 ? `to ${rightNames(rights)}` : dangers.join(" and ");
  return {
    ...about("capability-endless", dangers.length === 0 ? "info" : "warning", [made], cell, address),
    message: `the right that ${telling.transition(made)} made ${when} and is not revoked: ${telling.names.program(cell.grantee)} may go on ${right}`,
    suggestion:
      "Give it an expiry, or revoke it (RevokeCapability) once it has done its work; lend one slot rather than all.",
  };
}

/**
 * Whether the later one allows the same grantee strictly more, in rights, reach or subject. One that only lasts longer
 * is a renewal.
 */
function widens(before: Loan, after: Loan): boolean {
  const [a, b] = [before.cell, after.cell];
  if (programOf(before.address) !== programOf(after.address) || a.grantee !== b.grantee) return false;
  // A delegated capability is bounded by its parent, so it is compared only with others of the same parent.
  if (a.parent !== b.parent) return false;
  const covers =
    (a.rights & ~b.rights) === 0 &&
    (b.scope === 0 || b.scope === a.scope) &&
    (b.subject === 0n || b.subject === a.subject);
  return covers && (a.rights !== b.rights || a.scope !== b.scope || a.subject !== b.subject);
}

function widened(narrow: Loan, wide: Loan, telling: Telling): Finding {
  const [a, b] = [narrow.cell, wide.cell];
  const more = [
    ...(a.rights === b.rights ? [] : [`the right to ${rightNames(b.rights & ~a.rights)}`]),
    ...(a.scope === b.scope ? [] : [`all slots instead of ${telling.names.slot(a.scope)}`]),
    ...(a.subject === b.subject ? [] : [`any resource instead of resource ${a.subject}`]),
  ];
  return {
    ...about("capability-widened", "warning", [narrow.made, wide.made], b, wide.address),
    message: `${telling.transition(wide.made)} lends more than ${telling.transition(narrow.made)} had: ${more.join(", ")}`,
    suggestion:
      "Lend the missing rights as a separate capability, as narrow as the first, or lend all of them once from the start.",
  };
}

function unused({ cell, address, made }: Loan, telling: Telling): Finding {
  return {
    ...about("capability-unused", "info", [made], cell, address),
    message: `the right that ${telling.transition(made)} made is never used, and still there`,
    suggestion: "Revoke it, or do not lend it before it is needed.",
  };
}

function about(
  id: string,
  severity: Finding["severity"],
  made: readonly Transition[],
  { grantee }: CapabilityCell,
  address: number,
) {
  const transitions = inOrder(made.map(({ seq }) => seq));
  return { id, severity, transitions, programs: inOrder([programOf(address), grantee]) };
}
