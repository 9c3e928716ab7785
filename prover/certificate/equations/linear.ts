/**
 * Sums of variables with integer coefficients: what the state machine's arithmetic comes to, if its inputs have names.
 */

/** An integer: a constant and a multiple of each variable. These are integers, not field elements. */
export interface Linear {
  readonly constant: bigint;
  /** No coefficient is 0. */
  readonly terms: ReadonlyMap<string, bigint>;
}

/** The sum that is this number. */
export function constant(value: bigint): Linear {
  return { constant: value, terms: new Map() };
}

/** The sum that is this variable. */
export function variable(name: string): Linear {
  return { constant: 0n, terms: new Map([[name, 1n]]) };
}

/** `a + factor · b`. */
export function plus(a: Linear, b: Linear, factor = 1n): Linear {
  const terms = new Map(a.terms);
  for (const [name, coefficient] of b.terms) {
    const sum = (terms.get(name) ?? 0n) + factor * coefficient;
    if (sum === 0n) terms.delete(name);
    else terms.set(name, sum);
  }
  return { constant: a.constant + factor * b.constant, terms };
}

/** `factor · a + offset`. */
export function times(a: Linear, factor: bigint, offset = 0n): Linear {
  return plus(constant(offset), a, factor);
}

/** Whether the sum has no variable. */
export function isConstant(a: Linear): boolean {
  return a.terms.size === 0;
}

/** Whether both are the same sum. */
export function areSame(a: Linear, b: Linear): boolean {
  if (a.constant !== b.constant || a.terms.size !== b.terms.size) return false;
  for (const [name, by] of a.terms) if (b.terms.get(name) !== by) return false;
  return true;
}

/** The sum with other sums in the place of some of its variables. */
export function substituted(a: Linear, of: (name: string) => Linear | undefined): Linear {
  if (![...a.terms.keys()].some((name) => of(name) !== undefined)) return a;
  let result = constant(a.constant);
  for (const [name, coefficient] of a.terms) result = plus(result, of(name) ?? variable(name), coefficient);
  return result;
}

/** Between what the sum lies, from the ranges of its variables. */
export function rangeOfSum(
  sum: Linear,
  rangeOf: (name: string) => readonly [low: bigint, high: bigint],
): [low: bigint, high: bigint] {
  let [low, high] = [sum.constant, sum.constant];
  for (const [name, by] of sum.terms) {
    const [least, most] = rangeOf(name);
    low += by * (by > 0n ? least : most);
    high += by * (by > 0n ? most : least);
  }
  return [low, high];
}

/** The value of the sum. */
export function evaluated(a: Linear, of: (name: string) => bigint): bigint {
  let sum = a.constant;
  for (const [name, coefficient] of a.terms) sum += coefficient * of(name);
  return sum;
}

/** The sum as a text, the same for equal sums: `S.quantity - row.quantity + 1`. */
export function textOf(a: Linear): string {
  const parts = [...a.terms]
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([name, by]) => `${by < 0n ? "- " : "+ "}${by === 1n || by === -1n ? "" : `${by < 0n ? -by : by}*`}${name}`);
  if (a.constant !== 0n || parts.length === 0) {
    parts.push(`${a.constant < 0n ? "- " : "+ "}${a.constant < 0n ? -a.constant : a.constant}`);
  }
  return parts.join(" ").replace(/^\+ /, "");
}

/** The greatest number that divides all coefficients; 0 if there is none. */
export function divisor(a: Linear): bigint {
  let greatest = 0n;
  for (let by of a.terms.values()) {
    if (by < 0n) by = -by;
    while (by !== 0n) [greatest, by] = [by, greatest % by];
  }
  return greatest;
}
