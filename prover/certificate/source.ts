/**
 * The circuit as its source has it. The compiler leaves out signals that are sums of others, and writes those sums in
 * their place: differently in each row, and with many terms. Here the same source, compiled without that step, says
 * which sums they are. Lines of the draft bring the signals back, and write the constraints with them; the checker
 * compares both forms.
 */
import { type Constraint, constantOf, plus, ratio, type Sum } from "../../verifier/constraints/sums.ts";
import type { System } from "../../verifier/constraints/system.ts";
import { LeftOut, scaled } from "./leftOut.ts";
import { type Names, namesIn } from "./names.ts";
import { NumberLists } from "./numberLists.ts";
import type { Propagator } from "./propagate.ts";
import { terms } from "./terms.ts";

/** The circuit compiled with `--O1`: equal signals are one, and all others are there. */
export interface Source {
  readonly system: System;
  readonly names: Names;
}

export interface Lifted {
  /** Names of the signals that lines brought back, too. */
  readonly names: Names;
  /** Constraints of the file that another form stands for. */
  readonly rewritten: ReadonlySet<number>;
}

/** @param isLeft whether a signal of this name stays left out: nothing looks inside its component */
export function lift(own: Propagator, names: Names, source: Source, isLeft: (name: string) => boolean): Lifted {
  const mine = new Map([[0, 0]]);
  for (const signal of source.names.of.keys()) {
    const found = namesIn(source.names, signal).find((name) => names.signals.has(name));
    if (signal !== 0 && found !== undefined) mine.set(signal, names.signals.get(found) as number);
  }
  const isLeftOut = (signal: number): boolean => isLeft(source.names.of[signal] as string);
  const leftOut = new LeftOut(source.system, mine, isLeftOut);
  const all = { of: [...names.of], others: names.others, signals: new Map(names.signals) };
  for (const { signal, from, whole } of leftOut.solved()) {
    if (isLeftOut(signal)) continue;
    const number = own.system.next;
    own.must("define", terms((from === null ? null : inNumbers(from, mine)) ?? whole));
    own.names.is(number, whole);
    mine.set(signal, number);
    for (const name of namesIn(source.names, signal)) {
      all.of[number] ??= name;
      all.signals.set(name, number);
    }
  }
  return { names: all, rewritten: rewritten(own, source.system, leftOut, mine) };
}

/** A sum over signals of the source, over those of the certificate; null if it has one that stays left out. */
function inNumbers(sum: Sum, mine: ReadonlyMap<number, number>): Sum | null {
  const found = new Map<number, bigint>();
  for (const [signal, factor] of sum) {
    const number = mine.get(signal);
    if (number === undefined) return null;
    found.set(number, factor);
  }
  return found;
}

/** Writes constraints in the source's form. @returns those that another form stands for now */
function rewritten(
  own: Propagator,
  source: System,
  leftOut: LeftOut,
  mine: ReadonlyMap<number, number>,
): ReadonlySet<number> {
  const alike = new ByShape(own.system);
  const done = new Set<number>();
  for (let n = 0; n < source.own; n++) {
    if (leftOut.definedBy.has(n)) continue;
    const old = source.constraints.at(n) as Constraint;
    const [a, b, c] = old.map((sum) => inNumbers(sum, mine)) as (Sum | null)[];
    if (a == null || b == null || c == null) continue;
    const isNew = [a, b, c].some((sum) => [...sum.keys()].some((one) => one >= own.system.signals));
    if (!isNew) continue;
    const [x, y, z] = old.map((sum) => leftOut.expanded(sum)) as readonly Sum[];
    const form: Constraint = [x as Sum, y as Sum, z as Sum];
    if (constantOf(form[0]) !== null || constantOf(form[1]) !== null) {
      own.must("identity", terms(a), terms(b), terms(c));
      continue;
    }
    for (const number of alike.of(form)) {
      const as = multiples(form, own.system.constraints.at(number) as Constraint);
      if (as === null) continue;
      done.add(number);
      const [first, second] = as.isSwapped ? [b, a] : [a, b];
      const { s, t } = as;
      own.must("rewrite", number, terms(scaled(first, s)), terms(scaled(second, t)), terms(scaled(c, s * t)));
      break;
    }
  }
  return done;
}

/** Constraints as a file has them, by number. */
export interface FileConstraints {
  readonly own: number;
  readonly constraints: { at(n: number): Constraint | undefined };
}

/** Constraints of the file by the signals that they have, and where. A few others may be among those that are found. */
export class ByShape {
  readonly #lists = new NumberLists();

  constructor({ own, constraints }: FileConstraints) {
    for (let n = 0; n < own; n++) this.#lists.add(shape(constraints.at(n) as Constraint), n);
  }

  of(constraint: Constraint): number[] {
    return this.#lists.of(shape(constraint));
  }
}

/** So many bits tell the shapes of constraints from each other. */
const SHAPE_BITS = 22;

function shape([a, b, c]: Constraint): number {
  const [x, y, z] = [a, b, c].map((sum) => {
    let mixed = sum.size;
    for (const signal of [...sum.keys()].sort((p, q) => p - q))
      mixed = Math.imul(mixed ^ signal, 0x9e3779b1) ^ (mixed >>> 15);
    return mixed >>> 0;
  }) as [number, number, number];
  const [low, high] = x < y ? [x, y] : [y, x];
  return Math.imul(Math.imul(low, 31) ^ Math.imul(high, 17) ^ z, 0x85ebca6b) >>> (32 - SHAPE_BITS);
}

/** s and t such that `theirs` is (s a) · (t b) = s t c, or that with the factors swapped. */
export function multiples(
  [a, b, c]: Constraint,
  [x, y, z]: Constraint,
): { s: bigint; t: bigint; isSwapped: boolean } | null {
  for (const isSwapped of [false, true]) {
    const [s, t] = isSwapped ? [ratio(x, b), ratio(y, a)] : [ratio(x, a), ratio(y, b)];
    if (s === null || t === null) continue;
    if (plus(z, c, -s * t).size === 0) return { s, t, isSwapped };
  }
  return null;
}
