/** Lines that hold of one row, for another: the compiler made both from one template. */

import type { Sum } from "../../../verifier/constraints/sums.ts";
import type { System } from "../../../verifier/constraints/system.ts";
import type { Names } from "../names.ts";
import { ALGEBRA, type Propagator } from "../propagate.ts";
import type { Line } from "../reasoning/reasoner.ts";
import { renamed } from "../renamed.ts";
import { brief } from "../sumNames.ts";
import type { Row } from "./row.ts";

/** Names with the number of a row in them. */
const NUMBERED = /^(row|operations|choices|cellsFound|channel\.\w+|rowMemory)\[(\d+)\]/;
/** What was done for a row. */
export interface Pattern {
  readonly row: number;
  readonly lines: readonly Line[];
  /** Numbers of the first constraint and of the first signal that its lines added. */
  readonly from: number;
  readonly signalsFrom: number;
}

/** Has no counterpart in the other row. */
class Missing extends Error {}

/**
 * Tries the lines of a pattern on another row.
 * @param old the pattern's row
 * @returns null if all hold; else why not, after the lines that do
 */
export function again(
  own: Propagator,
  names: Names,
  pattern: Pattern,
  old: Row,
  row: Row,
  sums: SumsByShape,
): string | null {
  const place = new Place(own, names, pattern, old, row, sums);
  let failed: string | null = null;
  for (const line of pattern.lines) {
    const [constraint, signal] = [own.system.constraints.length, own.system.next];
    try {
      const mine = renamed(line, place);
      if (ALGEBRA.has(line[0])) own.must(...mine);
      else if (!own.try(...mine)) {
        failed ??= `a line of the rule "${line[0]}" does not hold`;
        if (line[0] === "onehot") return failed;
      }
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      failed ??= error.message;
      if (line[0] === "onehot" || ALGEBRA.has(line[0])) return failed;
    }
    if (ALGEBRA.has(line[0])) place.added(line[0], constraint, signal);
  }
  return failed;
}

/** Signals that lines defined and that have no name in the source, by the sums that they are. */
export class SumsByShape {
  readonly #system: System;
  readonly #names: Names;
  readonly #by = new Map<string, number>();
  #until: number;

  constructor(system: System, names: Names) {
    this.#system = system;
    this.#names = names;
    this.#until = system.signals;
  }

  /** The signal that is the sum of another one, with other signals in it. */
  find(n: number, moved: (n: number) => number): number | undefined {
    for (; this.#until < this.#system.next; this.#until++) {
      const sum = this.#system.definition(this.#until);
      if (sum !== undefined && this.#names.of[this.#until] === undefined) {
        this.#by.set(
          shapeOf(sum, (one) => one),
          this.#until,
        );
      }
    }
    const sum = this.#system.definition(n);
    return sum === undefined ? undefined : this.#by.get(shapeOf(sum, moved));
  }
}

const shapeOf = (sum: Sum, moved: (n: number) => number): string =>
  brief(
    [...sum]
      .map(([one, factor]) => [moved(one), factor] as const)
      .sort(([x], [y]) => x - y)
      .map(([one, factor]) => `${one}:${factor}`)
      .join(),
  );

class Place {
  readonly #own: Propagator;
  readonly #names: Names;
  readonly #pattern: Pattern;
  readonly #old: Row;
  readonly #by: number;
  readonly #sums: SumsByShape;
  readonly #signals = new Map<number, number>([[0, 0]]);
  readonly #constraints = new Map<number, number>();
  /** Constraints of the new row by their signals. */
  readonly #here: ReadonlyMap<string, number>;
  #nextConstraint: number;
  #nextSignal: number;

  constructor(own: Propagator, names: Names, pattern: Pattern, old: Row, row: Row, sums: SumsByShape) {
    this.#own = own;
    this.#names = names;
    this.#pattern = pattern;
    this.#old = old;
    this.#by = row.number - pattern.row;
    this.#sums = sums;
    this.#here = new Map([...row.scope].map((n) => [this.#shape(n, (one) => one), n]));
    [this.#nextConstraint, this.#nextSignal] = [pattern.from, pattern.signalsFrom];
  }

  /** A line has added a constraint here, as it did in the pattern. */
  added(rule: string, constraint: number, signal: number): void {
    this.#constraints.set(this.#nextConstraint++, constraint);
    if (rule === "define") this.#signals.set(this.#nextSignal++, signal);
  }

  signal(n: number): number {
    const known = this.#signals.get(n);
    if (known !== undefined) return known;
    const name = this.#names.of[n]?.replace(
      NUMBERED,
      (_, what: string, row: string) => `${what}[${Number(row) + this.#by}]`,
    );
    const found = this.#names.signals.get(name ?? "") ?? this.#sums.find(n, (one) => this.signal(one));
    if (found === undefined) throw new Missing(`there is no signal like ${this.#names.of[n] ?? n}`);
    this.#signals.set(n, found);
    return found;
  }

  constraint(n: number): number {
    const known = this.#constraints.get(n);
    if (known !== undefined) return known;
    const isOurs = n < this.#pattern.from && this.#old.scope.has(n);
    const found = isOurs ? this.#here.get(this.#shape(n, (one) => this.signal(one))) : undefined;
    if (found === undefined) throw new Missing(`there is no constraint like ${n}`);
    this.#constraints.set(n, found);
    return found;
  }

  #shape(n: number, moved: (n: number) => number): string {
    return (this.#own.system.constraints.at(n) as readonly Sum[])
      .map((sum) =>
        [...sum.keys()]
          .filter((one) => one !== 0)
          .map(moved)
          .sort((x, y) => x - y)
          .join(),
      )
      .join("|");
  }
}
