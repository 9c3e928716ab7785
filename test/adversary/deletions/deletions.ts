/**
 * Deletes constraints one at a time. A deletion is noticed if a forgery that breaks only this constraint is now
 * accepted, or if its template has a second witness with the same inputs and another value. A constraint that is not
 * noticed is a hole in the tests, or redundant.
 */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { SMALL } from "../../lib/circuit.ts";
import { Random } from "../../lib/random.ts";
import { standsIn } from "../../lib/sections.ts";
import { FORGERIES } from "../forgeries/index.ts";
import { honestWitnesses } from "../r1cs/contexts.ts";
import { Evaluator } from "../r1cs/evaluate.ts";
import { forgeExactly, inputWires } from "../r1cs/forge.ts";
import { type Model, modelOf } from "../r1cs/model.ts";
import { type Mutant, mutantsOf } from "../r1cs/mutants.ts";
import { passes, type Refused } from "../r1cs/repair.ts";
import { scheduleOf } from "../r1cs/schedule.ts";
import { SecondWitness } from "../r1cs/secondWitness.ts";
import type { Adapt } from "./exactRow.ts";
import { EXACT_ROWS } from "./exactRows.ts";
import { EXACT_TABLES } from "./exactTables.ts";
import { FREED_NODES } from "./freedNodes.ts";
import { FREED_ROWS, FREED_TABLES } from "./freedSignals.ts";
import { type Deletions, tally } from "./tally.ts";

/** Sections of FirstState, by the part of the state. */
const SECTION_OF: Readonly<Record<string, number>> = { groupState: 1, lineageState: 2, callState: 3, owedChecks: 4 };

/**
 * What gives the first row nothing to carry on from, and would be nothing anyway: beginning of each class, and why.
 * These are constants, so they cost nothing, and wires must have a value; a row finds no cell twice, so no two of its
 * columns lie at address 0.
 */
export const IMPLIED: readonly [statement: string, reason: string][] = [
  [
    "Batch 2: row.previous.groupState.continues: row[r].previous <== firstState",
    "a first row that continued would be of a group with the digest 0",
  ],
  [
    "Batch 2: row.previous.lineageState.lineage: row[r].previous <== firstState",
    "a line that leads to address 0 has actor 0: header and capability would both lie at address 0",
  ],
  [
    "Batch 2: row.previous.callState.calling: row[r].previous <== firstState",
    "a first Pass would be to the entry at address 0, where its program's header is",
  ],
  [
    "Batch 2: row.previous.owedChecks.s: row[r].previous <== firstState",
    "a first Check would be of the slot at address 0, where its program's header is",
  ],
  ["Batch 2: row.previous.owedChecks.d: row[r].previous <== firstState", "as for S"],
  // The same wires, where FirstState leaves them.
  ...["groupState.continues", "lineageState.lineage", "callState.calling", "owedChecks.s", "owedChecks.d"].flatMap(
    (wire): [string, string][] => [
      [`Batch 2: FirstState.firstState.${wire}: RowState() firstState <==`, "as where the first row takes it"],
      [`FirstState ${SECTION_OF[wire.split(".")[0] ?? ""]}: firstState.${wire}: `, "as where the first row takes it"],
    ],
  ),
  [
    "Row 1: SortOfOperation.sort.meets",
    "with a peer it is 1 (section 4); without one, B or D would lie in the memory of program 0, which no map has",
  ],
  ["Row 4: OpenColumns.sort.meets", "the same, where section 4 takes it"],
  [
    "Row 4: OpenColumns.choice.derives",
    "where a capability is lent on, only 1 lets it be used; elsewhere X would lie in the memory of program 0",
  ],
];

/** Number of honest witnesses and of places in the search for a second witness. */
const ATTEMPTS = 48;
/** A quick run tries one in this number of the classes that give signals their values. */
const QUICK = 3;
/** A template with inner wires that only it reads. */
const HASH = "Poseidon";

/** The constraints that forgeries break, by class. They are made on demand. */
class Forged {
  readonly #model: Model;
  readonly #evaluator: Evaluator;
  readonly #classOf = new Map<number, string>();
  readonly #made = new Map<string, Refused>();

  constructor(model: Model, evaluator: Evaluator, classes: ReadonlyMap<string, readonly Mutant[]>) {
    this.#model = model;
    this.#evaluator = evaluator;
    for (const [of, mutants] of classes) {
      for (const { rows } of mutants) for (const row of rows) this.#classOf.set(row, of);
    }
  }

  async #make(name: string, make: () => Promise<BatchSignals>, adapt?: Adapt): Promise<Refused> {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const input = await make();
    let refused = { name, ...this.#whole(input) };
    if (adapt !== undefined) refused = { name, ...this.#whole(adapt(input, this.#of(refused.values))) };
    this.#made.set(name, refused);
    return refused;
  }

  #whole(input: BatchSignals): ReturnType<Evaluator["whole"]> {
    const inputs = inputWires(this.#model, input);
    // The commitment follows from the rows.
    inputs.delete(this.#model.wires.get("main.traceRoot") as number);
    return this.#evaluator.whole(inputs);
  }

  /** Values by name. */
  #of(values: readonly bigint[]): (name: string) => bigint {
    return (name) => values[this.#model.wires.get(`main.${name}`) as number] as bigint;
  }

  /** A forgery that breaks constraints of this class alone. */
  async breaking(of: string): Promise<Refused | null> {
    const alone = ({ broken }: Refused): boolean =>
      broken.length > 0 && broken.every((row) => this.#classOf.get(row) === of);
    for await (const refused of this.#candidates(of)) if (alone(refused)) return refused;
    return null;
  }

  async *#candidates(of: string): AsyncGenerator<Refused> {
    for (const [i, exact] of EXACT_ROWS.entries()) {
      if (isAt(of, exact.breaks)) {
        yield this.#make(
          `row ${i}: ${exact.breaks}`,
          async () => forgeExactly(this.#model, this.#evaluator, exact),
          exact.adapt,
        );
      }
    }
    for (const [i, exact] of EXACT_TABLES.entries()) {
      if (isAt(of, exact.breaks))
        yield this.#make(`table ${i}: ${exact.breaks}`, async () => exact.make(), exact.adapt);
    }
    for (const { rule, attempt, by, forged } of FORGERIES) {
      if (standsIn(placeIn(of).split(":")[0] ?? "", by)) yield this.#make(`${rule}: ${attempt}`, async () => forged());
    }
  }

  /** The forgeries for a wire of this class, then all other forgeries up to now. */
  async *near(of: string): AsyncGenerator<Refused> {
    for (const [i, freed] of FREED_ROWS.entries()) {
      if (!isAt(of, freed.breaks)) continue;
      const make = async () => forgeExactly(this.#model, this.#evaluator, freed);
      const made = await this.#make(`freed row ${i}: ${freed.breaks}`, make, freed.adapt);
      yield { ...made, directed: true };
    }
    for (const [i, { breaks, make, honest, wanted }] of [...FREED_TABLES, ...FREED_NODES].entries()) {
      if (!isAt(of, breaks)) continue;
      const made = await this.#make(`freed ${i}: ${breaks}`, async () => make());
      const beside = honest && (await this.#make(`beside ${i}: ${breaks}`, async () => honest()));
      yield {
        ...made,
        directed: true,
        ...(beside && { honest: beside.values }),
        ...(wanted && { wanted: wanted(this.#of(made.values)) }),
      };
    }
    yield* this.#made.values();
  }
}

/** Where a class stands: its own place, and for a helper's that of its use. */
const placeIn = (of: string): string => of.split("   [")[1]?.slice(0, -1) ?? of;

/** Whether a class stands in the section that is named, or gives the wire that is named with it. */
const isAt = (of: string, name: string): boolean => [":", "."].some((end) => placeIn(of).startsWith(`${name}${end}`));

/**
 * Deletes constraints of the small circuit's templates.
 * @param o.quick of a third of the classes that give values one constraint each, as the seed picks them; otherwise
 *   every constraint
 */
export async function runDeletions(o: {
  quick: boolean;
  seed: number;
  onProgress?: (done: number, of: number) => void;
}): Promise<Deletions> {
  const model = await modelOf(SMALL);
  const traceRoot = model.wires.get("main.traceRoot");
  const given = model.inputs.filter((wire) => wire !== traceRoot);
  const evaluator = new Evaluator(model, scheduleOf(model, given, false));
  const search = new SecondWitness(model, evaluator);
  const classes = mutantsOf(model);
  const forged = new Forged(model, evaluator, classes);
  const witnesses = honestWitnesses(model, evaluator);
  const random = new Random(o.seed);
  const { result, count } = tally((of) => IMPLIED.some(([begin]) => of.startsWith(begin)));

  /** If no forgery is for this constraint, one for another of its statement: then the whole statement is deleted. */
  const passing = async (mutants: readonly Mutant[], of: string): Promise<boolean> => {
    for await (const refused of forged.near(of)) {
      const asked = refused.directed === true ? mutants : mutants.slice(0, 1);
      for (const { rows } of asked) if (rows.some((row) => passes(evaluator, search, row, refused))) return true;
    }
    return false;
  };

  // 1. Asserting statements, one by one. Their forgeries are used below, too.
  const chosen: [string, readonly Mutant[]][] = [];
  let done = 0;
  for (const [of, mutants] of classes) {
    o.onProgress?.(done++, 2 * classes.size);
    const [first] = mutants as [Mutant];
    if (!first.asserts || of.startsWith("Quotient")) {
      chosen.push([of, mutants]);
      continue;
    }
    const found =
      (await forged.breaking(of)) !== null ? "forgery" : secondWitness(search, mutants.slice(0, 3), witnesses);
    count(found, of);
  }

  // 2. Statements that give a signal its value: a second witness, or a forgery that the freed signal lets pass.
  let hashes: { search: SecondWitness; witnesses: readonly bigint[][] } | undefined;
  for (const [of, mutants] of chosen) {
    o.onProgress?.(done++, 2 * classes.size);
    if (o.quick && random.below(QUICK) > 0) continue;
    const inHash = of.startsWith(`${HASH} `);
    if (inHash && hashes === undefined) {
      const whole = new Evaluator(model, scheduleOf(model, given, true));
      const inputs = new Map(given.map((wire) => [wire, witnesses[0]?.[wire] ?? 0n]));
      hashes = { search: new SecondWitness(model, whole), witnesses: [whole.whole(inputs).values] };
    }
    const { search: looking, witnesses: base } = inHash && hashes !== undefined ? hashes : { search, witnesses };
    const some = o.quick ? [mutants[random.below(mutants.length)] as Mutant] : mutants;
    // A forgery that passes without one constraint of the statement counts for all of them.
    let passed = false;
    for (const mutant of some) {
      const found = secondWitness(looking, [mutant], base);
      if (found === null) passed ||= await passing([mutant, ...mutants], of);
      count(found ?? (passed ? "forgery" : null), of);
    }
  }
  return result;
}

/** The best result of a few honest witnesses, in the places of the constraint. */
function secondWitness(
  search: SecondWitness,
  mutants: readonly Mutant[],
  witnesses: readonly (readonly bigint[])[],
): "output" | "inside" | null {
  let best: "inside" | null = null;
  let attempts = 0;
  for (const witness of witnesses) {
    for (const { rows } of mutants) {
      for (const row of rows) {
        if (attempts++ >= ATTEMPTS) return best;
        const found = search.find(row, witness);
        if (found === "output") return found;
        best = found ?? best;
      }
    }
  }
  return best;
}
