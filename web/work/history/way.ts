/**
 * A resource's way: where its quantity came from, and where it went. A split begins a part's life, and a merge ends
 * one; so the way has the lives of several resources, and joins between them.
 */
import type { ProgramRef } from "../../../trace/describe/names.ts";
import type { RowName, Transition } from "../../../trace/machine/transition.ts";
import type { Placed } from "../../../trace/query/inventory.ts";
import { resourcesIn } from "../../../trace/query/resource.ts";
import { resourceReport } from "../../../trace/query/resourceReport.ts";
import type { RunHistory } from "../../../trace/query/runHistory.ts";
import type { ResourceCell } from "../../../trace/state/cells.ts";
import type { Teller, ToldResource } from "./told.ts";

/** One resource on the way. */
export interface Life {
  /** Id, in decimal. */
  readonly resource: string;
  /** Its first and its last transition on the way; 0 is the genesis. */
  readonly from: number;
  readonly until: number;
  /** Whether the resource was there before, or is there after, without being on this way. */
  readonly older: boolean;
  readonly younger: boolean;
  /** Whether it is there at the moment. */
  readonly there: boolean;
}

/** A transition's change of one resource of the way. */
export interface LifeChange {
  readonly resource: string;
  /** Null: it was made. */
  readonly from: ToldResource | null;
  /** Null: it is gone. */
  readonly to: ToldResource | null;
}

/** One transition of the way. */
export interface WayStep {
  /** 0 is the genesis. */
  readonly seq: number;
  /** Seconds since 1970. */
  readonly at: number;
  /** Null for the genesis. */
  readonly effect: RowName | null;
  readonly actor: ProgramRef | null;
  readonly changes: readonly LifeChange[];
  /** The two resources of a split or a merge; quantity flows from one to the other. */
  readonly join: { readonly from: string; readonly to: string } | null;
}

export interface Way {
  /** Id of the resource that was asked for. */
  readonly resource: string;
  /** The asked one first, then in the order of their beginnings. */
  readonly lives: readonly Life[];
  readonly steps: readonly WayStep[];
  /** Where what is there at the moment lies: the ends of the way. */
  readonly ends: readonly ToldResource[];
  /** Steps that were left out in the middle, before the step with this index; null if all are here. */
  readonly left: { readonly count: number; readonly before: number } | null;
}

interface Change {
  readonly seq: number;
  readonly before: Placed<ResourceCell> | undefined;
  readonly after: Placed<ResourceCell> | undefined;
}

/** A split or a merge: quantity goes from one resource to another. */
interface Join {
  readonly seq: number;
  readonly from: bigint;
  readonly to: bigint;
}

interface Span {
  readonly from: number;
  readonly until: number;
}

/** Most steps of an answer. */
const MOST = 2_000;

/** The changes of all resources of a run, collected in one pass. */
export class Ways {
  readonly #history: RunHistory;
  readonly #changes = new Map<bigint, Change[]>();
  readonly #joins: Join[] = [];
  readonly #teller: Teller;

  constructor(history: RunHistory, teller: Teller) {
    this.#history = history;
    this.#teller = teller;
    for (const { cell, address } of history.genesis.cells) {
      if (cell.type === "resource")
        this.#add(cell.id, { seq: 0, before: undefined, after: { address, cell: { ...cell, seq: 0 } } });
    }
    for (const t of history.transitions) this.#collect(t);
  }

  /** The way up to a moment. @param id of a resource that is there or was there before */
  of(id: bigint, moment: number): Way {
    const spans = this.#spansOf(id, moment);
    const bySeq = new Map<number, bigint[]>();
    const lives: Life[] = [];
    for (const [resource, { from, until }] of spans) {
      const all = this.#upTo(resource, moment);
      const own = all.filter(({ seq }) => from <= seq && seq <= until);
      for (const { seq } of own) bySeq.set(seq, [...(bySeq.get(seq) ?? []), resource]);
      const [first, last] = [own[0], own.at(-1)];
      if (first === undefined || last === undefined) continue;
      lives.push({
        ...{ resource: resource.toString(), from: first.seq, until: last.seq },
        ...{ older: first !== all[0], younger: last !== all.at(-1), there: all.at(-1)?.after !== undefined },
      });
    }
    const focal = (life: Life): number => (life.resource === id.toString() ? -1 : life.from);
    const seqs = [...bySeq.keys()].sort((a, b) => a - b);
    const count = Math.max(0, seqs.length - MOST);
    const shown = count === 0 ? seqs : [...seqs.slice(0, MOST / 2), ...seqs.slice(-MOST / 2)];
    lives.sort((a, b) => focal(a) - focal(b));
    return {
      ...{ resource: id.toString(), lives },
      ends: lives.flatMap((life) => this.#end(life, moment)),
      steps: shown.map((seq) => this.#step(seq, bySeq.get(seq) ?? [])),
      left: count === 0 ? null : { count, before: MOST / 2 },
    };
  }

  /** Transitions that changed the resource, up to a moment; 0 is the genesis. */
  changesOf(id: bigint, moment: number): number[] {
    return this.#upTo(id, moment).map(({ seq }) => seq);
  }

  #collect(t: Transition): void {
    const before = new Map(resourcesIn(t, "before").map((one) => [one.cell.id, one]));
    const after = new Map(resourcesIn(t, "after").map((one) => [one.cell.id, one]));
    for (const id of new Set([...before.keys(), ...after.keys()])) {
      const [was, is] = [before.get(id), after.get(id)];
      if (was !== undefined && is !== undefined && sameOf(was, is)) continue;
      this.#add(id, { seq: t.seq, before: was, after: is });
    }
    const join = joinOf(t);
    if (join !== null) this.#joins.push(join);
  }

  #add(id: bigint, change: Change): void {
    const known = this.#changes.get(id);
    if (known === undefined) this.#changes.set(id, [change]);
    else known.push(change);
  }

  #upTo(id: bigint, moment: number): Change[] {
    return (this.#changes.get(id) ?? []).filter(({ seq }) => seq <= moment);
  }

  /** The stretch of each resource's life that is on the way. */
  #spansOf(id: bigint, moment: number): Map<bigint, Span> {
    const joins = this.#joins.filter(({ seq }) => seq <= moment);
    // The way back: a part comes from what it was split off, and a resource from what was merged into it.
    const back = new Map([[id, moment]]);
    for (const { seq, from, to } of joins.toReversed()) if (back.has(to) && !back.has(from)) back.set(from, seq);
    // The way on: to the parts that were split off, and to what it was merged into.
    const on = new Map([[id, 0]]);
    for (const { seq, from, to } of joins) if (on.has(from) && !on.has(to)) on.set(to, seq);
    return new Map(
      [...new Set([...back.keys(), ...on.keys()])].map((one) => [
        one,
        { from: back.has(one) ? 0 : (on.get(one) ?? 0), until: on.has(one) ? moment : (back.get(one) ?? moment) },
      ]),
    );
  }

  #end({ resource, there, younger }: Life, moment: number): ToldResource[] {
    const place = there && !younger ? this.#upTo(BigInt(resource), moment).at(-1)?.after : undefined;
    const { transitions, names } = this.#history;
    if (place === undefined) return [];
    return [this.#teller.resource(resourceReport(place, transitions[moment - 1]?.at ?? 0, names))];
  }

  #step(seq: number, resources: readonly bigint[]): WayStep {
    const { transitions, names } = this.#history;
    const t = transitions[seq - 1];
    const at = t?.at ?? 0;
    const told = (place: Placed<ResourceCell> | undefined): ToldResource | null =>
      place === undefined ? null : this.#teller.resource(resourceReport(place, at, names));
    const changes = resources.flatMap((id) => {
      const change = this.#changes.get(id)?.find((one) => one.seq === seq);
      return change === undefined
        ? []
        : [{ resource: id.toString(), from: told(change.before), to: told(change.after) }];
    });
    if (t === undefined) return { seq, at, effect: null, actor: null, changes, join: null };
    const join = joinOf(t);
    return {
      ...{ seq, at, effect: t.effect, actor: names.ref(t.actor), changes },
      join: join === null ? null : { from: join.from.toString(), to: join.to.toString() },
    };
  }
}

function sameOf(a: Placed<ResourceCell>, b: Placed<ResourceCell>): boolean {
  const [p, q] = [a.cell, b.cell];
  return (
    a.address === b.address && p.quantity === q.quantity && p.escrowFrom === q.escrowFrom && p.deadline === q.deadline
  );
}

function joinOf(t: Transition): Join | null {
  if (t.effect === "Merge") return { seq: t.seq, from: t.resource, to: t.argument.into ?? 0n };
  if (t.effect !== "Split") return null;
  const part = resourcesIn(t, "after").find(({ cell }) => cell.id !== t.resource);
  return part === undefined ? null : { seq: t.seq, from: t.resource, to: part.cell.id };
}
