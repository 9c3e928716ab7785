/** Rules of capabilities: who may use one, for which right, until when. Rules of the rows that make and end them. */

import { RefusedError } from "../../errors.ts";
import { BITS, CLEARED, ENTRY_ID, programOf, RIGHT, type Right } from "../../layout.ts";
import type { CapabilityCell, Cell } from "../../state/cells.ts";
import { rootOf } from "./lineage.ts";
import { boundPeer, contentOf, type Step, slotName, unwatchedOwn, vacate } from "./step.ts";

/** The use that a capability must allow. */
export interface Use {
  /** The program that must have granted it, or the first capability of its line. */
  root: number;
  right: Right;
  /** The address it is used on. */
  target: number;
  /** True if the target is the root's own. A capability over every own slot then covers it. */
  own: boolean;
  /** Id of the resource; 0 if the use concerns no resource. Then only a capability over any resource serves. */
  subject: bigint;
}

/** The capability in the column. It must be the actor's to use. */
function granted(step: Step, column: "S" | "X", right: Right, what: string): CapabilityCell {
  const { row } = step;
  const address = column === "S" ? row.source : row.authority;
  const cell = step.found(column);
  if (cell.type !== "capability") {
    throw new RefusedError(
      "no-unscoped-access",
      `${slotName(address)} holds ${contentOf(cell)}, not a capability ${what}; it was revoked or never there`,
    );
  }
  if (cell.grantee !== row.actor) {
    throw new RefusedError(
      "no-unscoped-access",
      `the capability in ${slotName(address)} is for program ${cell.grantee}, not for ${row.actor}`,
    );
  }
  if ((cell.rights & RIGHT[right]) === 0) {
    throw new RefusedError(
      "capability-attenuates",
      `the capability in ${slotName(address)} does not carry the right "${right}"`,
    );
  }
  return cell;
}

/** Checks that the cell in the column is a live capability that lets the actor do this. */
export function requireCapability(step: Step, column: "S" | "X", use: Use): void {
  const { row } = step;
  const address = column === "S" ? row.source : row.authority;
  const what = `to ${use.right} ${slotName(use.target)}`;
  if (address === 0) {
    throw new RefusedError(
      "no-unscoped-access",
      `program ${row.actor} needs a capability of program ${use.root} ${what}; name one`,
    );
  }
  const cell = granted(step, column, use.right, what);
  const root = rootOf(step, address, cell);
  if (root !== use.root) {
    throw new RefusedError(
      "no-unscoped-access",
      `the capability in ${slotName(address)} was granted by program ${root}, but program ${use.root} alone may grant a right ${what}`,
    );
  }
  if (cell.scope !== use.target && !(cell.scope === 0 && use.own)) {
    const scope = cell.scope === 0 ? "the grantor's own slots" : slotName(cell.scope);
    throw new RefusedError(
      "capability-attenuates",
      `the capability in ${slotName(address)} covers ${scope}, not ${slotName(use.target)}`,
    );
  }
  if (cell.subject !== 0n && cell.subject !== use.subject) {
    throw new RefusedError(
      "capability-attenuates",
      `the capability in ${slotName(address)} is about resource ${cell.subject} alone`,
    );
  }
  // Its ancestors need no check: a capability never ends later than its parent.
  if (cell.expiry !== 0 && step.at >= cell.expiry) {
    throw new RefusedError(
      "expiry-enforced",
      `the capability in ${slotName(address)} ended at ${cell.expiry}, it is ${step.at}; ask for a new one`,
    );
  }
}

/** Whether the id is that of something that entered from the chain: its registry gave the number. */
function hasEntered(id: bigint): boolean {
  return id >> BigInt(BITS.program + BITS.steps) === ENTRY_ID >> BigInt(BITS.program + BITS.steps);
}

export function delegate(step: Step): void {
  const { row } = step;
  boundPeer(step);
  unwatchedOwn(step);
  if (row.resource >> BigInt(BITS.program + BITS.steps) !== 0n && !hasEntered(row.resource)) {
    throw new RefusedError(
      "log-signed",
      `resource ${row.resource} is not made by a program's own effect: the id of a trigger's resource depends on earlier rows; ` +
        "lend its slot instead",
    );
  }
  const parentNonce = row.authority === 0 ? 0 : narrowed(step);
  step.leave("D", {
    type: "capability",
    grantee: row.peer,
    scope: row.argument.scope ?? 0,
    rights: row.argument.rights ?? 0,
    nonce: step.seq,
    parent: row.authority,
    parentNonce,
    subject: row.resource,
    expiry: row.deadline,
    seq: step.seq,
  });
}

/**
 * Checks that the derived capability is nowhere wider than the one in X, and returns the nonce of the one in X. Does
 * not check whether that one has ended: the derived one has ended then, too.
 */
function narrowed(step: Step): number {
  const { row } = step;
  const from = slotName(row.authority);
  const wider = (what: string): RefusedError =>
    new RefusedError("capability-attenuates", `the capability in ${from} ${what}; lend on no more than it allows`);
  const cell = granted(step, "X", "delegate", "to lend on");
  const root = rootOf(step, row.authority, cell);
  const { scope = 0, rights = 0 } = row.argument;
  if ((rights & ~cell.rights) !== 0) throw wider("does not carry all of these rights");
  if (cell.subject !== 0n && row.resource !== cell.subject) throw wider(`is about resource ${cell.subject} alone`);
  if (cell.scope !== 0 ? scope !== cell.scope : scope !== 0 && programOf(scope) !== root) {
    throw wider(`covers ${cell.scope === 0 ? `program ${root}'s own slots` : slotName(cell.scope)} alone`);
  }
  if (cell.expiry !== 0 && (row.deadline === 0 || row.deadline > cell.expiry)) {
    throw new RefusedError(
      "expiry-enforced",
      `the capability in ${from} ends at ${cell.expiry}; lend it on until then at most`,
    );
  }
  return cell.nonce;
}

export function clear(step: Step): void {
  const { row } = step;
  if (programOf(row.authority) !== row.actor) {
    throw new RefusedError(
      "no-unscoped-access",
      `${slotName(row.authority)} is not program ${row.actor}'s own; only its owner may clear it`,
    );
  }
  const cell = step.found("X");
  if (cell.type === "watch" && cell.state === "armed") {
    throw new RefusedError(
      "watch-deterministic",
      `the watch in ${slotName(row.authority)} is armed; take it away with Unwatch`,
    );
  }
  if (cell.type !== "capability" && cell.type !== "entry" && cell.type !== "watch") {
    throw new RefusedError(
      "no-double-spend",
      `${slotName(row.authority)} holds ${contentOf(cell)}; only capabilities, entry points and watches are cleared`,
    );
  }
  // The name in the trace follows from the cell, so that a record has only one reading.
  if ((cell.type === "capability") !== (row.effect === "RevokeCapability")) {
    throw new RefusedError(
      "no-unscoped-access",
      `${slotName(row.authority)} holds ${contentOf(cell)}; ${row.effect} does not apply to it`,
    );
  }
  const found = { cleared: clearedOf(cell), removed: removedOf(cell) };
  if (row.argument.cleared !== found.cleared || (row.argument.removed ?? 0n) !== found.removed) {
    throw new RefusedError(
      "log-signed",
      `${slotName(row.authority)} holds ${contentOf(cell)}, not the content that the row says it clears; read the slot, and ask again`,
    );
  }
  vacate(step, "X");
}

/** The row's code for the cell that it clears; 0 if the cell cannot be cleared. */
export function clearedOf(cell: Cell): number {
  if (cell.type === "capability" || cell.type === "entry") return CLEARED[cell.type];
  return cell.type === "watch" && cell.state !== "armed" ? CLEARED[cell.state] : 0;
}

/** The word that identifies an entry or a watch. */
export function removedOf(cell: Cell): bigint {
  if (cell.type === "entry") return cell.selector;
  return cell.type === "watch" ? cell.trigger : 0n;
}
