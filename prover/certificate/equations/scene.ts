/** What a row meets, with names for all numbers: the row itself, the cells, the map, and what the group carries. */
import { BITS } from "../../../trace/layout.ts";
import { SHAPES } from "../../../trace/machine/rowShape.ts";
import type { RowName } from "../../../trace/machine/transition.ts";
import { CELL_TYPES, type CellType, type Way } from "./explore.ts";
import { constant, type Linear, plus, textOf, times, variable } from "./linear.ts";
import { linearOf } from "./runtime.ts";
import { Maybe, Sum, TypeOf } from "./values.ts";
import { cellNamed, field, mapNamed, rowNamed } from "./variables.ts";

/** The five columns. */
export type Column = "A" | "B" | "S" | "D" | "X";
const COLUMNS: readonly Column[] = ["A", "B", "S", "D", "X"];
/** Types of cells in the slot 0 of a program, and in its other slots. */
const IN_SLOT_0: readonly CellType[] = ["empty", "program"];
const ELSEWHERE = CELL_TYPES.filter((type) => type !== "program");
/** Column of each address, by the address as a text. */
const COLUMN_OF: ReadonlyMap<string, Column> = new Map(
  (["actor", "peer", "source", "destination", "authority"] as const).map((name, i) => {
    const whole = rowNamed("Issue", [])[name] as Sum;
    return [textOf(i < 2 ? times(whole.linear, 256n) : whole.linear), COLUMNS[i] as Column];
  }),
);

/** The column that has this address. */
export function columnAt(address: unknown): Column {
  const column = COLUMN_OF.get(textOf(linearOf(address)));
  if (column === undefined) throw new Error(`no column has the address ${String(address)}`);
  return column;
}

/** The state of a group before a row, as the machine has it. */
export interface SceneProgress {
  first: unknown;
  digest: unknown;
  triggered: unknown;
  call: unknown;
  obligations: { 0: unknown; shift(): void; push(owed: Record<string, unknown>): void };
  line: unknown;
  rotated: { has(program: unknown, where: string): boolean; add(program: unknown): void };
}

/** A row, and what it meets. */
export class Scene {
  readonly row: Record<string, unknown>;
  readonly at = field("row.at", BITS.time);
  readonly seq = field("row.seq", BITS.seq + 1);
  /** Rows of the group before this one. */
  readonly rowsBefore: Sum;
  readonly before = field("before.at", BITS.time);
  readonly map = mapNamed();
  readonly progress: SceneProgress;
  readonly view: object;
  /** Checks that the row makes owed. */
  readonly pushed: Record<string, unknown>[] = [];
  /** The first Check that was owed is done. */
  shifted = false;
  /** The actor has changed its authority. */
  rotates = false;
  readonly #way: Way;

  constructor(effect: RowName, way: Way) {
    this.#way = way;
    this.row = rowNamed(effect, SHAPES[effect].argument);
    this.progress = this.#progress();
    this.view = this.#view();
    this.rowsBefore = new Sum(plus(this.seq.linear, linearOf(this.progress.first), -1n));
    const { leaf, programs } = this.map;
    way.assume(plus(this.seq.linear, linearOf(this.progress.first), -1n), "nonnegative");
    way.assume(plus(plus(leaf.linear, programs.linear, -1n), constant(-1n)), "nonnegative");
    way.onType = (cell, types) => {
      for (const fact of this.#factsOf(cell, types)) way.assume(fact, "nonnegative");
    };
    for (const column of COLUMNS) way.types.set(column, this.#isHeader(column) ? IN_SLOT_0 : ELSEWHERE);
    way.allowsTypes = (cell, types) => this.#allows(cell, types);
  }

  #progress(): SceneProgress {
    const left = field("call.left", BITS.nargs);
    const child = field("line.child", "address");
    const slot = field("owed.slot", "address");
    const rotated = field("progress.rotated", 1).linear;
    const owed = {
      slot,
      rank: field("owed.rank", BITS.rank),
      kind: field("owed.kind", "kind"),
      before: cellNamed("owed.before"),
      after: cellNamed("owed.after"),
    };
    const call = {
      actor: field("call.actor", BITS.program),
      entry: field("call.entry", "address"),
      terms: { ...cellNamed("call.terms"), type: "entry" },
      left,
      sum: field("call.sum", BITS.quantity + BITS.nargs),
    };
    return {
      first: field("progress.first", BITS.seq + 1),
      digest: field("progress.digest", "word"),
      triggered: field("progress.triggered", BITS.program),
      // A call that is open has arguments left, an owed Check and a line have a slot.
      call: new Maybe(left.linear, call),
      obligations: {
        0: new Maybe(slot.linear, owed),
        shift: () => {
          this.shifted = true;
        },
        push: (one) => this.pushed.push(one),
      },
      line: new Maybe(child.linear, {
        actor: field("line.actor", BITS.program),
        child,
        root: field("line.root", BITS.program),
      }),
      rotated: {
        has: (_, where) => this.#way.is(rotated, "nonzero", where),
        add: () => {
          this.rotates = true;
        },
      },
    };
  }

  #view(): object {
    const { leaf, watches, moored, programs } = this.map;
    return {
      levels: leaf,
      watches,
      moored,
      cell: (address: unknown) => cellNamed(columnAt(address)),
      words: () => [],
      programs: () => programs,
      write: () => {},
      commit: () => {},
    };
  }

  /** Programs are numbered without gaps, and a program's header lies in its slot 0: these numbers are not negative. */
  #factsOf(cell: string, types: readonly CellType[]): Linear[] {
    const program = cell === "A" ? "actor" : cell === "B" ? "peer" : undefined;
    const of = program === undefined ? this.#headerIn(cell) : linearOf(this.row[program]);
    if (of === undefined) return [];
    const count = this.map.programs.linear;
    if (types.every((type) => type === "program")) return [plus(count, of, -1n)];
    return types.includes("program") ? [] : [plus(plus(of, count, -1n), constant(-1n))];
  }

  /** The types that a cell may have, as it was found or as the row leaves it. */
  typesOf({ type }: Readonly<Record<string, unknown>>): readonly CellType[] {
    return type instanceof TypeOf ? this.#way.typesOf(type.cell) : [type as CellType];
  }

  /** The types that cells may have, where the row has asked for them. */
  found(): Record<string, readonly CellType[]> {
    const any = [IN_SLOT_0, ELSEWHERE];
    return Object.fromEntries([...this.#way.types].filter(([, types]) => !any.includes(types)));
  }

  /** A header lies in slot 0, and nothing else does. */
  #isHeader(column: Column): boolean {
    return column === "A" || column === "B" || this.#headerIn(column) !== undefined;
  }

  /** The program whose header the column X opens. */
  #headerIn(cell: string): Linear | undefined {
    if (cell !== "X" || this.row.effect !== "CreateProgram") return undefined;
    return variable("row.authority.program");
  }

  #allows(cell: string, types: readonly CellType[]): boolean {
    return this.#factsOf(cell, types).every((fact) => this.#way.facts.allows(fact, "nonnegative"));
  }
}
