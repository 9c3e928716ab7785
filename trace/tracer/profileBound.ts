/** How much of a proof a group takes up, and how much there is in a proof of a profile. */
import { authorityAsked } from "../machine/rowShape.ts";
import type { Transition } from "../machine/transition.ts";
import { nodeKey, pathOf } from "../state/tree.ts";

/** What a proof of one profile holds. */
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

/** Whether a proof of the profile has room for so much. */
export function fitsProfile(profile: ProfileBound, size: Omit<ProfileBound, "name">): boolean {
  return size.rows <= profile.rows && size.nodes <= profile.nodes && size.signatures <= profile.signatures;
}
