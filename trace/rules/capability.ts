/** Rules of capabilities: who may use one, for what, until when; and of the rows that make and end them. */
import { RefusedError } from "../errors.ts";
import { programOf, RIGHT, type Right } from "../layout.ts";
import { contentOf, nameOf, type Step, unwatchedOwn, vacate } from "./step.ts";

/** What a capability must allow. */
export interface Use {
  /** In whose memory it must lie. */
  grantor: number;
  right: Right;
  /** The address that it is used on. */
  target: number;
  /** True if the target is the grantor's own, so that a capability over every own slot covers it. */
  own: boolean;
  /** Id of the resource; 0 where no resource is meant, and then only a capability over any resource will do. */
  subject: bigint;
}

/** Checks that the cell in the column is a live capability that lets the actor do this. */
export function requireCapability(step: Step, column: "S" | "X", use: Use): void {
  const { row } = step;
  const address = column === "S" ? row.source : row.authority;
  const what = `to ${use.right} ${nameOf(use.target)}`;
  if (address === 0) {
    throw new RefusedError(
      "no-unscoped-access",
      `program ${row.actor} needs a capability of program ${use.grantor} ${what}; name one`,
    );
  }
  const cell = step.found(column);
  if (programOf(address) !== use.grantor) {
    throw new RefusedError(
      "no-unscoped-access",
      `${nameOf(address)} is not in the memory of program ${use.grantor}, which alone may grant a right ${what}`,
    );
  }
  if (cell.type !== "capability") {
    throw new RefusedError(
      "no-unscoped-access",
      `${nameOf(address)} holds ${contentOf(cell)}, not a capability ${what}; it was revoked or never there`,
    );
  }
  if (cell.grantee !== row.actor) {
    throw new RefusedError(
      "no-unscoped-access",
      `the capability in ${nameOf(address)} is for program ${cell.grantee}, not for ${row.actor}`,
    );
  }
  if ((cell.rights & RIGHT[use.right]) === 0) {
    throw new RefusedError(
      "capability-attenuates",
      `the capability in ${nameOf(address)} does not carry the right "${use.right}"`,
    );
  }
  if (cell.scope !== use.target && !(cell.scope === 0 && use.own)) {
    const scope = cell.scope === 0 ? "the grantor's own slots" : nameOf(cell.scope);
    throw new RefusedError(
      "capability-attenuates",
      `the capability in ${nameOf(address)} covers ${scope}, not ${nameOf(use.target)}`,
    );
  }
  if (cell.subject !== 0n && cell.subject !== use.subject) {
    throw new RefusedError(
      "capability-attenuates",
      `the capability in ${nameOf(address)} is about resource ${cell.subject} alone`,
    );
  }
  if (cell.expiry !== 0 && step.at >= cell.expiry) {
    throw new RefusedError(
      "expiry-enforced",
      `the capability in ${nameOf(address)} ended at ${cell.expiry}, it is ${step.at}; ask for a new one`,
    );
  }
}

export function delegate(step: Step): void {
  const { row } = step;
  unwatchedOwn(step);
  step.leave("D", {
    type: "capability",
    grantee: row.peer,
    scope: row.argument.scope ?? 0,
    rights: row.argument.rights ?? 0,
    nonce: step.seq,
    parent: 0,
    parentNonce: 0,
    subject: row.resource,
    expiry: row.deadline,
    seq: step.seq,
  });
}

export function clear(step: Step): void {
  const { row } = step;
  if (programOf(row.authority) !== row.actor) {
    throw new RefusedError(
      "no-unscoped-access",
      `${nameOf(row.authority)} is not program ${row.actor}'s own; only its owner may clear it`,
    );
  }
  const cell = step.found("X");
  if (cell.type === "watch" && cell.state === "armed") {
    throw new RefusedError(
      "watch-deterministic",
      `the watch in ${nameOf(row.authority)} is armed; take it away with Unwatch`,
    );
  }
  if (cell.type !== "capability" && cell.type !== "entry" && cell.type !== "watch") {
    throw new RefusedError(
      "no-double-spend",
      `${nameOf(row.authority)} holds ${contentOf(cell)}; only capabilities, entry points and watches are cleared`,
    );
  }
  // The name in the trace follows from the cell, so that a record reads in one way only.
  if ((cell.type === "capability") !== (row.effect === "RevokeCapability")) {
    throw new RefusedError(
      "no-unscoped-access",
      `${nameOf(row.authority)} holds ${contentOf(cell)}; ${row.effect} does not apply to it`,
    );
  }
  vacate(step, "X");
}
