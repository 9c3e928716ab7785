/** The operators and tests of rewritten code, on integers that are sums of variables. */

import { andBits, bitsOf, quotientOf, remainderOf } from "./bits.ts";
import type { CellType, Way } from "./explore.ts";
import { Facts, type Range, type Sign } from "./facts.ts";
import { constant, isConstant, type Linear, plus, times } from "./linear.ts";
import { Cut, Maybe, Quotient, Sum, TypeOf, typesNamed, Unread } from "./values.ts";

/** A refusal of the machine: which error, its invariant or field, and where it is thrown. */
export class Refusal extends Error {
  readonly kind: "RefusedError" | "InvalidInputError";
  readonly invariant: string;
  where = "";
  constructor(kind: Refusal["kind"], invariant: string) {
    super(invariant);
    this.name = "Refusal";
    this.kind = kind;
    this.invariant = invariant;
  }
}

type Comparison = "<" | ">" | "<=" | ">=";
const COMPARISONS: ReadonlySet<string> = new Set(["<", ">", "<=", ">="]);
const isNumber = (value: unknown): value is number | bigint => typeof value === "number" || typeof value === "bigint";
const isValue = (value: unknown): boolean =>
  value instanceof Sum ||
  value instanceof Quotient ||
  value instanceof Cut ||
  value instanceof TypeOf ||
  value instanceof Maybe ||
  value instanceof Unread;

/** The sum that a value is. */
export function linearOf(value: unknown): Linear {
  if (value instanceof Sum) return value.linear;
  if (isNumber(value)) return constant(BigInt(value));
  throw new Error(`${String(value)} is not a sum of variables`);
}

/** Native operators. Numbers and big integers may meet: both are integers here. */
function native(operator: string, a: unknown, b: unknown): unknown {
  if (operator === "===" || operator === "!==") {
    const same = isNumber(a) && isNumber(b) ? BigInt(a) === BigInt(b) : a === b;
    return same === (operator === "===");
  }
  if (!isNumber(a) || !isNumber(b)) {
    if (operator === "+" && (typeof a === "string" || typeof b === "string")) return `${String(a)}${String(b)}`;
    throw new Error(`${String(a)} ${operator} ${String(b)}`);
  }
  const [x, y] = typeof a === typeof b ? [a, b] : [BigInt(a), BigInt(b)];
  return (NATIVE[operator] as (x: unknown, y: unknown) => unknown)(x, y);
}

// biome-ignore format: one operator in a line
const NATIVE = {
  "+": (x: bigint, y: bigint) => x + y,
  "-": (x: bigint, y: bigint) => x - y,
  "*": (x: bigint, y: bigint) => x * y,
  "/": (x: bigint, y: bigint) => x / y,
  "%": (x: bigint, y: bigint) => x % y,
  "**": (x: bigint, y: bigint) => x ** y,
  "<<": (x: bigint, y: bigint) => x << y,
  ">>": (x: bigint, y: bigint) => x >> y,
  "&": (x: bigint, y: bigint) => x & y,
  "|": (x: bigint, y: bigint) => x | y,
  "<": (x: bigint, y: bigint) => x < y,
  ">": (x: bigint, y: bigint) => x > y,
  "<=": (x: bigint, y: bigint) => x <= y,
  ">=": (x: bigint, y: bigint) => x >= y,
} as unknown as Readonly<Record<string, unknown>>;

/** Makes variables that are defined by others. */
export interface Made {
  product(a: Linear, b: Linear): Linear;
  greater(a: Linear, b: Linear): Linear;
}

/** The functions that rewritten code calls, for one way through it. */
export class Runtime {
  readonly #way: Way;
  readonly #range: (sum: Linear) => Range;
  readonly #make: Made;

  /**
   * @param rangeOf the range of a variable
   * @param make variables that are defined by others
   */
  constructor(way: Way, rangeOf: (name: string) => Range, make: Made) {
    this.#way = way;
    const declared = new Facts(rangeOf);
    this.#range = (sum) => declared.range(sum);
    this.#make = make;
  }

  op(operator: string, a: unknown, b: unknown, where: string): unknown {
    if (!isValue(a) && !isValue(b)) return native(operator, a, b);
    if (operator === "===") return this.#equal(a, b, where);
    if (operator === "!==") return !this.#equal(a, b, where);
    if (COMPARISONS.has(operator)) return this.#compare(operator as Comparison, a, b, where);
    return this.#arithmetic(operator, a, b, where);
  }

  unary(operator: string, a: unknown): unknown {
    if (a instanceof Sum) return new Sum(times(a.linear, -1n, operator === "~" ? -1n : 0n));
    if (!isNumber(a)) throw new Error(`${operator}${String(a)}`);
    return operator === "-" ? -a : ~a;
  }

  truth(value: unknown, where: string): unknown {
    if (value instanceof Sum) return this.#is(value.linear, "nonzero", where);
    if (isValue(value)) throw new Error(`${String(value)} as a test`);
    return value;
  }
  and(left: unknown, right: () => unknown, where: string): unknown {
    return this.truth(left, where) ? right() : left;
  }
  or(left: unknown, right: () => unknown, where: string): unknown {
    return this.truth(left, where) ? left : right();
  }
  /** A choice between texts: where nothing has decided it, the text is not read. */
  text(choice: () => unknown): unknown {
    return this.#way.quietly(() => ({ value: choice() }))?.value ?? new Unread();
  }
  typeOf(value: unknown): string {
    return value instanceof Sum ? "bigint" : typeof value;
  }
  thrown(error: unknown, where: string): unknown {
    if (error instanceof Refusal) error.where = where;
    return error;
  }
  includes(list: readonly unknown[], value: unknown, where: string): boolean {
    return this.part(() => list.some((one) => this.op("===", value, one, where)));
  }
  /** A function that changes nothing. */
  part<T>(run: () => T): T {
    return this.#way.part(run);
  }
  predicate(test: (...given: unknown[]) => unknown, where: string): (...given: unknown[]) => unknown {
    return (...given) => this.truth(test(...given), where);
  }
  /** The case that the value is. */
  choose(value: unknown, cases: readonly unknown[], where: string): unknown {
    if (!isValue(value)) return value;
    return cases.find((one) => this.op("===", value, one, where));
  }
  /** A name of a member. */
  key(value: unknown, where: string): unknown {
    if (!(value instanceof TypeOf)) return value;
    const types = this.#way.typesOf(value.cell);
    return types.find((type) => this.#way.isType(value.cell, [type])) ?? this.#nothing(where);
  }

  floor(value: unknown): unknown {
    return value instanceof Sum || value instanceof Quotient ? value : Math.floor(value as number);
  }
  max(a: unknown, b: unknown): unknown {
    const [x, y] = [linearOf(a), linearOf(b)];
    for (const [one, other, is] of [
      [x, y, a],
      [y, x, b],
    ] as const) {
      if (this.#range(plus(one, other, -1n))[0] >= 0n) return is;
    }
    const greater = this.#make.greater(x, y);
    for (const one of [x, y]) this.#way.assume(plus(greater, one, -1n), "nonnegative");
    return new Sum(greater);
  }
  asUintN(bits: number, value: unknown, where: string): unknown {
    if (!(value instanceof Sum)) return BigInt.asUintN(bits, value as bigint);
    const fits =
      this.#is(value.linear, "nonnegative", where) &&
      this.#is(times(value.linear, -1n, (1n << BigInt(bits)) - 1n), "nonnegative", where);
    return fits ? value : new Cut();
  }

  #nothing(where: string): never {
    throw new Error(`no type is left at ${where}`);
  }

  #is(sum: Linear, is: Sign, where: string): boolean {
    return this.#way.is(sum, is, where);
  }

  #equal(a: unknown, b: unknown, where: string): boolean {
    if (a instanceof Maybe || b instanceof Maybe) return this.#same(a, b, where);
    if (a instanceof TypeOf || b instanceof TypeOf) {
      const [one, other] = a instanceof TypeOf ? [a, b] : [b as TypeOf, a];
      if (typeof other !== "string") throw new Error(`${String(one)} === ${String(other)}`);
      return this.#way.isType(one.cell, typesNamed(other) as readonly CellType[]);
    }
    if (a instanceof Cut || b instanceof Cut) return false;
    if (a === undefined || b === undefined || a === null || b === null) return false;
    if (a instanceof Quotient || b instanceof Quotient) {
      const [one, other] = a instanceof Quotient ? [a, b] : [b as Quotient, a];
      const rest = plus(one.linear, linearOf(other), -one.by);
      return this.#is(rest, "nonnegative", where) && this.#is(plus(rest, constant(-one.by)), "negative", where);
    }
    return this.#is(plus(linearOf(a), linearOf(b), -1n), "zero", where);
  }

  #same(a: unknown, b: unknown, where: string): boolean {
    const [one, other] = a instanceof Maybe ? [a, b] : [b as Maybe, a];
    if (other !== undefined && other !== null) throw new Error(`${String(one)} === ${String(other)}`);
    return this.#is(one.$missing, "zero", where);
  }

  #compare(operator: Comparison, a: unknown, b: unknown, where: string): boolean {
    if (b instanceof Quotient) throw new Error(`${String(a)} ${operator} ${String(b)}`);
    const [of, by] = a instanceof Quotient ? [a.linear, a.by] : [linearOf(a), 1n];
    const other = linearOf(b);
    // q < b is x < by·b, and q > b is x >= by·(b + 1).
    if (operator === "<") return this.#is(plus(of, other, -by), "negative", where);
    if (operator === ">=") return this.#is(plus(of, other, -by), "nonnegative", where);
    const above = plus(plus(of, other, -by), constant(-by));
    return this.#is(above, operator === ">" ? "nonnegative" : "negative", where);
  }

  #arithmetic(operator: string, a: unknown, b: unknown, where: string): unknown {
    switch (operator) {
      case "+":
      case "-":
        return new Sum(plus(linearOf(a), linearOf(b), operator === "+" ? 1n : -1n));
      case "*":
        if (isNumber(b)) return new Sum(times(linearOf(a), BigInt(b)));
        return new Sum(times(linearOf(b), BigInt(a as bigint)));
      case "<<":
        return this.#shifted(a, b, where);
      case "/":
      case ">>": {
        const by = operator === "/" ? this.#number(b, where) : 1n << this.#number(b, where);
        const linear = linearOf(a);
        const whole = quotientOf(linear, by, this.#range);
        return whole === undefined ? new Quotient(linear, by) : new Sum(whole);
      }
      case "%": {
        const rest = remainderOf(linearOf(a), this.#number(b, where), this.#range);
        if (rest === undefined) throw new Error(`${String(a)} % ${String(b)}`);
        return new Sum(rest);
      }
      case "&":
        return new Sum(this.#and(linearOf(a), linearOf(b)));
      case "|": {
        const [x, y] = [linearOf(a), linearOf(b)];
        return new Sum(plus(plus(x, y), this.#and(x, y), -1n));
      }
      default:
        throw new Error(`${String(a)} ${operator} ${String(b)}`);
    }
  }

  #and(a: Linear, b: Linear): Linear {
    if (isConstant(b) && b.constant >= 0n && (b.constant & (b.constant + 1n)) === 0n) {
      const rest = remainderOf(a, b.constant + 1n, this.#range);
      if (rest !== undefined) return rest;
    }
    return andBits(bitsOf(a), bitsOf(b), this.#make.product);
  }

  #shifted(a: unknown, b: unknown, where: string): unknown {
    const by = this.#number(b, where);
    return a instanceof Sum ? new Sum(times(a.linear, 1n << by)) : BigInt(a as number) << by;
  }

  /** The value as a number: every one that it can be is tried. */
  #number(value: unknown, where: string): bigint {
    if (isNumber(value)) return BigInt(value);
    const linear = linearOf(value);
    const [low, high] = this.#range(linear);
    for (let at = low; at < high; at++) if (this.#is(plus(linear, constant(-at)), "zero", where)) return at;
    return high;
  }
}
