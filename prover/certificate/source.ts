/**
 * The circuit as its source has it. The compiler leaves out signals that are sums of others, and writes those sums in
 * their place: differently in each row, and with many terms. Here the same source, compiled without that step, says
 * which sums they are. Lines of the certificate bring the signals back, and write the constraints with them; the
 * checker compares both forms.
 */
import { centred, inverse, plus, ratio, type Sum, type System } from "../../verifier/certificate/system.ts";
import type { Names } from "./names.ts";
import type { Propagator } from "./propagate.ts";
import { terms } from "./terms.ts";

/** The circuit compiled with `--O1`: equal signals are one, and all others are there. */
export interface Source {
  readonly system: System;
  readonly names: Names;
}

export interface Lifted {
  /** Names of the signals that lines brought back, too. */
  readonly names: Names;
  /** Constraints of the file that were written with these signals, or that are the same in both forms, by the number
   * in the source. */
  readonly by: ReadonlyMap<number, number>;
  /** Constraints of the file that another form stands for. */
  readonly rewritten: ReadonlySet<number>;
}

const isConstant = (sum: Sum): boolean => sum.size === 0 || (sum.size === 1 && sum.has(0));

/** @param isLeft whether a signal of this name stays left out: nothing looks inside its component */
export function lift(own: Propagator, names: Names, source: Source, isLeft: (name: string) => boolean): Lifted {
  const { system } = source;
  /** Signals of the source in the file: one each, or a sum. */
  const sums = new Map<number, Sum>();
  const mine = new Map<number, number>();
  const all = { of: [...names.of], others: names.others, signals: new Map(names.signals) };
  for (const [signal, name] of source.names.of.entries()) {
    const every = [name, ...(source.names.others.get(signal) ?? [])];
    const found = signal === 0 ? 0 : every.map((one) => names.signals.get(one ?? "")).find((one) => one !== undefined);
    if (found === undefined) continue;
    sums.set(signal, new Map([[found, 1n]]));
    mine.set(signal, found);
  }
  const expanded = (sum: Sum): Map<number, bigint> => {
    const whole = new Map<number, bigint>();
    for (const [signal, factor] of sum) {
      for (const [one, times] of sums.get(signal) as Sum) {
        const now = centred((whole.get(one) ?? 0n) + factor * times);
        if (now === 0n) whole.delete(one);
        else whole.set(one, now);
      }
    }
    return whole;
  };

  const isLeftOut = (signal: number): boolean => isLeft(source.names.of[signal] as string);

  // 1. What the signals are that were left out: solved from linear constraints with one of them.
  const solved: { signal: number; from: Sum; isLinear: boolean }[] = [];
  const definedBy = new Set<number>();
  const waiting = new Map<number, number[]>();
  const open = (n: number): number[] => {
    const found = new Set<number>();
    for (const sum of system.constraints[n] as readonly Sum[]) {
      for (const one of sum.keys()) if (!sums.has(one)) found.add(one);
    }
    return [...found];
  };
  for (let n = 0; n < system.own; n++) for (const one of open(n)) waiting.set(one, [...(waiting.get(one) ?? []), n]);
  const solve = (signal: number, from: Sum, whole: Sum, isLinear: boolean): void => {
    sums.set(signal, whole);
    solved.push({ signal, from, isLinear });
    for (const other of waiting.get(signal) ?? []) if (open(other).length <= 1) queue.push(other);
  };
  const queue = Array.from({ length: system.own }, (_, n) => n).filter((n) => open(n).length === 1);
  do {
    for (let n = queue.pop(); n !== undefined; n = queue.pop()) {
      const [signal, ...others] = open(n);
      if (signal === undefined || others.length > 0) continue;
      const from = solvedFor(system.constraints[n] as readonly [Sum, Sum, Sum], signal, expanded);
      if (from === null) continue;
      if (from.isLinear) definedBy.add(n);
      solve(signal, from.sum, from.whole, from.isLinear);
    }
    for (const [signal, sum] of together(system, open, isLeftOut)) solve(signal, new Map(), expanded(sum), false);
  } while (queue.length > 0);

  // 2. They come back.
  for (const { signal, from, isLinear } of solved) {
    const name = source.names.of[signal] as string;
    if (isLeftOut(signal)) continue;
    const inMine = new Map<number, bigint>();
    const usable = isLinear && [...from.keys()].every((one) => mine.has(one));
    for (const [one, factor] of usable ? from : (sums.get(signal) as Sum)) {
      inMine.set(usable ? (mine.get(one) as number) : one, factor);
    }
    const number = own.system.next;
    own.must("define", terms(inMine));
    own.names.is(number, sums.get(signal) as Sum);
    mine.set(signal, number);
    for (const each of [name, ...(source.names.others.get(signal) ?? [])]) {
      all.of[number] ??= each;
      all.signals.set(each, number);
    }
  }

  // 3. Constraints in the source's form.
  const keys = new Map<string, number[]>();
  for (let n = 0; n < own.system.own; n++) {
    const key = shape(own.system.constraints[n] as readonly [Sum, Sum, Sum]);
    const list = keys.get(key);
    if (list === undefined) keys.set(key, [n]);
    else list.push(n);
  }
  const by = new Map<number, number>();
  const rewritten = new Set<number>();
  for (let n = 0; n < system.own; n++) {
    const old = system.constraints[n] as readonly [Sum, Sum, Sum];
    if (definedBy.has(n) || old.some((sum) => [...sum.keys()].some((one) => !mine.has(one)))) continue;
    const inMine = old.map((sum) => new Map([...sum].map(([one, factor]) => [mine.get(one) as number, factor])));
    const form = old.map(expanded) as unknown as readonly [Sum, Sum, Sum];
    const isNew = inMine.some((sum) => [...sum.keys()].some((one) => one >= own.system.signals));
    if (isConstant(form[0]) || isConstant(form[1])) {
      if (!isNew) continue;
      by.set(n, own.system.constraints.length);
      own.must("identity", ...inMine.map(terms));
      continue;
    }
    for (const number of keys.get(shape(form)) ?? []) {
      const as = alike(form, own.system.constraints[number] as readonly [Sum, Sum, Sum]);
      if (as === null) continue;
      by.set(n, isNew ? own.system.constraints.length : number);
      if (!isNew) break;
      rewritten.add(number);
      const [a, b, c] = inMine as unknown as readonly [Sum, Sum, Sum];
      const [first, second] = as.isSwapped ? [b, a] : [a, b];
      const { s, t } = as;
      own.must("rewrite", number, terms(scaled(first, s)), terms(scaled(second, t)), terms(scaled(c, s * t)));
      break;
    }
  }
  return { names: all, by, rewritten };
}

const scaled = (sum: Sum, times: bigint): Sum =>
  new Map([...sum].map(([signal, factor]) => [signal, centred(factor * times)]));

/** The one signal of a constraint that is linear once sums are in place. */
function solvedFor(
  [a, b, c]: readonly [Sum, Sum, Sum],
  signal: number,
  expanded: (sum: Sum) => Map<number, bigint>,
): { sum: Sum; whole: Sum; isLinear: boolean } | null {
  const linear = (x: Sum, y: Sum, z: Sum): Map<number, bigint> | null => {
    const factor = x.size === 0 ? 0n : isConstant(x) ? (x.get(0) as bigint) : null;
    if (factor === null) return null;
    const whole = new Map(z);
    for (const [one, times] of y) whole.set(one, centred((whole.get(one) ?? 0n) - factor * times));
    return whole;
  };
  const isOpen = (sum: Sum): boolean => sum.has(signal);
  const plain = linear(a, b, c) ?? linear(b, a, c);
  if (plain !== null) {
    const own = plain.get(signal) ?? 0n;
    if (own === 0n) return null;
    plain.delete(signal);
    for (const [one, times] of plain) if (times === 0n) plain.delete(one);
    const sum = scaled(plain, -inverse(own));
    return { sum, whole: expanded(sum), isLinear: true };
  }
  // A product with a factor that is a constant by now, or of two constants.
  const constant = (sum: Sum): bigint | null => {
    if (isOpen(sum)) return null;
    const whole = expanded(sum);
    return isConstant(whole) ? (whole.get(0) ?? 0n) : null;
  };
  for (const [x, y] of [
    [a, b],
    [b, a],
  ] as const) {
    const factor = constant(x);
    if (factor === null) continue;
    const rest = new Map(c);
    for (const [one, times] of y) rest.set(one, centred((rest.get(one) ?? 0n) - factor * times));
    const own = rest.get(signal) ?? 0n;
    if (own === 0n) return null;
    rest.delete(signal);
    const whole = scaled(expanded(rest), -inverse(own));
    // In terms of the source only where no sum is hidden in it.
    return { sum: new Map(), whole, isLinear: false };
  }
  return null;
}

/** Which signals a constraint has, and where. */
function shape([a, b, c]: readonly [Sum, Sum, Sum]): string {
  const [x, y, z] = [a, b, c].map((sum) => [...sum.keys()].sort((p, q) => p - q).join());
  return (x as string) < (y as string) ? `${x}|${y}|${z}` : `${y}|${x}|${z}`;
}

/** s and t such that `theirs` is (s a) · (t b) = s t c, or that with the factors swapped. */
function alike(
  [a, b, c]: readonly [Sum, Sum, Sum],
  [x, y, z]: readonly [Sum, Sum, Sum],
): { s: bigint; t: bigint; isSwapped: boolean } | null {
  for (const isSwapped of [false, true]) {
    const [s, t] = isSwapped ? [ratio(x, b), ratio(y, a)] : [ratio(x, a), ratio(y, b)];
    if (s === null || t === null) continue;
    if (plus(z, c, -s * t).size === 0) return { s, t, isSwapped };
  }
  return null;
}

/** Signals that several linear constraints say only together. */
function together(
  system: System,
  open: (n: number) => number[],
  isLeftOut: (signal: number) => boolean,
): [signal: number, sum: Sum][] {
  const rows: Map<number, bigint>[] = [];
  const wanted = new Set<number>();
  for (let n = 0; n < system.own; n++) {
    const unsolved = open(n);
    if (unsolved.length === 0 || unsolved.some(isLeftOut)) continue;
    const [a, b] = system.constraints[n] as readonly Sum[];
    if (!isConstant(a as Sum) && !isConstant(b as Sum)) continue;
    rows.push(new Map(system.linear(n)));
    for (const signal of unsolved) wanted.add(signal);
  }
  const found: [number, Map<number, bigint>][] = [];
  for (const signal of wanted) {
    const pivot = rows.find((row) => row.has(signal) && !found.some(([, other]) => other === row));
    if (pivot === undefined) continue;
    const scale = inverse(pivot.get(signal) as bigint);
    for (const [one, factor] of pivot) pivot.set(one, centred(factor * scale));
    for (const row of rows) {
      const times = row === pivot ? undefined : row.get(signal);
      if (times === undefined) continue;
      for (const [one, factor] of pivot) {
        const now = centred((row.get(one) ?? 0n) - times * factor);
        if (now === 0n) row.delete(one);
        else row.set(one, now);
      }
    }
    found.push([signal, pivot]);
  }
  return found.flatMap(([signal, row]): [number, Sum][] => {
    const rest = new Map(row);
    rest.delete(signal);
    return [...rest.keys()].some((one) => wanted.has(one)) ? [] : [[signal, scaled(rest, -1n)]];
  });
}
