/** The rows of a batch, one operation at a time. */
import type { Line } from "../../verifier/certificate/check.ts";
import { centred, type Sum } from "../../verifier/certificate/system.ts";
import type { Prepared } from "./hashes.ts";
import type { Names } from "./names.ts";
import type { Propagator } from "./propagate.ts";
import { added, combined, each, without } from "./sums.ts";

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
  return [...scopes]
    .sort(([x], [y]) => x - y)
    .flatMap(([number, scope]) => {
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

/** The bits of the span, of which the compiler left out some for the sake of rows. */
export function spanKnown(own: Propagator, names: Names): void {
  const bits = [...names.signals].filter(([name]) => name.startsWith("spanBits[")).map(([, signal]) => signal);
  const [first] = bits;
  if (first === undefined) return;
  const isBit = new Set([...bits, names.signals.get("span") as number, 0]);
  const counts = new Map<number, number>();
  for (const bit of bits) {
    for (const n of own.of(bit)) if (n >= own.system.own) counts.set(n, (counts.get(n) ?? 0) + 1);
  }
  const among = [...counts].filter(([, count]) => count > 8).map(([n]) => n);
  without(own, among, (signal) => !isBit.has(signal) && signal < own.system.signals);
  own.run();
  own.names.renamed();
  own.run();
}

/** One case for each operation. */
function split(own: Propagator, row: Row, inside: (op: number) => void, keep = true): boolean {
  const { facts } = own.checker;
  const { linear } = own.folded(row.ones);
  const bits = [...(linear as Sum).keys()].filter((signal) => signal !== 0);
  const branches: Line[][] = bits.map((bit) => {
    const values = bits.map((other) => [other, other === bit ? 1n : 0n] as const);
    return own.inCase(values, row.scope, () => inside(row.bits.indexOf(bit))) ?? [];
  });
  const before = facts.trail.length;
  if (keep) own.must("onehot", row.ones, branches);
  return facts.trail.length > before;
}

/** Bits that are known, but not which value they have: each value in turn, and again inside. */
function deeper(own: Propagator, row: Row, names: Names, depth: number): void {
  const { facts } = own.checker;
  const vain = new Set<number>();
  while (depth > 0) {
    const counts = new Map<number, number>();
    for (const n of own.near.of(row.scope)) {
      const { a, b, c, linear } = own.folded(n);
      if (linear !== null || facts.unknown(a, b, c).length === 0) continue;
      for (const sum of [a, b]) {
        if (sum.size > 12) continue;
        for (const signal of sum.keys()) {
          const bounds = facts.bounds.get(signal);
          if (
            !SPLIT.test(names.of[signal] ?? "") ||
            !facts.known.has(signal) ||
            vain.has(signal) ||
            bounds === undefined
          )
            continue;
          if (bounds[0] === 0n && bounds[1] === 1n) counts.set(signal, (counts.get(signal) ?? 0) + 1);
        }
      }
    }
    const [best] = [...counts].sort(([, x], [, y]) => y - x);
    if (best === undefined) return;
    const [signal] = best;
    vain.add(signal);
    const branches = [0n, 1n].map(
      (value) =>
        own.inCase([[signal, value]], row.scope, () => {
          settled(own, row, names, depth - 1);
        }) ?? [],
    );
    const before = facts.trail.length;
    own.must("cases", signal, branches);
    if (facts.trail.length > before && own.run()) continue;
    if (facts.trail.length === before) own.lines.pop();
  }
}

/** Everything that follows in a case. */
function settled(own: Propagator, row: Row, names: Names, depth: number): void {
  for (let going = own.run(); going; going = own.run()) {
    const derived = own.near.of(row.scope);
    if (!combined(own, derived) && !each(own, derived) && !added(own, derived)) {
      if (depth > 0) deeper(own, row, names, depth);
      return;
    }
  }
}

/** The number of the operation, and what else the row's first packed word has. */
export function unpacked(own: Propagator, row: Row, hashes: readonly Prepared[]): boolean {
  const { facts } = own.checker;
  const bits = new Set(row.bits);
  for (const { lanes, path } of hashes) {
    if (!path.startsWith(`row[${row.number}].`) || lanes.length !== 5) continue;
    const lane = [...(lanes[2] as Sum).keys()].find((signal) => signal >= own.system.signals);
    if (lane === undefined || !facts.known.has(lane)) continue;
    const packed = own.system.sums.get(lane) as Sum;
    const number = new Map([...packed].filter(([signal]) => bits.has(signal)));
    const definition = own.of(lane).find((n) => own.system.linear(n).size === packed.size + 1) as number;
    own.names.named(number);
    const named = own.system.constraints.length - 1;
    split(own, row, () => void own.run());
    const factor = own.system.linear(definition).get([...number.keys()][0] as number) as bigint;
    const theirs = own.system.linear(named).get([...number.keys()][0] as number) as bigint;
    own.must("add", [
      [definition, "1"],
      [named, String(centred(factor === theirs ? -1n : 1n))],
    ]);
    own.run();
    return own.try("index", row.ones, named) && own.run();
  }
  return false;
}

/** All of a row whose operation is known. */
export function certifyRow(own: Propagator, row: Row, names: Names, log?: (text: string) => void): boolean {
  const inside = (op: number): void => {
    settled(own, row, names, DEPTH);
    const open = [...openIn(own, row, names)].map((signal) => names.of[signal] ?? "");
    const shown = open.filter((name) => !/\.inv$|\]\.[a-zA-Z]*Bits|\.out\[/.test(name)).slice(0, SHOWN);
    log?.(`row ${row.number}, operation ${op}: ${open.length} open: ${shown.join(" ")}`);
  };
  return split(own, row, inside);
}

/** Bits of a row that decide what its other signals mean. */
const SPLIT =
  /\.(header|claimSelf|watchBy|self|follows|derives|inPlace|held|narrows|expires|scoped|subjected|escrowed)$/;

/** So many open signals are told of. */
const SHOWN = 20;

/** So many bits are tried one inside the other. */
const DEPTH = 1;

/** The digest of a group: its last row has it, and each row has that of the next one, unless it is the last. */
export function groupDigests(own: Propagator, rows: readonly Row[], names: Names): boolean {
  const { facts } = own.checker;
  const before = facts.trail.length;
  for (const row of [...rows].reverse()) {
    const [last, digest] = ["last", "digest"].map((name) => names.signals.get(`operations[${row.number}].${name}`));
    if (digest === undefined || facts.known.has(digest) || last === undefined || !facts.known.has(last)) continue;
    const bounds = facts.bounds.get(last);
    if (bounds === undefined || bounds[0] === bounds[1]) continue;
    const branches = [0n, 1n].map((value) => own.inCase([[last, value]], row.scope, () => void own.run()) ?? []);
    own.must("cases", last, branches);
    own.run();
  }
  return facts.trail.length > before;
}

export function openIn(own: Propagator, row: Row, names: Names): Set<number> {
  const found = new Set<number>();
  for (const n of row.scope) {
    for (const sum of own.system.constraints[n] as readonly Sum[]) {
      for (const signal of sum.keys()) {
        if (!own.checker.facts.known.has(signal) && Number(OWN.exec(names.of[signal] ?? "")?.[2]) === row.number) {
          found.add(signal);
        }
      }
    }
  }
  return found;
}
