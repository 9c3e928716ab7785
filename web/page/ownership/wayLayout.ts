/** The rows of the picture of a resource's way: time goes down, and each resource of the way has a lane. */
import type { Life, LifeChange, Way, WayStep } from "../../work/history/way.ts";

/**
 * A lane's line above or below a row's middle. `held`: owned outright. `escrow`: in escrow. `rest`: the resource is
 * there, but this part of its life is not on the way.
 */
export type Line = "held" | "escrow" | "rest";

/** What happened to a resource in a step. */
export type Sign = "made" | "moved" | "escrowed" | "changed" | "gone";

/** A row's part of one lane. */
export interface LaneCell {
  readonly lane: number;
  readonly resource: string;
  readonly above: Line | null;
  readonly below: Line | null;
  /** Null: the line only passes. */
  readonly sign: Sign | null;
}

export type WayRow =
  | {
      readonly sort: "step";
      readonly step: WayStep;
      readonly cells: readonly LaneCell[];
      /** Lanes of the two resources of a split or merge, if both are on the way. */
      readonly join: { readonly from: number; readonly to: number } | null;
    }
  | {
      /** Steps that are folded, or that the answer leaves out. */
      readonly sort: "fold";
      readonly first: number;
      readonly last: number;
      readonly count: number;
      /** Whether the steps are there, so that the row can be opened. */
      readonly opens: boolean;
      readonly cells: readonly LaneCell[];
    };

export interface WayPicture {
  readonly lanes: number;
  readonly rows: readonly WayRow[];
}

/** A run of plain steps longer than this is folded. */
const LONGEST = 12;
/** Steps that stay at each end of what is folded. */
const STAYING = 4;

/**
 * The picture's rows, from the beginning to now.
 * @param opened the first transitions of the folds that the reader opened
 */
export function layoutOf(way: Way, opened: ReadonlySet<number>): WayPicture {
  const lanes = lanesOf(way.lives);
  const drawing = new Drawing(way, lanes);
  const folds = foldsOf(way, opened);
  const rows: WayRow[] = [];
  for (const [index, step] of way.steps.entries()) {
    if (way.left?.before === index) rows.push(drawing.gap(way, index, way.left.count));
    const fold = folds.find(({ from, to }) => from <= index && index < to);
    const row = drawing.step(step);
    if (fold === undefined) rows.push(row);
    else if (index === fold.to - 1) rows.push(drawing.fold(way.steps.slice(fold.from, fold.to)));
  }
  return { lanes: Math.max(0, ...lanes.values()) + 1, rows };
}

/** A lane for each resource: the asked one has the first, the others the first one that is free in their time. */
export function lanesOf(lives: readonly Life[]): Map<string, number> {
  const lanes = new Map<string, number>();
  const taken: number[] = [Number.POSITIVE_INFINITY];
  for (const [i, life] of lives.entries()) {
    if (i === 0) {
      lanes.set(life.resource, 0);
      continue;
    }
    let lane = 1;
    while ((taken[lane] ?? -1) >= life.from) lane++;
    taken[lane] = life.there && !life.younger ? Number.POSITIVE_INFINITY : life.until;
    lanes.set(life.resource, lane);
  }
  return lanes;
}

/** Draws step after step; knows which lines are there. */
class Drawing {
  readonly #lanes: ReadonlyMap<string, number>;
  readonly #lives: ReadonlyMap<string, Life>;
  /** The line of each resource that is there. */
  readonly #lines = new Map<string, Line>();

  constructor(way: Way, lanes: ReadonlyMap<string, number>) {
    this.#lanes = lanes;
    this.#lives = new Map(way.lives.map((life) => [life.resource, life]));
  }

  step(step: WayStep): WayRow {
    const changed = new Map(step.changes.map((change) => [change.resource, change]));
    const cells = [...changed.values()].map((change) => this.#changed(change, step.seq));
    for (const [resource, line] of this.#lines) {
      if (!changed.has(resource)) cells.push(this.#passing(resource, line));
    }
    for (const { resource, below } of cells) {
      if (below === null || below === "rest") this.#lines.delete(resource);
      else this.#lines.set(resource, below);
    }
    return { sort: "step", step, cells: cells.sort((a, b) => a.lane - b.lane), join: this.#join(step) };
  }

  fold(steps: readonly WayStep[]): WayRow {
    const [first, last] = [steps[0]?.seq ?? 0, steps.at(-1)?.seq ?? 0];
    return { sort: "fold", first, last, count: steps.length, opens: true, cells: this.#allPassing() };
  }

  gap(way: Way, index: number, count: number): WayRow {
    const first = (way.steps[index - 1]?.seq ?? 0) + 1;
    const last = (way.steps[index]?.seq ?? first + 1) - 1;
    return { sort: "fold", first, last, count, opens: false, cells: this.#allPassing() };
  }

  #allPassing(): LaneCell[] {
    return [...this.#lines].map(([resource, line]) => this.#passing(resource, line)).sort((a, b) => a.lane - b.lane);
  }

  #passing(resource: string, line: Line): LaneCell {
    return { lane: this.#lane(resource), resource, above: line, below: line, sign: null };
  }

  #changed(change: LifeChange, seq: number): LaneCell {
    const { resource, from, to } = change;
    const life = this.#lives.get(resource);
    const before = this.#lines.get(resource) ?? (from === null ? null : "rest");
    const after: Line | null = to === null ? null : to.report.escrow === null ? "held" : "escrow";
    const ends = life?.younger === true && life.until === seq && after !== null;
    const sign = signOf(change);
    return { lane: this.#lane(resource), resource, above: before, below: ends ? "rest" : after, sign };
  }

  #join({ join }: WayStep): { from: number; to: number } | null {
    if (join === null || !this.#lanes.has(join.from) || !this.#lanes.has(join.to)) return null;
    return { from: this.#lane(join.from), to: this.#lane(join.to) };
  }

  #lane(resource: string): number {
    return this.#lanes.get(resource) ?? 0;
  }
}

export function signOf({ from, to }: LifeChange): Sign {
  if (from === null) return "made";
  if (to === null) return "gone";
  if (to.report.escrow !== null && from.report.escrow === null) return "escrowed";
  return from.report.quantity === to.report.quantity ? "moved" : "changed";
}

/** Stretches of steps without a split, a merge, a beginning or an end, as indices. */
function foldsOf({ steps, left }: Way, opened: ReadonlySet<number>): { from: number; to: number }[] {
  const folds: { from: number; to: number }[] = [];
  let start = 0;
  const close = (end: number): void => {
    const [from, to] = [start + STAYING, end - STAYING];
    if (end - start > LONGEST && !opened.has(steps[from]?.seq ?? -1)) folds.push({ from, to });
  };
  for (const [i, step] of steps.entries()) {
    if (left?.before === i) {
      close(i);
      start = i;
    }
    if (isPlain(step)) continue;
    close(i);
    start = i + 1;
  }
  close(steps.length);
  return folds;
}

function isPlain(step: WayStep): boolean {
  return step.join === null && step.changes.every(({ from, to }) => from !== null && to !== null);
}
