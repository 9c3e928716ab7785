/** The constraints that say something of a row, in the form that the comparison uses. */
import { BITS } from "../../../trace/layout.ts";
import type { Interval } from "../../../verifier/constraints/intervals.ts";
import type { Constraint, Sum } from "../../../verifier/constraints/sums.ts";
import type { Names } from "../names.ts";
import { Propagator } from "../propagate.ts";
import { type Row, RowsByName } from "../rows/row.ts";
import { emptySystem } from "./emptySystem.ts";
import { rowWords } from "./rowWords.ts";
import type { RowWords } from "./values.ts";

/** A number of a row, and between what it lies by more than the row's own constraints. */
export interface Given {
  /** In the row, as `Row.named` has it; or of the circuit. */
  readonly name: string;
  readonly between: Interval;
}

/** `span` counts a batch's rows in so many bits. */
export const COUNT_BITS = 16;
const TIME: Interval = [0n, (1n << BigInt(BITS.time)) - 1n];

/**
 * What is given of each row of each circuit. `sameRows.ts` shows it of each row. So `seq` may be that of any row: what
 * it is in one of them, the first `seq` of the batch and the row's number, is not among the row's constraints.
 */
export const GIVEN: readonly Given[] = [
  { name: "previous.time", between: TIME },
  { name: "next.time", between: TIME },
  { name: "seq", between: [0n, (1n << BigInt(BITS.seq)) + (1n << BigInt(COUNT_BITS)) - 1n] },
  { name: "spanBits[128]", between: [0n, 1n] },
];

/** A row of a circuit that has nothing but what says something of this row. */
export interface RowAlone {
  readonly own: Propagator;
  readonly row: Row;
  /** So many constraints it has. Those behind them follow from them. */
  readonly size: number;
}

/**
 * What follows from the constraints of a row, and from {@link GIVEN}: in a system without all others, so that nothing
 * else is used.
 * @param whole the circuit
 */
export function rowAlone(whole: Propagator, names: Names, number: number): RowAlone {
  const row = new RowsByName(names).row(whole, number);
  const firstSeq = new Set(whole.of(names.signals.get("spanBits[0]") as number));
  const scope = new Set([...row.scope].filter((n) => !firstSeq.has(n)));
  const system = emptySystem(whole.system.next);
  // Every operation has the same state before it.
  const words = rowWords("Issue", row, names, 1);
  const numbers = [...withRowBefore(whole, { ...row, scope }, words)];
  for (const n of numbers) system.constraints.push(whole.system.constraints.at(n) as Constraint);
  const own = new Propagator(system, () => null);
  for (const { name, between } of GIVEN) {
    const signal = row.named.get(name) ?? names.signals.get(name);
    if (signal !== undefined) own.checker.facts.bound(signal, between);
  }
  const size = numbers.length;
  // The row's own come first.
  const ofRow = new Set(Array.from({ length: scope.size }, (_, n) => n));
  const { trail } = own.checker.facts;
  for (let known = -1; known < trail.length; ) {
    known = trail.length;
    own.within(ofRow, () => void own.run());
  }
  for (let n = size; n < system.constraints.length; n++) ofRow.add(n);
  return { own, row: { ...row, scope: ofRow, ones: numbers.indexOf(row.ones) }, size };
}

/** The row's constraints, and those about the state before it that are the row before's. */
export function withRowBefore(own: Propagator, { scope, signals }: Row, { before }: RowWords): Set<number> {
  const { call, line, owed } = before;
  const handed = [call.calling, call.left, line.lineage, line.child, ...owed].flatMap((sum) => [...sum.keys()]);
  const all = new Set(scope);
  const mine = new Set(signals);
  const isOwn = (n: number): boolean =>
    (own.system.constraints.at(n) as readonly Sum[]).some((sum) => [...sum.keys()].some((one) => mine.has(one)));
  for (const signal of handed)
    for (const n of own.of(signal)) if (!own.passed.has(n) && !own.inHash.has(n) && !isOwn(n)) all.add(n);
  return all;
}
