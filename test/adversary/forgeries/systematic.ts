/**
 * Every input that the prover chooses, changed alone in an honest batch: nothing else with it, then everything that
 * follows from it. The circuit must refuse, or it must make no difference, or it must be what the machine does when
 * asked for that row.
 */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { PUBLIC_INPUTS } from "../../../trace/commitment/commit.ts";
import { TimeBanditsError } from "../../../trace/errors.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { COLUMNS, type Row, type Transition } from "../../../trace/machine/transition.ts";
import { inputOf, SMALL, verdict } from "../../lib/circuit.ts";
import { registryRefuses } from "../../lib/registryRows.ts";
import { type Forged, RowForger } from "../../lib/rowForger.ts";
import { rewriteCell } from "../lib/nodes.ts";
import { T } from "../lib/words.ts";
import { rowNamed, rowWith } from "./named.ts";
import { type Change, changesOf } from "./perturb.ts";
import { ROW_NAMES, type RowOutputs, type RowSignals, rowsOf, runRow } from "./rowCircuit.ts";
import { type Shape, shapes } from "./shapes.ts";

/** The results of the changes of one operation. */
export interface SystematicLine {
  of: string;
  tried: number;
  refused: number;
  /** Accepted, with the same roots and the same records. */
  idle: number;
  /** Accepted, and equal to the machine's row for the names in the inputs. A registry has not refused it. */
  another: number;
  /** Changes that were accepted in another way. */
  holes: string[];
}
type Outcome = "refused" | "idle" | "another" | "hole";

export interface SystematicOptions {
  /** One shape of each operation, and two values of each input. */
  quick: boolean;
  seed: number;
  onProgress?: (done: number, all: number) => void;
}

/** Tries every change, and counts. */
export async function systematic({ quick, seed, onProgress }: SystematicOptions): Promise<SystematicLine[]> {
  const lines = new Map<string, SystematicLine>();
  const line = (of: string): SystematicLine => {
    const known = lines.get(of) ?? { of, tried: 0, refused: 0, idle: 0, another: 0, holes: [] };
    lines.set(of, known);
    return known;
  };
  const count = (of: string, outcome: Outcome, text: string): void => {
    const counted = line(of);
    counted.tried++;
    if (outcome === "hole") counted.holes.push(`${of}: ${text}`);
    else counted[outcome]++;
  };
  const all = shapes();
  const chosen = quick ? all.filter(({ op }, i) => all.findIndex((other) => other.op === op) === i) : all;
  let turn = seed;
  for (const [done, shape] of chosen.entries()) {
    onProgress?.(done, chosen.length);
    const rows = await rowsOf(shape.input);
    const row = rows[shape.row] as RowSignals;
    for (const name of ROW_NAMES) {
      const changes = changesOf(name, row);
      // In turns, so that other seeds try other values of the same input.
      const some = quick && name !== "is" ? pick(changes, 2, turn++) : changes;
      for (const change of some) {
        for await (const [text, outcome] of outcomes(shape, row, change)) count(shape.of, outcome, text);
      }
    }
    for await (const [text, outcome] of rewritten(shape, quick, turn++)) count(shape.of, outcome, text);
  }
  return [...lines.values()];
}

/** At most `most` items of a list, evenly spaced, beginning with index `from`. */
export function pick<Item>(items: readonly Item[], most: number, from: number): Item[] {
  if (items.length <= most) return [...items];
  const step = items.length / most;
  return Array.from({ length: most }, (_, i) => items[(from + Math.floor(i * step)) % items.length] as Item);
}

/** The result of one change: alone, with its consequences, and as the row that it names. */
async function* outcomes(
  shape: Shape,
  row: RowSignals,
  change: Change,
): AsyncGenerator<[text: string, outcome: Outcome]> {
  const out = await runRow(leniently(row, change));
  if (out === undefined) yield [change.text, "refused"];
  else {
    const alone = await verdict(replaced(shape, change));
    yield [change.text, alone === "accepted" ? "idle" : "refused"];
    if (alone !== "accepted" && change.name !== "last" && change.name !== "digest") {
      const outcome = await followed(shape, row, change, out);
      if (outcome !== undefined) yield [`${change.text}, followed`, outcome];
    }
  }
  if (typeof change.value === "bigint") yield* adapted(shape, change);
}

/**
 * The row's template with the change, in the most favourable place: its group goes on, so that any digest will do. What
 * it refuses here it refuses wherever it stands.
 */
function leniently(row: RowSignals, change: Change): RowSignals {
  const changed = { ...row, [change.name]: change.value };
  const open = change.name === "last" || (row.is as bigint[])[0] === 1n ? {} : { last: 0n };
  return { ...changed, ...open, "previous.groupState.digest": changed.digest as bigint };
}

function replaced({ input, row }: Shape, { name, value }: Change): BatchSignals {
  return { ...input, [name]: (input[name] as bigint[]).map((old, r) => (r === row ? value : old)) as bigint[] };
}

const FOUND: Readonly<Record<string, (typeof COLUMNS)[number]>> = {
  aWords: "A",
  bWords: "B",
  sWords: "S",
  dWords: "D",
  xWords: "X",
};

/**
 * The change, and with it the words found at the addresses that it names, the digest, what the row leaves, and all
 * roots.
 */
async function followed(shape: Shape, row: RowSignals, change: Change, out: RowOutputs): Promise<Outcome | undefined> {
  const changed = { ...row, [change.name]: change.value };
  const named = rowNamed(changed, out);
  const column = FOUND[change.name];
  const own = ROW_NAMES.filter((name) => !(name in FOUND) && name !== "digest" && name !== "last");
  const t = shape.transitions[shape.row];
  if (t === undefined) return undefined;
  const wait = change.name === "wait" ? Number(change.value) - Number(row.wait) : 0;
  const forged: Forged = {
    row: named,
    at: t.at + wait,
    clock: Number(changed.clock),
    inputs: Object.fromEntries(own.map((name) => [name, changed[name] as bigint | bigint[]])),
    ...(column === undefined
      ? {}
      : { found: { [column]: padded(change.value as bigint[]) } as NonNullable<Forged["found"]> }),
  };
  return judge(shape, forged);
}

const padded = (words: readonly bigint[]): bigint[] => [...words, 0n, 0n, 0n].slice(0, 3);

/** The row that the change names, with all inputs as the prover would have them for it. */
async function* adapted(shape: Shape, change: Change): AsyncGenerator<[text: string, outcome: Outcome]> {
  const t = shape.transitions[shape.row];
  const named = t === undefined ? undefined : rowWith(t, change.name, change.value as bigint);
  if (t === undefined || named === undefined) return;
  const outcome = await judge(shape, { row: named, at: t.at });
  if (outcome !== undefined) yield [`${change.text}, adapted`, outcome];
}

/**
 * Asks circuit and machine for the batch with another row in the place of the honest one; undefined if there is no
 * witness to ask about.
 */
async function judge(shape: Shape, forged: Forged): Promise<Outcome | undefined> {
  const groups = groupsWith(shape, forged);
  let input: BatchSignals;
  try {
    const forger = new RowForger(shape.pre, T);
    for (const group of groups) forger.group(group);
    input = forger.build(SMALL);
  } catch (error) {
    // There is no such witness: the row opens a cell outside the map, or too many nodes for a batch.
    if (error instanceof TimeBanditsError) return undefined;
    throw error;
  }
  if ((await verdict(input)) !== "accepted") return "refused";
  if (shape.pre.moored && groups.flat().some(({ row }) => registryRefuses(row))) return "refused";
  const statement = honestly(shape, groups);
  return statement !== undefined && PUBLIC_INPUTS.every((name) => statement[name] === input[name]) ? "another" : "hole";
}

/** The machine's result for the groups, as inputs; undefined if it refuses. */
function honestly({ pre }: Shape, groups: readonly (readonly Forged[])[]): BatchSignals | undefined {
  const machine = new Machine(pre.clone(), 0, T);
  try {
    const transitions = groups.flatMap((group) =>
      machine.apply(
        group.map((each) => each.row),
        group.map((each) => each.at ?? T),
      ),
    );
    return inputOf(pre, transitions);
  } catch (error) {
    if (error instanceof TimeBanditsError) return undefined;
    throw error;
  }
}

/** The batch's groups, row by row, with one row replaced; no row comes before the one that it follows. */
function groupsWith({ transitions, row }: Shape, forged: Forged): Forged[][] {
  const groups: Forged[][] = [[]];
  transitions.forEach((t, r) => {
    const inputs = t.effect === "Check" ? { fired: fires(t) } : undefined;
    const at = r > row ? Math.max(t.at, forged.at ?? t.at) : t.at;
    const honest: Forged = { row: bare(t), at, ...(inputs === undefined ? {} : { inputs }) };
    groups.at(-1)?.push(r === row ? forged : honest);
    if (t.last) groups.push([]);
  });
  return groups.filter((group) => group.length > 0);
}

const fires = (t: Transition): bigint => BigInt((t.columns.X.after[0] & 7n) === 6n);
function bare(t: Transition): Row {
  const { effect, actor, peer, source, destination, authority, resource, kind, quantity, deadline, argument } = t;
  return { effect, actor, peer, source, destination, authority, resource, kind, quantity, deadline, argument };
}

/** The words that the row leaves in each of its cells, changed afterwards, with all digests above. */
async function* rewritten(shape: Shape, quick: boolean, turn: number): AsyncGenerator<[string, Outcome]> {
  const t = shape.transitions[shape.row];
  if (t === undefined) return;
  for (const column of COLUMNS) {
    const { address } = t.columns[column];
    if (address === 0) continue;
    for (const word of quick ? [turn % 3] : [0, 1, 2]) {
      const input = structuredClone(shape.input);
      rewriteCell(input, address, (words) => words.map((old, i) => (i === word ? old + 1n : old)));
      yield [
        `word ${word} of what it leaves in ${column}, plus 1`,
        (await verdict(input)) === "accepted" ? "hole" : "refused",
      ];
    }
  }
}
