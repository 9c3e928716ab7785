/**
 * Deletes constraints of the circuits over one state, one at a time; those of an asserting statement all at once. A
 * deletion is noticed as in test/adversary/deletions: a forgery is accepted now, or the template has a second witness.
 * The signature and the permutation are left out: they are the batch circuit's, and deleted there. Of the circuit of
 * exits, its own statements are deleted: those of its paths are deleted in the circuit of cells.
 */
import type { StateCircuit } from "../../../prover/stateCircuits.ts";
import { type Deletions, tally } from "../deletions/tally.ts";
import { passes } from "../r1cs/repair.ts";
import type { Step } from "../r1cs/schedule.ts";
import { SecondWitness } from "../r1cs/secondWitness.ts";
import { type Directed, directedOf } from "./directed.ts";
import type { Inputs } from "./forgedPath.ts";
import { STATE_FORGERIES } from "./stateForgeries.ts";
import { placeIn, StateModel } from "./stateModel.ts";

/** Statements whose deletion lets nothing pass, and why. */
export const IMPLIED_IN_STATES: readonly (readonly [statement: RegExp, reason: string])[] = [
  [
    /^CellsPath 1: down\[2\] \* \(1 - down\[2\]\)/,
    "the slot leaves few values of it, and each but 0 and 1 asks for a node with a digest that is given",
  ],
  [
    /^CellsPath 3: Hash.inputs: .*(\[[012]\]\.inputs\[(\d|10|11)\]|\[3\]\.inputs\[1[2-5]\])\)$/,
    "lanes that say nothing: the words of the nodes above, and the children of the last",
  ],
  [
    /^CellsPath 3: Hash.inputs: .*\[0\]\.inputs\[15\]\)$/,
    "the same: three steps down never begin with the fourth child, below which are two",
  ],
  [
    /^Exit 4: Hash.inputs: .*\.inputs\[([02-9]|1\d)\]\)$/,
    "the same: of the header's node, the key alone says something",
  ],
];

/** What is deleted in each circuit: sections, and for helpers those of their use. */
const DELETED: Readonly<Record<StateCircuit["template"], RegExp>> = {
  Cell: /^(Cell|InnerPath|CellsPath|OneOfFour|OneOfSixteen|Hash) /,
  Exit: /^Exit /,
};

/** A forgery with all of its wires, and those of the statement beside it. */
interface Prepared {
  readonly values: readonly bigint[];
  readonly broken: readonly number[];
  readonly beside: readonly bigint[] | undefined;
  readonly wanted: Directed["wanted"];
  readonly bits: boolean;
}

export async function runStateDeletions(
  circuit: StateCircuit,
  onProgress?: (done: number, of: number) => void,
): Promise<Deletions> {
  const state = await StateModel.of(circuit);
  const { model, evaluator, classes } = state;
  const search = new SecondWitness(model, evaluator);
  const forgeries = STATE_FORGERIES.filter((forgery) => forgery.circuit === circuit).map(({ make }) =>
    prepared(make()),
  );
  const directed = [...directedOf(circuit)].map((one) => prepared(one.forged, one));
  const honest = directed.flatMap(({ beside }) => (beside === undefined ? [] : [beside])).slice(0, 3);
  const { result, count } = tally((of) => IMPLIED_IN_STATES.some(([statement]) => statement.test(of)));

  function prepared(forged: Inputs, { beside, wanted, bits = false }: Omit<Directed, "forged"> = {}): Prepared {
    const other = beside === undefined ? undefined : state.whole(beside).values;
    return { ...state.whole(forged), beside: other, wanted, bits };
  }

  /** The forgeries in which the wire of a constraint has another value than it would need. */
  const passing = (row: number): boolean => {
    const step = evaluator.schedule.steps[evaluator.schedule.stepOf[row] as number] as Step;
    if (step.kind !== "gives") return false;
    const { wire } = step;
    return directed.some(({ values, broken, beside, wanted, bits }) => {
      if (broken.length === 0 || (bits && ((values[wire] as bigint) > 1n || (beside?.[wire] ?? 0n) > 1n))) return false;
      const named = wanted !== undefined && (model.names[wire] as string).endsWith(wanted.of);
      if (!named && (beside === undefined || beside[wire] === values[wire])) return false;
      const value = named ? { wanted: wanted.value } : {};
      const honestOf = beside === undefined ? {} : { honest: beside };
      return passes(evaluator, search, row, { name: "", values, broken, directed: true, ...value, ...honestOf });
    });
  };

  let done = 0;
  for (const [of, mutants] of classes) {
    onProgress?.(done++, classes.size);
    if (!DELETED[circuit.template].test(placeIn(of))) continue;
    const [first] = mutants;
    if (first?.asserts === true) {
      const alone = (broken: readonly number[]): boolean =>
        broken.length > 0 && broken.every((row) => state.classOf(row) === of);
      const noticed = [...forgeries, ...directed].some(({ broken }) => alone(broken));
      const second = (): boolean =>
        mutants.some(({ rows }) => rows.some((row) => honest.some((witness) => search.find(row, witness) !== null)));
      count(noticed ? "forgery" : second() ? "output" : null, of);
      continue;
    }
    for (const { rows } of mutants) {
      for (const row of rows) {
        const found = honest.map((witness) => search.find(row, witness));
        if (found.includes("output")) count("output", of);
        else if (passing(row)) count("forgery", of);
        else count(found.includes("inside") ? "inside" : null, `${of} (${model.names[wireOf(row)]})`);
      }
    }
  }
  return result;

  function wireOf(row: number): number {
    const step = evaluator.schedule.steps[evaluator.schedule.stepOf[row] as number] as Step;
    return step.kind === "gives" ? step.wire : 0;
  }
}
