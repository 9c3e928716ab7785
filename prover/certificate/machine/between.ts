/**
 * Between two rows: what holds of the state that one hands to the other, that a group ends only where the machine ends
 * it, and that the next row takes what was handed on.
 */
import { BITS, CELL, WATCHES } from "../../../trace/layout.ts";
import type { RowName } from "../../../trace/machine/transition.ts";
import type { Interval } from "../../../verifier/constraints/intervals.ts";
import { constantOf, plus, type Sum } from "../../../verifier/constraints/sums.ts";
import { endPaths, type Path } from "../equations/paths.ts";
import type { Goal } from "./handedOn.ts";
import { PathProof, type Verdict } from "./paths.ts";
import type { Carried } from "./progress.ts";
import type { RowCase } from "./rowCase.ts";
import { COLUMNS, type RowWords, type Values } from "./values.ts";

/** A part of the state. */
type Part = "group" | "call" | "line" | "owed";

/** A number of the state lies between two others, if a bit has a value. */
export interface StateFact {
  readonly part: Part;
  readonly name: string;
  readonly sum: Sum;
  readonly between: Interval;
  readonly when: readonly [bit: Sum, value: 0n | 1n] | null;
}

const ofBits = (bits: number): Interval => [0n, (1n << BigInt(bits)) - 1n];
const BIT: Interval = [0n, 1n];
const ZERO: Interval = [0n, 0n];
const PROGRAM = ofBits(BITS.program);
const ADDRESS = ofBits(BITS.program + BITS.slot);
/** The greatest quantity, and the greatest number of arguments. */
const [, QUANTITY] = ofBits(BITS.quantity);
const [, ARGUMENTS] = ofBits(BITS.nargs);
const from1 = ([, high]: Interval): Interval => [1n, high];

/** What holds between any two rows of a batch. */
export function factsOf({ time, call, line, group, owed, ofS, ofD, kind }: Carried): StateFact[] {
  const facts: StateFact[] = [];
  const part =
    (of: Part) =>
    (name: string, sum: Sum, between: Interval, when: StateFact["when"] = null): unknown =>
      facts.push({ part: of, name, sum, between, when });
  const ofGroup = part("group");
  ofGroup("the time", time, ofBits(BITS.time));
  ofGroup("the first row", group.start, ofBits(BITS.seq + 1));
  ofGroup("whether it goes on", group.continues, BIT);
  ofGroup("whether it is triggered", group.triggered, BIT);
  ofGroup("who is triggered", group.triggerActor, PROGRAM);
  ofGroup("who is triggered, if it is", group.triggerActor, from1(PROGRAM), [group.triggered, 1n]);
  const ofCall = part("call");
  ofCall("whether one is open", call.calling, BIT);
  ofCall("the arguments left", call.left, [0n, ARGUMENTS]);
  ofCall("the arguments left, if one is open", call.left, [1n, ARGUMENTS], [call.calling, 1n]);
  ofCall("the arguments left, if none is open", call.left, ZERO, [call.calling, 0n]);
  ofCall("the entry", call.entry, ADDRESS);
  ofCall("who calls", call.actor, PROGRAM);
  // Each argument that is passed adds a quantity at most.
  ofCall("the sum", call.sum, [0n, ARGUMENTS * QUANTITY]);
  ofCall("the sum so far", plus(call.sum, call.left, QUANTITY), [0n, ARGUMENTS * QUANTITY]);
  ofCall("the sum, if none is open", call.sum, ZERO, [call.calling, 0n]);
  const ofLine = part("line");
  ofLine("whether one is open", line.lineage, BIT);
  ofLine("the end", line.child, ADDRESS);
  ofLine("the end, if one is open", line.child, from1(ADDRESS), [line.lineage, 1n]);
  ofLine("the end, if none is open", line.child, ZERO, [line.lineage, 0n]);
  ofLine("the root", line.root, PROGRAM);
  ofLine("who opens it", line.actor, PROGRAM);
  const ofOwed = part("owed");
  for (const [i, bit] of owed.entries()) {
    ofOwed(`whether Check ${i} is`, bit, BIT);
    ofOwed(`the slot of Check ${i}`, (i < WATCHES ? ofS : ofD).address, from1(ADDRESS), [bit, 1n]);
  }
  ofOwed("the quantity in S", ofS.quantity, [0n, QUANTITY]);
  ofOwed("the quantity in D", ofD.quantity, [0n, QUANTITY]);
  ofOwed("whether S holds a resource afterwards", ofS.after, BIT);
  ofOwed("whether D held a resource before", ofD.before, BIT);
  ofOwed("the kind", kind, ofBits(BITS.kind));
  return facts;
}

/** Takes the facts as given whose condition is known to hold. */
export function assumeState(own: RowCase, facts: readonly StateFact[]): void {
  for (const { sum, between, when } of facts) {
    if (sum.size === 0 || (when !== null && constantOf(own.normal(when[0])) !== when[1])) continue;
    const signal = signalIn(sum);
    if (signal !== null && own.own.checker.facts.bound(signal, between)) own.own.wake(signal);
    // The bounds of a signal that is solved are not those of the sum that it is.
    if (signal === null || own.equations.solved(signal) !== undefined) own.assumeBetween(sum, between);
  }
}

/** Whether a row that names the program 0 opens its header, or a cell of it that is not empty: it has neither. */
export function opensOwn(
  own: RowCase,
  { open, address, found }: RowWords,
  scope: ReadonlySet<number>,
  program: Sum,
): boolean {
  if (!own.close()) return true;
  let isShown = true;
  own.inCase(scope, () => {
    if (!own.assumeZero(program) || !own.close()) return;
    isShown = COLUMNS.some((column) => {
      const [low, high] = own.interval(address[column]) ?? [-1n, 0n];
      const isPlace = (column !== "A" && column !== "B") || high === 0n;
      return (
        isPlace &&
        hasType(own, found[column][0]) &&
        constantOf(own.normal(open[column])) === 1n &&
        low >= 0n &&
        high < 1n << BigInt(BITS.slot)
      );
    });
  });
  return isShown;
}

/** Whether a word is that of a cell that is not empty: as an integer it has the cell's type in its lowest bits. */
function hasType(own: RowCase, word: Sum): boolean {
  const normal = own.normal(word);
  const types = BigInt(Object.keys(CELL).length);
  const isPlace = ([signal, factor]: readonly [number, bigint]): boolean => signal === 0 || factor % types === 0n;
  return own.interval(word) !== null && (normal.get(0) ?? 0n) % types !== 0n && [...normal].every(isPlace);
}

/** The signal that a sum is; null if it is another sum. */
function signalIn(sum: Sum): number | null {
  const [signal] = sum.keys();
  return sum.size === 1 && signal !== undefined && sum.get(signal) === 1n ? signal : null;
}

/** Between what a sum lies. A signal's own bounds may be nearer than those of the sum that it is. */
function spanOf(own: RowCase, sum: Sum): Interval | null {
  const signal = signalIn(sum);
  const bounds = signal === null ? undefined : own.own.checker.facts.bounds.get(signal);
  const span = own.interval(sum);
  return bounds !== undefined && (span === null || bounds[1] - bounds[0] < span[1] - span[0]) ? bounds : span;
}

/** The facts that are not known of a case. */
export function unknownOf(own: RowCase, facts: readonly StateFact[]): Goal[] {
  return facts.flatMap(({ part, name, sum, between: [low, high] }): Goal[] => {
    const [least, most] = spanOf(own, sum) ?? [-1n, high];
    const isAbove = least >= low || (low === 1n && least === 0n && own.isNonzero(sum));
    return isAbove && most <= high ? [] : [[`of the ${part}, ${name}`, [own.normal(sum)]]];
  });
}

/** A way that every row of the operation takes. */
export const everyRow = (effect: RowName, conditions: Path["conditions"] = []): Path => ({
  effect,
  found: {},
  conditions,
  outcome: { accepted: false, error: "InvalidInputError", invariant: "row", where: "trace/machine/transition.ts" },
});

/** Sums, and what they are. */
type Assumed = readonly (readonly [Sum, bigint])[];

export class BetweenRows {
  readonly #base: RowCase;
  readonly #words: RowWords;
  readonly #effect: RowName;
  readonly #scope: ReadonlySet<number>;
  readonly #nameOf: (signal: number) => string;

  /** @param base every row of the operation */
  constructor(
    base: RowCase,
    words: RowWords,
    effect: RowName,
    scope: ReadonlySet<number>,
    nameOf: (signal: number) => string,
  ) {
    this.#base = base;
    this.#words = words;
    this.#effect = effect;
    this.#scope = scope;
    this.#nameOf = nameOf;
  }

  /** What is not shown. */
  open(): string[] {
    const { after, taken, handed } = this.#words;
    const facts = factsOf(after);
    const found: string[] = [];
    const show = (assumed: Assumed, part: Part, wanted: (own: RowCase) => Goal[]): void => {
      const verdict = this.#proved(assumed, part, everyRow(this.#effect), this.#words, wanted);
      if (verdict.is === "open") found.push(`handed on: ${verdict.what}`);
    };
    for (const part of ["group", "call", "line", "owed"] as const) {
      const ofPart = facts.filter((fact) => fact.part === part);
      show([], part, (own) =>
        unknownOf(
          own,
          ofPart.filter(({ when }) => when === null),
        ),
      );
      for (const fact of ofPart) if (fact.when !== null) show([fact.when], part, (own) => unknownOf(own, [fact]));
    }
    for (const { name, sum, handed: other, fresh } of taken) {
      for (const [continues, is] of [
        [1n, other],
        [0n, fresh],
      ] as const) {
        if (is === null) continue;
        show([[handed.group.continues, continues]], "group", (own) => {
          const rest = own.normal(plus(sum, is, -1n));
          return rest.size === 0 ? [] : [[`${name} is taken`, [rest]]];
        });
      }
    }
    return [...found, ...this.#ends()];
  }

  /** Ends of a group that the machine refuses. */
  #ends(): string[] {
    const { after } = this.#words;
    return endPaths().flatMap(({ conditions, refused }) => {
      if (refused === null) return [];
      const path = everyRow(this.#effect, conditions);
      const name = `a group ends: ${refused.invariant} at ${refused.where}`;
      const words = { ...this.#words, before: after };
      const verdict = this.#proved([[after.group.continues, 0n]], "owed", path, words, () => [
        [name, after.owed.slice()],
      ]);
      return verdict.is === "never" ? [] : [name];
    });
  }

  /** Bits that decide what a row hands on of a part. */
  #bits(part: Part): readonly Sum[] {
    const { handed, after } = this.#words;
    if (part === "group") return [handed.group.continues];
    if (part === "call") return [handed.call.calling, after.call.calling];
    return part === "line" ? [handed.line.lineage] : handed.owed;
  }

  #proved(assumed: Assumed, part: Part, path: Path, words: RowWords, wanted: (own: RowCase) => Goal[]): Verdict {
    const { handed } = this.#words;
    const given = factsOf(handed);
    const split = (own: RowCase, { bits, unread }: Values): Goal[] => {
      assumeState(own, given);
      bits.splice(0, bits.length);
      unread.splice(0, unread.length, ...this.#bits(part).map((bit) => own.normal(bit)));
      return wanted(own);
    };
    let verdict: Verdict = { is: "never" };
    const base = this.#base;
    base.inCase(this.#scope, () => {
      if (!assumed.every(([sum, value]) => base.assumeZero(plus(sum, new Map([[0, 1n]]), -value)))) return;
      verdict = new PathProof(path, words, this.#scope, this.#nameOf, split).prove(base);
    });
    return verdict;
  }
}
