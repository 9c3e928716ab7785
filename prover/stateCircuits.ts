/**
 * Circuits beside the profiles: those that show something of one state of a map, and no batch. A registry reads a map
 * through them. They have as many public inputs as batches have, so their keys have the same shape.
 */

/** A circuit over one state. */
export interface StateCircuit {
  readonly name: string;
  /** Levels of programs in the tree of the maps that it is for. */
  readonly levels: number;
  /** The template: in the file of the same name in lower case. */
  readonly template: "Exit" | "Cell";
  /** Names of its public inputs, in order; one of two signals has a name for each. */
  readonly publicInputs: readonly string[];
}

/** A program's signed wish to leave with a resource (circuits/exit.circom). */
export const EXIT: StateCircuit = {
  name: "exit",
  levels: 3,
  template: "Exit",
  publicInputs: ["root", "domain", "place", "program", "authority", "w0", "w1"],
};

/** One cell (circuits/cell.circom). */
export const CELL_CIRCUIT: StateCircuit = {
  name: "cell",
  levels: 3,
  template: "Cell",
  publicInputs: ["root", "address", "w0", "w1", "w2", "unused[0]", "unused[1]"],
};

/** All of them. */
export const STATE_CIRCUITS: readonly StateCircuit[] = [EXIT, CELL_CIRCUIT];

/** The main component of such a circuit, in Circom. */
export function stateSource({ template, levels, publicInputs }: StateCircuit): string {
  const signals = new Set(publicInputs.map((name) => name.replace(/\[\d+\]$/, "")));
  return [
    "pragma circom 2.2.0;",
    `include "${template.toLowerCase()}.circom";`,
    `component main { public [${[...signals].join(", ")}] } = ${template}(${levels});`,
    "",
  ].join("\n");
}
