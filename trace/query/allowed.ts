/** The uses that a capability allows in a state: the rules of trace/machine/rules/capability.ts, without a row. */
import type { Names } from "../describe/names.ts";
import { programOf, RIGHT, type Right, WATCHES } from "../layout.ts";
import type { CapabilityCell, EntryCell, ResourceCell } from "../state/cells.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { hasEnded } from "./capabilityReport.ts";
import type { Placed } from "./inventory.ts";
import type { CapabilityLine } from "./lines.ts";
import { type SlotRef, slotRef } from "./refs.ts";
import type { Snapshot } from "./runHistory.ts";

/** One use that a capability allows its holder. */
export interface AllowedUse {
  right: Right;
  /** The slot of the use; null: every slot of the program that granted the first capability of the line. */
  slot: SlotRef | null;
  /** Id of the claimable resource, in decimal. */
  resource: string | null;
  /** When the use becomes possible, in seconds since 1970, if a deadline forbids it until then; null: at once. */
  from: number | null;
}

/** All uses that the capability allows at the state's time; none if it has ended or its line is cut. */
export function allowedBy(capability: Placed<CapabilityCell>, line: CapabilityLine, snapshot: Snapshot): AllowedUse[] {
  const { at, map, inventory, history } = snapshot;
  const { cell } = capability;
  if (line.root === null || hasEnded(cell, at)) return [];
  const { names } = history;
  return [
    ...inventory.resources.flatMap((one) => mayClaim(one, cell, line, at, names) ?? []),
    ...inventory.entries
      .filter((one) => mayInvoke(one, cell, line))
      .map(({ address }) => allowed("invoke", address, names)),
    ...mayWatch(cell, line.root, map, names),
    ...((cell.rights & RIGHT.delegate) === 0 ? [] : [allowed("delegate", cell.scope, names)]),
  ];
}

function allowed(right: Right, address: number, names: Names): AllowedUse {
  return { right, slot: address === 0 ? null : slotRef(address, names), resource: null, from: null };
}

/** The claim of a resource that the capability allows, now or later; undefined if it allows none. */
export function mayClaim(
  { address, cell: thing }: Placed<ResourceCell>,
  cell: CapabilityCell,
  { root }: CapabilityLine,
  at: number,
  names: Names,
): AllowedUse | undefined {
  const holder = programOf(address);
  // While the resource is in escrow, only its giver can lend the claim.
  const owner = thing.escrowFrom === 0 ? holder : thing.escrowFrom;
  const covered = cell.scope === address || (cell.scope === 0 && owner === holder);
  const meant = cell.subject === 0n || cell.subject === thing.id;
  // In its own memory, a program claims without a capability or not at all.
  if ((cell.rights & RIGHT.claim) === 0 || root !== owner || !covered || !meant || cell.grantee === holder)
    return undefined;
  const { deadline } = thing;
  const late = deadline !== 0 && at < deadline;
  if (late && cell.expiry !== 0 && deadline >= cell.expiry) return undefined;
  return {
    ...allowed("claim", address, names),
    resource: thing.id.toString(),
    from: late ? deadline : null,
  };
}

function mayInvoke(
  { address, cell: entry }: Placed<EntryCell>,
  cell: CapabilityCell,
  { root }: CapabilityLine,
): boolean {
  const covered = cell.scope === 0 || cell.scope === address;
  const callable = entry.guard === 1 && (entry.nargs > 0 || entry.minimum === 0n);
  return (
    (cell.rights & RIGHT.invoke) !== 0 && cell.subject === 0n && root === programOf(address) && covered && callable
  );
}

function mayWatch(cell: CapabilityCell, root: number, map: TimeMap, names: Names): AllowedUse[] {
  // A program watches its own slots without a capability.
  if ((cell.rights & RIGHT.watch) === 0 || cell.subject !== 0n || cell.grantee === root) return [];
  if (cell.scope === 0) return [allowed("watch", 0, names)];
  return programOf(cell.scope) === root && hasRoom(cell.scope, map) ? [allowed("watch", cell.scope, names)] : [];
}

/** Whether the slot can be watched, and has fewer watches than the map allows. */
function hasRoom(address: number, map: TimeMap): boolean {
  const target = map.cell(address);
  if (target.type !== "empty" && target.type !== "resource") return false;
  const taken = Array.from({ length: WATCHES }, (_, rank) => (target.watch >> rank) & 1).reduce(
    (sum, bit) => sum + bit,
    0,
  );
  return taken < map.watches;
}
