/**
 * A row of a real witness, laid beside the machine and beside what the search takes as given: whatever the search says
 * of every row must hold of it.
 */

import type { CellType } from "../../prover/certificate/equations/explore.ts";
import { constant, type Linear } from "../../prover/certificate/equations/linear.ts";
import { type Known, takenPaths, valueIn } from "../../prover/certificate/equations/match.ts";
import type { Accepted, Path } from "../../prover/certificate/equations/paths.ts";
import { wordsFound } from "../../prover/certificate/equations/paths.ts";
import { rangeOf } from "../../prover/certificate/equations/variables.ts";
import { factsOf } from "../../prover/certificate/machine/between.ts";
import { elsewhere } from "../../prover/certificate/machine/elsewhere.ts";
import { within } from "../../prover/certificate/machine/intervals.ts";
import type { Carried } from "../../prover/certificate/machine/progress.ts";
import { rowWords } from "../../prover/certificate/machine/rowWords.ts";
import { COLUMNS, type Column, type RowWords } from "../../prover/certificate/machine/values.ts";
import type { Names } from "../../prover/certificate/names.ts";
import type { Row as CircuitRow } from "../../prover/certificate/rows/row.ts";
import { BITS, WATCHES } from "../../trace/layout.ts";
import { opensPeer } from "../../trace/machine/rowShape.ts";
import type { Row } from "../../trace/machine/transition.ts";
import { USUAL_WATCHES } from "../../trace/state/genesis.ts";
import type { Interval } from "../../verifier/constraints/intervals.ts";
import { P, type Sum } from "../../verifier/constraints/sums.ts";
import type { System } from "../../verifier/constraints/system.ts";
import { SMALL } from "./circuit.ts";

const modulo = (n: bigint): bigint => ((n % P) + P) % P;

/** The value of a sum of signals, from 0 to the field's order; signals that lines define have theirs, too. */
export class SignalValues {
  readonly #values: readonly bigint[];
  readonly #system: System;
  /** A system of a row, which may define signals behind those of the circuit. */
  readonly #row: System | undefined;

  constructor(system: System, values: readonly bigint[], row?: System) {
    this.#system = system;
    this.#values = values;
    this.#row = row;
  }

  /** The same values, and those of signals that lines of a row alone define. */
  inRow(row: System): SignalValues {
    return new SignalValues(this.#system, this.#values, row);
  }

  of(sum: Sum): bigint {
    let total = 0n;
    for (const [signal, factor] of sum) total += factor * this.signal(signal);
    return modulo(total);
  }

  /** The same witness with another value of a signal of the file. */
  with(signal: number, value: bigint): SignalValues {
    return new SignalValues(this.#system, this.#values.with(signal, value), this.#row);
  }

  signal(signal: number): bigint {
    if (signal < this.#system.signals) return this.#values[signal] as bigint;
    const definition = signal < this.#system.next ? this.#system.definition(signal) : this.#row?.definition(signal);
    if (definition === undefined) throw new Error(`signal ${signal} has no value`);
    return this.of(definition);
  }
}

/** What is wrong, by name; and the way that the row takes. */
export interface Laid {
  readonly wrong: readonly string[];
  readonly path: Path | undefined;
}

/** A row of the circuit, the same row of the machine, and the ways of its operation. */
export class WitnessRow {
  readonly #wrong: string[] = [];
  readonly #words: RowWords;
  readonly #values: SignalValues;
  readonly #row: Row;
  readonly #known: Known;

  constructor(row: Row, known: Known, circuit: CircuitRow, names: Names, values: SignalValues) {
    this.#row = row;
    this.#values = values;
    this.#words = rowWords(row.effect, circuit, names, SMALL.levels);
    const own = asCompared(known);
    // The first row of a batch has the beginning of the batch's span before it.
    if (circuit.number === 0) own.values.set("before.at", values.of(this.#words.before.time));
    this.#known = own;
  }

  laid(paths: readonly Path[]): Laid {
    this.#isMachines();
    this.#isGiven();
    const ways = takenPaths(paths, this.#known);
    const [path] = ways;
    this.#is("so many ways that the row takes", BigInt(ways.length), 1n);
    if (path === undefined || !path.outcome.accepted) this.#is("the way is accepted", 0n, 1n);
    else this.#leaves(path.outcome);
    if (path !== undefined && elsewhere(path) !== null) this.#wrong.push("something else refuses the way");
    return { wrong: this.#wrong, path };
  }

  #is(what: string, found: bigint, expected: bigint): void {
    if (modulo(found) !== modulo(expected)) this.#wrong.push(`${what}: ${found} instead of ${expected}`);
  }

  /** @param machine a sum of the machine's numbers */
  #same(what: string, circuit: Sum, machine: Linear | bigint): void {
    const expected = typeof machine === "bigint" ? machine : valueIn(this.#known, machine);
    this.#is(what, this.#values.of(circuit), expected);
  }

  #lies(what: string, sum: Sum, between: Interval): void {
    const value = this.#values.of(sum);
    if (within(value, between) === null) this.#wrong.push(`${what}: ${value} does not lie between ${between.join()}`);
  }

  #number(name: string): bigint {
    return valueIn(this.#known, { constant: 0n, terms: new Map([[name, 1n]]) });
  }

  /** The signals that the search reads have the numbers that the machine meets. */
  #isMachines(): void {
    const { packed, single, found } = this.#words;
    for (const [i, [word, sum]] of packed.entries()) this.#same(`word ${i} of the row`, sum, word);
    for (const [name, sum] of single) this.#same(name, sum, this.#number(name));
    for (const column of this.#open()) {
      const type = this.#known.types.get(column) as CellType;
      for (const [i, word] of wordsFound(column, type).entries()) {
        this.#same(`${column}[${i}] found`, found[column][i] as Sum, this.#number(`${column}.word${i}`));
        this.#same(`${column}[${i}], packed`, found[column][i] as Sum, word);
      }
    }
    this.#isCarried(this.#words.before);
  }

  #isCarried({ time, call, line, group, owed, ofS, ofD, kind }: Carried): void {
    const number = (name: string): bigint => this.#number(name);
    const place = (name: string): bigint => 256n * number(`${name}.program`) + number(`${name}.slot`);
    this.#same("the time before", time, number("before.at"));
    this.#same("the arguments left", call.left, number("call.left"));
    const isCall = number("call.left") !== 0n;
    this.#same("whether a call is open", call.calling, isCall ? 1n : 0n);
    if (isCall) {
      this.#same("the entry", call.entry, place("call.entry"));
      this.#same("who calls", call.actor, number("call.actor"));
    }
    this.#same("the sum", call.sum, number("call.sum"));
    const child = place("line.child");
    this.#same("the end of the line", line.child, child);
    this.#same("whether a line is open", line.lineage, child === 0n ? 0n : 1n);
    if (child !== 0n) {
      this.#same("who opens the line", line.actor, number("line.actor"));
      this.#same("the root of the line", line.root, number("line.root"));
    }
    const triggered = number("progress.triggered");
    this.#same("triggered", group.triggered, triggered === 0n ? 0n : 1n);
    if (triggered !== 0n) this.#same("who is triggered", group.triggerActor, triggered);
    const slot = place("owed.slot");
    const first = owed.findIndex((bit) => this.#values.of(bit) !== 0n);
    if (slot === 0n) this.#is("no Check is owed", BigInt(first), -1n);
    else {
      this.#is("the rank that is owed", BigInt(first % WATCHES), number("owed.rank"));
      const [isS, types] = [first < WATCHES, this.#known.types];
      this.#same("the slot of the Check", isS ? ofS.address : ofD.address, slot);
      this.#same("its kind", kind, (number("owed.kind.issuer") << 32n) + number("owed.kind.label"));
      const [before, after] = ["owed.before", "owed.after"].map((name) => (types.get(name) === "resource" ? 1n : 0n));
      this.#same("what was there", isS ? new Map([[0, 1n]]) : ofD.before, before as bigint);
      this.#same("what is there", isS ? ofS.after : new Map([[0, 1n]]), after as bigint);
      if (after === 1n) this.#same("how much", isS ? ofS.quantity : ofD.quantity, number("owed.after.quantity"));
    }
  }

  #open(): Column[] {
    const { source, destination, authority } = this.#row;
    const all = { A: 1, B: Number(opensPeer(this.#row)), S: source, D: destination, X: authority };
    return COLUMNS.filter((column) => all[column] !== 0);
  }

  /** What the search takes as given. */
  #isGiven(): void {
    const { address, handed, inUse, before } = this.#words;
    for (const { part, name, sum, between, when } of factsOf(handed)) {
      if (when === null || this.#values.of(when[0]) === when[1])
        this.#lies(`given of the ${part}, ${name}`, sum, between);
    }
    const programs: Interval = [1n, (1n << BigInt(BITS.program)) - 1n];
    this.#within("row.actor", programs);
    if (this.#row.peer !== 0) this.#within("row.peer", programs);
    for (const column of this.#open()) {
      const type = this.#known.types.get(column) as CellType;
      if (type !== "empty")
        this.#lies(`given: the address in ${column}`, address[column], [256n, (1n << BigInt(BITS.address)) - 1n]);
      for (const word of wordsFound(column, type)) {
        for (const name of word.terms.keys()) this.#within(name, rangeOf(name));
      }
      if (type === "resource" && this.#number(`${column}.escrowFrom`) === 0n)
        this.#is(`given: what is owned outright in ${column} has a deadline`, this.#number(`${column}.deadline`), 0n);
      const isEnd = this.#values.of(address[column]) === this.#values.of(before.line.child);
      if (inUse === undefined || type !== "capability" || !isEnd) continue;
      const parent = this.#number(`${column}.parent.program`) + this.#number(`${column}.parent.slot`);
      if (parent === 0n) this.#wrong.push(`given: the end of the line, in ${column}, is derived`);
    }
  }

  #within(name: string, [low, high]: Interval): void {
    const value = this.#number(name);
    if (value < low || value > high) this.#wrong.push(`given: ${name} is ${value}`);
  }

  /** The row leaves what the way leaves, and hands on what it hands on. */
  #leaves({ addresses, left, progress }: Accepted): void {
    const { open, address, left: words, after } = this.#words;
    for (const column of COLUMNS) {
      const [at, own] = [addresses[column], left[column]];
      this.#same(`whether ${column} is open`, open[column], at === undefined ? 0n : 1n);
      if (at === undefined || own === undefined) continue;
      this.#same(`the address in ${column}`, address[column], at);
      for (const [i, word] of own.entries()) this.#same(`${column}[${i}] left`, words[column][i] as Sum, word);
    }
    const { call, line, triggered } = progress;
    const none = constant(0n);
    this.#same("arguments left afterwards", after.call.left, call?.left ?? none);
    const isCall = call !== null && valueIn(this.#known, call.left) !== 0n;
    this.#same("whether a call is open afterwards", after.call.calling, isCall ? 1n : 0n);
    if (isCall) {
      this.#same("the entry afterwards", after.call.entry, call.entry);
      this.#same("who calls afterwards", after.call.actor, call.actor);
      this.#same("the sum afterwards", after.call.sum, call.sum);
    }
    this.#same("whether a line is open afterwards", after.line.lineage, line === null ? 0n : 1n);
    this.#same("the end of the line afterwards", after.line.child, line?.child ?? none);
    if (line !== null) {
      this.#same("the root afterwards", after.line.root, line.root);
      this.#same("who opens the line afterwards", after.line.actor, line.actor);
    }
    const isTriggered = valueIn(this.#known, triggered) !== 0n;
    this.#same("triggered afterwards", after.group.triggered, isTriggered ? 1n : 0n);
    if (isTriggered) this.#same("who is triggered afterwards", after.group.triggerActor, triggered);
  }
}

/** The numbers as the comparison has them: the limit of watches is that of the circuit. */
function asCompared({ values, types }: Known): Known & { readonly values: Map<string, bigint> } {
  const watches = values.get("map.moored") === 1n ? USUAL_WATCHES : WATCHES;
  const into = values.get("row.argument.into") ?? 0n;
  const low = BigInt.asUintN(BITS.id / 2, into);
  const own = new Map([
    ...values,
    ["map.watches", BigInt(watches)],
    ["row.argument.into.low", low],
    ["row.argument.into.high", into >> BigInt(BITS.id / 2)],
  ] as const);
  return { values: own, types };
}
