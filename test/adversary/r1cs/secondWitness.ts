/**
 * Searches for a second witness without a constraint: the same inputs of the template and another value inside. A few
 * moves suffice, because a deleted constraint frees one of its own wires: the wire that it gave, or a hint that it
 * held.
 */

import { FIELD } from "../../../trace/layout.ts";
import type { Evaluator, Outcome } from "./evaluate.ts";
import { inverse, mod } from "./field.ts";
import { type Model, within } from "./model.ts";
import { RATIOS, shifted, signsOf } from "./otherSigns.ts";
import type { Step } from "./schedule.ts";

/** The strength of a second witness. */
export type Found =
  /** The template has another output for the same inputs. */
  | "output"
  /** Only a wire inside differs. */
  | "inside";

const HINTED = ["IsZero", "SignedDigits", "Num2Bits"] as const;

type Forced = ReadonlyMap<number, bigint>;

export class SecondWitness {
  readonly model: Model;
  readonly evaluator: Evaluator;
  readonly #scopes = new Map<number, Uint8Array>();

  constructor(model: Model, evaluator: Evaluator) {
    this.model = model;
    this.evaluator = evaluator;
  }

  /** Marks the components that are `outer` or in it. */
  scope(outer: number): Uint8Array {
    const known = this.#scopes.get(outer);
    if (known !== undefined) return known;
    const scope = Uint8Array.from(this.model.components, (_, i) => (within(this.model, i, outer) ? 1 : 0));
    this.#scopes.set(outer, scope);
    return scope;
  }

  /**
   * @param row the constraint that is gone
   * @param witness values of all wires
   */
  find(row: number, witness: readonly bigint[]): Found | null {
    const component = this.model.componentOf[row] as number;
    const scope = this.scope(component);
    let best: Found | null = null;
    for (const outcome of this.#moves(row, witness, scope)) {
      if (outcome.broken !== null || outcome.differ.size === 0) continue;
      // A witness that also satisfies the deleted constraint shows nothing.
      const read = (at: number): bigint => (at === 0 ? 1n : (outcome.differ.get(at) ?? (witness[at] as bigint)));
      if (this.evaluator.holds(row, read)) continue;
      if (this.#leaves(component, outcome)) return "output";
      best = "inside";
    }
    return best;
  }

  /**
   * Whether the whole circuit, or a hint's template alone, has a second witness with another value here and nothing
   * deleted.
   */
  free(wire: number, witness: readonly bigint[]): boolean {
    const none = (): boolean => false;
    const accepted = ({ broken, differ }: Outcome): boolean => broken === null && differ.size > 0;
    if (this.#hint(wire) !== undefined) {
      const scope = this.scope(this.model.componentOfWire[wire] as number);
      const run = (forced: Forced): Outcome => this.evaluator.changed(witness, forced, none, scope);
      return [...this.#hinted(wire, witness, run)].some(accepted);
    }
    const value = witness[wire] as bigint;
    return [mod(value + 1n), mod(1n - value), 0n, mod(-value)].some(
      (other) => other !== value && accepted(this.evaluator.changed(witness, new Map([[wire, other]]), none)),
    );
  }

  /** Whether a difference is visible outside of the component. The whole circuit has no outside. */
  #leaves(component: number, { differ }: Outcome): boolean {
    const { components, componentOf, componentOfWire } = this.model;
    if (components[component]?.parent === -1) return true;
    const { steps, readers } = this.evaluator.schedule;
    for (const wire of differ.keys()) {
      if (componentOfWire[wire] !== component) continue;
      for (const at of readers[wire] as readonly number[]) {
        const step = steps[at] as Step;
        if (step.kind !== "hints" && !within(this.model, componentOf[step.row] as number, component)) return true;
      }
    }
    return false;
  }

  *#moves(row: number, witness: readonly bigint[], scope: Uint8Array): Generator<Outcome> {
    const { evaluator } = this;
    const { steps, stepOf, setter } = evaluator.schedule;
    const gone = (other: number): boolean => other === row;
    const run = (forced: Forced): Outcome => evaluator.changed(witness, forced, gone, scope);
    const step = steps[stepOf[row] as number] as Step;
    if (step.kind === "gives") {
      const value = witness[step.wire] as bigint;
      for (const other of [mod(value + 1n), mod(1n - value), 0n, mod(-value), mod(value * 3n + 7n)]) {
        if (other !== value) yield run(new Map([[step.wire, other]]));
      }
      // The wire stays, and one of its inputs moves. In the whole circuit only inputs may move.
      const inputs = this.upstream(row).filter((wire) => wire !== step.wire && (setter[wire] as number) < 0);
      for (const input of inputs.slice(0, 3)) {
        const old = witness[input] as bigint;
        for (const other of [mod(old + 1n), mod(1n - old)]) {
          yield run(
            new Map([
              [step.wire, value],
              [input, other],
            ]),
          );
        }
      }
    }
    const { template } = this.model.components[this.model.componentOf[row] as number] as { template: string };
    const hints = this.#hintsAt(row);
    for (const wire of [...hints.slice(0, 2), ...hints.slice(-1)]) yield* this.#hinted(wire, witness, run);
    for (const wire of template === "SignedDigits" ? hints : []) yield* this.#twoSigns(wire, witness, run);
    if (template === "SignedDigits" && step.kind === "gives") yield* this.#otherPoint(row, step.wire, witness, run);
    if (template === "SignedDigits" || template === "Num2Bits") yield* this.#alias(row, witness, gone);
  }

  /**
   * A sign flipped, and another, two steps away and of the same point, with what that is short of: no root of v² any
   * more.
   */
  *#twoSigns(wire: number, witness: readonly bigint[], run: (forced: Forced) => Outcome): Generator<Outcome> {
    const signs = this.#hint(wire)?.sets ?? [];
    const at = signs.indexOf(wire);
    for (const other of [at - 2, at + 2]) {
      const sibling = signs[other];
      if (sibling === undefined) continue;
      const [value, flipped] = [witness[wire] as bigint, witness[sibling] as bigint];
      const owed = other < at ? 2n * flipped * 4n : 2n * flipped * inverse(4n);
      yield run(
        new Map([
          [sibling, mod(-flipped)],
          [wire, mod(value + owed)],
        ]),
      );
    }
  }

  /**
   * What `SignedDigits` compares its signs with, freed: a sum's divisor, which another sign then moves; or a square, of
   * which the roots are several times the point's, and may stand for the same number with other signs.
   */
  *#otherPoint(
    row: number,
    wire: number,
    witness: readonly bigint[],
    run: (forced: Forced) => Outcome,
  ): Generator<Outcome> {
    const { model } = this;
    const path = model.components[model.componentOf[row] as number]?.path as string;
    const value = (name: string): bigint => witness[model.wires.get(`${path}.${name}`) as number] as bigint;
    const signed = (i: number): number => model.wires.get(`${path}.signed[${i}]`) as number;
    const name = (model.names[wire] as string).slice(path.length + 1);
    const [, n, k] = /^part\[(\d)\]\[(\d)\]\.bottom$/.exec(name) ?? [];
    if (n !== undefined) {
      // The first sign of the sum whose point it is.
      const at = (n === "0" ? 0 : 64) + (n === "0" && k === "1" ? 2 : n === "1" && k === "0" ? 1 : 0);
      const weight = 1n << BigInt((n === "0" ? 63 : 252) - at);
      const [top, old] = [value(`part[${n}][${k}].top`), witness[signed(at)] as bigint];
      const moved = mod(top - 2n * weight * old);
      yield run(
        new Map([
          [signed(at), mod(-old)],
          [wire, mod(moved * inverse(value(`part[${n}][${k}].out`)))],
        ]),
      );
    }
    const [, point] = /^square\[(\d)\]$/.exec(name) ?? [];
    for (const ratio of point === undefined ? [] : RATIOS) {
      const signs = signsOf(value("challenge"), Number(point), ratio);
      if (signs === null) continue;
      const times = mod(ratio[0] * inverse(ratio[1]));
      const forced = new Map<number, bigint>([[wire, mod(value(name) * times * times)]]);
      signs.forEach((sign, i) => {
        const own = shifted(i) === Number(point) ? times : 1n;
        forced.set(signed(i), mod(sign * own * value(`v[${shifted(i)}]`)));
      });
      yield run(forced);
    }
  }

  /** Hints in a constraint; if there are none, those of its component. */
  #hintsAt(row: number): number[] {
    const within = this.#wires(row).filter((wire) => this.#hint(wire) !== undefined);
    if (within.length > 0) return within;
    const component = this.model.componentOf[row] as number;
    if (!(HINTED as readonly string[]).includes(this.model.components[component]?.template ?? "")) return [];
    return this.evaluator.schedule.steps.flatMap((step) =>
      step.kind === "hints" && this.model.componentOfWire[step.sets[0] as number] === component ? step.sets : [],
    );
  }

  /** The challenge plus the field's order, in signs; and a number plus a power of two, in bits that stay. */
  *#alias(row: number, witness: readonly bigint[], gone: (row: number) => boolean): Generator<Outcome> {
    const { model, evaluator } = this;
    const component = model.componentOf[row] as number;
    for (const at of [component, (model.components[component] as { parent: number }).parent]) {
      if (at < 0 || model.components[at]?.template !== "SignedDigits") continue;
      const path = `${model.components[at]?.path}.`;
      const wire = (name: string): number => model.wires.get(path + name) as number;
      const number = (witness[wire("challenge")] as bigint) + FIELD;
      const forced = new Map<number, bigint>();
      for (let i = 0; i < 253; i++) {
        const v = witness[wire(`v[${shifted(i)}]`)] as bigint;
        forced.set(wire(`signed[${i}]`), mod((2n * ((number >> BigInt(253 - i)) & 1n) - 1n) * v));
      }
      if (number >> 254n === 0n) yield evaluator.changed(witness, forced, gone, this.scope(at));
    }
  }

  /** Another value of a hint; and, if that breaks a constraint, another hint of the same sort that mends it. */
  *#hinted(wire: number, witness: readonly bigint[], run: (forced: Forced) => Outcome): Generator<Outcome> {
    const value = witness[wire] as bigint;
    for (const other of this.#alternatives(wire, witness)) yield run(new Map([[wire, other]]));
    const siblings = (this.#hint(wire)?.sets ?? []).filter((sibling) => sibling !== wire);
    const at = (this.#hint(wire)?.sets ?? []).indexOf(wire);
    const beside = siblings.slice(Math.max(0, at - 1), at + 1);
    for (const sibling of [...beside, ...siblings.slice(0, 1), ...siblings.slice(-1)]) {
      for (const other of this.#alternatives(sibling, witness)) {
        const first = run(
          new Map([
            [sibling, other],
            [wire, value],
          ]),
        );
        if (first.broken === null) {
          yield first;
          continue;
        }
        const mended = this.#solved(first, wire, new Map([[sibling, other]]), witness, run);
        if (mended !== null) yield mended;
      }
    }
  }

  /**
   * The value of `wire` that brings what the broken constraint is about back to where it was, if that is affine in it.
   */
  #solved(
    first: Outcome,
    wire: number,
    forced: Forced,
    witness: readonly bigint[],
    run: (forced: Forced) => Outcome,
  ): Outcome | null {
    const { broken } = first;
    if (broken === null) return null;
    const value = witness[wire] as bigint;
    const second = run(new Map([...forced, [wire, mod(value + 1n)]]));
    if (second.broken !== broken) return second.broken === null ? second : null;
    const moved = this.#wires(broken).find((at) => at !== wire && !forced.has(at) && first.differ.has(at));
    const error = ({ differ }: Outcome): bigint =>
      moved === undefined
        ? this.evaluator.residue(broken, (at) => (at === 0 ? 1n : (differ.get(at) ?? (witness[at] as bigint))))
        : mod((differ.get(moved) ?? (witness[moved] as bigint)) - (witness[moved] as bigint));
    const [e0, e1] = [error(first), error(second)];
    if (e0 === e1) return null;
    return run(new Map([...forced, [wire, mod(value - e0 * inverse(mod(e1 - e0)))]]));
  }

  /** Distinct wires of a constraint. */
  #wires(row: number): number[] {
    const { starts, termWires } = this.model.r1cs;
    const wires = new Set(termWires.subarray(starts[3 * row], starts[3 * row + 3]));
    wires.delete(0);
    return [...wires];
  }

  /** Wires that a constraint's wires follow from by links alone, or nearly. */
  upstream(row: number): number[] {
    const { steps, setter } = this.evaluator.schedule;
    const found = new Set<number>();
    let edge = this.#wires(row);
    for (let depth = 0; depth < 4; depth++) {
      const next: number[] = [];
      for (const wire of edge) {
        if (found.has(wire)) continue;
        found.add(wire);
        const step = steps[setter[wire] as number];
        if (step?.kind === "gives") next.push(...this.#wires(step.row).slice(0, 6));
        if (step?.kind === "hints") next.push(...step.reads);
      }
      edge = next;
    }
    return [...found];
  }

  #hint(wire: number): (Step & { kind: "hints" }) | undefined {
    const { steps, setter } = this.evaluator.schedule;
    const step = steps[setter[wire] as number];
    return step?.kind === "hints" ? step : undefined;
  }

  #alternatives(wire: number, witness: readonly bigint[]): bigint[] {
    const value = witness[wire] as bigint;
    const template = this.#hint(wire)?.template;
    if (template === "Num2Bits") return [1n - value];
    if (template === "SignedDigits") return [mod(-value)];
    return [mod(value + 1n)];
  }
}
