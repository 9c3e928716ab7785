/**
 * The causal cone of a transition: what it depends on, and what depends on it. A transition depends on those that last
 * opened its cells, and on what they depend on. The headers of its programs are among these cells, so the order of each
 * program is part of it.
 */
import { PARENTS } from "./columns.ts";

/** Numbers of transitions, in their order. */
export interface Cone {
  readonly seq: number;
  readonly back: Uint32Array<ArrayBuffer>;
  readonly forward: Uint32Array<ArrayBuffer>;
}

/**
 * The cone of transition `seq`.
 * @param parents five for each transition, from transition 1 on; 0 is the genesis
 */
export function coneOf(seq: number, parents: Uint32Array): Cone {
  const count = parents.length / PARENTS;
  const inCone = new Uint8Array(count + 1);
  inCone[seq] = 1;
  const back: number[] = [];
  for (let at = seq; at >= 1; at--) {
    if (inCone[at] === 0) continue;
    if (at !== seq) back.push(at);
    for (let i = (at - 1) * PARENTS; i < at * PARENTS; i++) inCone[parents[i] ?? 0] = 1;
  }
  inCone.fill(0);
  inCone[seq] = 1;
  const forward: number[] = [];
  for (let at = seq + 1; at <= count; at++) {
    let depends = 0;
    for (let i = (at - 1) * PARENTS; i < at * PARENTS; i++) depends |= inCone[parents[i] ?? 0] ?? 0;
    if (depends === 0) continue;
    inCone[at] = 1;
    forward.push(at);
  }
  return { seq, back: Uint32Array.from(back.reverse()), forward: Uint32Array.from(forward) };
}
