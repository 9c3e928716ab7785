/** Sizes of groups, for planning the batches of the unproven part of a trace without keeping its transitions. */
import { touchedNodes } from "../../../prover/batches/batchInput.ts";
import { wantedSignatures } from "../../../prover/signing/signatures.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import { nodeKey } from "../../../trace/state/tree.ts";

/** Groups in a row, packed: a hundred thousand of them go from one thread to another. */
export interface MeasuredGroups {
  /** Of each group: first transition, last transition, time of the last one. */
  places: Float64Array<ArrayBuffer>;
  /** Number of tree nodes of each group. */
  counts: Uint32Array<ArrayBuffer>;
  /** The keys of the nodes, group after group. */
  nodes: Float64Array<ArrayBuffer>;
  /** The signatures that groups need. */
  wanted: MeasuredSignature[];
}

/** The authority under which a program acts in a group, and the log that the group leaves. */
export interface MeasuredSignature {
  /** Place of the group in the list. */
  index: number;
  program: number;
  authority: bigint;
  log: bigint;
}

/** Measures groups. */
export class GroupMeasure {
  readonly #levels: number;
  #places: number[] = [];
  #counts: number[] = [];
  #nodes: number[] = [];
  #wanted: MeasuredSignature[] = [];

  constructor(levels: number) {
    this.#levels = levels;
  }

  /** @throws InvalidInputError if a program acts under two authorities in the group */
  add(group: readonly Transition[]): void {
    const last = group.at(-1);
    if (last === undefined) return;
    const index = this.#counts.length;
    for (const { program, authority, log } of wantedSignatures(group))
      this.#wanted.push({ index, program, authority, log });
    const nodes = touchedNodes(this.#levels, group);
    for (const node of nodes) this.#nodes.push(nodeKey(node));
    this.#counts.push(nodes.length);
    this.#places.push(group[0]?.seq ?? 0, last.seq, last.at);
  }

  /** The groups since the last call. */
  take(): MeasuredGroups {
    const [places, counts] = [Float64Array.from(this.#places), Uint32Array.from(this.#counts)];
    const [nodes, wanted] = [Float64Array.from(this.#nodes), this.#wanted];
    [this.#places, this.#counts, this.#nodes, this.#wanted] = [[], [], [], []];
    return { places, counts, nodes, wanted };
  }
}
