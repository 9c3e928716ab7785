/** All ways through a computation whose tests may go either way: it is run again for each of them. */
import { ContradictionError, Facts, type Range, type Sign } from "./facts.ts";
import { type Linear, textOf } from "./linear.ts";

/** A test, as it was decided, and where it stands: `trace/machine/group.ts:120`. */
export interface Condition {
  readonly sum: Linear;
  readonly is: Sign;
  readonly where: string;
}

/** The tests of a part of the computation: one of these lists holds. */
export interface Either {
  readonly any: readonly Alternative[];
}
/** Tests that hold together, and the types of cells with them. */
export interface Alternative {
  readonly conditions: readonly Test[];
  readonly found: Readonly<Record<string, readonly CellType[]>>;
}
/** What is decided on a way, in order. */
export type Test = Condition | Either;

/** The type of a cell, with the state of a watch. */
export type CellType = "empty" | "program" | "resource" | "capability" | "entry" | "armed" | "fired" | "spent";
/** All types, in the order of their numbers. */
export const CELL_TYPES: readonly CellType[] = [
  ...(["empty", "program", "resource", "capability", "entry", "armed", "fired", "spent"] as const),
];

/** Thrown where a test is not decided and must not be. */
export class UndecidedError extends Error {}

/** An answer. `undecided`: there was none, because nothing might be asked. */
interface Decision {
  value: boolean;
  /** What was known before allowed no other answer. */
  readonly isSettled: boolean;
  readonly undecided: boolean;
  /** No other way is left to try. */
  done: boolean;
  /** What was known before the answer. */
  readonly before?: Facts;
  /** The ends of a part, and which of them is taken. */
  readonly ends?: readonly End[];
  taken?: number;
}

/** An end of a part: what it returns or throws, and what holds then. */
interface End {
  readonly result: { readonly value: unknown } | { readonly error: unknown };
  readonly common: readonly Test[];
  readonly types: ReadonlyMap<string, readonly CellType[]>;
}
type Run = Pick<End, "result" | "types"> & { readonly tests: readonly Test[] };

const OPPOSITE: Readonly<Record<Sign, Sign>> = {
  zero: "nonzero",
  nonzero: "zero",
  negative: "nonnegative",
  nonnegative: "negative",
};

/** One way through: the tests so far, and what follows from them. */
export class Way {
  conditions: Test[] = [];
  types = new Map<string, readonly CellType[]>();
  #facts: Facts;
  /** Called when fewer types of a cell are possible than before. */
  onType: (cell: string, types: readonly CellType[]) => void = () => {};
  #mayAsk = true;
  #decisions: Decision[];
  /** So many answers are repeated. What was known before the last of them is kept there. */
  #repeated: number;
  #at = 0;

  constructor(range: (name: string) => Range, decisions: Decision[]) {
    this.#facts = new Facts(range);
    this.#decisions = decisions;
    this.#repeated = decisions.length;
  }

  /** What is known. Answers do not depend on it while earlier ones are repeated. */
  get facts(): Facts {
    return this.#facts;
  }

  /** Adds what is known of every row. */
  assume(sum: Linear, is: Sign): void {
    if (this.#at >= this.#repeated) this.#facts.assume(sum, is);
  }

  /** Whether the sum is so. */
  is(sum: Linear, is: Sign, where: string): boolean {
    const taken = this.#decide(
      () => this.facts.allows(sum, is),
      () => this.facts.allows(sum, OPPOSITE[is]),
    );
    if (taken.isSettled) return taken.value;
    const found = taken.value ? is : OPPOSITE[is];
    this.conditions.push({ sum, is: found, where });
    this.assume(sum, found);
    return taken.value;
  }

  /** Whether the cell has one of the types. */
  isType(cell: string, wanted: readonly CellType[]): boolean {
    const types = this.typesOf(cell);
    const yes = types.filter((type) => wanted.includes(type));
    const no = types.filter((type) => !wanted.includes(type));
    const taken = this.#decide(
      () => this.#allowsTypes(cell, yes),
      () => this.#allowsTypes(cell, no),
    );
    this.types.set(cell, taken.value ? yes : no);
    this.onType(cell, taken.value ? yes : no);
    return taken.value;
  }

  /** The types that the cell may have. */
  typesOf(cell: string): readonly CellType[] {
    return this.types.get(cell) ?? CELL_TYPES;
  }

  /** Evaluates without asking anything new. @returns undefined if something new would have been asked */
  quietly<T>(evaluate: () => T): T | undefined {
    const before = this.#mayAsk;
    this.#mayAsk = false;
    try {
      return evaluate();
    } catch (error) {
      if (error instanceof UndecidedError) return undefined;
      throw error;
    } finally {
      this.#mayAsk = before;
    }
  }

  /**
   * A part that changes nothing: it only returns or throws. Ways through it that return the same are one way, on which
   * what all of them decided holds, and one of the rest.
   */
  part<T>(run: () => T): T {
    if (!this.#mayAsk) return run();
    const decision = this.#decisions[this.#at] ?? this.#partly(run);
    this.#at++;
    if (this.#at === this.#repeated && decision.before !== undefined) this.#facts = decision.before.copy();
    const end = decision.ends?.[decision.taken ?? 0];
    if (end === undefined) throw new Error("a part was not repeated as it was");
    for (const test of end.common) {
      this.conditions.push(test);
      if ("sum" in test) this.assume(test.sum, test.is);
    }
    this.types = new Map(end.types);
    if ("error" in end.result) throw end.result.error;
    return end.result.value as T;
  }

  #partly(run: () => unknown): Decision {
    const [facts, types, conditions] = [this.#facts, this.types, this.conditions];
    const [decisions, at, repeated] = [this.#decisions, this.#at, this.#repeated];
    const inner: Decision[] = [];
    const runs: Run[] = [];
    do {
      this.#facts = facts.copy();
      this.types = new Map(types);
      this.conditions = [];
      [this.#decisions, this.#at, this.#repeated] = [inner, 0, inner.length];
      try {
        runs.push({ result: { value: run() }, tests: this.conditions, types: this.types });
      } catch (error) {
        if (error instanceof Error && error.name === "Refusal") {
          runs.push({ result: { error }, tests: this.conditions, types: this.types });
        } else if (!(error instanceof ContradictionError)) throw error;
      }
    } while (another(inner));
    [this.#facts, this.types, this.conditions] = [facts, types, conditions];
    [this.#decisions, this.#at, this.#repeated] = [decisions, at, repeated];
    const ends = endsOf(runs);
    if (ends.length === 0) throw new ContradictionError();
    const done = ends.length === 1;
    const decision = { value: true, isSettled: done, undecided: false, done, before: facts.copy(), ends, taken: 0 };
    this.#decisions.push(decision);
    return decision;
  }

  #allowsTypes(cell: string, types: readonly CellType[]): boolean {
    if (types.length === 0) return false;
    return this.allowsTypes(cell, types);
  }

  /** Whether what is known of sums allows these types. */
  allowsTypes: (cell: string, types: readonly CellType[]) => boolean = () => true;

  /** Repeats the answer, or finds out which ones there are. */
  #decide(yes: () => boolean, no: () => boolean): Decision {
    const decision = this.#decisions[this.#at] ?? this.#answer(yes, no);
    this.#at++;
    if (this.#at === this.#repeated && decision.before !== undefined) this.#facts = decision.before.copy();
    if (decision.undecided) throw new UndecidedError();
    return decision;
  }

  #answer(yes: () => boolean, no: () => boolean): Decision {
    const [may, mayNot] = [yes(), no()];
    if (!may && !mayNot) throw new ContradictionError();
    const isSettled = !may || !mayNot;
    const undecided = !isSettled && !this.#mayAsk;
    const done = isSettled || undecided;
    const decision = { value: may, isSettled, undecided, done, ...(done ? {} : { before: this.#facts.copy() }) };
    this.#decisions.push(decision);
    return decision;
  }
}

/** Runs the computation once for each way through it. Ways that cannot be are left out. */
export function everyWay<T>(range: (name: string) => Range, run: (way: Way) => T): T[] {
  const results: T[] = [];
  const decisions: Decision[] = [];
  for (;;) {
    try {
      results.push(run(new Way(range, decisions)));
    } catch (error) {
      if (!(error instanceof ContradictionError)) throw error;
    }
    if (!another(decisions)) return results;
  }
}

/** Turns to the next way that has not been tried. */
function another(decisions: Decision[]): boolean {
  while (decisions.at(-1)?.done === true) decisions.pop();
  const last = decisions.at(-1);
  if (last === undefined) return false;
  if (last.ends !== undefined) {
    last.taken = (last.taken ?? 0) + 1;
    last.done = last.taken === last.ends.length - 1;
  } else {
    last.value = false;
    last.done = true;
  }
  return true;
}

/** The ends of a part. Each refusal is an end of its own. */
function endsOf(runs: readonly Run[]): End[] {
  const ends = new Map<unknown, Run[]>();
  for (const run of runs) {
    const key = "error" in run.result ? run : String(run.result.value);
    ends.set(key, [...(ends.get(key) ?? []), run]);
  }
  return [...ends.values()].map(joined);
}

const keyOf = (test: Test): string =>
  "sum" in test ? `${textOf(test.sum)} ${test.is}` : JSON.stringify(test, plainly);
const plainly = (_: string, value: unknown): unknown =>
  value instanceof Map ? [...value] : typeof value === "bigint" ? String(value) : value;

/** Ways with the same result, as one. */
function joined(runs: readonly Run[]): End {
  const [first] = runs as readonly [Run, ...Run[]];
  const others = runs.map(({ tests }) => new Set(tests.map(keyOf)));
  const isCommon = (test: Test): boolean => others.every((keys) => keys.has(keyOf(test)));
  const common = first.tests.filter(isCommon);
  const types = new Map<string, readonly CellType[]>();
  for (const cell of new Set(runs.flatMap((run) => [...run.types.keys()]))) {
    const all = new Set(runs.flatMap((run) => run.types.get(cell) ?? CELL_TYPES));
    types.set(
      cell,
      CELL_TYPES.filter((type) => all.has(type)),
    );
  }
  if (runs.length === 1) return { result: first.result, common, types };
  const any = runs.map((run): Alternative => {
    const found = [...run.types].filter(([cell, of]) => of.length !== types.get(cell)?.length);
    return { conditions: run.tests.filter((test) => !isCommon(test)), found: Object.fromEntries(found) };
  });
  return { result: first.result, common: [...common, { any }], types };
}
