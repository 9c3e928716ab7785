/** The size of a group in a proof, and whether it fits into a profile. */
import { count } from "../describe/count.ts";
import { RefusedError } from "../errors.ts";
import { authorityAsked } from "../machine/rowShape.ts";
import type { Transition } from "../machine/transition.ts";
import { LONGEST_BELOW, nodeKey, pathOf } from "../state/tree.ts";

/** The capacity of a proof of one profile. */
export interface ProfileBound {
  name: string;
  /** Transitions, Checks included. */
  rows: number;
  /** Tree nodes on the paths to all cells that are opened. */
  nodes: number;
  /** Programs that must sign. */
  signatures: number;
}

/** Rows, tree nodes and signatures that a group takes up in a proof. */
export function sizeOf(group: readonly Transition[], levels: number): Omit<ProfileBound, "name"> {
  const nodes = new Set<number>();
  const signers = new Set<number>();
  for (const row of group) {
    const { columns } = row;
    if (authorityAsked(row) !== 0n) signers.add(row.actor);
    for (const { address } of Object.values(columns)) {
      if (address !== 0) for (const node of pathOf(levels, address)) nodes.add(nodeKey(node));
    }
  }
  return { rows: group.length, nodes: nodes.size, signatures: signers.size };
}

/** A size that the group does not exceed. It costs less than {@link sizeOf}, because no path is followed. */
function sizeAtMost(group: readonly Transition[], levels: number): Omit<ProfileBound, "name"> {
  let cells = 0;
  for (const { columns } of group) for (const { address } of Object.values(columns)) if (address !== 0) cells++;
  return { rows: group.length, nodes: cells * (levels + LONGEST_BELOW), signatures: group.length };
}

/** A size in words: `3 rows, 20 tree nodes and 1 signature`. */
export function sizeText({ rows, nodes, signatures }: Omit<ProfileBound, "name">, node = "tree node"): string {
  return `${count(rows, "row")}, ${count(nodes, node)} and ${count(signatures, "signature")}`;
}

/** Whether a proof of the profile has room for this size. */
export function fitsProfile(profile: ProfileBound, size: Omit<ProfileBound, "name">): boolean {
  return size.rows <= profile.rows && size.nodes <= profile.nodes && size.signatures <= profile.signatures;
}

/** @throws RefusedError "group-whole" if none of the profiles has room for the group */
export function requireRoom(
  group: readonly Transition[],
  levels: number,
  profiles: readonly ProfileBound[] | undefined,
): void {
  if (profiles === undefined) return;
  const most = sizeAtMost(group, levels);
  if (profiles.some((profile) => fitsProfile(profile, most))) return;
  const size = sizeOf(group, levels);
  if (profiles.some((profile) => fitsProfile(profile, size))) return;
  const largest = profiles.map((p) => `${p.name}: ${sizeText(p, "node")}`).join("; ");
  throw new RefusedError(
    "group-whole",
    `the group needs ${sizeText(size)}, more than any profile of the map holds (${largest}); make it smaller`,
  );
}
