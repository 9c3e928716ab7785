/**
 * Searches for a second witness. First by propagation from a template's inputs: each wire that a constraint leaves no
 * choice. For quotients, bits, inverses and signs, and for every private input, also by search: another value, the
 * values that follow from it, and, if they break a constraint, another hint that mends it.
 */

import { SMALL } from "../../lib/circuit.ts";
import { Random } from "../../lib/random.ts";
import { honestWitnesses } from "../r1cs/contexts.ts";
import { Evaluator } from "../r1cs/evaluate.ts";
import type { Component, Model } from "../r1cs/model.ts";
import { modelOf } from "../r1cs/model.ts";
import { type Step, scheduleOf } from "../r1cs/schedule.ts";
import { SecondWitness } from "../r1cs/secondWitness.ts";

/** How the wires of one template follow from its inputs. */
export interface TemplateWires {
  template: string;
  /** Places where it stands in the small circuit. */
  places: number;
  /** By a linear equation with a constant factor. */
  linear: number;
  /** By out · bottom = top. The bottom is not 0, as the template that asks for the quotient says. */
  quotients: number;
  /** Bits whose sum is below the field's order. */
  bits: number;
  /** 1 / in of an IsZero: unique where in is not 0. */
  inverses: number;
  /** Roots of v², of which the sum leaves one choice (circuits/signature/scalarMulVariable.circom, SignedDigits). */
  signs: number;
}

export interface Uniqueness {
  templates: TemplateWires[];
  /** Wires that do not follow from the inputs of their template. */
  open: string[];
  /** Values that were tried by search, and wires that can have another one. */
  tried: number;
  free: string[];
}

/** Signals that may have another value: each pattern of names with the reason why it is harmless. */
export const HARMLESS: readonly [pattern: RegExp, reason: string][] = [
  [
    /\.Is(Zero|Equal)_\d+_\d+(\.isz)?\.inv$/,
    "in · inv = 1 − out and in · out = 0: where in is 0, out is 1 whatever inv is",
  ],
  [
    /^main\.treeNodes\[\d+\]\.inverse$/,
    "the inverse of a log that did not grow, in a node that answers to no signature",
  ],
  [
    /^main\.choices\[\d+\]\.subjected$/,
    "whether what is lent on names a resource, where the resource it names is none: it is read as none either way",
  ],
  [/^unused /, "a node in which nothing changed, or an entry of the table that is not in use: it says nothing"],
];

const HINTS: Readonly<Record<string, "bits" | "inverses" | "signs">> = {
  Num2Bits: "bits",
  IsZero: "inverses",
  SignedDigits: "signs",
};

/**
 * By propagation alone: every wire of every template, from the inputs of that template.
 * @returns the counts, and the names of wires that do not follow
 */
export function propagated(model: Model): { templates: TemplateWires[]; open: string[] } {
  const { steps, open } = scheduleOf(model, model.inputs, true);
  const counts = new Map<string, TemplateWires>();
  const of = (component: number): TemplateWires => {
    const { template } = model.components[component] as Component;
    const known = counts.get(template);
    if (known !== undefined) return known;
    const places = model.components.filter((other) => other.template === template).length;
    const fresh = { template, places, linear: 0, quotients: 0, bits: 0, inverses: 0, signs: 0 };
    counts.set(template, fresh);
    return fresh;
  };
  const strays: string[] = [];
  for (const step of steps) {
    if (step.kind === "asks") continue;
    if (step.kind === "hints") {
      const kind = HINTS[step.template];
      if (kind !== undefined) of(model.componentOfWire[step.sets[0] as number] as number)[kind] += step.sets.length;
      continue;
    }
    const [component, own] = [model.componentOf[step.row] as number, model.componentOfWire[step.wire] as number];
    of(component)[step.sure ? "linear" : "quotients"]++;
    // The template around a part sets its inputs. The part sets its other wires.
    if (component !== own && (model.components[own] as Component).parent !== component) {
      strays.push(model.names[step.wire] as string);
    }
  }
  const templates = [...counts.values()].sort((a, b) => (a.template < b.template ? -1 : 1));
  return { templates, open: [...open.map((wire) => model.names[wire] as string), ...strays] };
}

/** Puts `unused ` before the names of wires in an unused node or entry. */
function marked(model: Model, wire: number, witness: readonly bigint[]): string {
  const name = model.names[wire] as string;
  const [, table, index] = /^main\.(treeNodes|tableEntries)\[(\d+)\]/.exec(name) ?? [];
  const value = (of: string): bigint => witness[model.wires.get(`main.${of}`) as number] as bigint;
  const lanes = Array.from({ length: 16 }, (_, lane) => lane);
  const unused =
    (table === "tableEntries" && value(`tableEntries[${index}].active`) === 0n) ||
    (table === "treeNodes" &&
      lanes.every((i) => value(`treeNodes[${index}].before[${i}]`) === value(`treeNodes[${index}].after[${i}]`)));
  return unused ? `unused ${name}` : name;
}

/**
 * @param o.quick fewer honest witnesses and samples of the hints
 */
export async function runUniqueness(o: {
  quick: boolean;
  seed: number;
  onProgress?: (done: number, of: number) => void;
}): Promise<Uniqueness> {
  const model = await modelOf(SMALL);
  const { templates, open } = propagated(model);
  const evaluator = new Evaluator(model, scheduleOf(model, model.inputs, false));
  const search = new SecondWitness(model, evaluator);
  const random = new Random(o.seed);
  const witnesses = honestWitnesses(model, evaluator).slice(0, o.quick ? 3 : 12);
  const hints = evaluator.schedule.steps.flatMap((step: Step) =>
    step.kind === "hints" && step.template !== "Poseidon" ? [step.sets[random.below(step.sets.length)] as number] : [],
  );
  const wires = [...model.inputs.slice(model.r1cs.header.publicInputs), ...hints];
  const free = new Set<string>();
  let tried = 0;
  for (const witness of witnesses) {
    for (const wire of wires) {
      if (tried++ % 500 === 0) o.onProgress?.(tried - 1, wires.length * witnesses.length);
      if (search.free(wire, witness)) free.add(marked(model, wire, witness));
    }
  }
  return { templates, open, tried, free: [...free] };
}
