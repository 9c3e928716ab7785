/**
 * What `GIVEN` takes as given of a row, shown of every row of a circuit: its `seq` is the first one of the batch and
 * the row's number, and no time is before 0 or after the end of the span. And what a comparison takes as given of the
 * state before a row, shown of the one before the first row.
 */
import { BITS } from "../../../trace/layout.ts";
import { constantOf, gather, plus, type Sum } from "../../../verifier/constraints/sums.ts";
import { factsOf } from "./between.ts";
import type { CircuitRows } from "./circuitRows.ts";
import { rowWords } from "./rowWords.ts";
import { COUNT_BITS } from "./scope.ts";

/** Where numbers begin in `span`, and how many bits it has (circuits/batch.circom). */
const NOT_BEFORE = 48;
const UNTIL = 88;
const SPAN_BITS = 129;

/** @returns what is not so in the circuit */
export function notGiven(circuit: CircuitRows, levels: number): string[] {
  const bits = new BitsOf(circuit);
  const found: string[] = [];
  const show = (what: string, holds: boolean): void => {
    if (!holds) found.push(what);
  };
  const value = (name: string): Sum => {
    const sum = circuit.valueOf(name);
    if (sum === null) found.push(`the circuit has no ${name}`);
    return sum ?? new Map();
  };
  const span = (from: number, count: number): Sum =>
    sumOf(Array.from({ length: count }, (_, i) => value(`spanBits[${from + i}]`)));
  const areSame = (a: Sum, b: Sum): boolean => plus(a, b, -1n).size === 0;
  for (let i = 0; i < SPAN_BITS; i++) show(`spanBits[${i}] is a bit`, bits.isBit(value(`spanBits[${i}]`)));
  const firstSeq = span(0, BITS.seq);
  const last = circuit.count - 1;
  show("a batch has fewer rows than `span` counts", last < 1 << COUNT_BITS);
  let before = value("firstState.time");
  show("the first time is that of the span", areSame(before, span(NOT_BEFORE, BITS.time)));
  for (let row = 0; row <= last; row++) {
    const seq = plus(firstSeq, new Map([[0, 1n]]), BigInt(row));
    show(`the seq of row ${row}`, areSame(value(`row[${row}].seq`), seq));
    const [after, wait] = [value(`row[${row}].next.time`), value(`choices[${row}].wait`)];
    show(`the time of row ${row} is the one before and the wait`, areSame(after, plus(before, wait)));
    show(`the wait of row ${row} is a number of ${BITS.time} bits`, bits.isNumber(wait, `row[${row}].`));
    before = after;
  }
  // All of these are numbers far below the field's order. So the last time, and each one before it, is below the end.
  const rest = plus(span(UNTIL, BITS.time), before, -1n);
  show("the last time is not after the span", bits.isNumber(rest, ""));
  const padding = circuit.valueOf("operations[0].is[0]");
  show("the first row is no padding", padding === null || padding.size === 0);
  return [...found, ...notBeforeFirst(circuit, levels)];
}

/** What does not hold of the state before the first row, whose time is shown above. */
function notBeforeFirst(circuit: CircuitRows, levels: number): string[] {
  const { handed } = rowWords("Issue", { number: 0, named: circuit.named(0) }, circuit.names, levels);
  return factsOf(handed).flatMap(({ part, name, sum, between: [low, high], when }) => {
    if (sum === handed.time || (when !== null && constantOf(circuit.overFile(when[0])) !== when[1])) return [];
    const number = constantOf(circuit.overFile(sum));
    return number !== null && number >= low && number <= high ? [] : [`before the first row, of the ${part}, ${name}`];
  });
}

/** Numbers that a circuit writes as bits, as many as a time has. */
class BitsOf {
  readonly #circuit: CircuitRows;
  /** In front of the names of bits. */
  readonly #written: string[] = [];

  constructor(circuit: CircuitRows) {
    this.#circuit = circuit;
    const end = `.out[${BITS.time - 1}]`;
    for (const name of circuit.names.signals.keys()) {
      const start = name.endsWith(end) ? name.slice(0, -end.length) : null;
      if (start !== null && !circuit.names.signals.has(`${start}.out[${BITS.time}]`)) this.#written.push(start);
    }
  }

  isBit(sum: Sum): boolean {
    return this.#circuit.find([sum, plus(sum, new Map([[0, 1n]]), -1n), new Map()]) !== undefined;
  }

  /** @param start of the name of the component that writes the sum as bits */
  isNumber(sum: Sum, start: string): boolean {
    return this.#written.some((name) => {
      if (!name.startsWith(start)) return false;
      const bits = Array.from({ length: BITS.time }, (_, i) => this.#circuit.valueOf(`${name}.out[${i}]`));
      const all = bits.filter((bit) => bit !== null);
      return all.length === bits.length && plus(sumOf(all), sum, -1n).size === 0 && all.every((one) => this.isBit(one));
    });
  }
}

function sumOf(bits: readonly Sum[]): Sum {
  const whole = new Map<number, bigint>();
  for (const [i, bit] of bits.entries()) gather(whole, bit, 1n << BigInt(i));
  return whole;
}
