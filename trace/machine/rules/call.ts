/** Rules of calls: an entry point, the row that calls it, and the rows that pass its arguments. */

import { count } from "../../describe/count.ts";
import { RefusedError } from "../../errors.ts";
import { kindText } from "../../layout.ts";
import type { EntryCell } from "../../state/cells.ts";
import { requireCapability } from "./capability.ts";
import {
  boundPeer,
  contentOf,
  depositSlot,
  ownOutright,
  place,
  requireIn,
  type Step,
  slotName,
  unwatchedOwn,
  vacate,
} from "./step.ts";

export function declareEntry(step: Step): void {
  const { row } = step;
  unwatchedOwn(step);
  step.leave("D", {
    type: "entry",
    nargs: row.argument.nargs ?? 0,
    guard: row.argument.guard ?? 0,
    accepts: row.kind,
    minimum: row.quantity,
    selector: row.argument.selector ?? 0n,
    seq: step.seq,
  });
}

/** The entry in X. Its terms must be those that the row carries. */
function entryIn(step: Step): EntryCell {
  const { row } = step;
  requireIn(row.peer, row.authority, "peer");
  const cell = step.found("X");
  if (cell.type !== "entry") {
    throw new RefusedError(
      "invocation-causal",
      `${slotName(row.authority)} holds ${contentOf(cell)}, not an entry point; call one that is declared`,
    );
  }
  if (
    row.kind !== cell.accepts ||
    (row.argument.nargs ?? 0) !== cell.nargs ||
    (row.argument.guard ?? 0) !== cell.guard
  ) {
    throw new RefusedError(
      "invocation-causal",
      `the row does not carry the terms of the entry point in ${slotName(row.authority)}: ${kindText(cell.accepts)}, ${count(cell.nargs, "argument")}, guard ${cell.guard}`,
    );
  }
  return cell;
}

export function invoke(step: Step): void {
  const { row, progress } = step;
  const terms = entryIn(step);
  if (terms.selector !== (row.argument.selector ?? 0n)) {
    throw new RefusedError(
      "invocation-causal",
      `the entry point in ${slotName(row.authority)} is another function; name the one that is declared`,
    );
  }
  if (terms.guard === 0) {
    if (row.source !== 0)
      throw new RefusedError("no-unscoped-access", "the entry point is not guarded; call it without a capability");
  } else {
    requireCapability(step, "S", { root: row.peer, right: "invoke", target: row.authority, own: true, subject: 0n });
  }
  if (terms.nargs === 0) {
    if (terms.minimum !== 0n) {
      throw new RefusedError(
        "invocation-causal",
        `the entry point asks for ${terms.minimum} but takes no arguments; it cannot be called`,
      );
    }
    return;
  }
  progress.call = { actor: row.actor, entry: row.authority, terms, left: terms.nargs, sum: 0n };
}

export function pass(step: Step): void {
  const { row, progress } = step;
  const { call } = progress;
  if (call === null) {
    throw new RefusedError("invocation-causal", "no call is open that takes an argument; invoke the program first");
  }
  if (call.actor !== row.actor || call.entry !== row.authority) {
    throw new RefusedError(
      "invocation-causal",
      `the open call is program ${call.actor}'s to ${slotName(call.entry)}; pass its arguments first`,
    );
  }
  entryIn(step);
  boundPeer(step);
  const thing = ownOutright(step, "S");
  depositSlot(step);
  call.left -= 1;
  call.sum += thing.quantity;
  if (call.left === 0) {
    if (call.sum < call.terms.minimum) {
      throw new RefusedError(
        "invocation-causal",
        `the arguments are ${call.sum} together, the entry point asks for ${call.terms.minimum}; pass more`,
      );
    }
    if ((call.sum - call.terms.minimum) >> 128n !== 0n) {
      throw new RefusedError(
        "conservation",
        "the arguments exceed the entry point's minimum by 2^128 or more; pass less",
      );
    }
    progress.call = null;
  }
  vacate(step, "S");
  place(step, "D", thing);
}
