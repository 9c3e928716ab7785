/** A row of a batch: its signals by their names in the source, and the constraints that speak of it. */
import { OP, OPS } from "../../../trace/layout.ts";
import { Refusal, type Sum } from "../../../verifier/certificate/system.ts";
import type { Names } from "../names.ts";
import type { Propagator } from "../propagate.ts";

/** Names of operations, by number. */
export const OPERATIONS: readonly string[] = Object.keys(OP);

/** Names of signals of a row. */
const OWN = /^(?:row|operations|choices|cellsFound)\[(\d+)\]\./;
/** What follows once the row is known: its part of the sums, of the channel and of `traceRoot`. */
const AFTER = /^(?:rowMemory|nodeMemory|entryMemory)\b|^channel\.(?!words)|^row\[\d+\]\.leaf/;

export interface Row {
  readonly number: number;
  /** Constraints with a signal of the row, and with none of a later one. */
  readonly scope: ReadonlySet<number>;
  readonly signals: readonly number[];
  /** The bits of the operation, by its number. 0: the row cannot be of that operation, as padding is not the first. */
  readonly bits: readonly number[];
  /** The constraint that says that one of them is 1. */
  readonly ones: number;
  /**
   * Signals by name: as in the template `Row`, with `op.`, `choice.`, `found.` and `previous.` in front for its inputs,
   * and without the numbers that the compiler gives to components.
   */
  readonly named: Map<string, number>;
  readonly nameOf: Map<number, string>;
}

/** What signals are called in the rows that they belong to. */
interface NamesInRow {
  readonly signals: number[];
  readonly named: Map<string, number>;
  readonly nameOf: Map<number, string>;
}

/** The rows of a batch: names are sorted once, since there are many. */
export class RowsByName {
  readonly #names: Names;
  readonly #rows = new Map<number, NamesInRow>();

  constructor(names: Names) {
    this.#names = names;
    for (const [name, signal] of names.signals) {
      const [, what = "", number, rest = ""] = /^(\w+)(?:\[(\d+)\])?\.(.*)$/.exec(name) ?? [];
      const row = Number(number);
      const short = rest.replace(/_\d+_\d+/g, "");
      if (number === undefined) {
        if (what === "firstState") this.#add(0, `previous.${short}`, signal);
        continue;
      }
      const prefix = PREFIXES[what];
      if (prefix !== undefined) this.#add(row, prefix + short, signal);
      if (what === "row" && short.startsWith("next.")) this.#add(row + 1, `previous.${short.slice(5)}`, signal);
    }
    for (const [signal, name] of names.of.entries()) {
      if (name === undefined || AFTER.test(name) || /\.permutation\./.test(name)) continue;
      this.#rows.get(rowIn(name))?.signals.push(signal);
    }
  }

  #add(row: number, name: string, signal: number): void {
    const own = this.#rows.get(row) ?? { signals: [], named: new Map(), nameOf: new Map() };
    this.#rows.set(row, own);
    if (!own.named.has(name)) own.named.set(name, signal);
    if (!own.nameOf.has(signal)) own.nameOf.set(signal, name);
  }

  /** A row, with the constraints that there are now. */
  row(own: Propagator, number: number): Row {
    const { signals, named, nameOf } = this.#rows.get(number) as NamesInRow;
    const scope = new Set<number>();
    for (const signal of signals) {
      for (const n of own.of(signal)) {
        if (!own.inHash.has(n) && !own.passed.has(n) && !isLater(own, this.#names, n, number)) scope.add(n);
      }
    }
    const bits = Array.from({ length: OPS }, (_, op) => named.get(`op.is[${op}]`) ?? 0);
    return { number, scope, signals, bits, ones: onesOf(own, bits), named, nameOf };
  }
}

/** In front of a signal's name in its row, by the name of the component or the input. */
const PREFIXES: Readonly<Record<string, string>> = {
  operations: "op.",
  choices: "choice.",
  cellsFound: "found.",
  row: "",
};

const rowIn = (name: string): number => Number(OWN.exec(name)?.[1] ?? -1);

/** Whether a constraint has a signal of a later row, or one that follows when rows are known. */
function isLater(own: Propagator, names: Names, n: number, number: number): boolean {
  return (own.system.constraints[n] as readonly Sum[]).some((sum) =>
    [...sum.keys()].some((one) => {
      const name = names.of[one] ?? "";
      return AFTER.test(name) || rowIn(name) > number;
    }),
  );
}

/** The constraint that is a sum of bits of the operation, and of nothing else. */
function onesOf(own: Propagator, bits: readonly number[]): number {
  const isBit = new Set(bits.filter((bit) => bit !== 0));
  const found = own.of(bits[OP.EscrowToProgram] as number).find((n) => {
    if (own.passed.has(n)) return false;
    const [a, b, c] = own.system.constraints[n] as readonly [Sum, Sum, Sum];
    const all = [...a.keys(), ...b.keys(), ...c.keys()].filter((one) => one !== 0);
    return all.length > OPS / 2 && all.every((one) => isBit.has(one));
  });
  if (found === undefined) throw new Refusal("no constraint says that a row has one operation");
  return found;
}
