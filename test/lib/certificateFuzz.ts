/** Random certificates of random systems. Lines are made up so that many of them are accepted. */
import { deepStrictEqual } from "node:assert";
import { check } from "../../verifier/certificate/check.ts";
import { Checker, type Line, type Parts, type Rules, type Terms } from "../../verifier/certificate/checker.ts";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import type { Facts } from "../../verifier/certificate/facts.ts";
import type { Sum } from "../../verifier/certificate/field.ts";
import { centred, inverse } from "../../verifier/constraints/sums.ts";
import { FuzzedSystem } from "./fuzzedSystem.ts";
import { fileOf } from "./r1csFile.ts";
import { Random } from "./random.ts";
import { type Counts, count, FalseFact, WatchedChecker } from "./watchedChecker.ts";

type MadeUp = (on: WatchedChecker, random: Random) => Line;

const shuffled = <T>(random: Random, list: readonly T[]): T[] => {
  const left = [...list];
  return list.map(() => left.splice(random.below(left.length), 1)[0] as T);
};
/** One in so many. */
const isRare = (random: Random, among: number): boolean => random.below(among) === 0;
const terms = (sum: Sum): Terms => [...sum].map(([signal, factor]) => [signal, String(factor)]);
/** Now and then one that there is not. */
const anySignal = (on: Checker, random: Random): number =>
  isRare(random, 60) ? on.next + random.below(2) : random.below(on.next);
const signals = (on: Checker): number[] => Array.from({ length: on.next }, (_, one) => one);
/** Numbers of all constraints, of cases too. */
const numbers = (on: Checker): number[] => [
  ...Array.from({ length: on.circuit.count + on.added.length }, (_, n) => n),
  ...on.zeros.flatMap((_, i) => [-i - 1, -i - 1]),
];
const anyNumber = (on: Checker, random: Random): number => random.pick(numbers(on));
/** Some of a few constraints, if they fit; else one that does not. */
function fitting(on: Checker, random: Random, fits: (n: number) => boolean): number {
  const all = numbers(on);
  const few = Array.from({ length: 5 }, () => random.pick(all));
  return few.find(fits) ?? random.pick(few);
}
const isLinear = (on: Checker, n: number): boolean => on.sides(n)[0].size === 0;
function factorOf(random: Random, among: readonly bigint[]): string {
  const kind = random.below(4);
  const one = among.length === 0 ? 1n : random.pick(among);
  const small = random.pick([1n, 1n, -1n, 2n, -3n, inverse(2n)]);
  return String(kind === 0 ? small : kind === 1 ? inverse(one) : kind === 2 ? centred(-one) : small * one);
}
/** A linear constraint of bounded signals. */
const isDigits = (on: Checker, n: number): boolean =>
  isLinear(on, n) && on.sides(n)[2].size > 2 && [...on.sides(n)[2].keys()].every((one) => on.facts.boundsOf(one));
/** A product that is 0, and says something. */
const isOpen = (on: Checker, n: number): boolean => {
  const [a, b, c] = on.at(n);
  return a.size > 0 && b.size > 0 && on.facts.isZero(c) && !isLinear(on, n);
};
/** Several linear constraints: one times a number, two so that a signal of both is gone, or any. */
function anyParts(on: Checker, random: Random): Parts {
  const linear = numbers(on).filter((n) => isLinear(on, n));
  const n = random.pick(linear);
  const sum = on.linear(n);
  const kind = random.below(3);
  if (kind === 0) return [[n, factorOf(random, [...sum.values()])]];
  if (kind === 1) {
    const [signal = 0] = shuffled(random, on.facts.unknown(sum));
    const other = linear.find((one) => one !== n && on.linear(one).has(signal));
    if (other !== undefined)
      return [
        [n, String(on.linear(other).get(signal))],
        [other, String(-(sum.get(signal) ?? 0n))],
      ];
  }
  return Array.from({ length: 1 + random.below(3) }, () => {
    const factors = [...on.linear(random.pick(linear)).values()];
    return [random.pick(isRare(random, 20) ? numbers(on) : linear), factorOf(random, factors)] as const;
  });
}
const numberOrParts = (on: Checker, random: Random): number | Parts =>
  random.below(3) > 0 || !numbers(on).some((n) => isLinear(on, n)) ? anyNumber(on, random) : anyParts(on, random);
/** The same, times a number. */
const scaled = (n: number | Parts, times: bigint): Parts =>
  typeof n === "number" ? [[n, String(times)]] : n.map(([one, own]) => [one, String(BigInt(own) * times)]);
/** Bounds of a signal, where its factor is made to be 1 or −1. */
function rangeOf(on: Checker, random: Random, n: number | Parts, signal: number): Line {
  const [a, , c] = on.sides(n);
  const factor = c.get(signal) ?? 1n;
  const isPlain = factor ** 2n === 1n || a.size > 0;
  return ["range", isPlain ? n : scaled(n, inverse(factor) * random.pick([1n, -1n])), signal];
}
function anySum(on: Checker, random: Random): Terms {
  return Array.from({ length: 1 + random.below(3) }, () => [anySignal(on, random), factorOf(random, [])] as const);
}
/** Branches: almost always as many as there are cases. */
const branches = (random: Random, cases: number): Line[][] =>
  Array.from({ length: isRare(random, 30) ? random.below(4) : cases }, () => []);
/** Known signals in sums of it and of others with bounds: they may tell where it lies. */
function tellers(on: Checker, signal: number): number[] {
  const sums = numbers(on).filter((n) => n >= 0 && isLinear(on, n));
  return sums
    .map((n) => [...on.linear(n).keys()])
    .filter((list) => list.includes(signal))
    .flatMap((list) =>
      list.filter((by) => by > 0 && on.facts.knows(by) && list.every((one) => one === by || on.facts.boundsOf(one))),
    )
    .filter((by) => by !== signal);
}
/** A signal that may tell which of two cases is so. */
function by(on: Checker, random: Random, signal: number): number {
  const kind = random.below(7);
  if (kind === 0) return signal;
  if (kind === 1) return anySignal(on, random);
  const found = kind < 6 ? tellers(on, signal) : [];
  return random.pick(found.length > 0 ? found : signals(on).filter((one) => kind === 2 || on.facts.knows(one)));
}

const RANDOM: Readonly<Record<string, readonly [weight: number, make: MadeUp]>> = {
  named: [
    4,
    (on, random) => {
      const known = ["given", "chosen", "chosen", "assumed", "assumed", "free", "free", "free", "proven"];
      const sort = random.pick([...known, "within", "within", "within", "within", "nonzero", "nonzero", "nonzero"]);
      const signal = sort === "given" ? random.below(4) : anySignal(on, random);
      const list = isRare(random, 8) ? [signal, anySignal(on, random)] : [signal];
      const high = isRare(random, 10) ? random.pick(["", "x", "-3", "1.5"]) : `${random.below(6)}`;
      const span = sort === "within" ? [String(-random.below(2)), high] : [];
      return ["named", sort, random.pick(["r", "s"]), list, ...span];
    },
  ],
  divides: [1, (on, random) => ["divides", random.pick(["r", "s"]), numberOrParts(on, random)]],
  define: [
    5,
    (on, random) => {
      const divisors = [...on.nonzero];
      const isQuotient = random.below(divisors.length > 0 ? 2 : 8) === 0;
      const divisor = divisors.length > 0 && !isRare(random, 8) ? random.pick(divisors) : anySignal(on, random);
      return ["define", anySum(on, random), ...(isQuotient ? [divisor] : [])];
    },
  ],
  derive: [
    6,
    (on, random) => {
      const n = anyNumber(on, random);
      const sides = on.at(n).map((sum) => [...terms(sum)]);
      const kind = random.below(6);
      if (kind === 0) {
        const parts = Array.from({ length: 2 }, () => [anyNumber(on, random), factorOf(random, [])] as const);
        const whole = on.linear(parts);
        return ["derive", [[], [], terms(whole)], parts.map(([one, times]) => [one, [[times]]]), []];
      }
      const [divisor] = shuffled(random, isRare(random, 4) ? signals(on) : [...on.nonzero]);
      if (kind === 1 && divisor !== undefined) return ["derive", sides, [[n, [["1", divisor]]]], [divisor]];
      if (kind === 2) return ["derive", [anySum(on, random), anySum(on, random), []], [[n, [["1"]]]], []];
      if (kind === 3) {
        // A sum that is 0, times a signal.
        const zero = fitting(on, random, (one) => on.at(one)[0].size === 0);
        const signal = anySignal(on, random);
        const times = [random.pick(["1", "-1", "-1", "-1"]), isRare(random, 6) ? anySignal(on, random) : signal];
        return ["derive", [terms(on.at(zero)[2]), [[signal, "1"]], []], [[zero, [times]]], []];
      }
      // Instead of a sum its name, or the other way round.
      const [name] = shuffled(random, [...on.definitions.keys()]);
      if (name !== undefined) {
        const [times, own] = [factorOf(random, []), on.definitions.get(name) as Sum];
        const without = terms(own).map(([one, factor]) => [one, String(-BigInt(factor) * BigInt(times))] as const);
        sides[random.below(3)]?.push([name, times], ...(isRare(random, 8) ? [] : without));
      }
      return ["derive", isRare(random, 6) ? sides.toReversed() : sides, [[n, [["1"]]]], []];
    },
  ],
  follows: [
    12,
    (on, random) => {
      const one = (): number | Parts =>
        isRare(random, 4)
          ? numberOrParts(on, random)
          : fitting(on, random, (n) => on.facts.unknown(...on.sides(n)).length === 1);
      return ["follows", ...(isRare(random, 8) ? [one(), one()] : [one()])];
    },
  ],
  range: [
    16,
    (on, random) => {
      const n = numberOrParts(on, random);
      const own = [...on.sides(n)[2].keys()];
      const signal = own.length > 0 ? random.pick(own) : anySignal(on, random);
      return isRare(random, 3) ? ["range", n, signal] : rangeOf(on, random, n, signal);
    },
  ],
  radix: [
    12,
    (on, random) => {
      const found = random.below(2) === 0 ? fitting(on, random, (one) => isDigits(on, one)) : numberOrParts(on, random);
      const sum = on.linear(found);
      const factors = [...sum].filter(([one]) => one !== 0).map(([, factor]) => factor);
      const times = isRare(random, 2) ? BigInt(factorOf(random, factors)) : 1n;
      const size = (one: number): bigint => {
        const factor = centred((sum.get(one) ?? 0n) * times);
        return factor < 0n ? -factor : factor;
      };
      const unknown = shuffled(random, on.facts.unknown(sum));
      if (random.below(2) === 0) unknown.sort((x, y) => (size(x) > size(y) ? -1 : 1));
      const order = unknown.slice(0, 1 + random.below(unknown.length));
      if (isRare(random, 10)) order.push(anySignal(on, random));
      return ["radix", times === 1n ? found : scaled(found, times), order];
    },
  ],
  either: [
    24,
    (on, random) => {
      const kind = random.below(5);
      if (kind < 3) return ["either", fitting(on, random, (n) => isOpen(on, n)), branches(random, 2)];
      const few = Array.from({ length: 4 }, () => numberOrParts(on, random));
      const isWhole = (n: number | Parts): boolean => typeof n !== "number" || isLinear(on, n);
      // Sums that cannot be 0 are looked for: by them a case ends.
      const found = [...few, ...numbers(on)].find((n) => isWhole(n) && on.facts.isNonzero(on.sides(n)[2]));
      return ["either", (kind === 3 ? found : undefined) ?? (few[0] as number | Parts), branches(random, 1)];
    },
  ],
  cases: [
    16,
    (on, random) => {
      const bounded = signals(on).filter((one) => (one > 0 || isRare(random, 20)) && on.facts.boundsOf(one));
      const open = bounded.filter(
        (one) => on.facts.interval(new Map([[one, 1n]]))?.[0] !== on.facts.boundsOf(one)?.[1],
      );
      const told = open.filter((one) => !on.facts.knows(one) && tellers(on, one).length > 0);
      const some = told.length > 0 && random.below(2) === 0 ? told : isRare(random, 4) ? bounded : open;
      const signal = isRare(random, 15) ? anySignal(on, random) : random.pick(some);
      const [low, high] = on.facts.boundsOf(signal) ?? [0n, 1n];
      const near = low + BigInt(random.below(Number(high - low > 6n ? 6n : high - low) + 1));
      const inside = near === low && !isRare(random, 8) ? low + 1n : near;
      const start = isRare(random, 15) ? random.pick(["", "x", `${high + 1n}`, `${low - 2n}`]) : String(inside);
      return ["cases", signal, by(on, random, signal), start, branches(random, 2)];
    },
  ],
};
const WEIGHED = Object.values(RANDOM).flatMap(([weight, make]) => Array.from({ length: weight }, () => make));

export interface Fuzzed {
  /** Lines that were accepted, by form; of those, lines that changed what is known; and lines that were refused. */
  readonly accepted: Counts;
  readonly useful: Counts;
  readonly refused: Counts;
  readonly sequences: number;
  /** The first fact that a witness contradicts, and what came before it. */
  readonly found: string | null;
}

/**
 * Makes up certificates, each from a seed of its own, until one has a false fact.
 *
 * @param change of a checker, before lines are applied: a fault that is no rule's
 */
export function fuzzed(seed: number, sequences: number, rules: Rules, change = (_on: Checker): void => {}): Fuzzed {
  const { stackTraceLimit } = Error;
  // Most lines are refused: without a trace of calls, that takes half of the time.
  Error.stackTraceLimit = 0;
  try {
    return search(seed, sequences, rules, change);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** So many lines are tried outside of cases. */
const TRIES = 40;

function search(seed: number, sequences: number, rules: Rules, change: (on: Checker) => void): Fuzzed {
  const [accepted, useful, refused]: [Counts, Counts, Counts] = [new Map(), new Map(), new Map()];
  for (let one = 0; one < sequences; one++) {
    const random = new Random(seed + one);
    const system = new FuzzedSystem(random);
    if (system.witnesses.length < 2) continue;
    const circuit = new Circuit(fileOf(system.constraints, system.signals));
    const on = new WatchedChecker(circuit, rules, system.witnesses);
    change(on);
    const lines: Line[] = [];
    const add = (list: Line[], line: Line | null): void => {
      if (line !== null && !on.facts.isDead && on.attempt(line)) list.push(line);
    };
    const grow = (list: Line[], most: number): void => {
      for (let left = most; left > 0 && !on.facts.isDead; left--) add(list, made(on, random));
    };
    on.grow = (list, depth) => {
      const [rule, , told] = on.running.at(-1) as Line;
      // What the case says of its signals comes first: most of the time that is what makes a case worth something.
      const zero = random.below(4) > 0 ? on.facts.unknown(on.at(-1)[2]) : [];
      for (const signal of zero) add(list, rangeOf(on, random, -1, signal));
      grow(list, random.below(depth > 2 ? 2 : 6 - depth));
      // At the end, where the signal lies that tells which case this is.
      const last = rule === "cases" && !isRare(random, 4) ? numbers(on).filter((n) => n >= 0) : [];
      const fit = last.filter((n) => on.at(n)[2].has(told as number));
      for (const n of shuffled(random, fit).slice(0, 3)) add(list, rangeOf(on, random, n, told as number));
    };
    try {
      if (random.below(2) === 0) add(lines, ["named", "given", "r", [1]]);
      // Where nothing is known, nothing follows.
      const chosen = random.below(2) * random.below(4);
      for (let left = chosen; left > 0; left--) add(lines, ["named", "chosen", "r", [anySignal(on, random)]]);
      if (random.below(4) > 0) for (const n of numbers(on)) if (isOpen(on, n)) add(lines, ["either", n, [[], []]]);
      grow(lines, TRIES);
      again(circuit, rules, change, on, lines);
    } catch (error) {
      if (!(error instanceof FalseFact)) throw error;
      const shown = lines.map((line) => JSON.stringify(line)).join("\n");
      const constraints = system.constraints.map((sums) => sums.map((sum) => sum.join(" + ")).join(" | ")).join("\n");
      const found = `seed ${seed + one}\n${constraints}\n${shown}\n${error.message}`;
      return { accepted, useful, refused, sequences: one + 1, found };
    }
    for (const [all, own] of [
      [accepted, on.accepted],
      [useful, on.useful],
      [refused, on.refused],
    ] as const) {
      for (const [form, times] of own) count(all, form, times);
    }
  }
  return { accepted, useful, refused, sequences, found: null };
}

/** What cannot be made up is not tried: there may be no constraint that fits. */
function made(on: WatchedChecker, random: Random): Line | null {
  try {
    return random.pick(WEIGHED)(on, random);
  } catch {
    return null;
  }
}

/** Lines as a file has them are accepted by the checker as it is, and lead to the same facts. */
function again(
  circuit: Circuit,
  rules: Rules,
  change: (on: Checker) => void,
  { facts, named }: Checker,
  lines: readonly Line[],
): void {
  const checker = new Checker(circuit, rules);
  change(checker);
  for (const [i, line] of lines.entries()) check(checker, JSON.stringify(line), i);
  const factsOf = (own: Facts, names: Checker["named"]) => [[...own.known], [...own.bounds], [...names]];
  deepStrictEqual(factsOf(checker.facts, checker.named), factsOf(facts, named));
}
