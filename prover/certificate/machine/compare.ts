/**
 * The machine beside the circuit: for each way through the machine's rules, whether a row of the circuit may take it,
 * and whether it then leaves what the machine leaves.
 */
import { BITS } from "../../../trace/layout.ts";
import { SHAPES } from "../../../trace/machine/rowShape.ts";
import { opOf, type RowName } from "../../../trace/machine/transition.ts";
import { type Path, pathsOf } from "../equations/paths.ts";
import type { Names } from "../names.ts";
import type { Propagator } from "../propagate.ts";
import type { Row } from "../rows/row.ts";
import { assumeState, BetweenRows, everyRow, factsOf, opensOwn } from "./between.ts";
import { elsewhere } from "./elsewhere.ts";
import { notPacked } from "./packed.ts";
import { isOneOperation, notAsked } from "./rowAsks.ts";
import { RowCase } from "./rowCase.ts";
import { rowWords } from "./rowWords.ts";
import { withRowBefore } from "./scope.ts";
import type { RowWords, Values } from "./values.ts";
import { Walk } from "./walk.ts";

/** What was shown of one operation. */
export interface Comparison {
  readonly effect: RowName;
  /** Ways that the machine accepts, and the row leaves the same. */
  readonly same: number;
  /** Ways that the machine accepts, and no row takes. */
  readonly untaken: number;
  /** Ways that the machine refuses, and no row takes. */
  readonly refused: number;
  /** Ways that something else than the row sees to, by what that is. */
  readonly elsewhere: Readonly<Record<string, number>>;
  /** Ways that were not looked at. */
  readonly skipped: number;
  /** Ways where neither is shown: what is not, and how often. */
  readonly open: Readonly<Record<string, number>>;
}

/** Whether no row there is of the operation. No way was looked at then. */
export const isNever = ({ same, untaken, refused, elsewhere, open }: Comparison): boolean =>
  same + untaken + refused === 0 && Object.keys({ ...elsewhere, ...open }).length === 0;

/** The first row carries on from nothing: it is none of these. */
const NEVER_FIRST: readonly RowName[] = ["Pass", "Check"];
/** Ways that the machine accepts and no row takes: they need a state that no map comes to (docs). More are a fault. */
const UNTAKEN: Readonly<Partial<Record<RowName, number>>> = { Trigger: 1, Lineage: 4, ClaimFromProgram: 4 };

/** Whether everything was shown that is asked of a row. @param number of the row in its batch */
export function isShown(one: Comparison, number: number): boolean {
  if (number === 0 && NEVER_FIRST.includes(one.effect)) return isNever(one);
  const isWhole = one.skipped === 0 && Object.keys(one.open).length === 0;
  return isWhole && one.same > 0 && one.untaken <= (UNTAKEN[one.effect] ?? 0);
}

/**
 * @param own knows the bounds of the row's signals
 * @param levels of programs in the map
 * @param isWanted ways that are looked at: all, if it is not given
 */
export function compared(
  own: Propagator,
  names: Names,
  row: Row,
  effect: RowName,
  levels: number,
  isWanted: (path: Path) => boolean = () => true,
): Comparison {
  const words = rowWords(effect, row, names, levels);
  const nameOf = namesIn(row, names);
  const found = {
    same: 0,
    untaken: 0,
    refused: 0,
    elsewhere: {} as Record<string, number>,
    skipped: 0,
    open: {} as Record<string, number>,
  };
  if (!isOneOperation(own, row)) found.open["a row is one operation"] = 1;
  own.inCase(bitsOf(row, opOf({ effect })), row.scope, () => {
    const base = everyCase(own, names, row, words);
    // No program has the number 0: it has no header and no cell, and the row finds one of each that it names.
    const programs = SHAPES[effect].peer === "none" ? ["op.actor"] : ["op.actor", "op.peer"];
    for (const name of programs) {
      const program = new Map([[row.named.get(name) as number, 1n]]);
      // A new program has none before the row: it is the next number (memory).
      const isNew = effect === "CreateProgram" && name === "op.peer";
      if (!isNew && !opensOwn(base, words, row.scope, program)) found.open[`a cell of ${name} is found`] = 1;
      base.assumeBetween(program, [1n, (1n << BigInt(BITS.program)) - 1n]);
    }
    if (!base.close()) {
      if (row.number === 0) return;
      throw new Error(`no row is a ${effect}: the constraints contradict each other`);
    }
    const walk = new Walk(words, row.scope, nameOf);
    const packed = (inCase: RowCase, values: Values) => notPacked(inCase, words, values);
    for (const verdict of walk.walk(base, [everyRow(effect)], packed)) {
      if (verdict.is === "open") found.open[`the row is packed: ${verdict.what}`] = 1;
    }
    const asked = (inCase: RowCase, values: Values) => notAsked(inCase, values, row, names);
    for (const verdict of walk.walk(base, [everyRow(effect)], asked)) {
      if (verdict.is === "open") found.open[verdict.what] = 1;
    }
    for (const what of new BetweenRows(base, words, effect, row.scope, nameOf).open()) found.open[what] = 1;
    const all = pathsOf(effect);
    const wanted = all.filter(isWanted);
    found.skipped = all.length - wanted.length;
    const ways: Path[] = [];
    for (const path of wanted) {
      const reason = elsewhere(path);
      if (reason === null) ways.push(path);
      else found.elsewhere[reason] = (found.elsewhere[reason] ?? 0) + 1;
    }
    for (const [i, verdict] of walk.walk(base, ways).entries()) {
      if (verdict.is === "open") found.open[verdict.what] = (found.open[verdict.what] ?? 0) + 1;
      else if (verdict.is === "same") found.same++;
      else if ((ways[i] as Path).outcome.accepted) found.untaken++;
      else found.refused++;
    }
  });
  return { effect, ...found };
}

/** The bits of a row that is one operation, with their values. */
export const bitsOf = (row: Row, op: number): (readonly [bit: number, value: bigint])[] =>
  row.bits.flatMap((bit, i) => (bit === 0 ? [] : [[bit, i === op ? 1n : 0n] as const]));

const namesIn =
  (row: Row, names: Names) =>
  (signal: number): string =>
    row.nameOf.get(signal) ?? names.of[signal] ?? String(signal);

/** The row with all that is taken as given of the state before it. What the row before says of that is in it, too. */
export function everyCase(own: Propagator, names: Names, row: Row, words: RowWords): RowCase {
  const rank = rankIn(own, namesIn(row, names), new Set(words.before.line.lineage.keys()));
  const base = new RowCase(own, withRowBefore(own, row, words), rank);
  assumeState(base, factsOf(words.handed));
  return base;
}

/** Sums are written over bits, and over words that have none. @param kept signals that are solved last */
function rankIn(
  own: Propagator,
  nameOf: (signal: number) => string,
  kept: ReadonlySet<number>,
): (signal: number) => number {
  return (signal) => {
    if (kept.has(signal)) return -1;
    // The number of a condition is read from its own bits.
    if (/choice\.condition/.test(nameOf(signal))) return 1;
    const bounds = own.checker.facts.bounds.get(signal);
    if (bounds !== undefined && bounds[0] >= 0n && bounds[1] <= 1n) return 0;
    return WORDS.test(nameOf(signal)) ? 1 : 2;
  };
}
const WORDS = /\.([ab]Words\[[12]\]|xWords\[2\]|digest|argument|[ab]Clock|time|start)$|previous|^seq$/;
