/** Takes the steps of an operation: each becomes lines, or none if nothing follows from it. */

import { Refusal, type Sum } from "../../../verifier/constraints/sums.ts";
import { multipliers } from "../multipliers.ts";
import type { Propagator } from "../propagate.ts";
import type { Line } from "../reasoning/reasoner.ts";
import { added } from "../sums.ts";
import { replaced } from "./replaced.ts";
import type { Row } from "./row.ts";
import type { Step } from "./steps.ts";

/** Everything that follows in a case by the rules for one constraint, and for sums of linear ones. */
export function settled(own: Propagator, row: Row): boolean {
  while (own.run()) if (!added(own, own.near.of(row.scope))) return true;
  return false;
}

export class Steps {
  readonly #own: Propagator;
  readonly #row: Row;
  readonly #log: ((text: string) => void) | undefined;
  /** What the step around this one wants to know of each case. */
  #wanted: readonly Step[] = [];

  constructor(own: Propagator, row: Row, log?: (text: string) => void) {
    this.#own = own;
    this.#row = row;
    this.#log = log;
  }

  /** Takes a step. It says nothing where the circuit is not as the step expects: so a hole leaves signals open. */
  take(step: Step): void {
    try {
      this.#take(step);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#log?.(error.message);
    }
  }

  #take(step: Step): void {
    if ("split" in step) this.#split(step);
    else if ("apart" in step) this.#apart(step);
    else if ("either" in step) this.#either(step.either);
    else if ("bound" in step) this.#bound(step.bound, step.through);
    else if ("parts" in step) this.#parts(step.parts, step.through);
    else if ("within" in step) this.#within(step);
    else if ("free" in step) this.#free(step.free, step.reason);
    else if ("index" in step) this.#index(step.index);
    else this.#positive(step.positive);
  }

  #signal(name: string): number {
    const found = this.#row.named.get(name);
    if (found === undefined) throw new Refusal(`row ${this.#row.number} has no signal ${name}`);
    return found;
  }

  #cases(bit: number, steps: (value: 0 | 1) => readonly Step[], scope = this.#row.scope): Line[][] {
    return ([0, 1] as const).map((value) => {
      const inside = (): void => {
        const goesOn = scope === this.#row.scope ? settled(this.#own, this.#row) : this.#own.run();
        if (goesOn) for (const step of steps(value)) this.take(step);
      };
      return this.#own.inCase([[bit, BigInt(value)]], scope, inside);
    });
  }

  #split({ split, in: inner, only }: Extract<Step, { split: string }>): void {
    const { facts } = this.#own.checker;
    const bit = this.#signal(split);
    const constant = facts.constant(bit);
    if (constant !== null) {
      for (const step of inner?.[constant === 0n ? 0 : 1] ?? []) this.take(step);
      return;
    }
    if (!facts.known.has(bit)) {
      this.#log?.(`row ${this.#row.number}: ${split} is not known`);
      return;
    }
    this.#own.try(
      "cases",
      bit,
      this.#cases(bit, (value) => inner?.[value] ?? [], this.#scopeOf(only)),
    );
    this.#own.run();
  }

  #apart({ apart, by, through, in: inner }: Extract<Step, { apart: string }>): void {
    const own = this.#own;
    const bit = this.#signal(apart);
    if (own.checker.facts.known.has(bit)) return;
    const sum: Sum = new Map(by.map(([name, factor]) => [this.#signal(name), factor]));
    const [target] = sum.size === 1 ? sum.keys() : own.names.named(sum).keys();
    own.run();
    const name = this.#row.nameOf.get(target as number) ?? `sum ${target}`;
    this.#row.named.set(name, target as number);
    const outer = this.#wanted;
    this.#wanted = [{ bound: name, through: through ?? [] }];
    const branches = this.#cases(bit, (value) => [...(inner?.[value] ?? []), ...this.#wanted]);
    this.#wanted = outer;
    if (!own.try("apart", bit, [[target, "1"]], branches)) {
      this.#log?.(`row ${this.#row.number}: nothing decides ${apart}`);
    }
    settled(own, this.#row);
  }

  #either(name: string): void {
    const bit = this.#signal(name);
    if (this.#own.checker.facts.constant(bit) === null) {
      this.#own.try(
        "cases",
        bit,
        this.#cases(bit, () => this.#wanted),
      );
    }
  }

  #bound(name: string, through: readonly string[]): void {
    const target = this.#signal(name);
    const parts = replaced(this.#own, target, this.#signals(through), this.#own.near.of(this.#row.scope));
    if (parts !== null && this.#own.try("range", parts, target)) this.#own.run();
  }

  #parts(name: string, through: readonly string[]): void {
    const own = this.#own;
    const parts = replaced(own, this.#signal(name), this.#signals(through), own.near.of(this.#row.scope));
    const sum = parts === null ? null : own.checker.linear(parts);
    if (sum === null) return;
    const unknown = new Map(own.checker.facts.unknown(sum).map((one) => [one, sum.get(one) as bigint]));
    for (const times of multipliers(unknown)) if (own.try("radix", parts, String(times))) break;
    settled(own, this.#row);
  }

  #within({ within, low, high, reason }: Extract<Step, { within: string }>): void {
    this.#own.try("within", reason, this.#signal(within), String(low), String(high));
    this.#own.run();
  }

  #free(names: readonly string[], reason: string): void {
    const { known } = this.#own.checker.facts;
    const list = this.#signals(names).flatMap((signal) => [signal, ...this.#bitsOf(signal)]);
    const open = list.filter((one) => !known.has(one));
    if (open.length > 0) this.#own.must("free", reason, open);
  }

  #index(name: string): void {
    const own = this.#own;
    const bits = [...this.#row.named].filter(([one]) => one.startsWith(`${name}[`)).map(([, signal]) => signal);
    const linear = [...new Set(bits.flatMap((bit) => [...own.of(bit)]))].filter(
      (n) => !own.passed.has(n) && own.folded(n).linear !== null,
    );
    if (linear.some((ones) => linear.some((number) => own.try("index", ones, number)))) settled(own, this.#row);
    else this.#log?.(`row ${this.#row.number}: nothing counts ${name}`);
  }

  #positive(name: string): void {
    const signal = this.#signal(name);
    this.#own.of(signal).some((n) => !this.#own.passed.has(n) && this.#own.try("positive", n, signal));
    this.#own.run();
  }

  #signals(names: readonly string[]): number[] {
    return names.map((name) => this.#signal(name));
  }

  /** The bits of a number whose range is checked. */
  #bitsOf(signal: number): number[] {
    for (const n of this.#own.of(signal)) {
      const linear = this.#own.passed.has(n) ? null : this.#own.folded(n).linear;
      const bits = [...(linear?.keys() ?? [])].filter((one) =>
        /^Ranges\.Num2Bits\.out/.test(this.#row.nameOf.get(one) ?? ""),
      );
      if (bits.length > 1 && bits.length + 1 === linear?.size) return bits;
    }
    return [];
  }

  /** Constraints of the row with signals of these names. */
  #scopeOf(only?: RegExp): ReadonlySet<number> {
    if (only === undefined) return this.#row.scope;
    let scope = this.#scopes.get(only);
    if (scope === undefined) {
      const signals = [...this.#row.nameOf].filter(([, name]) => only.test(name)).map(([one]) => one);
      scope = new Set(signals.flatMap((one) => [...this.#own.of(one)]).filter((n) => this.#row.scope.has(n)));
      this.#scopes.set(only, scope);
    }
    return scope;
  }
  readonly #scopes = new Map<RegExp, ReadonlySet<number>>();
}
