/** What ends with a capability: everything derived from it, to any depth. */

import { capabilityReport } from "../../../trace/query/capabilityReport.ts";
import type { CapabilityReport, Snapshot } from "../../../trace/query/index.ts";
import type { Placed } from "../../../trace/query/inventory.ts";
import { CapabilityLines } from "../../../trace/query/lines.ts";
import type { CapabilityCell } from "../../../trace/state/cells.ts";
import type { Teller, ToldCapability } from "./told.ts";

export interface Descendant extends ToldCapability {
  /** 1: derived from the capability itself. */
  readonly depth: number;
}

/** In the order of a tree: each one before those derived from it. */
export function descendantsOf(snapshot: Snapshot, { slot, made }: CapabilityReport, teller: Teller): Descendant[] {
  const { inventory, map, at, history } = snapshot;
  const lines = new CapabilityLines(map);
  const children = new Map<string, Placed<CapabilityCell>[]>();
  for (const one of inventory.capabilities) {
    const key = keyOf(one.cell.parent, one.cell.parentNonce);
    const known = children.get(key);
    if (known === undefined) children.set(key, [one]);
    else known.push(one);
  }
  const found: Descendant[] = [];
  const waiting = (children.get(keyOf(slot.address, made)) ?? []).map((one) => ({ one, depth: 1 })).toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { one, depth } = next;
    found.push({ ...teller.capability(capabilityReport(one, lines.of(one.address), at, history.names)), depth });
    const own = children.get(keyOf(one.address, one.cell.nonce)) ?? [];
    waiting.push(...own.map((child) => ({ one: child, depth: depth + 1 })).toReversed());
  }
  return found;
}

/** A capability without a parent has the parent 0, where no capability lies. */
function keyOf(address: number, made: number): string {
  return `${address} ${made}`;
}
