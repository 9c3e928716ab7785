/** The rows of a batch, one operation at a time. */
import type { Line } from "../../verifier/certificate/check.ts";
import { centred, plus, type Sum } from "../../verifier/certificate/system.ts";
import type { Prepared } from "./hashes.ts";
import type { Names } from "./names.ts";
import { type Propagator, terms } from "./propagate.ts";
import { combined, each } from "./sums.ts";

export interface Row {
  readonly number: number;
  readonly scope: ReadonlySet<number>;
  /** Bits of the operation, with the one that the compiler left out. */
  readonly bits: readonly number[];
  /** The constraint that says that one of them is 1. */
  readonly ones: number;
}

/** Names of signals of a row. */
const OWN = /^(row|operations|choices|cellsFound)\[(\d+)\]\./;

export function rowsOf(own: Propagator, names: Names): Row[] {
  const scopes = new Map<number, Set<number>>();
  for (const [signal, name] of names.of.entries()) {
    const row = OWN.exec(name ?? "")?.[2];
    if (row === undefined) continue;
    const scope = scopes.get(Number(row)) ?? new Set<number>();
    scopes.set(Number(row), scope);
    for (const n of own.of(signal)) if (!own.inHash.has(n)) scope.add(n);
  }
  return [...scopes].sort(([x], [y]) => x - y).flatMap(([number, scope]) => {
    const named = new Set<number>();
    for (let i = 0; i < 40; i++) {
      const signal = names.signals.get(`operations[${number}].is[${i}]`);
      if (signal !== undefined) named.add(signal);
    }
    const [some] = named;
    if (some === undefined) return [];
    for (const n of own.of(some)) {
      if (n < own.system.own) continue;
      const linear = own.system.linear(n);
      const bits = [...linear.keys()].filter((signal) => signal !== 0);
      const same = bits.every((bit) => linear.get(bit) === linear.get(some));
      if (same && [...named].every((bit) => linear.has(bit))) return [{ number, scope, bits, ones: n }];
    }
    return [];
  });
}

/** One case for each operation. @returns the line */
function split(own: Propagator, row: Row, inside: (own: Propagator) => void): void {
  const branches: Line[][] = row.bits.map((_, i) => {
    const values = row.bits.map((bit, j) => [bit, i === j ? 1n : 0n] as const);
    return own.inCase(values, row.scope, () => inside(own)) ?? [];
  });
  own.must("onehot", row.ones, branches);
}

/** The number of the operation, and what else the row's first packed word has. */
export function unpacked(own: Propagator, row: Row, hashes: readonly Prepared[], names: Names): boolean {
  const { facts } = own.checker;
  const bits = new Set(row.bits);
  for (const { lanes, path } of hashes) {
    if (!path.startsWith(`row[${row.number}].`) || lanes.length !== 5) continue;
    const lane = [...(lanes[2] as Sum).keys()].find((signal) => signal >= own.system.signals);
    if (lane === undefined || !facts.known.has(lane)) continue;
    const packed = own.system.sums.get(lane) as Sum;
    const number = new Map([...packed].filter(([signal]) => bits.has(signal)));
    const definition = own.of(lane).find((n) => own.system.linear(n).size === packed.size + 1) as number;
    own.named(number);
    const named = own.system.constraints.length - 1;
    split(own, row, () => own.run());
    const factor = own.system.linear(definition).get([...number.keys()][0] as number) as bigint;
    const theirs = own.system.linear(named).get([...number.keys()][0] as number) as bigint;
    own.must("add", [
      [definition, "1"],
      [named, String(centred(factor === theirs ? -1n : 1n))],
    ]);
    own.run();
    if (process.env.DEBUG) for (const x of own.system.linear(own.system.constraints.length - 1).keys()) { const b = facts.bounds.get(x); console.log(x, names.of[x], own.system.linear(own.system.constraints.length - 1).get(x), b ? (b[1] - b[0]).toString(2).length : "-", facts.known.has(x)); }
    if (process.env.DEBUG) process.exit(0);
    return own.try("index", row.ones, named) && own.run();
  }
  return false;
}

/** All of a row whose operation is known. */
export function certifyRow(own: Propagator, row: Row, log?: (text: string) => void): void {
  const scope = new Set(row.scope);
  split(own, row, () => {
    for (let going = own.run(); going; going = own.run()) {
      const derived = [...scope, ...range(own.system.own, own.system.constraints.length)];
      if (!combined(own, derived) && !each(own, derived)) break;
    }
    log?.(`row ${row.number}: ${own.checker.facts.unknown(new Map([...openIn(own, row)].map((s) => [s, 1n]))).length}`);
  });
}

export function openIn(own: Propagator, row: Row): Set<number> {
  const found = new Set<number>();
  for (const n of row.scope) {
    for (const sum of own.system.constraints[n] as readonly Sum[]) {
      for (const signal of sum.keys()) if (!own.checker.facts.known.has(signal)) found.add(signal);
    }
  }
  return found;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
export { plus, terms };
