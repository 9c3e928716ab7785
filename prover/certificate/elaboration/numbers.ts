/** Numbers of signals and constraints: those of the file are the same in a draft and in its certificate. */
import { refuse, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Parts, System, Terms } from "../../../verifier/constraints/system.ts";
import { terms } from "../terms.ts";

/** From the draft's numbers to those of the certificate, which adds more signals and constraints than the draft. */
export class Numbers {
  readonly #system: System;
  /** By the draft's number, for those that its lines added. */
  readonly #signals = new Map<number, number>();
  readonly #constraints = new Map<number, number>();
  #nextSignal: number;
  #nextConstraint: number;

  constructor(system: System) {
    this.#system = system;
    this.#nextSignal = system.signals;
    this.#nextConstraint = system.own;
  }

  /** The number of the signal that the certificate's next line adds. */
  newSignal(): number {
    return this.#nextSignal++;
  }
  newConstraint(): number {
    return this.#nextConstraint++;
  }
  /** A signal that a line of the draft added, by both numbers. */
  signalIs(drafted: number, written: number): void {
    this.#signals.set(drafted, written);
  }
  constraintIs(drafted: number, written: number): void {
    this.#constraints.set(drafted, written);
  }

  signal(n: number): number {
    return n < this.#system.signals ? n : (this.#signals.get(n) ?? refuse(`no signal ${n}`));
  }
  constraint(n: number): number {
    return n < this.#system.own ? n : (this.#constraints.get(n) ?? refuse(`no constraint ${n}`));
  }
  signals(list: readonly number[]): number[] {
    return list.map((n) => this.signal(n));
  }
  constraints(list: readonly number[]): number[] {
    return list.map((n) => this.constraint(n));
  }
  terms(sum: Terms): Terms {
    return sum.map(([signal, factor]) => [this.signal(signal), factor]);
  }
  sum(sum: Sum): Terms {
    return this.terms(terms(sum));
  }
  parts(n: number | Parts): number | Parts {
    return typeof n === "number" ? this.constraint(n) : n.map(([one, times]) => [this.constraint(one), times]);
  }
}
