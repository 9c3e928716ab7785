/** Rules of the rows that make, move, divide and destroy resources. */

import { RefusedError } from "../../errors.ts";
import { GRACE, issuerOf, kindText } from "../../layout.ts";
import type { ResourceCell } from "../../state/cells.ts";
import { requireCapability } from "./capability.ts";
import {
  boundPeer,
  depositSlot,
  emptyIn,
  namedResource,
  ownOutright,
  place,
  requireIn,
  type Step,
  slotName,
  vacate,
} from "./step.ts";

export function issue(step: Step): void {
  const { row } = step;
  emptyIn(step, row.actor, "actor");
  if (issuerOf(row.kind) !== row.actor) {
    throw new RefusedError(
      "conservation",
      `${kindText(row.kind)} is issued by that program alone, not by program ${row.actor}`,
    );
  }
  if (row.quantity === 0n) throw new RefusedError("conservation", "cannot issue a quantity of 0; issue at least 1");
  place(step, "D", { id: step.newId(), kind: row.kind, quantity: row.quantity });
}

export function retire(step: Step): void {
  ownOutright(step, "S");
  vacate(step, "S");
}

export function escrow(step: Step): void {
  boundPeer(step);
  const thing = ownOutright(step, "S");
  depositSlot(step);
  vacate(step, "S");
  place(step, "D", thing, { from: step.row.actor, deadline: step.row.deadline });
}

export function claim(step: Step): void {
  const { row } = step;
  requireIn(row.peer, row.source, "peer");
  const thing = namedResource(step);
  const inPlace = row.destination === 0;
  if (inPlace && !step.self) {
    throw new RefusedError(
      "no-unscoped-access",
      `${slotName(row.source)} is not the actor's, so it cannot be claimed in place; name an own slot`,
    );
  }
  if (!inPlace) emptyIn(step, row.actor, "actor");
  if (step.self) {
    if (row.authority !== 0) {
      throw new RefusedError(
        "no-unscoped-access",
        "a program claims what lies in its own memory without a capability; name none",
      );
    }
    if (thing.escrowFrom === 0) {
      throw new RefusedError(
        "escrow-atomic",
        `resource ${thing.id} is not in escrow: program ${row.actor} owns it already`,
      );
    }
  } else {
    // Only the giver of an escrow may lend the claim while it lasts. The owner lends the claim to a resource owned
    // outright.
    const root = thing.escrowFrom === 0 ? row.peer : thing.escrowFrom;
    requireCapability(step, "X", {
      root,
      right: "claim",
      target: row.source,
      own: root === row.peer,
      subject: thing.id,
    });
  }
  if (thing.deadline !== 0) requireInTime(step, thing, inPlace);
  if (inPlace) {
    place(step, "S", thing);
  } else {
    vacate(step, "S");
    place(step, "D", thing);
  }
}

/**
 * Until its deadline an escrow is promised to its holder, and only the holder may claim it. From then on the giver may
 * take it back, itself or through a program to which it lent the claim.
 */
function requireInTime(step: Step, thing: ResourceCell, inPlace: boolean): void {
  const { id, deadline } = thing;
  if (!step.self) {
    if (step.at >= deadline) return;
    throw new RefusedError(
      "expiry-enforced",
      `resource ${id} is promised to program ${step.row.peer} until ${deadline}, it is ${step.at}; claim it from then on`,
    );
  }
  if (step.at < deadline || (inPlace && step.at >= deadline + GRACE)) return;
  throw new RefusedError(
    "expiry-enforced",
    `the escrow of resource ${id} ended at ${deadline}, it is ${step.at}; ` +
      `it may be claimed in place from ${deadline + GRACE} on, if its giver has not revoked it by then`,
  );
}

export function revoke(step: Step): void {
  const { row } = step;
  requireIn(row.peer, row.source, "peer");
  const thing = namedResource(step);
  emptyIn(step, row.actor, "actor");
  if (thing.escrowFrom === 0) {
    throw new RefusedError(
      "escrow-atomic",
      `resource ${thing.id} is not in escrow: program ${row.peer} owns it, it cannot be revoked`,
    );
  }
  if (thing.escrowFrom !== row.actor) {
    throw new RefusedError(
      "no-unscoped-access",
      `resource ${thing.id} was escrowed by program ${thing.escrowFrom}; only that program may revoke it`,
    );
  }
  if (thing.deadline !== 0 && step.at < thing.deadline) {
    throw new RefusedError(
      "expiry-enforced",
      `resource ${thing.id} is promised until ${thing.deadline}, it is ${step.at}; revoke it then`,
    );
  }
  vacate(step, "S");
  place(step, "D", thing);
}

export function split(step: Step): void {
  const { row } = step;
  const whole = ownOutright(step, "S");
  emptyIn(step, row.actor, "actor");
  if (row.quantity === 0n || row.quantity >= whole.quantity) {
    throw new RefusedError(
      "conservation",
      `the part must lie between 1 and ${whole.quantity - 1n}, not be ${row.quantity}`,
    );
  }
  place(step, "S", { ...whole, quantity: whole.quantity - row.quantity });
  place(step, "D", { id: step.newId(), kind: whole.kind, quantity: row.quantity });
}

export function merge(step: Step): void {
  const from = ownOutright(step, "S");
  const into = ownOutright(step, "D");
  if (into.id !== step.row.argument.into) {
    throw new RefusedError(
      "no-double-spend",
      `${slotName(step.row.destination)} holds resource ${into.id}, not ${step.row.argument.into ?? 0n}; name the one that is there`,
    );
  }
  if (from.kind !== into.kind) {
    throw new RefusedError(
      "conservation",
      `kinds ${from.kind} and ${into.kind} cannot be merged; choose two resources of one kind`,
    );
  }
  const sum = from.quantity + into.quantity;
  if (sum >> 128n !== 0n)
    throw new RefusedError("conservation", `the sum ${sum} does not fit in 128 bits; keep them apart`);
  vacate(step, "S");
  place(step, "D", { ...into, quantity: sum });
}
