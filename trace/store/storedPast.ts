/**
 * The past of a run, found by the states of its store. A cell tells which transition opened it last, and a transition
 * which ones opened its cells before. So what became of a cell is followed without what lies between. Nothing is
 * searched for in the tables of the store: each step reads a state that is checked against its root.
 */
import { address, CELL, idOf, makerOf, programOf, TRIGGERED_ID } from "../layout.ts";
import { COLUMNS, type Opened, type Transition } from "../machine/transition.ts";
import { noteOpened, type Past, writeCells } from "../query/past.ts";
import { creationsIn } from "../run/programsIn.ts";
import { unpackCell, type Words } from "../state/cells.ts";
import type { Genesis } from "../state/genesis.ts";
import { TimeMap } from "../state/timeMap.ts";
import { firstIndex, type ReplayedSegments } from "./replayedSegments.ts";

/** A place where a resource lies after a transition; 0 is the genesis. */
interface Lying {
  readonly at: number;
  readonly seq: number;
}

export class StoredPast implements Past {
  readonly #replayed: ReplayedSegments;
  readonly #genesis: () => Genesis;

  constructor(replayed: ReplayedSegments, genesis: () => Genesis) {
    this.#replayed = replayed;
    this.#genesis = genesis;
  }

  get count(): number {
    return this.#replayed.count;
  }

  at(seq: number): Transition | undefined {
    if (!Number.isSafeInteger(seq) || seq < 1 || seq > this.count) return undefined;
    const index = this.#replayed.indexOf(seq);
    return this.#replayed.transitions(index)[seq - this.#replayed.before(index) - 1];
  }

  stateAfter(seq: number): TimeMap {
    if (seq === this.count) return this.#replayed.end;
    const index = this.#replayed.indexOf(seq);
    if (this.#replayed.segments[index]?.last === seq) return TimeMap.over(this.#replayed.source(index));
    const map = TimeMap.over(this.#replayed.source(index - 1));
    for (const transition of this.#replayed.transitions(index)) if (transition.seq <= seq) writeCells(map, transition);
    return map;
  }

  /** Programs are numbered in the order in which they are made, so each is made in the first segment that has it. */
  makers(programs: readonly number[], _upTo: number): Map<number, number> {
    const { segments, store } = this.#replayed;
    const asked = new Map<number, Set<number>>();
    for (const program of programs) {
      const index = firstIndex(segments.length, (i) => (segments[i]?.programs ?? 0) >= program);
      if (index === 0) continue;
      const there = asked.get(index) ?? new Set();
      asked.set(index, there.add(program));
    }
    const made = new Map<number, number>();
    for (const [index, there] of [...asked].sort(([a], [b]) => a - b)) {
      const segment = segments[index];
      this.#replayed.requireText(index);
      const found =
        segment === undefined
          ? this.#replayed.transitions(index).filter(({ effect }) => effect === "CreateProgram")
          : creationsIn(store.trace, segment);
      for (const { peer, seq } of found) if (there.has(peer)) made.set(peer, seq);
    }
    for (const program of [...asked.values()].flatMap((there) => [...there]))
      if (!made.has(program)) throw store.damage(`the stored segments do not tell when program ${program} was made`);
    return made;
  }

  opened(addresses: readonly number[], upTo: number): Transition[] {
    const state = this.stateAfter(upTo);
    const open = new Map<number, Map<number, number>>();
    const follow = (cell: number, seq: number): void => {
      if (seq === 0) return;
      const index = this.#replayed.indexOf(seq);
      open.set(index, (open.get(index) ?? new Map()).set(cell, seq));
    };
    for (const cell of addresses) follow(cell, state.cell(cell).seq);
    const found = new Set<Transition>();
    // From the last segment to the first, so that each is replayed once.
    for (let index = this.#replayed.segments.length; index > 0; index--) {
      const first = this.#replayed.before(index) + 1;
      for (const [cell, last] of open.get(index) ?? []) {
        let seq = last;
        for (; seq >= first; seq = this.#openedBefore(cell, seq)) found.add(this.#there(seq));
        follow(cell, seq);
      }
    }
    return [...found].sort((a, b) => a.seq - b.seq);
  }

  nextOpened(addresses: ReadonlySet<number>, seq: number): Map<number, number> {
    const next = new Map<number, number>();
    const index = this.#replayed.indexOf(seq);
    for (const t of this.#replayed.transitions(index)) if (t.seq > seq) noteOpened(t, addresses, next);
    for (const cell of addresses) {
      if (next.has(cell)) continue;
      const found = this.#nextSegment(cell, seq, index + 1);
      if (found === undefined) continue;
      const opener = this.#replayed.transitions(found).find((t) => openedIn(t, cell) !== undefined);
      if (opener === undefined) throw this.#unlike(cell, found);
      next.set(cell, opener.seq);
    }
    return next;
  }

  wayOf(resource: bigint, upTo: number): Transition[] {
    const way: Transition[] = [];
    let lying = this.#begun(resource, way);
    while (lying !== undefined) {
      const next = this.nextOpened(new Set([lying.at]), lying.seq).get(lying.at);
      if (next === undefined || next > upTo) break;
      const t = this.#there(next);
      way.push(t);
      lying = lyingAfter(t, resource);
    }
    return way.filter(({ seq }) => seq <= upTo);
  }

  /** Where a resource lies first. The transition that made it is added to its way. */
  #begun(resource: bigint, way: Transition[]): Lying | undefined {
    const maker = makerOf(resource);
    if (maker === 0 && resource < TRIGGERED_ID) {
      const found = this.#genesis().cells.find(({ cell }) => cell.type === "resource" && cell.id === resource);
      return found === undefined ? undefined : { at: found.address, seq: 0 };
    }
    const made = resource >= TRIGGERED_ID ? this.at(Number(resource - TRIGGERED_ID)) : this.#madeBy(maker, resource);
    const lying = made && lyingAfter(made, resource);
    if (made === undefined || lying === undefined) return undefined;
    way.push(made);
    return lying;
  }

  /** An id has the number of its maker's effects before, so it is made in the first segment that has more. */
  #madeBy(maker: number, resource: bigint): Transition | undefined {
    const effects = Number(resource - idOf(maker, 0));
    const { segments } = this.#replayed;
    if (maker > this.#replayed.end.programs()) return undefined;
    const index = firstIndex(segments.length, (i) => {
      const header = this.#replayed.cell(i, address(maker, 0));
      return header.type === "program" && header.steps > effects;
    });
    return this.#replayed.transitions(index).find((t) => lyingAfter(t, resource) !== undefined);
  }

  /** The first segment from an index on in which a cell was opened after a transition; undefined if there is none. */
  #nextSegment(cell: number, seq: number, from: number): number | undefined {
    const { segments } = this.#replayed;
    const end = segments.length;
    const isLater = (index: number): boolean => this.#replayed.cell(index, cell).seq > seq;
    // Nothing is behind the last index but the end.
    if (from > end || !isLater(end)) return undefined;
    return firstIndex(end, isLater, from);
  }

  /** The transition that opened a cell before another one did. */
  #openedBefore(cell: number, seq: number): number {
    const parent = openedIn(this.#there(seq), cell)?.parent;
    if (parent === undefined || parent >= seq) throw this.#unlike(cell, seq);
    return parent;
  }

  #there(seq: number): Transition {
    const found = this.at(seq);
    if (found === undefined) throw new Error(`there is no transition ${seq}`);
    return found;
  }

  #unlike(cell: number, seq: number): Error {
    return this.#replayed.store.damage(`slot ${cell % 256} of program ${programOf(cell)} is not as ${seq} left it`);
  }
}

/** The cell as a transition opened it, and the transition that opened it before. */
function openedIn(t: Transition, cell: number): (Opened & { parent: number }) | undefined {
  const i = COLUMNS.findIndex((column) => t.columns[column].address === cell);
  const column = COLUMNS[i];
  return column === undefined ? undefined : { ...t.columns[column], parent: t.parents[i] ?? 0 };
}

/** Where a transition leaves a resource; undefined if it leaves it nowhere. */
function lyingAfter({ columns, seq }: Transition, resource: bigint): Lying | undefined {
  for (const column of COLUMNS) {
    const { address: at, after } = columns[column];
    if (at !== 0 && holds(after, resource)) return { at, seq };
  }
  return undefined;
}

function holds(words: Words, resource: bigint): boolean {
  // Unpacking a whole cell takes longer.
  if (Number(words[0] & 7n) !== CELL.resource) return false;
  const cell = unpackCell(words);
  return cell.type === "resource" && cell.id === resource;
}
