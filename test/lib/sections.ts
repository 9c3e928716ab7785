/**
 * Names of constraints that no move or rewording of the circuits changes: the template, and the numbered section of it
 * that they stand in, as in `CellS 9`. Statements before the first section are in section 0.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";

const once = <Value>(make: () => Value): (() => Value) => {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

const CIRCUITS = join(PROJECT_ROOT, "circuits");
const TEMPLATE = /^template (\w+)\(/;
const SECTION = /^\s*\/\/ (?:-+ )?(\d+)\. /;

/** The sections of a template: the line of each heading in its file, from 1, and the number. */
type Sections = readonly { readonly line: number; readonly number: number }[];

/** All circuit sources, by their path below `circuits/`. */
export function circuitSources(): ReadonlyMap<string, string> {
  const files = readdirSync(CIRCUITS, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".circom"));
  return new Map(files.sort().map((file) => [file, readFileSync(join(CIRCUITS, file), "utf8")]));
}

const templates = once(() => {
  const found = new Map<string, { line: number; number: number }[]>();
  for (const source of circuitSources().values()) {
    let own: { line: number; number: number }[] = [];
    for (const [i, text] of source.split("\n").entries()) {
      const template = TEMPLATE.exec(text)?.[1];
      const number = SECTION.exec(text)?.[1];
      if (template !== undefined) {
        own = [];
        found.set(template, own);
      }
      if (number !== undefined) own.push({ line: i + 1, number: Number(number) });
    }
  }
  return found as ReadonlyMap<string, Sections>;
});

/** Whether a template is one of the project's circuits, not of the library. */
export const isOwn = (template: string): boolean => templates().has(template);

/** The section that a line of a template's file stands in. @param line from 1 */
export function sectionAt(template: string, line: number): string {
  const before = (templates().get(template) ?? []).filter((section) => section.line <= line);
  return `${template} ${before.at(-1)?.number ?? 0}`;
}

/** Whether a section is the one that is named, or one of the template that is named. */
export const standsIn = (section: string, name: string): boolean => section === name || section.startsWith(`${name} `);
