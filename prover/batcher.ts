/**
 * Cuts a trace into batches, each as long as one proof holds. A group is never cut: what happens at once is proven at once. What bounds a
 * batch is its rows and the tree nodes on the paths to all cells that it opens; programs that lie close together share nodes.
 */
import { InvalidInputError, RefusedError } from "../trace/errors.ts";
import type { Transition } from "../trace/record.ts";
import { nodeKey } from "../trace/tree.ts";
import { touchedNodes } from "./batchInput.ts";
import { PROFILES, type Profile } from "./profiles.ts";

/** Consecutive whole groups that fit into one proof. */
export interface Batch {
  readonly transitions: readonly Transition[];
  /** Tree nodes that they touch. */
  readonly nodes: number;
}

/** A group too large for the profile: `seq`s of its first and last row, and what it needs. */
export class GroupSizeError extends RefusedError {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly rows: number;
  readonly nodes: number;

  constructor(group: readonly Transition[], nodes: number, profile: Profile) {
    const firstSeq = group[0]?.seq ?? 0;
    const lastSeq = group.at(-1)?.seq ?? 0;
    const larger = PROFILES.find((p) => p.levels === profile.levels && group.length <= p.rows && nodes <= p.nodes);
    const advice = larger === undefined ? "no profile of this map holds it; divide it" : `use --profile ${larger.name}`;
    super(
      "group-whole",
      `the group of transitions ${firstSeq} to ${lastSeq} needs ${group.length} rows and ${nodes} tree nodes, ` +
        `but ${profile.name} has ${profile.rows} and ${profile.nodes}; ${advice}`,
    );
    this.firstSeq = firstSeq;
    this.lastSeq = lastSeq;
    this.rows = group.length;
    this.nodes = nodes;
  }
}

/** Collects groups until the next one would not fit. The same groups give the same batches, whatever comes after them. */
export class Batcher {
  readonly #profile: Profile;
  #transitions: Transition[] = [];
  #nodes = new Set<number>();

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /**
   * Takes the next group.
   * @returns the batch that is complete because the group did not fit into it any more
   * @throws GroupSizeError if the group alone is too large; the batcher is as it was
   */
  add(group: readonly Transition[]): Batch | undefined {
    const { rows, nodes: most } = this.#profile;
    const nodes = touchedNodes(this.#profile.levels, group).map(nodeKey);
    if (group.length > rows || nodes.length > most) throw new GroupSizeError(group, nodes.length, this.#profile);
    const fresh = nodes.reduce((count, node) => count + (this.#nodes.has(node) ? 0 : 1), 0);
    const fits = this.#transitions.length + group.length <= rows && this.#nodes.size + fresh <= most;
    const complete = fits ? undefined : this.finish();
    this.#transitions.push(...group);
    for (const node of nodes) this.#nodes.add(node);
    return complete;
  }

  /** The batch under way, if there is one; the next group begins a new one. */
  finish(): Batch | undefined {
    if (this.#transitions.length === 0) return undefined;
    const batch = { transitions: this.#transitions, nodes: this.#nodes.size };
    this.#transitions = [];
    this.#nodes = new Set();
    return batch;
  }
}

/**
 * The batches of a whole trace; none for an empty one. Each is as long as it can be.
 * @param groups in order, as replaying gives them
 * @throws GroupSizeError if a group fits into no batch
 */
export function* batchesOf(groups: Iterable<readonly Transition[]>, profile: Profile): Generator<Batch> {
  const batcher = new Batcher(profile);
  for (const group of groups) {
    const complete = batcher.add(group);
    if (complete !== undefined) yield complete;
  }
  const rest = batcher.finish();
  if (rest !== undefined) yield rest;
}

/** Transitions, group by group. @throws InvalidInputError if the last group is not closed */
export function* groupsOf(transitions: Iterable<Transition>): Generator<Transition[]> {
  let group: Transition[] = [];
  for (const transition of transitions) {
    group.push(transition);
    if (!transition.last) continue;
    yield group;
    group = [];
  }
  const [open] = group;
  if (open !== undefined) throw new InvalidInputError("trace", `ends within the group of transition ${open.seq}`);
}
