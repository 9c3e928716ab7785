/** The rows of a circuit are one row under other names: and what keeps one of them from it is noticed. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CircuitRows } from "../../../prover/certificate/machine/circuitRows.ts";
import { isNoRows, type ReadCircuit, readCircuit, readyRow } from "../../../prover/certificate/machine/ready.ts";
import {
  areSame,
  beside,
  isSame,
  patternOf,
  type RowPattern,
  type RowsBeside,
} from "../../../prover/certificate/machine/sameRows.ts";
import { type Constraint, plus, type Sum } from "../../../verifier/constraints/sums.ts";
import { SMALL } from "../../lib/circuit.ts";

let pattern: RowPattern;
let read: ReadCircuit;
let circuit: CircuitRows;
/** Constraints that are others in the circuit than in its file. */
const changed = new Map<number, Constraint>();
beforeAll(async () => {
  pattern = patternOf(await readyRow(SMALL), SMALL.levels);
  read = await readCircuit(SMALL);
  const { own, constraints } = read.system;
  const file = { own, constraints: { at: (n: number) => changed.get(n) ?? constraints.at(n) } };
  circuit = new CircuitRows(file, read.names, read.source, isNoRows);
}, 300_000);
beforeEach(() => changed.clear());

const rows = (levels = SMALL.levels): RowsBeside => beside(pattern, circuit, levels);
const others = ({ rows }: RowsBeside): number[] => rows.filter((one) => !isSame(one)).map(({ row }) => row);
const signal = (name: string): number => read.names.signals.get(name) as number;

/** The constraints of the file that have all of these signals. */
function having(...names: string[]): number[] {
  const signals = names.map(signal);
  return Array.from({ length: read.system.own }, (_, n) => n).filter((n) =>
    signals.every((one) => (read.system.constraints.at(n) as readonly Sum[]).some((sum) => sum.has(one))),
  );
}

/** Changes the only constraint that has these signals, and lets nothing else change. */
function change(names: readonly string[], to: (old: Constraint) => Constraint): void {
  const [n, ...more] = having(...names);
  if (n === undefined || more.length > 0) throw new Error(`${names.join(", ")} are in ${more.length + 1} constraints`);
  changed.set(n, to(read.system.constraints.at(n) as Constraint));
}

it("all rows are the third one under other names, and no other rule speaks of rows alone", () => {
  const found = rows();
  expect(found.notGiven).toEqual([]);
  expect(found.others).toEqual([]);
  expect(others(found)).toEqual([]);
  expect(areSame(found)).toBe(true);
});

it("only where there is no row before, or no row behind, are numbers in the place of signals", () => {
  const [first, second, third, last] = rows().rows.map(({ without }) => without);
  // What the third row takes from the two rows before it.
  const isBefore = (name: string): boolean => /^(row|operations|choices|cellsFound)\[[01]\]/.test(name);
  expect(first?.filter((name) => !isBefore(name))).toEqual(["operations[2].is[0]"]);
  expect(second?.filter((name) => !isBefore(name))).toEqual([]);
  expect(second?.filter((name) => !/^(row|operations)\[0\]/.test(name))).toEqual(["operations[1].is[0]"]);
  expect(third).toEqual([]);
  expect(last).toEqual(["operations[2].last"]);
});

const NOTHING: Sum = new Map();
const gone = (): Constraint => [NOTHING, NOTHING, NOTHING];
const inRow1 = ["row[1].at.grantor", "row[1].at.escrowed", "cellsFound[1].sEscrow"];

describe("it is noticed", () => {
  it("that a constraint of one row is taken out", () => {
    change(inRow1, gone);
    expect(others(rows())).toEqual([1]);
  });

  it("that a constraint is taken out about what a row hands on: the next row lacks it, too", () => {
    change(["row[1].next.callState.sum", "row[1].next.callState.calling"], gone);
    expect(others(rows())).toEqual([1, 2]);
  });

  it("that a factor is another one", () => {
    change(inRow1, ([a, b, c]) => [a, b, plus(c, new Map([[signal("row[1].at.grantor"), 1n]]))]);
    const found = rows();
    expect(others(found)).toEqual([1]);
    expect(found.others).toHaveLength(1);
  });

  it("that a constraint has the signal of another row", () => {
    const [mine, other] = [signal("row[1].at.grantor"), signal("row[3].at.grantor")];
    const moved = (sum: Sum): Sum => new Map([...sum].map(([one, factor]) => [one === mine ? other : one, factor]));
    change(inRow1, ([a, b, c]) => [moved(a), moved(b), moved(c)]);
    const found = rows();
    expect(others(found)).toEqual([1]);
    expect(found.others).toHaveLength(1);
  });

  it("that rows have a rule that the third one has not", () => {
    const [n] = having("rowMemory[1].weight");
    if (n === undefined) throw new Error("the memory argument has no weight");
    changed.set(n, [
      new Map([[signal("operations[1].is[2]"), 1n]]),
      new Map([[signal("choices[1].wait"), 1n]]),
      NOTHING,
    ]);
    const found = rows();
    expect(others(found)).toEqual([]);
    expect(found.others).toHaveLength(1);
    expect(areSame(found)).toBe(false);
  });

  it("that a map has other levels", () => {
    const found = rows(SMALL.levels + 1);
    expect(others(found)).toEqual([0, 1, 2, 3]);
    expect(new Set(found.rows.flatMap(({ roles }) => roles))).toEqual(new Set(["row.single.map.leaf"]));
  });
});

/** Takes out the constraint that a signal is a bit. */
function notBit(name: string): void {
  const bits = having(name).filter((n) => {
    const all = (read.system.constraints.at(n) as Constraint).flatMap((sum) => [...sum.keys()]);
    return all.every((one) => one === 0 || one === signal(name));
  });
  expect(bits).toHaveLength(1);
  changed.set(bits[0] as number, gone());
}

describe("what is given of each row is looked at", () => {
  it("that the first seq has bits", () => {
    notBit("spanBits[3]");
    const found = rows();
    expect(others(found)).toEqual([]);
    expect(found.notGiven).toEqual(["spanBits[3] is a bit"]);
  });

  it("that the last time is not after the span", () => {
    const end = [...read.names.signals.keys()].find((name) => /^Num2Bits_\d+_\d+\.out\[39\]$/.test(name));
    notBit(end as string);
    const found = rows();
    expect(others(found)).toEqual([]);
    expect(found.notGiven).toEqual(["the last time is not after the span"]);
  });
});

describe("names that belong to something else", () => {
  const withNames = (to: (signals: Map<string, number>) => void): CircuitRows => {
    const { names, system } = read.source;
    const signals = new Map(names.signals);
    to(signals);
    return new CircuitRows(read.system, read.names, { system, names: { ...names, signals } }, isNoRows);
  };

  it("two words of a row under each other's names", () => {
    const [one, other] = ["row[1].tuples.wordsLeft[2][0]", "row[1].tuples.wordsLeft[3][0]"] as const;
    const swapped = withNames((signals) => {
      const [a, b] = [signals.get(one) as number, signals.get(other) as number];
      signals.set(one, b).set(other, a);
    });
    expect(others(beside(pattern, swapped, SMALL.levels))).toEqual([1]);
  });

  it("a first row that carries on from something", () => {
    const carried = withNames((signals) => {
      signals.set("firstState.callState.left", signals.get("choices[2].spare") as number);
    });
    const found = beside(pattern, carried, SMALL.levels);
    expect(others(found)).toContain(0);
    expect(found.rows[0]?.roles).toContain("row.handed.call.left");
  });
});
