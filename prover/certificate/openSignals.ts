/** Open signals, by template and name: where in the source a hole is to be looked for. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { ProgramModule } from "../witnessProgram/module.ts";

/** A signal in a template. */
export interface Place {
  /** The component; `main` for the outermost. */
  readonly component: string;
  /** Its template, and those around it, from the inside to the outside. */
  readonly template: string;
  readonly within: readonly string[];
  /** The signal's name in the template. */
  readonly signal: string;
}

export interface OpenSignal extends Place {
  /** As the compiler calls it, without `main.`. */
  readonly name: string;
  /** One of those on which most hangs. */
  readonly isRoot: boolean;
  /** Templates that are given it, and that speak of it in the source. They are found by names. */
  readonly givenTo: readonly Place[];
}

/** In words, as `row[2].Ranges_5 (template Ranges in Row in Batch): quantityBits[3]`. */
export function openSignalText({ component, template, within, signal, givenTo }: OpenSignal): string {
  const others = new Set(givenTo.map((one) => `${one.template}: ${one.signal}`));
  const given = others.size === 0 ? "" : `; given to ${[...others].join(", ")}`;
  return `${component} (template ${[template, ...within].join(" in ")}): ${signal}${given}`;
}

/** Templates by the numbers that the compiler gave them: its witness program has functions with both in their names. */
export async function templatesOf(wasm: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of new ProgramModule(await readFile(wasm)).names) {
    const [, template, id] = /^(\w+)_(\d+)_run$/.exec(name) ?? [];
    if (template !== undefined && id !== undefined) found.set(id, template);
  }
  return found;
}

/**
 * @param paths of the compiler's `.sym` and `.wasm`
 * @param sources of the circuit, by file
 * @param names of open signals, without `main.`
 * @param roots those on which most hangs; they come first
 */
export async function openSignals(
  paths: { readonly sym: string; readonly wasm: string },
  sources: Iterable<string>,
  names: readonly string[],
  roots: readonly string[],
): Promise<OpenSignal[]> {
  if (names.length === 0) return [];
  const templates = await templatesOf(paths.wasm);
  const given = await givenNames(paths.sym, names);
  const wanted = [...names, ...[...given.values()].flat()];
  const owners = await ownersOf(paths.sym, new Set(wanted.flatMap((name) => prefixesOf(`main.${name}`))));
  const texts = textsOf(sources);
  const placeOf = (name: string): Place => {
    const whole = `main.${name}`;
    // A bus looks like a component, and has the number of the template that it is in.
    const components = prefixesOf(whole).filter((one, i, all) => owners.get(one) !== owners.get(all[i - 1] ?? ""));
    const [component = "main", ...around] = components.toReversed();
    const templateOf = (one: string): string => templates.get(owners.get(one) ?? "") ?? "unknown";
    return {
      component: component.replace(/^main\./, ""),
      template: templateOf(component),
      within: around.map(templateOf),
      signal: whole.slice(component.length + 1),
    };
  };
  const speaksOf = ({ template, signal }: Place): boolean =>
    new RegExp(`\\b${signal.replace(/\[.*?\]/g, "").replaceAll(".", "\\.")}\\b`).test(texts.get(template) ?? "");
  const isRoot = new Set(roots);
  return [...roots, ...names.filter((name) => !isRoot.has(name))].map((name) => ({
    name,
    ...placeOf(name),
    isRoot: isRoot.has(name),
    givenTo: (given.get(name) ?? []).map(placeOf).filter(speaksOf),
  }));
}

/** What templates call the inputs of a batch that they are given, by the name of the input. */
const GIVEN_AS: Readonly<Record<string, string>> = {
  operations: "op",
  choices: "choice",
  cellsFound: "found",
  treeNodes: "lanes",
  tableEntries: "tableEntry",
};

/** What is the same in the names of one signal in several templates: for a part of a bus, with its row or node. */
function keyOf(name: string): string {
  const [, input = "", number = "", rest = ""] = /^(\w+)\[(\d+)\]\.(.*)$/.exec(name) ?? [];
  const bus = GIVEN_AS[input];
  return bus === undefined ? name.slice(name.lastIndexOf(".") + 1) : `${number} ${bus}.${rest}`;
}

/** Names of inputs that are the same signal as another one: the compiler gives them no number of their own. */
async function givenNames(sym: string, names: readonly string[]): Promise<Map<string, string[]>> {
  // Parts of a component have its name in front: only signals of the outermost are given on.
  const own = names.filter((name) => !name.includes(".") || GIVEN_AS[/^\w+/.exec(name)?.[0] ?? ""] !== undefined);
  const byKey = new Map(own.map((name) => [keyOf(name), name]));
  const found = new Map<string, string[]>();
  for await (const [, wire, , whole = ""] of linesOf(sym)) {
    const [, name = "", row = "", last2 = "", last1 = ""] =
      /^main\.((?:\w+(?:\[(\d+)\])?\.).*?((?:\w+\.)?([^.]+)))$/.exec(whole) ?? [];
    const known = wire === "-1" ? (byKey.get(`${row} ${last2}`) ?? byKey.get(last1)) : undefined;
    if (known !== undefined) found.set(known, [...(found.get(known) ?? []), name]);
  }
  return found;
}

/** The text of each template. */
function textsOf(sources: Iterable<string>): Map<string, string> {
  const parts = [...sources].flatMap((text) => text.split(/^(?=template )/m));
  return new Map(parts.map((part) => [/^template (\w+)/.exec(part)?.[1] ?? "", part]));
}

/** `main`, `main.row[0]` and so on: everything before a dot. */
function prefixesOf(name: string): string[] {
  const parts = name.split(".");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("."));
}

/** The template's number of each component: a component's own signals stand before those of its parts. */
async function ownersOf(sym: string, wanted: ReadonlySet<string>): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const [, , template, name] of linesOf(sym)) {
    if (template === undefined || name === undefined) continue;
    for (const prefix of prefixesOf(name)) if (wanted.has(prefix) && !found.has(prefix)) found.set(prefix, template);
  }
  return found;
}

/** Lines of a `.sym` file: label, wire (−1: none of its own), template, name. */
async function* linesOf(sym: string): AsyncGenerator<string[]> {
  const lines = createInterface({ input: createReadStream(sym), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) yield line.split(",");
}
