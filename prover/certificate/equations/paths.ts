/**
 * The equations of the state machine, made by running its source on values that stand for many. For each sort of row:
 * all ways through `Group.step`, the tests on each of them, and what the row leaves, or why it is refused.
 */

import { BITS, SEQ_OFFSET } from "../../../trace/layout.ts";
import { SHAPES } from "../../../trace/machine/rowShape.ts";
import type { RowName } from "../../../trace/machine/transition.ts";
import { bitsOf } from "./bits.ts";
import { CELL_TYPES, type CellType, type Condition, everyWay, type Test, type Way } from "./explore.ts";
import { areSame, constant, type Linear, plus, times } from "./linear.ts";
import { type Loaded, loaded } from "./load.ts";
import { linearOf, Refusal, Runtime } from "./runtime.ts";
import { type Column, Scene } from "./scene.ts";
import { Guarded, Sum } from "./values.ts";
import { cellNamed, field, greaterOf, productOf, rangeOf, untouched, wordsNamed } from "./variables.ts";

/** Three words, as integers. */
export type LinearWords = readonly [Linear, Linear, Linear];

/** A Check that is owed after the row. */
export interface Owed {
  readonly slot: Linear;
  readonly rank: Linear;
  readonly kind: Linear;
  /** Types of the slot's cell, before the row and after it. */
  readonly before: readonly CellType[];
  readonly after: readonly CellType[];
  /** Of what is in the slot after the row; null if nothing is. */
  readonly quantity: Linear | null;
  /** It is owed if this bit is 1. */
  readonly when: Linear;
}

/** What a group carries after a row. */
export interface ProgressAfter {
  readonly triggered: Linear;
  /** `before`: as it was before the row. null: no call is open. */
  readonly call: null | Readonly<Record<"actor" | "entry" | "left" | "sum" | "accepts" | "minimum", Linear>>;
  readonly line: null | Readonly<Record<"actor" | "child" | "root", Linear>>;
  /** Whether the first Check that was owed is done. */
  readonly checked: boolean;
  /** Checks that are owed now, behind those that were owed before. */
  readonly owed: readonly Owed[];
  /** Whether the actor may do nothing more in the group. */
  readonly rotates: boolean;
}

/** What a row does. */
export interface Accepted {
  readonly accepted: true;
  readonly addresses: Readonly<Partial<Record<Column, Linear>>>;
  readonly left: Readonly<Partial<Record<Column, LinearWords>>>;
  readonly clock: Linear;
  readonly seq: Linear;
  readonly progress: ProgressAfter;
}
/** Why a row is refused. */
export interface Refused {
  readonly accepted: false;
  readonly error: "RefusedError" | "InvalidInputError";
  /** The invariant; the field, if the input is wrong. */
  readonly invariant: string;
  /** File and line. */
  readonly where: string;
}

/** One way through the machine. */
export interface Path {
  readonly effect: RowName;
  /** The types that the found cells may have, where something depends on them. Every other cell may have any. */
  readonly found: Readonly<Record<string, readonly CellType[]>>;
  /** The tests, in order. */
  readonly conditions: readonly Test[];
  readonly outcome: Accepted | Refused;
}

/** All sorts of rows. */
export const EFFECTS = Object.keys(SHAPES) as RowName[];

const GROUP = "trace/machine/group.ts";
const CELLS = "trace/state/cells.ts";
const WATCH = "trace/machine/rules/watch.ts";

interface OpenGroup {
  _progress: object;
  _done: unknown;
  commit(): unknown;
  step(row: object, at: unknown): void;
}

export function machineFor(way: Way, view: object | undefined, isShort = true): (file: string) => Loaded {
  class Overlay {
    constructor() {
      // biome-ignore lint/correctness/noConstructorReturn: the view stands for the map and what the group has written
      return view ?? this;
    }
  }
  const given = {
    "trace/state/timeMap.ts": { Overlay },
    "trace/state/tree.ts": { firstLeaf: (levels: unknown) => levels },
    "trace/poseidon/index.ts": { hash: unexpected },
    "trace/describe/count.ts": { count: () => "" },
  };
  const runtime = new Runtime(way, rangeOf, { product: productOf, greater: greaterOf });
  const changed = { [WATCH]: guardedRanks, [CELLS]: (own: Loaded) => ({ packCell: packedOnce(way, own) }) };
  return loaded(GROUP, runtime, given, isShort ? changed : {});
}

type Pack = (cell: Record<string, unknown>) => readonly unknown[];

/** A cell of any type that only gets another `seq` keeps its words otherwise: one way instead of one for each type. */
function packedOnce(way: Way, own: Loaded): Pack {
  const pack = own.packCell as Pack;
  return (cell) => {
    const name = untouched(cell);
    if (name === undefined || way.typesOf(name).length === 1 || way.typesOf(name).includes("program"))
      return pack(cell);
    const [first, ...rest] = wordsNamed(name);
    const later = plus(linearOf(cell.seq), linearOf(cellNamed(name).seq), -1n);
    return [plus(first, later, 1n << SEQ_OFFSET), ...rest].map((sum) => new Sum(sum));
  };
}

/** Whether {@link packedOnce} says what the machine's own `packCell` says, for every type that it is used for. */
export function seqIsPacked(): boolean {
  const seq = field("row.seq", BITS.seq + 1);
  return CELL_TYPES.filter((type) => type !== "program").every((type) =>
    everyWay(rangeOf, (way) => {
      way.assume(plus(seq.linear, constant(-(1n << BigInt(BITS.seq)))), "negative");
      way.types.set("S", [type]);
      const pack = machineFor(way, undefined, false)(CELLS).packCell as Pack;
      const cell = cellNamed("S");
      const [before, after] = [pack(cell).map(linearOf), pack({ ...cell, seq }).map(linearOf)];
      const later = times(plus(seq.linear, linearOf(cell.seq), -1n), 1n << SEQ_OFFSET);
      return after.every((word, i) => {
        const expected = i === 0 ? plus(before[i] as Linear, later) : (before[i] as Linear);
        return areSame(word, expected);
      });
    }).every((same) => same),
  );
}

/** The ranks in a set whose bits are not known: each with its bit. Sixteen ways less for each slot. */
function guardedRanks(own: Loaded): Loaded {
  const ranksOf = own.ranksOf as (watch: unknown) => unknown[];
  return {
    ranksOf: (watch: unknown) =>
      watch instanceof Sum ? bitsOf(watch.linear).bits.map((bit, rank) => new Guarded(rank, bit)) : ranksOf(watch),
  };
}

/** Whether {@link guardedRanks} says what the machine's own `ranksOf` says, for every set. */
export function ranksAreGuarded(): boolean {
  const watch = cellNamed("S").watch as Sum;
  return everyWay(rangeOf, (way) => {
    const ranks = (machineFor(way, undefined, false)(WATCH).ranksOf as (watch: Sum) => number[])(watch);
    const { bits } = bitsOf(watch.linear);
    return bits.every((bit, rank) => !way.facts.allows(bit, ranks.includes(rank) ? "zero" : "nonzero"));
  }).every((same) => same);
}

function unexpected(): never {
  throw new Error("a hash is not an equation");
}

/**
 * All ways through a row of this sort. No two of them can be taken by the same row.
 * @param given facts that hold of every row that is meant: ways that they do not allow are left out
 */
export function pathsOf(effect: RowName, given: readonly Omit<Condition, "where">[] = []): Path[] {
  return everyWay(rangeOf, (way): Path => {
    const scene = new Scene(effect, way);
    for (const { sum, is } of given) way.assume(sum, is);
    const outcome = run(scene, machineFor(way, scene.view));
    return { effect, found: scene.found(), conditions: way.conditions, outcome };
  });
}

/** A way to end a group after a row: whether it may end there. */
export interface EndPath {
  readonly conditions: readonly Test[];
  /** null: the group ends. */
  readonly refused: Refused | null;
}

/** All ways to end a group, by what it carries after its last row. The variables are those of the progress. */
export function endPaths(): EndPath[] {
  return everyWay(rangeOf, (way): EndPath => {
    const scene = new Scene("JoinWith", way);
    const group = groupOf(scene, machineFor(way, scene.view));
    group._done = [{}];
    const refused = refusalOf(() => group.commit());
    return { conditions: way.conditions, refused };
  });
}

function groupOf(scene: Scene, load: (file: string) => Loaded): OpenGroup {
  const Group = load(GROUP).Group as new (...given: unknown[]) => OpenGroup;
  const { first, digest } = scene.progress;
  const group = new Group(scene.view, first, scene.before, digest);
  group._progress = scene.progress;
  return group;
}

function refusalOf(run: () => unknown): Refused | null {
  try {
    run();
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { accepted: false, error: error.kind, invariant: error.invariant, where: error.where };
  }
}

function run(scene: Scene, load: (file: string) => Loaded): Accepted | Refused {
  const group = groupOf(scene, load);
  const done: Record<string, unknown>[] = [];
  group._done = { length: scene.rowsBefore, push: (transition: Record<string, unknown>) => done.push(transition) };
  const refused = refusalOf(() => group.step(scene.row, scene.at));
  if (refused !== null) return refused;
  const [transition] = done;
  if (transition === undefined) throw new Error("the row made no transition");
  return accepted(scene, transition);
}

function accepted(scene: Scene, transition: Record<string, unknown>): Accepted {
  const addresses: Partial<Record<Column, Linear>> = {};
  const left: Partial<Record<Column, LinearWords>> = {};
  const columns = transition.columns as Record<Column, { address: unknown; after: readonly unknown[] }>;
  for (const [column, { address, after }] of Object.entries(columns) as [Column, (typeof columns)["A"]][]) {
    if (address === 0) continue;
    addresses[column] = linearOf(address);
    left[column] = after.map(linearOf) as unknown as LinearWords;
  }
  const clock = linearOf(transition.clock);
  return { accepted: true, addresses, left, clock, seq: linearOf(transition.seq), progress: progressAfter(scene) };
}

type Fields = Record<string, unknown>;

function progressAfter(scene: Scene): ProgressAfter {
  const { progress, shifted, pushed, rotates } = scene;
  const call = progress.call as (Fields & { terms: Fields }) | null;
  const line = progress.line as Fields | null;
  return {
    triggered: linearOf(progress.triggered),
    call:
      call === null
        ? null
        : {
            actor: linearOf(call.actor),
            entry: linearOf(call.entry),
            left: linearOf(call.left),
            sum: linearOf(call.sum),
            accepts: linearOf(call.terms.accepts),
            minimum: linearOf(call.terms.minimum),
          },
    line:
      line === null ? null : { actor: linearOf(line.actor), child: linearOf(line.child), root: linearOf(line.root) },
    checked: shifted,
    owed: pushed.map((one) => owedOf(one, scene)),
    rotates,
  };
}

function owedOf({ slot, rank, kind, before, after }: Fields, scene: Scene): Owed {
  if (!(rank instanceof Guarded)) throw new Error("a rank without its bit");
  const [was, is] = [before, after].map((cell) => scene.typesOf(cell as Fields)) as [CellType[], CellType[]];
  const quantity = is.includes("resource") ? linearOf((after as Fields).quantity) : null;
  const numbers = { slot: linearOf(slot), rank: linearOf(rank.value), kind: linearOf(kind) };
  return { ...numbers, before: was, after: is, quantity, when: rank.when };
}

/** The words of a cell of this type that was found in the column, as sums of the variables of its fields. */
export function wordsFound(column: string, type: CellType): LinearWords {
  const [words] = everyWay(rangeOf, (way) => {
    way.types.set(column, [type]);
    const packCell = machineFor(way, undefined)(CELLS).packCell as (cell: object) => readonly unknown[];
    return packCell(cellNamed(column)).map(linearOf) as unknown as LinearWords;
  });
  if (words === undefined) throw new Error(`no words of a cell ${type}`);
  return words;
}
