/** The rows of a compiled circuit: what each signal of the source is over signals of the file, and its constraints. */
import { type Constraint, linearOf, ratio, type Sum } from "../../../verifier/constraints/sums.ts";
import { LeftOut } from "../leftOut.ts";
import { type Names, namesIn } from "../names.ts";
import { RowsByName } from "../rows/row.ts";
import { ByShape, type FileConstraints, multiples, type Source } from "../source.ts";

/** Names of signals of rows. */
const OF_ROW = /^(row|operations|choices|cellsFound)\[(?!.*\.permutation\.)/;

export class CircuitRows {
  readonly count: number;
  readonly names: Names;
  readonly #file: FileConstraints;
  readonly #fileNames: Names;
  readonly #mine = new Map([[0, 0]]);
  readonly #leftOut: LeftOut;
  readonly #byShape: ByShape;
  readonly #rows: RowsByName;

  /**
   * @param isLeft whether a signal of this name stays left out: no row's rules speak of it
   */
  constructor(file: FileConstraints, names: Names, source: Source, isLeft: (name: string) => boolean) {
    this.#file = file;
    this.#fileNames = names;
    this.names = source.names;
    for (const signal of source.names.of.keys()) {
      const found = namesIn(source.names, signal).find((name) => names.signals.has(name));
      if (signal !== 0 && found !== undefined) this.#mine.set(signal, names.signals.get(found) as number);
    }
    this.#leftOut = new LeftOut(source.system, this.#mine, (signal) => isLeft(source.names.of[signal] as string));
    this.#byShape = new ByShape(file);
    this.#rows = new RowsByName(source.names);
    let count = 0;
    while (source.names.signals.has(`operations[${count}].actor`)) count++;
    this.count = count;
  }

  /** What a signal is over signals of the file; null if the source has none of this name: the compiler dropped it. */
  valueOf(name: string): Sum | null {
    const signal = this.names.signals.get(name);
    return signal === undefined ? null : this.overFile(new Map([[signal, 1n]]));
  }

  /** A sum of signals of the source. */
  overFile(sum: Sum): Sum {
    for (const signal of sum.keys()) {
      if (!this.#leftOut.isSolved(signal)) throw new Error(`the file has no signals for ${this.names.of[signal]}`);
    }
    return this.#leftOut.expanded(sum);
  }

  /** Names of a row's signals in the source. */
  named(number: number): Map<string, number> {
    return this.#rows.named(number).named;
  }

  /**
   * Whether a constraint over signals of the file is one of the file's, times numbers and with the factors in either
   * order, or holds by itself.
   * @returns its number, or null if it says nothing; undefined if the file has none like it
   */
  find(constraint: Constraint): number | null | undefined {
    const linear = linearOf(constraint);
    if (linear?.size === 0) return null;
    const wanted: Constraint = linear === null ? constraint : [new Map(), new Map(), linear];
    return this.#byShape.of(wanted).find((n) => {
      const known = this.#file.constraints.at(n) as Constraint;
      if (linear === null) return multiples(wanted, known) !== null;
      const other = linearOf(known);
      return other !== null && ratio(other, linear) !== null;
    });
  }
  /** Constraints of the file that have signals of rows and no others, without these. Each by its signals. */
  others(without: ReadonlySet<number>): string[] {
    const names = this.#fileNames;
    const isOfRow = names.of.map((_, signal) => signal === 0 || namesIn(names, signal).some((one) => OF_ROW.test(one)));
    const found: string[] = [];
    for (let n = 0; n < this.#file.own; n++) {
      if (without.has(n)) continue;
      const signals = new Set((this.#file.constraints.at(n) as Constraint).flatMap((sum) => [...sum.keys()]));
      if ([...signals].every((one) => isOfRow[one])) found.push([...signals].map((one) => names.of[one]).join(", "));
    }
    return found;
  }
}
