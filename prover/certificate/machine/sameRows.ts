/**
 * Whether a row of a circuit has the constraints of another one under other names. Each signal of the first gets a
 * value in the second: the signal that has its name there, or a number or a sum where the compiler has left that one
 * out. If every constraint of the first is one of the second then, whatever follows from them holds of the second row.
 */
import { OP } from "../../../trace/layout.ts";
import { type Constraint, gather, inverse, linearOf, plus, type Sum } from "../../../verifier/constraints/sums.ts";
import { scaled } from "../leftOut.ts";
import type { CircuitRows } from "./circuitRows.ts";
import { notGiven } from "./givenInRows.ts";
import type { ReadyRow } from "./ready.ts";
import { rolesOf } from "./roles.ts";

/** Names with the number of a row in them. */
const NUMBERED = /^(row|operations|choices|cellsFound|channel\.words)\[(\d+)\]/;

/** A row that others are laid beside. */
export interface RowPattern {
  readonly number: number;
  readonly constraints: readonly Constraint[];
  /** What a comparison reads in the row, by what it is for. */
  readonly roles: ReadonlyMap<string, Sum>;
  /** All names of a signal. */
  readonly names: ReadonlyMap<number, readonly string[]>;
}

/** What a row does not have as the pattern has it. */
export interface RowDifferences {
  readonly row: number;
  /** Of the pattern: no constraint of the row is like them. */
  readonly constraints: readonly string[];
  /** Signals whose names belong to two signals there. */
  readonly signals: readonly string[];
  /** What a comparison reads, and what is another sum there. */
  readonly roles: readonly string[];
  /** Signals of the pattern that the compiler has left out there: a number or a sum stands for each. */
  readonly without: readonly string[];
}

/** The rows of a circuit beside a row, of this or of another circuit. */
export interface RowsBeside {
  readonly rows: readonly RowDifferences[];
  /** What is given of each row, and does not hold (`givenInRows.ts`). */
  readonly notGiven: readonly string[];
  /** Constraints of the circuit that have rows' signals alone, and are none of the pattern's in any row. */
  readonly others: readonly string[];
}

export function patternOf({ own, names, row, size }: ReadyRow, levels: number): RowPattern {
  const constraints = Array.from({ length: size }, (_, n) => own.system.constraints.at(n) as Constraint);
  const roles = rolesOf(row, names, levels);
  const used = new Set<number>();
  for (const sum of [...constraints.flat(), ...roles.values()]) for (const signal of sum.keys()) used.add(signal);
  const all = new Map<number, string[]>();
  for (const [name, signal] of names.signals) {
    if (used.has(signal)) all.set(signal, [...(all.get(signal) ?? []), name]);
  }
  return { number: row.number, constraints, roles, names: all };
}

/** @param levels of programs in the circuit's map */
export function beside(pattern: RowPattern, circuit: CircuitRows, levels: number): RowsBeside {
  const found = new Set<number>();
  const rows = Array.from({ length: circuit.count }, (_, number) =>
    differences(pattern, circuit, number, levels, (n) => found.add(n)),
  );
  return { rows, notGiven: notGiven(circuit, levels), others: circuit.others(found) };
}

/** @param found is given the numbers of the file's constraints that the row's are */
export function differences(
  pattern: RowPattern,
  circuit: CircuitRows,
  number: number,
  levels: number,
  found: (n: number) => void = () => {},
): RowDifferences {
  const renaming = new Renaming(pattern, circuit, number);
  const constraints: string[] = [];
  for (const one of pattern.constraints) {
    const n = circuit.find(one.map((sum) => renaming.of(sum)) as unknown as Constraint);
    if (n === undefined) constraints.push(textOf(one, pattern));
    else if (n !== null) found(n);
  }
  const theirs = rolesOf({ number, named: circuit.named(number) }, circuit.names, levels);
  const roles = [...new Set([...pattern.roles.keys(), ...theirs.keys()])].filter((role) => {
    const [mine, other] = [pattern.roles.get(role), theirs.get(role)];
    if (mine === undefined || other === undefined) return true;
    return plus(renaming.of(mine), circuit.overFile(other), -1n).size > 0;
  });
  return { row: number, constraints, signals: renaming.torn, roles, without: renaming.without };
}

export const isSame = ({ constraints, signals, roles }: RowDifferences): boolean =>
  constraints.length + signals.length + roles.length === 0;

/** Whether all rows are the pattern under other names, and no other rule speaks of rows alone. */
export const areSame = ({ rows, notGiven, others }: RowsBeside): boolean =>
  rows.every(isSame) && notGiven.length + others.length === 0;

class Renaming {
  /** Signals whose names belong to two signals. */
  readonly torn: string[] = [];
  /** Signals that have none of their names there. */
  readonly without: string[] = [];
  readonly #values = new Map<number, Sum>([[0, new Map([[0, 1n]])]]);

  constructor(pattern: RowPattern, circuit: CircuitRows, number: number) {
    const fixed = fixedIn(circuit, number);
    const open = new Map<number, string>();
    for (const [signal, names] of pattern.names) {
      if (signal === 0) continue;
      const there = namesIn(names, number - pattern.number);
      const [value, ...others] = there.map((name) => circuit.valueOf(name)).filter((one) => one !== null);
      if (value !== undefined) {
        this.#values.set(signal, value);
        if (others.some((other) => plus(other, value, -1n).size > 0)) this.torn.push(names[0] as string);
        continue;
      }
      this.without.push(names[0] as string);
      const constant = there.map(fixed).find((one) => one !== undefined);
      if (constant === undefined) open.set(signal, there[0] as string);
      else this.#values.set(signal, plus(new Map(), new Map([[0, 1n]]), constant));
    }
    this.#solve(pattern, open);
  }

  /** A sum of the pattern, over signals of the file. */
  of(sum: Sum): Sum {
    const whole = new Map<number, bigint>();
    for (const [signal, factor] of sum) gather(whole, this.#values.get(signal) as Sum, factor);
    return whole;
  }

  /**
   * Signals that are none there may have any value: they get the one that a constraint says, or 0. Whether all
   * constraints then hold is looked at afterwards.
   */
  #solve({ constraints }: RowPattern, open: Map<number, string>): void {
    let left = constraints.filter((one) => one.some((sum) => [...sum.keys()].some((signal) => open.has(signal))));
    while (open.size > 0) {
      const size = open.size;
      left = left.filter((one) => !this.#said(one, open));
      if (open.size < size) continue;
      const [[first]] = [...open].sort(([, a], [, b]) => (orderOf(a) < orderOf(b) ? -1 : 1)) as [[number, string]];
      this.#values.set(first, new Map());
      open.delete(first);
    }
  }

  /** Whether a constraint has at most one open signal, and says what it is. */
  #said(constraint: Constraint, open: Map<number, string>): boolean {
    // Open signals keep their place, under numbers that no signal has.
    const [a, b, c] = constraint.map((sum) => {
      const whole = new Map<number, bigint>();
      for (const [signal, factor] of sum) gather(whole, this.#values.get(signal) ?? new Map([[-signal, 1n]]), factor);
      return whole;
    });
    const linear = linearOf([a, b, c] as unknown as Constraint);
    if (linear === null) return false;
    const [signal, ...others] = [...linear.keys()].filter((one) => one < 0);
    if (signal === undefined) return true;
    if (others.length > 0) return false;
    const rest = new Map(linear);
    rest.delete(signal);
    this.#values.set(-signal, scaled(rest, -inverse(linear.get(signal) as bigint)));
    open.delete(-signal);
    return true;
  }
}

/** What the prover chooses of a row comes first: the rest follows. */
const orderOf = (name: string): string => name.replace(/^row/, "~");

/** A signal's names in another row. Those that say of no row what they are count only if there are no others. */
function namesIn(names: readonly string[], by: number): string[] {
  const numbered = names.filter((name) => NUMBERED.test(name));
  return (numbered.length === 0 ? names : numbered).map((name) => {
    const there = name.replace(NUMBERED, (_, what: string, row: string) => `${what}[${Number(row) + by}]`);
    return there.replace(/^row\[-1\]\.next\./, "firstState.");
  });
}

/** Numbers in place of signals: those that the source has, and those of a row that is none. */
function fixedIn(circuit: CircuitRows, number: number): (name: string) => bigint | undefined {
  const fixed = new Map([
    // The first row is no padding, and the last one closes its group (circuits/batch.circom, section 2).
    ["operations[0].is[0]", 0n],
    [`operations[${circuit.count - 1}].last`, 1n],
  ]);
  // Nothing is before the first row. What the pattern's row before has to satisfy, this one does: it closes a group,
  // and is of an operation that hands nothing on.
  if (number === 0) fixed.set(`operations[-1].is[${OP.EscrowToProgram}]`, 1n).set("operations[-1].last", 1n);
  return (name) => fixed.get(name) ?? (name.startsWith("firstState.") ? 0n : undefined);
}

function textOf(constraint: Constraint, { names }: RowPattern): string {
  const [a, b, c] = constraint.map((sum) => {
    const terms = [...sum].map(([signal, factor]) =>
      signal === 0 ? `${factor}` : `${factor}·${names.get(signal)?.[0]}`,
    );
    return terms.length > 5 ? `${terms.slice(0, 5).join(" + ")} + …` : terms.join(" + ") || "0";
  });
  return `(${a}) · (${b}) = ${c}`;
}
