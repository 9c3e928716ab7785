/**
 * A circuit with its source: every constraint has its statement, every wire its name. It is compiled without
 * simplification, so each constraint here is one of the source.
 */
import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BuildError } from "../../../prover/errors.ts";
import { loadR1cs, type R1cs } from "../../../prover/formats/r1cs.ts";
import { loadSymbols } from "../../../prover/formats/symbols.ts";
import { mainSource, type NamedCircuit } from "../../../prover/profiles.ts";
import { cached, sha256 } from "../../../prover/storage/cache.ts";
import { PROJECT_ROOT, packageFile, packageVersion } from "../../../prover/storage/packageFile.ts";
import { MARK, marked, type Statement } from "./source.ts";

export interface Component {
  /** As in `main.row[3].group`. */
  readonly path: string;
  readonly template: string;
  /** Index of the component it stands in; −1: none. */
  readonly parent: number;
}

export interface Model {
  readonly r1cs: R1cs;
  /** By wire; that of the constant is empty. */
  readonly names: readonly string[];
  readonly wires: ReadonlyMap<string, number>;
  readonly statements: readonly Statement[];
  readonly components: readonly Component[];
  /** Index into `components`, by constraint and by wire. */
  readonly componentOf: Int32Array;
  readonly componentOfWire: Int32Array;
  /** Index into `statements`, by constraint; −1: a mark, which constrains nothing else. */
  readonly statementOf: Int32Array;
  /** Public inputs, then private ones. */
  readonly inputs: readonly number[];
}

const CIRCUITS = join(PROJECT_ROOT, "circuits");
const LIBRARY = join(PROJECT_ROOT, "node_modules/circomlib/circuits");
/** The templates that the circuit uses from the library. */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  "bitify.circom": ["Num2Bits"],
  "comparators.circom": ["IsZero", "IsEqual"],
};
const CONSTANTS = "poseidon_constants.circom";

/** The wanted templates of a library's file, as a file of their own. */
async function taken(file: string, templates: readonly string[]): Promise<string> {
  const source = await readFile(join(LIBRARY, file), "utf8");
  const parts = templates.map((name) => {
    const from = source.search(new RegExp(`^template ${name}\\(`, "m"));
    return source.slice(from, source.indexOf("\n}", from) + 2);
  });
  return ["pragma circom 2.2.0;", ...parts, ""].join("\n");
}

/** All sources with marks, by file. */
async function markedSources(): Promise<{ files: Map<string, string>; statements: Statement[] }> {
  const sources: [string, string][] = [];
  const own = await readdir(CIRCUITS, { recursive: true });
  for (const file of own.filter((name) => name.endsWith(".circom")).sort()) {
    sources.push([file, await readFile(join(CIRCUITS, file), "utf8")]);
  }
  for (const [file, templates] of Object.entries(TAKEN)) sources.push([file, await taken(file, templates)]);
  const files = new Map<string, string>();
  const statements: Statement[] = [];
  for (const [file, source] of sources) {
    const made = marked(file, source, statements.length + 1);
    files.set(file, made.source);
    statements.push(...made.statements);
  }
  return { files, statements };
}

async function compile(main: string, files: ReadonlyMap<string, string>, target: string): Promise<void> {
  // The compiler sees only files below the folder that it is started in.
  const scratch = await mkdtemp(join(target, "marked-"));
  try {
    for (const [file, source] of files) {
      await mkdir(dirname(join(scratch, file)), { recursive: true });
      await writeFile(join(scratch, file), source);
    }
    await copyFile(join(LIBRARY, CONSTANTS), join(scratch, CONSTANTS));
    await writeFile(join(scratch, "main.circom"), main);
    const args = ["main.circom", "--r1cs", "--sym", "--O0", "--prime", "bn128", "-l", ".", "-o", "."];
    const child = spawn(process.execPath, [packageFile("circom2/cli.js"), ...args], { cwd: scratch });
    let said = "";
    child.stdout.on("data", (data) => {
      said += String(data);
    });
    const code = await new Promise((resolve) => {
      child.on("close", resolve);
    });
    if (code !== 0)
      throw new BuildError(
        "BUILD_REFUSED",
        `the marked circuit does not compile; correct its source:\n${said.slice(-4_000)}`,
      );
    await copyFile(join(scratch, "main.r1cs"), join(target, "circuit.r1cs"));
    await copyFile(join(scratch, "main.sym"), join(target, "circuit.sym"));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The owner of a name: a component, or a bus of one. */
const outerOf = (name: string): string => name.slice(0, name.lastIndexOf("."));

/** The model of a circuit; compiled once, cached by content. */
export async function modelOf(circuit: NamedCircuit): Promise<Model> {
  const { files, statements } = await markedSources();
  const main = mainSource(circuit);
  const key = sha256(JSON.stringify([packageVersion("circom2"), main, ...files]));
  const { folder } = await cached("marked", key, async (target) => {
    await compile(main, files, target);
    return {};
  });
  const [r1cs, wires] = await Promise.all([
    loadR1cs(join(folder, "circuit.r1cs")),
    loadSymbols(join(folder, "circuit.sym")),
  ]);
  return read(r1cs, wires, statements);
}

function read(r1cs: R1cs, wires: ReadonlyMap<string, number>, statements: readonly Statement[]): Model {
  const { header, starts, termWires, termValues, values } = r1cs;
  const names = new Array<string>(header.wires).fill("");
  for (const [name, wire] of wires) names[wire] = name;
  // Every component has a mark, and no bus has one.
  const paths = new Set(names.filter((name) => name.endsWith(`.${MARK}`)).map(outerOf));
  const ownerOf = (name: string): string => {
    let path = outerOf(name);
    while (path !== "" && !paths.has(path)) path = outerOf(path);
    return path;
  };
  const byPath = new Map<string, number>();
  const components: { path: string; template: string; parent: number }[] = [];
  const componentOfWire = new Int32Array(header.wires).fill(-1);
  for (let wire = 1; wire < header.wires; wire++) {
    const path = ownerOf(names[wire] as string);
    const known = byPath.get(path);
    componentOfWire[wire] = known ?? components.length;
    if (known !== undefined) continue;
    byPath.set(path, components.length);
    components.push({ path, template: "", parent: -1 });
  }
  for (const component of components) component.parent = byPath.get(ownerOf(component.path)) ?? -1;

  const componentOf = new Int32Array(header.constraints);
  const statementOf = new Int32Array(header.constraints).fill(-1);
  let statement = -1;
  let component = -1;
  for (let row = 0; row < header.constraints; row++) {
    const at = starts[3 * row] as number;
    const mark = at < (starts[3 * row + 1] as number) && names[termWires[at] as number]?.endsWith(`.${MARK}`);
    if (mark) {
      const value = values[termValues[starts[3 * row + 2] as number] as number] as bigint;
      statement = Number(value < 0n ? -value : value) - 1;
      component = componentOfWire[termWires[at] as number] as number;
      (components[component] as { template: string }).template = (statements[statement] as Statement).template;
    } else statementOf[row] = statement;
    componentOf[row] = component;
  }
  const inputs = Array.from({ length: header.publicInputs + header.privateInputs }, (_, i) => i + 1);
  return { r1cs, names, wires, statements, components, componentOf, componentOfWire, statementOf, inputs };
}

/** Whether component `inner` is `outer` or stands in it. */
export function within({ components }: Model, inner: number, outer: number): boolean {
  for (let at = inner; at >= 0; at = (components[at] as Component).parent) if (at === outer) return true;
  return false;
}

/** A constraint for people: template and statement. */
export function placeOf({ statements, statementOf }: Model, row: number): string {
  const { template, text } = statements[statementOf[row] as number] as Statement;
  return `${template}: ${text}`;
}
