/** What the machine's variables are in a row of the circuit. */
import { BITS, FIELD } from "../../../trace/layout.ts";
import { constantOf, gather, plus, type Sum } from "../../../verifier/constraints/sums.ts";
import { CELL_TYPES, type CellType } from "../equations/explore.ts";
import type { Linear } from "../equations/linear.ts";
import { type LinearWords, wordsFound } from "../equations/paths.ts";
import type { Sum as Value } from "../equations/values.ts";
import { cellNamed, rangeOf, variables, wordsNamed } from "../equations/variables.ts";
import { fieldsIn } from "./digits.ts";
import { productIn } from "./product.ts";
import { type Carried, carriedIn } from "./progress.ts";
import type { RowCase } from "./rowCase.ts";

export type Column = "A" | "B" | "S" | "D" | "X";
export const COLUMNS: readonly Column[] = ["A", "B", "S", "D", "X"];

/** The sums that a row has for what the machine has words for. */
export interface RowWords {
  readonly found: Readonly<Record<Column, readonly [Sum, Sum, Sum]>>;
  readonly left: Readonly<Record<Column, readonly [Sum, Sum, Sum]>>;
  readonly address: Readonly<Record<Column, Sum>>;
  readonly open: Readonly<Record<Column, Sum>>;
  /** Packed words of the row, with the words that the machine packs it into. */
  readonly packed: readonly (readonly [Linear, Sum])[];
  /** The column of the capability that the row uses, if its operation may use one. */
  readonly inUse: Column | undefined;
  /** Bits that say which way the row takes. They are split before any test, so that the goals do not hang on them. */
  readonly ways: readonly Sum[];
  /** Bits of the condition that a Check looks at: they decide which of its alternatives can be. */
  readonly condition: readonly Sum[];
  /** Variables that are one sum each. */
  readonly single: ReadonlyMap<string, Sum>;
  /** What the row before handed on, the same as this row takes it, and what this row hands on. */
  readonly handed: Carried;
  readonly before: Carried;
  readonly after: Carried;
  /** What of the group the row takes as the row before handed it on, if the group goes on. */
  readonly taken: readonly Taken[];
}

/** A number of the group, where the row has it. */
export interface Taken {
  readonly name: string;
  readonly sum: Sum;
  /** As the row before handed it on. */
  readonly handed: Sum;
  /** What it is where a group begins; null if it may be anything. */
  readonly fresh: Sum | null;
}

export interface Values {
  readonly of: Map<string, Sum>;
  /** Numbers that have two parts, of which only the whole has a sum. */
  readonly wholes: Map<string, Sum>;
  /** Types of cells that are open: undefined if it is not known yet. */
  readonly types: Map<string, CellType | undefined>;
  /** Words that are one signal each: only the whole has a sum. By the names of their fields. */
  readonly words: Map<string, WholeWord>;
  /** Sums that could not be read yet. */
  readonly unread: Sum[];
  /** Sums that are 0 or 1, and that are not known yet. */
  readonly bits: Sum[];
  /** What was read of each word, by its place and the sort of cell. It holds in all cases inside this one. */
  readonly read: ReadonlyMap<string, Read>;
}

interface WholeWord {
  readonly word: Linear;
  readonly sum: Sum;
}

/** The fields of a word; "other" if it is a word of another sort. */
type Read = "other" | ReadonlyMap<string, Sum>;

const TYPES_IN: Readonly<Record<Column, readonly CellType[]>> = {
  A: ["empty", "program"],
  B: ["empty", "program"],
  S: CELL_TYPES,
  D: CELL_TYPES,
  X: CELL_TYPES,
};

/**
 * Reads the words of the row. Words that the machine packs as a number give an equation.
 * @param before what was read in the case around this one
 * @returns null: it cannot be
 */
export function valuesIn(own: RowCase, words: RowWords, before: Values | null = null): Values | null {
  const of = new Map(words.single);
  const unread: Sum[] = [];
  const wholeWords = new Map<string, WholeWord>();
  const all = new Map(before?.read);
  const read = (place: string, word: Linear, sum: Sum): Read | null => {
    const found = all.get(place) ?? readAs(word, sum);
    if (found !== null) all.set(place, found);
    return found;
  };
  const readAs = (word: Linear, sum: Sum): Read | null => {
    const [only] = word.terms;
    // One number that lies below the field's order: the whole word is it.
    if (word.terms.size === 1 && word.constant === 0n && only?.[1] === 1n) {
      return new Map([[only[0], own.normal(sum)]]);
    }
    return fieldsIn(word, own.normal(sum), rangeOf, (one) => own.interval(one));
  };
  for (const [i, [word, sum]] of words.packed.entries()) {
    const found = read(String(i), word, sum);
    if (found === "other") return null;
    if (found === null) unread.push(sum);
    else for (const [name, value] of found) of.set(name, value);
  }
  const types = new Map<string, CellType | undefined>();
  const wholes = new Map<string, Sum>();
  carriedIn(own, words.before, of, wholes, types, unread);
  for (const column of COLUMNS) {
    const open = own.normal(words.open[column]);
    if (open.size === 0) continue;
    if (open.size > 1 || open.get(0) !== 1n) {
      unread.push(open);
      continue;
    }
    for (const [i, word] of wordsNamed(column).entries()) {
      for (const name of word.terms.keys()) of.set(name, own.normal(words.found[column][i] as Sum));
    }
    const can: [CellType, ReadonlyMap<string, Sum>][] = [];
    let undecided = false;
    for (const type of TYPES_IN[column]) {
      const found = read(`${column} ${type} 0`, wordsOf(column, type)[0], words.found[column][0]);
      if (found === null) undecided = true;
      else if (found !== "other") can.push([type, found]);
    }
    if (undecided || can.length !== 1) {
      if (!undecided && can.length === 0) return null;
      unread.push(words.found[column][0]);
      types.set(column, undefined);
      continue;
    }
    const [type, fields] = can[0] as (typeof can)[number];
    types.set(column, type);
    for (const [name, value] of fields) of.set(name, value);
    const [, ...others] = wordsOf(column, type);
    // No row leaves a resource that is owned outright and has a deadline, and a genesis has none.
    const isOutright = type === "resource" && own.normal(fields.get(`${column}.escrowFrom`) as Sum).size === 0;
    const deadline = `${column}.deadline`;
    if (isOutright) of.set(deadline, new Map());
    for (const [i, word] of others.entries()) {
      const sum = words.found[column][i + 1] as Sum;
      if (word.terms.size === 0) {
        const rest = new Map<number, bigint>();
        gather(rest, sum);
        gather(rest, [[0, -word.constant]]);
        if (!own.assumeZero(rest)) return null;
        continue;
      }
      const place = `${column} ${type} ${i + 1}`;
      const found =
        read(place, word, sum) ?? (isOutright ? read(`${place} outright`, without(word, deadline), sum) : null);
      if (found === "other") return null;
      const known = isOutright ? found?.get(deadline) : undefined;
      if (known !== undefined && own.normal(known).size > 0 && !own.assumeZero(known)) return null;
      if (found !== null) for (const [name, value] of found) of.set(name, value);
      else {
        unread.push(sum);
        for (const name of word.terms.keys()) wholeWords.set(name, { word, sum });
      }
    }
  }
  // Found words are those of packed cells, so each of their numbers lies where the machine's does.
  for (const [name, sum] of of) {
    if (before?.of.get(name) === sum || !isOfCell(name)) continue;
    const [low, high] = rangeOf(name);
    if (high >= FIELD - 1n) continue;
    const interval = own.interval(sum);
    if (interval === null || interval[0] < low || interval[1] > high) own.assumeBetween(sum, [low, high]);
  }
  for (const bit of words.ways) if (constantOf(own.normal(bit)) === null) unread.push(own.normal(bit));
  const values: Values = { of, wholes, words: wholeWords, types, unread, bits: [], read: all };
  assumeGiven(own, words, values, before);
  return values;
}

const without = ({ constant, terms }: Linear, name: string): Linear => ({
  constant,
  terms: new Map([...terms].filter(([one]) => one !== name)),
});

/** What is taken as given of the cells that a row finds. */
function assumeGiven(own: RowCase, words: RowWords, values: Values, before: Values | null): void {
  const isNew = (column: Column): boolean => before?.types.get(column) === undefined;
  for (const column of ["S", "D", "X"] as const) {
    const type = values.types.get(column);
    if (type === undefined || type === "empty" || !isNew(column)) continue;
    // What is not empty lies in the memory of a program, and no program is 0.
    own.assumeBetween(words.address[column], [256n, (1n << BigInt(BITS.address)) - 1n]);
  }
  const { inUse } = words;
  if (inUse === undefined) return;
  const lineage = constantOf(own.normal(words.before.line.lineage));
  if (lineage === null) values.bits.push(own.normal(words.before.line.lineage));
  if (lineage === 1n) assumeDerived(own, words, values);
}

/**
 * An open line ends in a capability that was derived from another: so the row before has found it, and left it. The row
 * that uses it finds what that row left (memory).
 */
function assumeDerived(own: RowCase, { address, before }: RowWords, values: Values): void {
  for (const column of ["S", "X"] as const) {
    if (values.types.get(column) !== "capability") continue;
    if (own.normal(plus(address[column], before.line.child, -1n)).size > 0) continue;
    const { parent } = cellNamed(column) as { parent: Value };
    const sum = evaluated(own, parent.linear, values);
    if (sum !== null && !own.isNonzero(sum)) own.assumeNonzero(sum);
  }
}

/** The words of a cell of this type, made once. */
function wordsOf(column: Column, type: CellType): LinearWords {
  const key = `${column} ${type}`;
  const words = made.get(key) ?? wordsFound(column, type);
  made.set(key, words);
  return words;
}
const made = new Map<string, LinearWords>();

/** Whether the variable is a field of a cell that was found. */
const isOfCell = (name: string): boolean => /^[ABSDX]\./.test(name) && !/\.word\d$/.test(name);

/** A sum of variables over signals; null if a variable has no value yet. */
export function evaluated(own: RowCase, sum: Linear, values: Values): Sum | null {
  const whole = new Map<number, bigint>();
  if (sum.constant !== 0n) whole.set(0, sum.constant);
  for (const [name, factor] of sum.terms) {
    const inWord = values.words.get(name);
    if (inWord !== undefined) {
      const times = timesIn(sum, inWord.word);
      if (times === null) return null;
      // Once for all fields of the word.
      if (name !== [...inWord.word.terms.keys()][0]) continue;
      gather(whole, inWord.sum, times);
      gather(whole, [[0, -times * inWord.word.constant]]);
      continue;
    }
    const [, whole_, part = ""] = /^(.*)\.(program|slot|issuer|label)$/.exec(name) ?? [];
    const pair = values.wholes.get(whole_ ?? "");
    if (pair !== undefined) {
      const other = sum.terms.get(`${whole_}.${OTHER[part]}`);
      const size = part === "program" || part === "slot" ? 256n : 1n << 32n;
      const isUpper = part === "program" || part === "issuer";
      if (isUpper ? other === undefined || factor !== size * other : other !== size * factor) return null;
      if (!isUpper) gather(whole, pair, factor);
      continue;
    }
    const value = values.of.get(name) ?? madeOf(own, name, values);
    if (value === null) return null;
    gather(whole, value, factor);
  }
  return whole;
}

/** How often a sum has a word, with all its fields; null if it does not have it as a whole. */
function timesIn(sum: Linear, { terms }: Linear): bigint | null {
  const [[first, place]] = [...terms] as [[string, bigint]];
  const factor = sum.terms.get(first) ?? 0n;
  const times = factor / place;
  if (factor === 0n || times * place !== factor) return null;
  for (const [name, at] of terms) if (sum.terms.get(name) !== times * at) return null;
  return times;
}

const OTHER: Readonly<Record<string, string>> = { program: "slot", slot: "program", issuer: "label", label: "issuer" };

/** A variable that is the product or the greater of two others. */
function madeOf(own: RowCase, name: string, values: Values): Sum | null {
  const { product, greater } = variables.get(name) ?? {};
  const [a, b] = (product ?? greater ?? []).map((one) => evaluated(own, one, values));
  if (a == null || b == null) return null;
  if (product !== undefined) return productIn(own.productsWith(a), own.normal(a), own.normal(b));
  const [low, high] = own.interval(plus(a, b, -1n)) ?? [-1n, 1n];
  return low >= 0n ? a : high <= 0n ? b : null;
}

/** The difference that decides which of two numbers is the greater, if a sum needs to know. */
export function undecidedIn(own: RowCase, sum: Linear, values: Values): Sum | null {
  for (const name of sum.terms.keys()) {
    const greater = variables.get(name)?.greater;
    if (values.of.has(name) || greater === undefined || madeOf(own, name, values) !== null) continue;
    const [a, b] = greater.map((one) => evaluated(own, one, values));
    if (a != null && b != null) return plus(a, b, -1n);
  }
  return null;
}
