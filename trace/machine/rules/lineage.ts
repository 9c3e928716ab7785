/**
 * Lines of capabilities. A capability that was lent on is used only behind rows that open all its ancestors, from the
 * first one on (docs/reference/protocol.md, section 4, Roots). So revoking an ancestor ends everything below it at
 * once.
 */

import { RefusedError } from "../../errors.ts";
import { programOf } from "../../layout.ts";
import type { CapabilityCell } from "../../state/cells.ts";
import type { View } from "../../state/timeMap.ts";
import { rowOf } from "../rowShape.ts";
import type { Row } from "../transition.ts";
import { contentOf, requireIn, type Step, slotName } from "./step.ts";

/** Address of the capability that a row uses, or of the parent in a Lineage row; 0 if it uses none. */
export function capabilityIn(row: Row): number {
  switch (row.effect) {
    case "Lineage":
    case "InvokeProgram":
      return row.source;
    case "ClaimFromProgram":
    case "WatchResource":
    case "DelegateCapability":
      return row.authority;
    default:
      return 0;
  }
}

/**
 * The program that granted the first capability of the line: the holder itself, or the root of the line opened before
 * the row.
 * @throws RefusedError if the capability was lent on, and the row before did not open its parent
 */
export function rootOf(step: Step, address: number, cell: CapabilityCell): number {
  if (cell.parent === 0) return programOf(address);
  const { line } = step.progress;
  if (line === null || line.child !== address) {
    throw new RefusedError(
      "capability-attenuates",
      `the capability in ${slotName(address)} was derived from the one in ${slotName(cell.parent)}; open its line first, from the beginning`,
    );
  }
  return line.root;
}

export function lineage(step: Step): void {
  const { row, progress } = step;
  requireIn(row.peer, row.authority, "peer");
  const [parent, child] = [step.found("S"), step.found("X")];
  if (child.type !== "capability") {
    throw new RefusedError(
      "no-unscoped-access",
      `${slotName(row.authority)} holds ${contentOf(child)}, not a capability; it was revoked or never there`,
    );
  }
  if (child.parent !== row.source) {
    const from = child.parent === 0 ? "nothing" : `the one in ${slotName(child.parent)}`;
    throw new RefusedError(
      "capability-attenuates",
      `the capability in ${slotName(row.authority)} was derived from ${from}, not from what ${slotName(row.source)} holds`,
    );
  }
  if (parent.type !== "capability" || parent.nonce !== child.parentNonce) throw broken(row.authority, child);
  progress.line = { actor: row.actor, child: row.authority, root: rootOf(step, row.source, parent) };
}

/** The ancestor is gone, or the slot now holds another one. */
function broken(address: number, { parent, parentNonce }: CapabilityCell): RefusedError {
  const made = parentNonce === 0 ? "of the genesis" : `made in transition ${parentNonce}`;
  return new RefusedError(
    "capability-attenuates",
    `the capability in ${slotName(address)} was derived from the one in ${slotName(parent)} ${made}, which was revoked; ask for a new one`,
  );
}

/**
 * The Lineage rows that a row needs before it, from the beginning of the line to the capability in use. None if the
 * capability is its own beginning, or the row uses none.
 * @throws RefusedError naming the revoked ancestor
 */
export function lineRows(view: View, row: Row): Row[] {
  const rows: Row[] = [];
  if (row.effect === "Lineage") return rows;
  let at = capabilityIn(row);
  let cell = at === 0 ? undefined : view.cell(at);
  while (cell?.type === "capability" && cell.parent !== 0) {
    const parent = view.cell(cell.parent);
    // A derived capability is younger than its parent, and the nonce is its age. So the walk ends in any state.
    if (parent.type !== "capability" || parent.nonce !== cell.parentNonce || parent.nonce >= cell.nonce) {
      throw broken(at, cell);
    }
    rows.push(rowOf("Lineage", row.actor, { peer: programOf(at), source: cell.parent, authority: at }));
    at = cell.parent;
    cell = parent;
  }
  return rows.reverse();
}
