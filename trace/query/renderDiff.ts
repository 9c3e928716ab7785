/** The difference of two runs as lines of text. */
import type { Names } from "../describe/names.ts";
import { sentenceOf } from "../describe/sentence.ts";
import { inOneLine } from "../errors.ts";
import type { CellFacts } from "./cellFacts.ts";
import type { RunDifference } from "./diff.ts";
import type { CellDifference } from "./diffState.ts";
import { fieldLines, section } from "./render.ts";

/** @param called the names of the two runs */
export function differenceLines(difference: RunDifference, called: readonly [string, string], names: Names): string[] {
  const { same, genesis, transitions, end } = difference;
  const [one, two] = called.map((name) => inOneLine(name, 200));
  if (same) return [`the same: genesis, all ${transitions.first} transitions, end`];
  const lines = [
    `the runs differ; first: ${one}, second: ${two}`,
    genesis.same ? "the genesis is the same" : `the genesis differs: root ${genesis.firstRoot} | ${genesis.secondRoot}`,
    ...fieldLines(genesis.fields, " | ").map((line) => `  ${line}`),
    ...genesis.cells.flatMap(cellLines).map((line) => `  ${line}`),
    ...transitionLines(transitions, names),
    ...endLines(end),
  ];
  return lines;
}

function transitionLines(
  { first, second, common, prefix, differs }: RunDifference["transitions"],
  names: Names,
): string[] {
  const lines = [`the first ${common} transitions are the same; the first run has ${first}, the second ${second}`];
  if (prefix !== null) {
    const longer = prefix === "first" ? "second" : "first";
    lines.push(`the ${prefix} run is the beginning of the ${longer}, which goes on from transition ${common + 1}`);
  }
  if (differs === null) return lines;
  return [
    ...lines,
    ...section(`Transition ${differs.seq}`, [
      `first:  ${sentenceOf(differs.first, names)}`,
      `second: ${sentenceOf(differs.second, names)}`,
      ...fieldLines(differs.fields, " | "),
    ]),
  ];
}

function endLines(end: RunDifference["end"]): string[] {
  if (end.firstRoot === end.secondRoot) return ["", `both end with the root ${end.firstRoot}`];
  const { programs, resources, capabilities, entries, watches, openedElsewhen } = end;
  const all = [...programs, ...resources, ...capabilities, ...entries, ...watches];
  const cells = `${openedElsewhen} cell${openedElsewhen === 1 ? "" : "s"}`;
  const opened = openedElsewhen === 0 ? [] : [`${cells} differ in nothing but the transition that last opened them`];
  return section(`End: root ${end.firstRoot} | ${end.secondRoot}`, [...all.flatMap(cellLines), ...opened]);
}

function cellLines({ sort, which, first, second, fields }: CellDifference): string[] {
  const what = `${sort} ${which}`;
  if (second === null) return [`${what} only in the first: ${factText(first ?? {})}`];
  if (first === null) return [`${what} only in the second: ${factText(second)}`];
  return [what, ...fieldLines(fields, " | ").map((line) => `  ${line}`)];
}

function factText(facts: CellFacts): string {
  return Object.entries(facts)
    .map(([field, value]) => `${field} ${value}`)
    .join(", ");
}
