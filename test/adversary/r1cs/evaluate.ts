/** Computes wires in the order of a schedule: all of them, or those that follow from a few changes. */
import { FIELD } from "../../../trace/layout.ts";
import { hashLanes } from "../../../trace/poseidon/index.ts";
import { inverse, mod } from "./field.ts";
import type { Model } from "./model.ts";
import type { Schedule, Step } from "./schedule.ts";

/** The known part of a wire's value. */
type Read = (wire: number) => bigint;

/** The result of changes. */
export interface Outcome {
  /** The first constraint that they break; null if there is none, and all following wires were computed. */
  readonly broken: number | null;
  /** Wires that differ from the base. */
  readonly differ: ReadonlyMap<number, bigint>;
  /** Evaluated constraints. */
  readonly visited: ReadonlySet<number>;
}

export class Evaluator {
  readonly model: Model;
  readonly schedule: Schedule;

  constructor(model: Model, schedule: Schedule) {
    this.model = model;
    this.schedule = schedule;
  }

  /** ⟨list, w⟩ without `except`. */
  #sum(list: number, read: Read, except = 0): bigint {
    const { starts, termWires, termValues, values } = this.model.r1cs;
    const end = starts[list + 1] as number;
    let sum = 0n;
    for (let term = starts[list] as number; term < end; term++) {
      const wire = termWires[term] as number;
      if (wire === except && wire !== 0) continue;
      const value = wire === 0 ? 1n : read(wire);
      if (value !== 0n) sum += (values[termValues[term] as number] as bigint) * value;
    }
    return mod(sum);
  }

  #factor(list: number, wire: number): bigint {
    const { starts, termWires, termValues, values } = this.model.r1cs;
    for (let term = starts[list] as number; term < (starts[list + 1] as number); term++) {
      if (termWires[term] === wire) return values[termValues[term] as number] as bigint;
    }
    return 0n;
  }

  /** A · B − C: 0 where the constraint holds. */
  residue(row: number, read: Read): bigint {
    const a = this.#sum(3 * row, read);
    const b = a === 0n ? 0n : this.#sum(3 * row + 1, read);
    return mod(a * b - this.#sum(3 * row + 2, read));
  }

  holds(row: number, read: Read): boolean {
    return this.residue(row, read) === 0n;
  }

  /** The value that a constraint gives a wire: 0 if it gives none. */
  given(row: number, wire: number, read: Read): bigint {
    const [a, b, c] = [0, 1, 2].map((i) => this.#sum(3 * row + i, read, wire)) as [bigint, bigint, bigint];
    const [fa, fb, fc] = [0, 1, 2].map((i) => this.#factor(3 * row + i, wire)) as [bigint, bigint, bigint];
    // (a + fa·w)(b + fb·w) = c + fc·w, and fa or fb is 0.
    const rest = mod(c - a * b);
    const factor = mod(fa * b + fb * a - fc);
    if (rest === 0n || factor === 0n) return 0n;
    return factor === 1n ? rest : factor === FIELD - 1n ? mod(-rest) : mod(rest * inverse(factor));
  }

  /** The values that a component's `<--` sets. */
  hinted(step: Step & { kind: "hints" }, read: Read): bigint[] {
    const [first = 0n, ...more] = step.reads.map(read);
    if (step.template === "Num2Bits") return step.sets.map((_, i) => (first >> BigInt(i)) & 1n);
    if (step.template === "IsZero") return [inverse(first)];
    if (step.template === "Poseidon") return hashLanes(first, more, step.sets.length);
    return step.sets.map((_, i) => {
      const shifted = i % 2 === 0 && i > 0 && i < 252 ? 1 : 0;
      const v = more[shifted] as bigint;
      return mod((2n * ((first >> BigInt(253 - i)) & 1n) - 1n) * v);
    });
  }

  /**
   * All wires, from inputs, and the asserting constraints that they break. The others hold as far as possible.
   * @param inputs values by wire
   */
  whole(inputs: ReadonlyMap<number, bigint>): { values: bigint[]; broken: number[] } {
    const values = new Array<bigint>(this.model.r1cs.header.wires).fill(0n);
    values[0] = 1n;
    for (const [wire, value] of inputs) values[wire] = value;
    const read: Read = (wire) => values[wire] as bigint;
    const broken: number[] = [];
    for (const step of this.schedule.steps) {
      if (step.kind === "gives") {
        values[step.wire] = this.given(step.row, step.wire, read);
        if (!step.sure && !this.holds(step.row, read)) broken.push(step.row);
      } else if (step.kind === "asks") {
        if (!this.holds(step.row, read)) broken.push(step.row);
      } else {
        const set = this.hinted(step, read);
        step.sets.forEach((wire, i) => {
          values[wire] = set[i] as bigint;
        });
      }
    }
    return { values, broken };
  }

  /**
   * The consequences of changes to a witness.
   * @param base values of all wires
   * @param forced values by wire, which stay also against their constraints
   * @param gone constraints that do not count
   * @param inScope which components' constraints count; all if absent
   */
  changed(
    base: readonly bigint[],
    forced: ReadonlyMap<number, bigint>,
    gone: (row: number) => boolean,
    inScope?: Uint8Array,
  ): Outcome {
    const { steps, readers } = this.schedule;
    const differ = new Map<number, bigint>();
    const read: Read = (wire) => differ.get(wire) ?? (base[wire] as bigint);
    const heap = new Heap();
    const waiting = new Set<number>();
    const set = (wire: number, value: bigint): void => {
      if (value === read(wire)) return;
      differ.set(wire, value);
      for (const step of readers[wire] as readonly number[]) {
        if (waiting.has(step)) continue;
        waiting.add(step);
        heap.push(step);
      }
    };
    for (const [wire, value] of forced) {
      set(wire, value);
      const own = this.schedule.setter[wire] as number;
      if (own >= 0 && !waiting.has(own)) {
        waiting.add(own);
        heap.push(own);
      }
    }
    const visited = new Set<number>();
    for (let at = heap.pop(); at !== undefined; at = heap.pop()) {
      const step = steps[at] as Step;
      if (step.kind === "hints") {
        const values = this.hinted(step, read);
        step.sets.forEach((wire, i) => {
          if (!forced.has(wire)) set(wire, values[i] as bigint);
        });
        continue;
      }
      const { row } = step;
      if (inScope !== undefined && inScope[this.model.componentOf[row] as number] === 0) continue;
      visited.add(row);
      if (step.kind === "gives" && !forced.has(step.wire)) {
        if (gone(row)) continue;
        set(step.wire, this.given(row, step.wire, read));
        if (step.sure) continue;
      }
      if (!gone(row) && !this.holds(row, read)) return { broken: row, differ, visited };
    }
    for (const [wire, value] of differ) if (value === base[wire]) differ.delete(wire);
    return { broken: null, differ, visited };
  }
}

/** The least first. */
class Heap {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if ((items[up] as number) <= item) break;
      items[at] = items[up] as number;
      at = up;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const least = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return least;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= items.length) break;
      if (down + 1 < items.length && (items[down + 1] as number) < (items[down] as number)) down++;
      if ((items[down] as number) >= last) break;
      items[at] = items[down] as number;
      at = down;
    }
    items[at] = last;
    return least;
  }
}
