/** Parts of sums: their bits, and what is left of them if they are divided. */
import type { Range } from "./facts.ts";
import { constant, isConstant, type Linear, plus, times } from "./linear.ts";

type RangeOf = (sum: Linear) => Range;

/** The sum as `by` times something, and a rest from 0 to `by − 1`; undefined if it is not such a sum. */
function divide(sum: Linear, by: bigint, range: RangeOf): { whole: Linear; rest: Linear } | undefined {
  const upper = new Map([...sum.terms].filter(([, one]) => one % by === 0n));
  const lower = new Map([...sum.terms].filter(([, one]) => one % by !== 0n));
  const low = ((sum.constant % by) + by) % by;
  const rest = { constant: low, terms: lower };
  const [least, most] = range(rest);
  if (least < 0n || most >= by) return undefined;
  const terms = new Map([...upper].map(([name, one]) => [name, one / by]));
  return { whole: { constant: (sum.constant - low) / by, terms }, rest };
}

/** The sum divided by a number, rounded down, if that is a sum. */
export function quotientOf(sum: Linear, by: bigint, range: RangeOf): Linear | undefined {
  return divide(sum, by, range)?.whole;
}

/** What is left of the sum if it is divided, if that is a sum. */
export function remainderOf(sum: Linear, by: bigint, range: RangeOf): Linear | undefined {
  return divide(sum, by, range)?.rest;
}

/** A number as its bits, each 0, 1, a variable, or 1 less a variable; beyond the last one, all are `beyond`. */
export interface Bits {
  readonly bits: readonly Linear[];
  readonly beyond: 0n | 1n;
}

/** Bits are variables with the coefficients 1, 2, 4 …, or such a sum negated and less 1 (`~x`), or a number. */
export function bitsOf(sum: Linear): Bits {
  if (!isConstant(sum) && [...sum.terms.values()].every((by) => by < 0n)) {
    const { bits } = bitsOf(times(sum, -1n, -1n));
    return { bits: bits.map((bit) => times(bit, -1n, 1n)), beyond: 1n };
  }
  const bits: Linear[] = [];
  const length = Math.max(
    ...[sum.constant, ...sum.terms.values()].map((by) => (by < 0n ? ~by : by).toString(2).length),
  );
  for (let i = 0n; i < length; i++) bits.push(constant((sum.constant >> i) & 1n));
  for (const [name, by] of sum.terms) {
    const at = by.toString(2).length - 1;
    if (by !== 1n << BigInt(at) || !isZero(bits[at])) throw new Error(`${name} is not a bit of its number`);
    bits[at] = { constant: 0n, terms: new Map([[name, 1n]]) };
  }
  return { bits, beyond: sum.constant < 0n ? 1n : 0n };
}

const isZero = (bit: Linear | undefined): boolean => bit !== undefined && isConstant(bit) && bit.constant === 0n;

/** `a & b`. @param product the variable that is the product of two bits */
export function andBits(a: Bits, b: Bits, product: (x: Linear, y: Linear) => Linear): Linear {
  if (a.beyond === 1n && b.beyond === 1n) throw new Error("two negative numbers");
  let sum = constant(0n);
  for (let i = 0; i < Math.max(a.bits.length, b.bits.length); i++) {
    const [x, y] = [a.bits[i] ?? constant(a.beyond), b.bits[i] ?? constant(b.beyond)];
    sum = plus(sum, both(x, y, product), 1n << BigInt(i));
  }
  return sum;
}

function both(x: Linear, y: Linear, product: (x: Linear, y: Linear) => Linear): Linear {
  if (isConstant(x)) return times(y, x.constant);
  return isConstant(y) ? times(x, y.constant) : product(x, y);
}
