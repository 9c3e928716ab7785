/**
 * An order in which all wires of a circuit follow from its inputs. Each wire follows from a constraint in which it is
 * the only unknown one, or from a hint of the source. The other constraints are assertions.
 */

import type { Model } from "./model.ts";
import { MARK, type Statement } from "./source.ts";

export type Step =
  /** The constraint gives the wire its value; `sure`: the only possible value for any values of the other wires. */
  | { readonly kind: "gives"; readonly row: number; readonly wire: number; readonly sure: boolean }
  /** A component's `<--`: the wires that it reads and sets. */
  | {
      readonly kind: "hints";
      readonly template: Hinting;
      readonly reads: readonly number[];
      readonly sets: readonly number[];
    }
  | { readonly kind: "asks"; readonly row: number };

export type Hinting = "Num2Bits" | "IsZero" | "SignedDigits" | "Poseidon";

export interface Schedule {
  readonly steps: readonly Step[];
  /** Steps that read a wire, ascending. */
  readonly readers: readonly (readonly number[])[];
  /** The step that sets a wire; −1: an input. */
  readonly setter: Int32Array;
  /** The step of a constraint; −1: none. */
  readonly stepOf: Int32Array;
  /** Wires without a determining step. */
  readonly open: readonly number[];
}

/** Wires of each list of a constraint. */
function wiresOf({ r1cs }: Model, list: number): Uint32Array {
  return r1cs.termWires.subarray(r1cs.starts[list], r1cs.starts[list + 1]);
}

/**
 * The role of a wire in a constraint: `sure` if its factor is a constant, `unsure` if it is a known value, `never` in a
 * square.
 */
function standing(model: Model, row: number, wire: number): "sure" | "unsure" | "never" {
  const [a, b] = [wiresOf(model, 3 * row), wiresOf(model, 3 * row + 1)];
  const [inA, inB] = [a.includes(wire), b.includes(wire)];
  if (inA && inB) return "never";
  if (!inA && !inB) return "sure";
  const other = inA ? b : a;
  const constant = other.length === 1 && other[0] === 0;
  // A wire in C as well: its factor is a known value plus a constant.
  return constant && !wiresOf(model, 3 * row + 2).includes(wire) ? "sure" : "unsure";
}

/**
 * `===` is an assertion, except for a quotient, which it defines. If one of the given wires was left out, it gives that
 * wire the value that it is compared with.
 */
function mayGive({ statements, statementOf, r1cs }: Model, row: number, wire: number, how: "sure" | "unsure"): boolean {
  const { template, asserts } = statements[statementOf[row] as number] as Statement;
  if (wire <= r1cs.header.publicInputs) return how === "sure";
  return asserts ? template === "Quotient" : how === "sure";
}

/** Steps that come late, so that refusals come early: hashes, and steps that need challenges. */
function lateness(path: string, template: string): number {
  if (template !== "Poseidon") return 0;
  return path.includes(".group.") ? 1 : 2;
}

interface Hint {
  readonly template: Hinting;
  readonly reads: readonly number[];
  readonly sets: readonly number[];
}

function hintsOf(model: Model, hashes: boolean): Hint[] {
  const wire = (path: string, signal: string): number => model.wires.get(`${path}.${signal}`) as number;
  const many = (path: string, signal: string): number[] => {
    const wires: number[] = [];
    for (let i = 0; ; i++) {
      const found = model.wires.get(`${path}.${signal}[${i}]`);
      if (found === undefined) return wires;
      wires.push(found);
    }
  };
  return model.components.flatMap(({ path, template }): Hint[] => {
    if (template === "Num2Bits") return [{ template, reads: [wire(path, "in")], sets: many(path, "out") }];
    if (template === "IsZero") return [{ template, reads: [wire(path, "in")], sets: [wire(path, "inv")] }];
    if (template === "SignedDigits") {
      return [{ template, reads: [wire(path, "challenge"), ...many(path, "v")], sets: many(path, "signed") }];
    }
    if (template === "Poseidon" && !hashes) {
      return [{ template, reads: [wire(path, "capacity"), ...many(path, "inputs")], sets: many(path, "out") }];
    }
    return [];
  });
}

/**
 * @param given wires that are known from the beginning; the constant is
 * @param hashes whether to look into permutations; otherwise each is one step, and its inner wires are left out
 */
export function scheduleOf(model: Model, given: readonly number[], hashes: boolean): Schedule {
  const { r1cs, names, components, componentOf, statementOf } = model;
  const { wires, constraints } = r1cs.header;
  const known = new Uint8Array(wires);
  const unknowns = new Int32Array(constraints);
  const rowsBy: number[][] = Array.from({ length: wires }, () => []);
  for (let row = 0; row < constraints; row++) {
    if ((statementOf[row] as number) < 0) continue;
    if (!hashes && components[componentOf[row] as number]?.template === "Poseidon") continue;
    const distinct = new Set<number>(r1cs.termWires.subarray(r1cs.starts[3 * row], r1cs.starts[3 * row + 3]));
    distinct.delete(0);
    unknowns[row] = distinct.size;
    for (const wire of distinct) (rowsBy[wire] as number[]).push(row);
  }
  const queues: number[][] = [[], [], []];
  const queue = (row: number): void => {
    const { path, template } = components[componentOf[row] as number] as { path: string; template: string };
    (queues[lateness(path, template)] as number[]).push(row);
  };
  const hintsBy = new Map<number, Hint[]>();
  const missing = new Map<Hint, number>();
  for (const hint of hintsOf(model, hashes)) {
    missing.set(hint, hint.reads.length);
    for (const wire of hint.reads) hintsBy.set(wire, [...(hintsBy.get(wire) ?? []), hint]);
  }

  const steps: Step[] = [];
  const setter = new Int32Array(wires).fill(-1);
  const stepOf = new Int32Array(constraints).fill(-1);
  const learn = (wire: number, step: number): void => {
    if (known[wire] === 1) return;
    known[wire] = 1;
    setter[wire] = step;
    for (const row of rowsBy[wire] as number[]) {
      const left = (unknowns[row] as number) - 1;
      unknowns[row] = left;
      if (left === 1) queue(row);
      else if (left === 0 && stepOf[row] === -1) {
        stepOf[row] = steps.length;
        steps.push({ kind: "asks", row });
      }
    }
    for (const hint of hintsBy.get(wire) ?? []) {
      const left = (missing.get(hint) as number) - 1;
      missing.set(hint, left);
      if (left > 0) continue;
      const step = steps.length;
      steps.push({ kind: "hints", ...hint });
      for (const set of hint.sets) learn(set, step);
    }
  };
  for (let row = 0; row < constraints; row++) if (unknowns[row] === 1) queue(row);
  for (const wire of given) learn(wire, -1);
  const heads = [0, 0, 0];
  for (;;) {
    const level = queues.findIndex((rows, i) => (heads[i] as number) < rows.length);
    if (level < 0) break;
    const row = (queues[level] as number[])[heads[level] as number] as number;
    heads[level] = (heads[level] as number) + 1;
    if (stepOf[row] !== -1 || unknowns[row] !== 1) continue;
    const terms = r1cs.termWires.subarray(r1cs.starts[3 * row], r1cs.starts[3 * row + 3]);
    const wire = terms.find((candidate) => candidate !== 0 && known[candidate] === 0) as number;
    const how = standing(model, row, wire);
    if (how === "never" || !mayGive(model, row, wire, how)) continue;
    const step = steps.length;
    stepOf[row] = step;
    steps.push({ kind: "gives", row, wire, sure: how === "sure" });
    learn(wire, step);
  }

  const readers: number[][] = Array.from({ length: wires }, () => []);
  steps.forEach((step, at) => {
    if (step.kind === "hints") for (const wire of step.reads) (readers[wire] as number[]).push(at);
  });
  for (let wire = 1; wire < wires; wire++) {
    const own = readers[wire] as number[];
    for (const row of rowsBy[wire] as number[]) if ((stepOf[row] as number) >= 0) own.push(stepOf[row] as number);
    own.sort((x, y) => x - y);
  }
  const open = names.flatMap((name, wire) =>
    wire > 0 && known[wire] === 0 && !name.endsWith(`.${MARK}`) && (hashes || (rowsBy[wire] as number[]).length > 0)
      ? [wire]
      : [],
  );
  return { steps, readers, setter, stepOf, open };
}
