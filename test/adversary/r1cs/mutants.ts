/**
 * The constraints to delete: each constraint of each template once, also if the circuit has the template many times, in
 * classes by statement. A shared template is a class at each place of its use.
 */
import { sectionAt } from "../../lib/sections.ts";
import type { Component, Model } from "./model.ts";
import type { Statement } from "./source.ts";

/** A constraint to delete. */
export interface Mutant {
  /** Section, wire that is given, if one is, and statement; and where a helper stands. */
  readonly of: string;
  /** The same constraint in each place where its template stands. */
  readonly rows: readonly number[];
  /** Whether its statement is an assertion. */
  readonly asserts: boolean;
}

/** Templates that are classes at each place of use. */
const HELPERS: ReadonlySet<string> = new Set(["Num2Bits", "IsZero", "IsEqual", "Quotient"]);
/** Parts that occur many times in the same way. */
const REPEATED = /^main\.(row|node|nodeMemory|rowMemory|entry|entryMemory)\[\d+\]/;

/** The place of a component in words: the statement if the compiler named it by its line, else its name. */
function useOf({ components, statements }: Model, component: Component): string {
  let [at, owner]: [Component, Component | undefined] = [component, components[component.parent]];
  while (owner !== undefined && HELPERS.has(owner.template)) [at, owner] = [owner, components[owner.parent]];
  if (owner === undefined) return at.path;
  const name = at.path.slice(owner.path.length + 1).replace(/\[\d+\]/g, "");
  const line = /^[A-Z]\w*?_(\d+)_\d+$/.exec(name)?.[1];
  const found = statements.find((s) => s.template === owner.template && String(s.line) === line);
  return `${found === undefined ? `${owner.template} 0` : sectionAt(owner.template, found.line)}: ${found?.text ?? name}`;
}

const withoutIndices = (text: string): string => {
  const less = text.replace(/\[[^[\]]*\]/g, "");
  return less === text ? text : withoutIndices(less);
};

/**
 * The name of the wire that a constraint gives its value, from the component of its statement, without indices: a
 * statement on a bus has a constraint for each of its fields. Of what goes into a component without a name, its
 * template and its name there.
 */
function givenBy({ r1cs, names, components, componentOfWire }: Model, row: number, at: number, text: string): string {
  const own = withoutIndices((components[at] as Component).path);
  const wires = r1cs.termWires.subarray(r1cs.starts[3 * row], r1cs.starts[3 * row + 3]);
  const left = withoutIndices(text.split(" <== ")[0] ?? "").replace(/^(signal|[A-Z]\w*\(.*\)) /, "");
  if (/^[\w.]+$/.test(left) && !/<== [A-Z]\w*\([^()]*\)\(/.test(text)) {
    const full = `${own}.${left}`;
    const found = [...wires]
      .map((wire) => withoutIndices(names[wire] as string))
      .find((name) => `${name}.`.startsWith(`${full}.`));
    return found?.slice(own.length + 1) ?? left;
  }
  for (const wire of wires) {
    const child = components[componentOfWire[wire] as number];
    if (wire === 0 || child?.parent !== at) continue;
    return `${child.template}${withoutIndices((names[wire] as string).slice(child.path.length))}`;
  }
  return left;
}

/** All mutants, by class. */
export function mutantsOf(model: Model): Map<string, Mutant[]> {
  const { components, componentOf, statements, statementOf } = model;
  const ordinals = new Map<number, number>();
  const roles = new Map<string, { of: string; rows: number[]; asserts: boolean }>();
  const uses = new Map<string, string>();
  for (let row = 0; row < statementOf.length; row++) {
    if ((statementOf[row] as number) < 0) continue;
    const component = components[componentOf[row] as number] as Component;
    const { template, text, asserts, line } = statements[statementOf[row] as number] as Statement;
    const ordinal = ordinals.get(componentOf[row] as number) ?? 0;
    ordinals.set(componentOf[row] as number, ordinal + 1);
    const path = component.path.replace(REPEATED, "main.$1");
    const role = `${path}#${ordinal}`;
    const known = roles.get(role);
    if (known !== undefined) {
      known.rows.push(row);
      continue;
    }
    const given = asserts ? "" : `${givenBy(model, row, componentOf[row] as number, text)}: `;
    let of = `${sectionAt(template, line)}: ${given}${text}`;
    if (HELPERS.has(template)) {
      const use = uses.get(path) ?? useOf(model, component);
      uses.set(path, use);
      of = `${of}   [${use}]`;
    }
    roles.set(role, { of, rows: [row], asserts });
  }
  const classes = new Map<string, Mutant[]>();
  for (const mutant of roles.values()) {
    const known = classes.get(mutant.of);
    if (known === undefined) classes.set(mutant.of, [mutant]);
    else known.push(mutant);
  }
  return classes;
}
