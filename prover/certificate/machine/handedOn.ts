/**
 * What a row hands on to the next one, beside what the machine's group carries then. Both in one encoding, which is
 * the one that the next row takes (`carriedIn`): so what is shown of each row holds of a chain of rows.
 */
import { WATCHES } from "../../../trace/layout.ts";
import { constantOf, plus, type Sum } from "../../../verifier/constraints/sums.ts";
import type { CellType } from "../equations/explore.ts";
import { areSame, constant, type Linear, variable } from "../equations/linear.ts";
import type { Accepted, Owed } from "../equations/paths.ts";
import type { RowCase } from "./rowCase.ts";
import { evaluated, type RowWords, type Values } from "./values.ts";

/** What is not shown, by name, with the sums that it hangs on. */
export type Goal = [string, Sum[]];

const NONE = constant(0n);

/** @returns what is not shown yet to be handed on as the machine has it */
export function notHandedOn(own: RowCase, outcome: Accepted, values: Values, words: RowWords): Goal[] {
  const { progress } = outcome;
  const goals = new Goals(own, values, words);
  goals.same("the time", variable("row.at"), words.after.time);
  goals.same("the group's first row", variable("progress.first"), words.after.group.start);
  goals.same("the group's digest", variable("progress.digest"), words.after.group.digest);
  goals.triggered(progress.triggered);
  goals.call(outcome);
  goals.line(progress.line);
  if (progress.checked) goals.oneLess(progress.owed);
  else goals.owed(outcome);
  return goals.found;
}

class Goals {
  readonly found: Goal[] = [];
  readonly #own: RowCase;
  readonly #values: Values;
  readonly #words: RowWords;

  constructor(own: RowCase, values: Values, words: RowWords) {
    this.#own = own;
    this.#values = values;
    this.#words = words;
  }

  same(name: string, machine: Linear, circuit: Sum): void {
    const value = evaluated(this.#own, machine, this.#values);
    if (value === null) this.#missing(name, circuit);
    else this.#zero(name, plus(value, circuit, -1n));
  }

  #is(name: string, circuit: Sum, bit: 0n | 1n): void {
    this.#zero(name, plus(circuit, new Map([[0, 1n]]), -bit));
  }

  #zero(name: string, sum: Sum): void {
    const rest = this.#own.normal(sum);
    if (rest.size > 0) this.found.push([`${name} is handed on`, [rest]]);
  }

  #missing(name: string, ...sums: Sum[]): void {
    this.found.push([`${name} is handed on`, sums.map((sum) => this.#own.normal(sum))]);
  }

  /** Asks for a case distinction of the bit, if its value is not known. */
  #bit(name: string, bit: Sum): bigint | null {
    const normal = this.#own.normal(bit);
    const value = constantOf(normal);
    if (value !== null) return value;
    this.#values.unread.push(normal);
    this.#missing(name, normal);
    return null;
  }

  triggered(machine: Linear): void {
    const { triggered, triggerActor } = this.#words.after.group;
    const bit = this.#bit("triggered", triggered);
    if (bit !== null) this.same("triggered", machine, bit === 0n ? new Map() : triggerActor);
  }

  call({ progress: { call }, addresses }: Accepted): void {
    const { before, after } = this.#words;
    const left = call === null ? NONE : call.left;
    this.same("the arguments left", left, after.call.left);
    const value = evaluated(this.#own, left, this.#values);
    const normal = value === null ? null : this.#own.normal(value);
    if (normal !== null && normal.size === 0) this.#is("whether a call is open", after.call.calling, 0n);
    else if (call === null || normal === null || !this.#own.isNonzero(normal)) {
      const isOpen = this.#bit("whether a call is open", before.call.calling);
      if (isOpen !== null) this.#missing("whether a call is open", after.call.calling);
    } else {
      this.#is("whether a call is open", after.call.calling, 1n);
      this.same("the entry that is called", call.entry, after.call.entry);
      this.same("who calls", call.actor, after.call.actor);
      this.same("the sum of the arguments", call.sum, after.call.sum);
      // The rows that pass arguments find the entry in X. What they ask of its kind, they read from there.
      const [entry, x] = [call.entry, addresses.X].map((one) =>
        one === undefined ? null : evaluated(this.#own, one, this.#values),
      );
      const isInX = entry != null && x != null && this.#own.normal(plus(entry, x, -1n)).size === 0;
      if (isInX) this.same("the least sum of the arguments", call.minimum, this.#words.left.X[1]);
    }
  }

  line(line: Accepted["progress"]["line"]): void {
    const { lineage, child, root, actor } = this.#words.after.line;
    this.#is("whether a line is open", lineage, line === null ? 0n : 1n);
    this.same("the end of the line", line?.child ?? NONE, child);
    if (line === null) return;
    // Whose the root is depends on whether a line was open before.
    if (this.#bit("the line before", this.#words.before.line.lineage) === null) return;
    this.same("the root of the line", line.root, root);
    this.same("who opens the line", line.actor, actor);
  }

  /** The row was a Check: the first one that was owed is owed no more. */
  oneLess(pushed: readonly Owed[]): void {
    if (pushed.length > 0) throw new Error("a Check owes no other");
    const { before, after } = this.#words;
    let first: number | null = null;
    for (const [i, bit] of before.owed.entries()) {
      if (first === null) {
        const value = this.#bit("which Check is done", bit);
        if (value === null) return;
        if (value === 1n) first = i;
        this.#is(nameOf(i), after.owed[i] as Sum, 0n);
      } else this.#zero(nameOf(i), plus(after.owed[i] as Sum, bit, -1n));
    }
    for (const side of ["ofS", "ofD"] as const) {
      for (const [name, sum] of Object.entries(before[side])) {
        const now = (after[side] as Readonly<Record<string, Sum>>)[name];
        if (now !== undefined) this.#zero(`${name} ${side}, of a Check`, plus(sum, now, -1n));
      }
    }
    this.#zero("the kind of a Check", plus(before.kind, after.kind, -1n));
  }

  /** Nothing was owed before, and this is owed now: the ranks of S, then those of D. */
  owed({ progress, addresses }: Accepted): void {
    const { before, after } = this.#words;
    for (const bit of before.owed) {
      const value = this.#bit("that no Check is owed before", bit);
      if (value === null) return;
      if (value !== 0n) this.#missing("that no Check is owed before", bit);
    }
    const places = progress.owed.map((one) => {
      const isS = addresses.S !== undefined && areSame(one.slot, addresses.S);
      return Number(one.rank.constant) + (isS ? 0 : WATCHES);
    });
    if (places.some((place, i) => i > 0 && place <= (places[i - 1] as number))) {
      throw new Error("Checks are owed in another order");
    }
    for (const [i, bit] of after.owed.entries()) {
      const one = progress.owed[places.indexOf(i)];
      this.same(nameOf(i), one?.when ?? NONE, bit);
      if (one !== undefined) this.#known(one, i < WATCHES);
    }
  }

  /** What a Check will need to know. */
  #known({ slot, kind, before, after, quantity }: Owed, isS: boolean): void {
    const { ofS, ofD, kind: kindAfter } = this.#words.after;
    const of = isS ? ofS : ofD;
    this.same("the slot of a Check", slot, of.address);
    this.same("the kind of a Check", kind, kindAfter);
    // Of S: a resource was there before. Of D: one is there after.
    this.#type("what was in the slot of a Check", before, isS ? new Map([[0, 1n]]) : ofD.before);
    this.#type("what is in the slot of a Check", after, isS ? ofS.after : new Map([[0, 1n]]));
    if (quantity !== null) this.same("the quantity of a Check", quantity, of.quantity);
  }

  #type(name: string, types: readonly CellType[], isResource: Sum): void {
    const [type, ...others] = types;
    if (others.length > 0 || (type !== "resource" && type !== "empty")) throw new Error(`${name}: ${types.join()}`);
    this.#is(name, isResource, type === "resource" ? 1n : 0n);
  }
}

const nameOf = (i: number): string => `Check ${i % WATCHES} of ${i < WATCHES ? "S" : "D"}`;
