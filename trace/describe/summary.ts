/** A transition as one short sentence, for pictures and findings. The sentences for signers are in sentence.ts. */

import { programOf } from "../layout.ts";
import type { Transition } from "../machine/transition.ts";
import { type Cell, type ResourceCell, unpackCell } from "../state/cells.ts";
import { count } from "./count.ts";
import { addressText } from "./eip55.ts";
import { conditionName, rightNames, type ShortNames } from "./names.ts";

/** "A escrows 100 Gold to B". */
export function phraseOf(t: Transition, names: ShortNames): string {
  const actor = names.program(t.actor);
  const peer = names.program(t.peer);
  const thing = names.amount(t.quantity, t.kind);
  const X = unpackCell(t.columns.X.before);
  switch (t.effect) {
    case "CreateProgram":
      return `${actor} creates ${peer}`;
    case "Issue":
      return `${actor} issues ${thing}`;
    case "Retire":
      return `${actor} retires ${thing}${t.argument.recipient ? ` for ${addressText(t.argument.recipient)}` : ""}`;
    case "DeclareEntry":
      return `${actor} declares ${names.selector(t.argument.selector ?? 0n)}`;
    case "EscrowToProgram":
      return `${actor} escrows ${thing} to ${peer}`;
    case "ClaimFromProgram": {
      const from = names.program(t.peer === t.actor ? (resourceIn(t)?.escrowFrom ?? 0) : t.peer);
      return t.peer === t.actor ? `${actor} accepts ${thing} from ${from}` : `${actor} claims ${thing} from ${from}`;
    }
    case "RevokeResource":
      return `${actor} takes ${thing} back from ${peer}`;
    case "InvokeProgram":
      return `${actor} calls ${names.selector(t.argument.selector ?? 0n)} of ${peer}`;
    case "Pass":
      return `${actor} passes ${thing} to ${peer}`;
    case "DelegateCapability":
      return `${actor} lends ${rightNames(t.argument.rights ?? 0) || "no right"} to ${peer}`;
    case "RevokeCapability":
      return `${actor} revokes what it lent to ${X.type === "capability" ? names.program(X.grantee) : "somebody"}`;
    case "Clear":
      return `${actor} clears ${contents(X)}`;
    case "WatchResource":
      return `${actor} watches ${names.slot(t.source)}: ${conditionName(t.argument.condition ?? 0)}`;
    case "Unwatch":
      return `${actor} no longer watches ${names.slot(t.source)}`;
    case "Check":
      return `${actor}'s watch on ${names.slot(t.source)} ${fires(t) ? "fires" : "does not fire"}`;
    case "Trigger":
      return `${actor}'s trigger is applied`;
    case "JoinWith":
      return `${actor} waits for ${peer} (${count(t.argument.steps ?? 0, "step")})`;
    case "Split":
      return `${actor} splits ${thing} off`;
    case "Merge":
      return `${actor} merges ${thing}`;
    case "RotateAuthority":
      return `${actor} changes its key`;
    case "Lineage":
      return `${actor} shows that ${peer} lent on a right of ${names.program(programOf(t.source))}`;
    case "Enter":
      return `${thing} comes in from the chain to ${peer}`;
    case "Eject":
      return `${thing} leaves ${names.program(programOf(t.source))} for the chain, as ${peer} asked`;
  }
}

/** The resource in the source slot before the transition. */
function resourceIn(t: Transition): ResourceCell | undefined {
  const cell = unpackCell(t.columns.S.before);
  return cell.type === "resource" ? cell : undefined;
}

/** Whether the row is a Check whose watch fired. */
export function fires(t: Transition): boolean {
  if (t.effect !== "Check") return false;
  const watch = unpackCell(t.columns.X.after);
  return watch.type === "watch" && watch.state === "fired";
}

function contents(cell: Cell): string {
  return cell.type === "entry" ? "an entry point" : `a ${cell.type}`;
}
