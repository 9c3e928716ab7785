/**
 * Deletes constraints and asks whether anybody notices: for each, a forgery that breaks it and nothing else, so that it is accepted without it; or
 * a second witness of the template that it stands in, the same inputs and another value. What nobody notices is a hole in the tests, or redundant.
 */
import { SMALL } from "../lib/circuit.ts";
import { Random } from "../lib/random.ts";
import { EXACT_ROWS } from "./exactRows.ts";
import { EXACT_TABLES } from "./exactTables.ts";
import { FORGERIES } from "./forgeries/index.ts";
import { FREED_ROWS, FREED_TABLES } from "./freed.ts";
import { honestWitnesses } from "./r1cs/contexts.ts";
import { Evaluator } from "./r1cs/evaluate.ts";
import { forgeExactly, inputWires } from "./r1cs/forge.ts";
import { type Model, modelOf } from "./r1cs/model.ts";
import { type Mutant, mutantsOf } from "./r1cs/mutants.ts";
import { passes, type Refused } from "./r1cs/repair.ts";
import { scheduleOf } from "./r1cs/schedule.ts";
import { SecondWitness } from "./r1cs/secondWitness.ts";

/** What a run of deletions found. */
export interface Deletions {
  /** Constraints that were deleted, one at a time; of a statement that only asks, all of them at once. */
  tried: number;
  /** Of these, noticed; or known to follow from others, see {@link IMPLIED}. */
  caught: number;
  /** By what. `output`: the template has another output for the same inputs; `inside`: only a wire in it differs. */
  by: { forgery: number; output: number; inside: number; implied: number };
  /** Statements, for people. */
  survivors: string[];
}

/** Constraints that follow from others, and stay: beginning of each, and from what it follows. */
export const IMPLIED: readonly [statement: string, reason: string][] = [
  [
    "Entry: active * (active - 1)",
    "one that is neither 0 nor 1 has program 0 by the next constraint but two, and asks the tree for a log of program 0, which has no header",
  ],
  [
    "NodeMemory: signs * (signs - 1)",
    "entries ask for each program's log once, so that what a header grants is 1 or nothing",
  ],
  [
    "Row: (CreateProgram + EscrowToProgram + RevokeResource",
    "A and B would be one header, and find it twice in one row: only one finds what an earlier row left",
  ],
  [
    "Row: lineIn * (1 - holds - Lineage)",
    "where no capability is used, holder and its slot are 0 or below 256, and the cell that a line leads to is not",
  ],
  [
    "Row: (1 - openD + DeclareEntry",
    "a rank on D owes a Check of D, which needs a slot: D closed has the address 0, and an entry, a capability or a watch is none",
  ],
  [
    "Num2Bits: lc1 === in   [Row: _ <== Num2Bits(4 * L)(actor)]",
    "A is open, and the tree has a header at 256·actor for programs alone",
  ],
  [
    "Owed: turn[i] * (turn[i] - 1)",
    "a turn is not 0 only where a Check is owed and none before it, and is 1 there, because Row counts the hits of a Check",
  ],
  ["Owed: turns === check", "no turn without a Check owed, no Check without a hit (Row: hits)"],
  ["Batch: row[r].continuesIn <== 0", "a first row that continued would have the digest 0"],
  ["Batch: row[r].lineIn <== 0", "a line that leads to address 0 ends at no capability"],
  ["Batch: row[r].calling <== 0", "a first Pass would be of a call to the entry at address 0"],
  ["Batch: row[r].owesSIn[i] <== 0", "a first Check would be of address 0, and what is owed must be met"],
  ["Batch: row[r].owesDIn[i] <== 0", "as for S"],
];

/** Honest witnesses and places that a second witness is looked for in. */
const ATTEMPTS = 24;
/** Mutants of a class that a full run deletes. */
const SAMPLES = 3;
/** Of the classes that give signals their values, one in so many is tried in a quick run. */
const QUICK = 3;
/** Template whose inner wires only it itself reads. */
const HASH = "Poseidon";

/** What forgeries break, by class; made as they are asked for. */
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

  async #make(name: string, make: () => Promise<Parameters<typeof inputWires>[1]>): Promise<Refused> {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const inputs = inputWires(this.#model, await make());
    // The rows' commitment is whatever they are.
    inputs.delete(this.#model.wires.get("main.traceRoot") as number);
    const refused = { name, ...this.#evaluator.whole(inputs) };
    this.#made.set(name, refused);
    return refused;
  }

  /** A forgery that breaks constraints of this class alone. */
  async breaking(of: string): Promise<Refused | null> {
    const alone = ({ broken }: Refused): boolean =>
      broken.length > 0 && broken.every((row) => this.#classOf.get(row) === of);
    for await (const refused of this.#candidates(of)) if (alone(refused)) return refused;
    return null;
  }

  async *#candidates(of: string): AsyncGenerator<Refused> {
    for (const exact of EXACT_ROWS) {
      if (of.startsWith(exact.breaks)) {
        yield this.#make(exact.breaks, async () => forgeExactly(this.#model, this.#evaluator, exact));
      }
    }
    for (const exact of EXACT_TABLES) {
      if (of.startsWith(exact.breaks)) yield this.#make(exact.breaks, async () => exact.make());
    }
    for (const { rule, attempt, by, forged } of FORGERIES) {
      if (plain(of).includes(plain(by))) yield this.#make(`${rule}: ${attempt}`, async () => forged());
    }
  }

  /** What was made for a wire of this class, then all that was made so far. */
  async *near(of: string): AsyncGenerator<Refused> {
    for (const freed of FREED_ROWS) {
      if (!of.startsWith(freed.breaks)) continue;
      const made = await this.#make(`freed ${freed.breaks}`, async () =>
        forgeExactly(this.#model, this.#evaluator, freed),
      );
      yield { ...made, directed: true };
    }
    for (const freed of FREED_TABLES) {
      if (!of.startsWith(freed.breaks)) continue;
      const made = await this.#make(`freed ${freed.breaks}`, async () => freed.make());
      const { honest } = freed;
      const beside =
        honest === undefined ? undefined : await this.#make(`beside ${freed.breaks}`, async () => honest());
      yield { ...made, directed: true, ...(beside === undefined ? {} : { honest: beside.values }) };
    }
    yield* this.#made.values();
  }
}

/** As text to compare: of a helper, where it stands; forgeries name a constraint by a part of its line, with or without its template. */
const plain = (text: string): string =>
  (text.split("   [")[1]?.slice(0, -1) ?? text).replace(/;$/, "").replace(/\s+/g, " ").trim();

/**
 * Deletes constraints of the small circuit's templates.
 * @param o.quick a third of the classes that give values, one constraint each; otherwise all, three each
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
  const result: Deletions = {
    tried: 0,
    caught: 0,
    by: { forgery: 0, output: 0, inside: 0, implied: 0 },
    survivors: [],
  };
  const count = (by: keyof Deletions["by"] | null, of: string): void => {
    result.tried++;
    if (by === null) result.survivors.push(of);
    else {
      result.by[by]++;
      result.caught++;
    }
  };
  const implied = (of: string): "implied" | null =>
    IMPLIED.some(([begin]) => of.startsWith(begin)) ? "implied" : null;

  /** Where no forgery waits for this very constraint, for another of its statement: then the statement is deleted. */
  const passing = async (mutants: readonly Mutant[], of: string): Promise<boolean> => {
    for await (const refused of forged.near(of)) {
      const asked = refused.directed === true ? mutants : mutants.slice(0, 1);
      for (const { rows } of asked) if (rows.some((row) => passes(evaluator, search, row, refused))) return true;
    }
    return false;
  };

  // 1. What only asks, statement by statement: its forgeries are wanted below as well.
  const chosen: [string, readonly Mutant[]][] = [];
  let done = 0;
  for (const [of, mutants] of classes) {
    o.onProgress?.(done++, 2 * classes.size);
    const [first] = mutants as [Mutant];
    if (!first.asserts || of.startsWith("Fraction")) {
      chosen.push([of, mutants]);
      continue;
    }
    const found =
      (await forged.breaking(of)) !== null ? "forgery" : secondWitness(search, mutants.slice(0, 3), witnesses);
    count(found ?? implied(of), of);
  }

  // 2. What gives a signal its value: a second witness, or a forgery that the freed signal lets pass.
  let hashes: { search: SecondWitness; witnesses: readonly bigint[][] } | undefined;
  for (const [of, mutants] of chosen) {
    o.onProgress?.(done++, 2 * classes.size);
    if (o.quick && random.below(QUICK) > 0) continue;
    const inHash = of.startsWith(`${HASH}:`);
    if (inHash && hashes === undefined) {
      const whole = new Evaluator(model, scheduleOf(model, given, true));
      const inputs = new Map(given.map((wire) => [wire, witnesses[0]?.[wire] ?? 0n]));
      hashes = { search: new SecondWitness(model, whole), witnesses: [whole.whole(inputs).values] };
    }
    const { search: looking, witnesses: base } = inHash && hashes !== undefined ? hashes : { search, witnesses };
    for (let n = 0; n < (o.quick ? 1 : Math.min(SAMPLES, mutants.length)); n++) {
      const mutant = mutants[random.below(mutants.length)] as Mutant;
      const found = secondWitness(looking, [mutant], base);
      const passed = found === null && (await passing([mutant, ...mutants], of));
      count(found ?? (passed ? "forgery" : implied(of)), of);
    }
  }
  return result;
}

/** The best that a few honest witnesses show, in the places where the constraint stands. */
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
