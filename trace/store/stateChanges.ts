/** What a segment changes in the state, and how a store keeps it. */
import { type Trigger, type TriggerRows, triggersOf } from "../effects/triggers.ts";
import { CELL, WATCHES } from "../layout.ts";
import { COLUMNS, type Transition } from "../machine/transition.ts";
import { EMPTY_WORDS, type Words } from "../state/cells.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { type NodeName, nodeKey, pathOf } from "../state/tree.ts";
import { type Binding, bindingsOf } from "../tracer/meetings.ts";
import { cellBytes, wordBytes } from "./bytes.ts";
import { type LogFacts, type LogsBefore, LogsSoFar } from "./logsSoFar.ts";
import type { StoreFile } from "./storeFile.ts";

/** The changes of a segment. */
export interface Changes {
  /** Addresses that were opened. */
  readonly cells: Iterable<number>;
  /** What a cell was before the first of the changes. */
  before(address: number): Words;
  /** The address of each watch that was armed, or 0 of one that is armed no more, by target and rank. */
  readonly armed: ReadonlyMap<number, number>;
  /** Triggers that no segment before had. */
  readonly triggers: readonly Trigger[];
  /** What the logs of programs with keys bind. */
  readonly met: readonly Binding[];
  /** The logs of the programs with keys that acted. */
  readonly logs: readonly LogFacts[];
}

/** The changes that lead from nothing to a state without watches: that of a genesis. */
export function wholeGenesis(map: TimeMap): Changes {
  return { cells: map.addresses(), before: () => EMPTY_WORDS, armed: new Map(), triggers: [], met: [], logs: [] };
}

/** Collects the changes of groups. */
export class ChangesSoFar implements Changes {
  readonly cells = new Set<number>();
  readonly armed = new Map<number, number>();
  readonly triggers: Trigger[] = [];
  readonly #before = new Map<number, Words>();
  readonly #met = new Map<string, Binding>();
  readonly #new = new Set<bigint>();
  readonly #logs: LogsSoFar;

  /** @param logs as they are before the first group */
  constructor(logs: LogsBefore) {
    this.#logs = new LogsSoFar(logs);
  }

  before(address: number): Words {
    return this.#before.get(address) ?? EMPTY_WORDS;
  }

  get met(): readonly Binding[] {
    return [...this.#met.values()];
  }

  get logs(): readonly LogFacts[] {
    return this.#logs.facts();
  }

  /**
   * Takes in a group.
   * @param rows the rows of its triggers
   * @param known those that earlier segments have
   */
  take(group: readonly Transition[], rows: TriggerRows, known: TriggerRows): void {
    for (const { columns } of group) {
      for (const column of COLUMNS) {
        const { address, before, after } = columns[column];
        if (address === 0) continue;
        if (!this.cells.has(address)) this.#before.set(address, before);
        this.cells.add(address);
        const [was, is] = [watchIn(before), watchIn(after)];
        if (was !== undefined && this.armed.get(was) !== 0) this.armed.set(was, 0);
        if (is !== undefined) this.armed.set(is, address);
      }
    }
    const found = {
      has: (digest: bigint) => this.#new.has(digest) || known(digest) !== undefined,
      set: (digest: bigint) => this.#new.add(digest),
    };
    this.triggers.push(...triggersOf(group, rows, found));
    this.#logs.take(group, (digest) => rows(digest) ?? known(digest));
    for (const binding of bindingsOf(group)) this.#met.set(`${binding.actor} ${binding.program}`, binding);
  }
}

/** Target and rank of an armed watch, in one number. */
function watchIn([w0]: Words): number | undefined {
  if (Number(w0 & 7n) !== CELL.armed) return undefined;
  return Number((w0 >> 3n) & 0xffffffffn) * WATCHES + Number((w0 >> 99n) & 3n);
}

/** Writes cells, nodes and watches as versions of a transition. */
export function putChanges(file: StoreFile, seq: number, { cells, armed }: Changes, map: TimeMap): void {
  const nodes = new Map<number, NodeName>();
  for (const address of cells) {
    file.run(
      "INSERT OR REPLACE INTO cells (address, seq, words) VALUES (?, ?, ?)",
      ...[address, seq, cellBytes(map.words(address))],
    );
    for (const node of pathOf(map.levels, address)) nodes.set(nodeKey(node), node);
  }
  for (const [key, node] of nodes) {
    file.run(
      "INSERT OR REPLACE INTO nodes (node, seq, digest) VALUES (?, ?, ?)",
      ...[key, seq, wordBytes(map.digest(node))],
    );
  }
  for (const [watch, address] of armed)
    file.run("INSERT OR REPLACE INTO armed (watch, seq, address) VALUES (?, ?, ?)", watch, seq, address);
}
