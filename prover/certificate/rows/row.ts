/** A row of a batch: its signals by their names in the source, and the constraints that speak of it. */
import { OP, OPS } from "../../../trace/layout.ts";
import { Refusal, type Sum } from "../../../verifier/constraints/sums.ts";
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

/** What belongs to a row: names of signals as in the source, and its own signals. */
interface InRow {
  readonly names: string[];
  readonly signals: number[];
}

/**
 * The rows of a batch: names are sorted once, since there are many. Their short forms are made when a row is asked for.
 * To keep them all would take more memory than the circuit.
 */
export class RowsByName {
  readonly #names: Names;
  readonly #rows = new Map<number, InRow>();

  constructor(names: Names) {
    this.#names = names;
    for (const name of names.signals.keys()) for (const [row] of inRows(name)) this.#of(row).names.push(name);
    for (const [signal, name] of names.of.entries()) {
      if (name === undefined || AFTER.test(name) || /\.permutation\./.test(name)) continue;
      this.#rows.get(rowIn(name))?.signals.push(signal);
    }
  }

  #of(row: number): InRow {
    const known = this.#rows.get(row) ?? { names: [], signals: [] };
    this.#rows.set(row, known);
    return known;
  }

  /** A row's signals by name, and their names. */
  named(number: number): Pick<Row, "named" | "nameOf"> {
    const [named, nameOf] = [new Map<string, number>(), new Map<number, string>()];
    for (const name of this.#of(number).names) {
      const signal = this.#names.signals.get(name) as number;
      for (const [row, short] of inRows(name)) {
        if (row !== number) continue;
        if (!named.has(short)) named.set(short, signal);
        if (!nameOf.has(signal)) nameOf.set(signal, short);
      }
    }
    return { named, nameOf };
  }

  /** A row, with the constraints that there are now. */
  row(own: Propagator, number: number): Row {
    const { signals } = this.#of(number);
    const { named, nameOf } = this.named(number);
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

/** What a signal is called in each row that it belongs to: its own, and the next one if it is part of the state. */
function inRows(name: string): [row: number, short: string][] {
  const [, what = "", number, rest = ""] = /^(\w+)(?:\[(\d+)\])?\.(.*)$/.exec(name) ?? [];
  const [row, short] = [Number(number), rest.replace(/_\d+_\d+/g, "")];
  if (number === undefined) return what === "firstState" ? [[0, `previous.${short}`]] : [];
  const prefix = PREFIXES[what];
  const found: [number, string][] = prefix === undefined ? [] : [[row, prefix + short]];
  if (what === "row" && short.startsWith("next.")) found.push([row + 1, `previous.${short.slice(5)}`]);
  return found;
}

const rowIn = (name: string): number => Number(OWN.exec(name)?.[1] ?? -1);

/** Whether a constraint has a signal of a later row, or one that follows when rows are known. */
function isLater(own: Propagator, names: Names, n: number, number: number): boolean {
  return (own.system.constraints.at(n) as readonly Sum[]).some((sum) =>
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
    const [a, b, c] = own.system.constraints.at(n) as readonly [Sum, Sum, Sum];
    const all = [...a.keys(), ...b.keys(), ...c.keys()].filter((one) => one !== 0);
    return all.length > OPS / 2 && all.every((one) => isBit.has(one));
  });
  if (found === undefined) throw new Refusal("no constraint says that a row has one operation");
  return found;
}
