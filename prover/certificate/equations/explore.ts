/** All ways through a computation whose tests may go either way: it is run again for each of them. */
import { ContradictionError, Facts, type Range, type Sign } from "./facts.ts";
import type { Linear } from "./linear.ts";

/** A test, as it was decided, and where it stands: `trace/machine/group.ts:120`. */
export interface Condition {
  readonly sum: Linear;
  readonly is: Sign;
  readonly where: string;
}

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
}

const OPPOSITE: Readonly<Record<Sign, Sign>> = {
  zero: "nonzero",
  nonzero: "zero",
  negative: "nonnegative",
  nonnegative: "negative",
};

/** One way through: the tests so far, and what follows from them. */
export class Way {
  readonly conditions: Condition[] = [];
  readonly types = new Map<string, readonly CellType[]>();
  #facts: Facts;
  /** Called when fewer types of a cell are possible than before. */
  onType: (cell: string, types: readonly CellType[]) => void = () => {};
  #mayAsk = true;
  readonly #decisions: Decision[];
  /** So many answers are repeated. What was known before the last of them is kept there. */
  readonly #repeated: number;
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
    while (decisions.at(-1)?.done === true) decisions.pop();
    const last = decisions.at(-1);
    if (last === undefined) return results;
    last.value = false;
    last.done = true;
  }
}
