/** The circuits' sources: the parts shared with TypeScript, and rules that the compiler does not check. */
import { expect, test } from "vitest";
import { circuitInput, circuitName, ROW_BUSES } from "../../prover/batches/circuitInput.ts";
import { paddingInput } from "../../prover/batches/rowInput.ts";
import { OP } from "../../trace/layout.ts";
import { circuitSources, isOwn, sectionAt, standsIn } from "../lib/sections.ts";

const sources = [...circuitSources()].map(([file, text]) => ({ file, text, code: text.replace(/\/\/.*/g, "") }));
const sourceOf = (file: string): string => sources.find((source) => source.file === file)?.text ?? "";

test("operation numbers are those of TypeScript", () => {
  const named = [...sourceOf("layout.circom").matchAll(/function (OP_\w+)\(\) \{ return (\d+); \}/g)];
  const upper = (name: string): string => `OP_${name.replace(/(?<!^)(?=[A-Z])/g, "_").toUpperCase()}`;
  expect(named.map(([, name, number]) => [name, Number(number)])).toEqual(
    Object.entries(OP).map(([name, number]) => [upper(name), number]),
  );
});

test("the inputs of a row are the fields of its three buses", () => {
  const fieldsOf = (bus: string): string[] => {
    const body = new RegExp(`bus ${bus}\\(\\) \\{(.*?)\\n\\}`, "s").exec(sourceOf("row/inputs.circom"))?.[1] ?? "";
    return [...body.matchAll(/^ +signal (\w+)/gm)].map(([, name = ""]) => name);
  };
  const { operations, cellsFound, choices } = ROW_BUSES;
  expect(operations).toEqual(fieldsOf("Operation"));
  expect(cellsFound).toEqual(fieldsOf("Found"));
  expect(choices).toEqual(fieldsOf("Choice"));
  expect(Object.keys(paddingInput(1n)).sort()).toEqual([...operations, ...cellsFound, ...choices].sort());
});

test("inputs of a batch have the circuit's names", () => {
  expect(circuitName("nodeBefore", 3)).toBe("treeNodes[3].before");
  expect(circuitInput({ domain: 7n, actor: [1n, 2n], entryR: [[3n, 4n]], other: [5n] })).toEqual({
    domain: 7n,
    "operations[0].actor": 1n,
    "operations[1].actor": 2n,
    "tableEntries[0].r": [3n, 4n],
    // The table does not have it. The witness program refuses it by name.
    other: [5n],
  });
});

/** The declarations of a file: names of buses, and of all other lists. */
function declared(code: string): { buses: string[]; lists: string[] } {
  const buses = [...code.matchAll(/(?:^|[\s;{])[A-Z]\w*\([^;{}]*?\) (\w+)[^;=(]*(?:;|<==)/g)];
  const lists = [...code.matchAll(/\b(?:var|signal(?: input| output)?|component) (\w+)\[/g)];
  return {
    buses: buses.map(([, name = ""]) => name),
    lists: lists.map(([, name = ""]) => name),
  };
}

// The witness program of circom 2.2.3 computes with wrong elements of a list whose name a list of buses has in another
// template, as of `table` in ScalarMulFixedBase where an input of Batch was `TableEntry() table[M]`.
test("no bus has the name of a list, in any template", () => {
  const all = sources.map(({ code }) => declared(code));
  const buses = new Set(all.flatMap((found) => found.buses));
  for (const name of ["cellsFound", "choices", "operations", "tableEntries", "treeNodes", "op", "next"]) {
    expect(buses).toContain(name);
  }
  expect(all.flatMap(({ lists }) => lists.filter((name) => buses.has(name)))).toEqual([]);
});

test("files have at most 300 lines, lines at most 120 columns", () => {
  for (const { file, text } of sources) {
    const lines = text.split("\n");
    expect(lines.length, file).toBeLessThanOrEqual(301);
    expect(lines.filter((line) => [...line].length > 120).map((line) => `${file}: ${line}`)).toEqual([]);
  }
});

test("a constraint is named by its template and section", () => {
  const lines = sourceOf("row/cells.circom").split("\n");
  const heading = lines.findIndex((line) => line.includes(" 10. D"));
  expect(sectionAt("CellD", heading)).toBe("CellD 0");
  expect(sectionAt("CellD", heading + 1)).toBe("CellD 10");
  expect([isOwn("CellD"), isOwn("Num2Bits")]).toEqual([true, false]);
  expect([standsIn("CellX 11", "CellX"), standsIn("CellX 11", "CellX 11"), standsIn("CellX 11", "CellX 1")]).toEqual([
    true,
    true,
    false,
  ]);
});
