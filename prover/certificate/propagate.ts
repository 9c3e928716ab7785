/**
 * Makes drafts: tries rules until none says anything new. Rules in `reasoning/` decide whether a line holds; here is
 * only the choice of what to try. So a mistake here costs a line, and never proves one that is false.
 */

import { excludesZero } from "../../verifier/constraints/intervals.ts";
import { type Constraint, linearOf, Refusal, type Sum } from "../../verifier/constraints/sums.ts";
import type { System } from "../../verifier/constraints/system.ts";
import { Bounds } from "./bounds.ts";
import { hasChallenge, partsOf } from "./divisors.ts";
import { multipliers } from "./multipliers.ts";
import { Near } from "./near.ts";
import { NumberLists } from "./numberLists.ts";
import { Checker } from "./reasoning/check.ts";
import type { Line } from "./reasoning/reasoner.ts";
import { SumNames } from "./sumNames.ts";

/** Rules that add a constraint by algebra alone. */
export const ALGEBRA: ReadonlySet<string> = new Set(["define", "rewrite", "identity", "add"]);

/** Told why a quotient's divisor is not 0, by the quotient and its constraint; null: it may be. */
export type DivisorReason = (signal: number, n: number) => string | null;

export class Propagator {
  readonly checker: Checker;
  readonly system: System;
  readonly divisor: DivisorReason;
  readonly names: SumNames;
  readonly near: Near;
  /** Constraints that only hashes read: they are not tried for bounds. */
  readonly inHash = new Set<number>();
  /** Lines that hold, unless they were handed on. */
  readonly lines: Line[] = [];
  readonly #handOn: (line: Line) => void;
  /** Lines of the case that is being worked on; null outside of cases. */
  #inner: Line[] | null = null;
  #record: Line[] | null = null;
  /** Constraints by signal; those that lines add, too. */
  readonly #by = new NumberLists();
  #indexed = 0;
  #queue: number[] = [];
  #queued = new Set<number>();
  /** Only these are looked at, and those that were added since: from this number on. */
  #scope: ReadonlySet<number> | null = null;
  #from = 0;
  #isInCase = false;
  /** Constraints of the file that another form stands for. */
  passed: ReadonlySet<number> = new Set();
  /** Constraints that are not looked at yet. */
  held: ReadonlySet<number> = new Set();
  readonly bounds = new Bounds(this);

  /** @param handOn is given each line that holds and is in no case; without it, they are kept */
  constructor(system: System, divisor: DivisorReason, handOn?: (line: Line) => void) {
    this.system = system;
    this.#handOn = handOn ?? ((line) => void this.lines.push(line));
    this.checker = new Checker(system);
    this.divisor = divisor;
    this.names = new SumNames(this);
    this.near = new Near(system);
    this.index();
  }

  /** Whether the line holds; then it is kept. */
  try(...line: Line): boolean {
    const mark = this.checker.facts.trail.length;
    const isDead = this.checker.dead;
    // Most lines that are tried are refused: a refusal needs no stack.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      this.checker.apply(line);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.checker.facts.undo(mark);
      this.checker.dead = isDead;
      return false;
    } finally {
      Error.stackTraceLimit = limit;
    }
    this.#keep(line);
    this.#heard(mark);
    return true;
  }

  /** As `try`; for lines that must hold. */
  must(...line: Line): void {
    const mark = this.checker.facts.trail.length;
    this.checker.apply(line);
    this.#keep(line);
    this.#heard(mark);
  }

  /** What is algebra alone holds in all cases, and stands before them. */
  #keep(line: Line): void {
    if (this.#inner !== null && !ALGEBRA.has(line[0])) {
      this.#inner.push(line);
      return;
    }
    this.#record?.push(line);
    this.#handOn(line);
  }

  /** What `inside` returns, and the lines that it adds and that are in no case. */
  recorded<T>(inside: () => T): readonly [result: T, lines: Line[]] {
    const record: Line[] = [];
    this.#record = record;
    try {
      return [inside(), record];
    } finally {
      this.#record = null;
    }
  }

  #heard(mark: number): void {
    this.index();
    const { trail } = this.checker.facts;
    for (let i = mark; i < trail.length; i++) this.wake((trail[i] as (typeof trail)[number])[0]);
  }

  wake(signal: number): void {
    for (const n of this.of(signal)) this.ask(n);
  }

  ask(n: number): void {
    if (this.#queued.has(n) || this.passed.has(n)) return;
    if (this.#scope !== null && !this.#scope.has(n) && n < this.#from) return;
    this.#queued.add(n);
    this.#queue.push(n);
  }

  /** The constraints of a signal. */
  of(signal: number): readonly number[] {
    return this.#by.of(signal);
  }

  index(): void {
    const { constraints } = this.system;
    for (; this.#indexed < constraints.length; this.#indexed++) {
      const seen = new Set<number>();
      for (const sum of constraints.at(this.#indexed) as Constraint) {
        for (const signal of sum.keys()) if (signal !== 0) seen.add(signal);
      }
      for (const signal of seen) this.#by.add(signal, this.#indexed);
      this.ask(this.#indexed);
    }
  }

  /** Everything that follows by the rules for one constraint. @returns false: this case cannot be */
  run(): boolean {
    const queue = this.#queue;
    // Taken from the front by a number, as `shift` moves all that is behind. What waits is never more than once here.
    for (let at = 0; at < queue.length; at++) {
      const n = queue[at] as number;
      this.#queued.delete(n);
      if (!this.#look(n)) {
        this.#clear();
        return false;
      }
    }
    this.#clear();
    return true;
  }

  #clear(): void {
    this.#queue = [];
    this.#queued.clear();
  }

  /** The sums of a constraint with constants in place; and the sum that is 0, if it is linear. */
  folded(n: number): { a: Sum; b: Sum; c: Sum; linear: Sum | null } {
    const folded = this.checker.folded(n);
    const [a, b, c] = folded;
    return { a, b, c, linear: linearOf(folded) };
  }

  #look(n: number): boolean {
    const { facts } = this.checker;
    if (this.held.has(n)) return true;
    const [x, y, z] = this.system.constraints.at(n) as [Sum, Sum, Sum];
    let unknown: number[] = [];
    if (this.inHash.has(n)) {
      unknown = facts.unknown(x, y, z);
      if (unknown.length === 1) this.try("follows", n);
      return true;
    }
    const { a, b, c, linear } = this.folded(n);
    unknown = linear === null ? facts.unknown(a, b, c) : facts.unknown(linear);
    // Only in a case: outside, a constraint that cannot hold is one of a circuit that proves nothing.
    if (this.#isInCase && this.#isAbsurd(linear, a, b, c)) {
      this.must("absurd", n);
      return false;
    }
    if (unknown.length === 1) {
      const signal = unknown[0] as number;
      if (!this.try("follows", n) && linear === null && (a.has(signal) || b.has(signal))) {
        // A quotient is alone on its side. Where it stands in a sum, its name says nothing of the other side.
        const isAlone = [a, b].some((sum) => sum.size === 1 && sum.has(signal));
        const reason = isAlone ? this.divisor(signal, n) : null;
        if (reason !== null) this.try("divides", reason, n);
        else if (hasChallenge(this, a, b)) this.try("drawn", n, partsOf(this, this.checker.only(n)[1]));
      }
    } else if (unknown.length > 1 && linear !== null && unknown.every((signal) => facts.bounds.has(signal))) {
      for (const times of multipliers(new Map(unknown.map((one) => [one, linear.get(one) as bigint]))))
        if (this.try("radix", n, String(times))) break;
    }
    this.bounds.look(n, a, b, c, linear);
    return true;
  }

  #isAbsurd(linear: Sum | null, a: Sum, b: Sum, c: Sum): boolean {
    const { facts } = this.checker;
    if (linear !== null) {
      const interval = facts.interval(linear);
      return interval !== null && excludesZero(interval);
    }
    return c.size === 0 && facts.isNonzero(a) && facts.isNonzero(b);
  }

  /** Constraints that have another form, of a bit alone or of one of two numbers. */
  readonly unfolded = new Set<number>();

  /** Works on constraints of a scope alone; what follows stays. */
  within(scope: ReadonlySet<number>, inside: () => void): void {
    const mark = this.checker.facts.trail.length;
    const [queue, queued, outer, from] = [this.#queue, this.#queued, this.#scope, this.#from];
    [this.#queue, this.#queued, this.#scope, this.#from] = [[], new Set(), scope, this.system.constraints.length];
    for (const n of scope) this.ask(n);
    inside();
    [this.#queue, this.#queued, this.#scope, this.#from] = [queue, queued, outer, from];
    // Those outside the scope have not heard of it yet.
    this.#heard(mark);
  }

  /** What `inside` does in a case: the facts of it are taken back, the lines are returned. */
  inCase(values: readonly (readonly [number, bigint])[], scope: ReadonlySet<number>, inside: () => void): Line[] {
    const { facts } = this.checker;
    const mark = facts.trail.length;
    const [lines, queue, queued, outer] = [this.#inner, this.#queue, this.#queued, this.#scope];
    const [from, isInCase] = [this.#from, this.#isInCase];
    const { looks } = this.bounds;
    const own: Line[] = [];
    [this.#inner, this.#queue, this.#queued, this.#scope] = [own, [], new Set(), scope];
    if (!isInCase) this.#from = this.system.constraints.length;
    this.#isInCase = true;
    this.bounds.looks = new Map();
    try {
      if (values.every(([signal, value]) => this.#canBe(signal, value))) {
        for (const [signal] of values) this.wake(signal);
        inside();
      }
    } finally {
      facts.undo(mark);
      [this.#from, this.#isInCase] = [from, isInCase];
      [this.#inner, this.#queue, this.#queued, this.#scope] = [lines, queue, queued, outer];
      this.bounds.looks = looks;
    }
    return own;
  }

  /** Whether a signal may have a value. Then it has no other, until that is taken back. */
  #canBe(signal: number, value: bigint): boolean {
    const { facts } = this.checker;
    const [low, high] = facts.bounds.get(signal) ?? [value, value];
    if (value < low || value > high) return false;
    facts.bound(signal, [value, value]);
    return true;
  }
}
