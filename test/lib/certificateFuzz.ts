/** Random certificates of random systems. Lines are made up so that many of them are accepted. */
import { deepStrictEqual } from "node:assert";
import { check } from "../../verifier/certificate/check.ts";
import {
  Checker,
  type Line,
  type Parts,
  type Rules,
  type Sort,
  type Terms,
} from "../../verifier/certificate/checker.ts";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import type { Facts } from "../../verifier/certificate/facts.ts";
import { centred, inverse, type Sum } from "../../verifier/certificate/field.ts";
import { FuzzedSystem } from "./fuzzedSystem.ts";
import { fileOf } from "./r1csFile.ts";
import { Random } from "./random.ts";
import { FalseFact, WatchedChecker } from "./watchedChecker.ts";

type MadeUp = (on: WatchedChecker, random: Random) => Line;

const shuffled = <T>(random: Random, list: readonly T[]): T[] => {
  const left = [...list];
  return list.map(() => left.splice(random.below(left.length), 1)[0] as T);
};
const terms = (sum: Sum): Terms => [...sum].map(([signal, factor]) => [signal, String(factor)]);
const anySignal = (on: Checker, random: Random): number => random.below(on.next);
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
const isLinear = (on: Checker, n: number): boolean => on.sides(n)[0].size + on.sides(n)[1].size === 0;
function factorOf(random: Random, among: readonly bigint[]): string {
  const kind = random.below(4);
  const one = among.length === 0 ? 1n : random.pick(among);
  const small = random.pick([1n, 1n, -1n, 2n, -3n, inverse(2n)]);
  return String(kind === 0 ? small : kind === 1 ? inverse(one) : kind === 2 ? centred(-one) : small * one);
}
/** A linear constraint of bounded signals. */
const isDigits = (on: Checker, n: number, most?: bigint): boolean =>
  isLinear(on, n) &&
  on.sides(n)[2].size > 2 &&
  [...on.sides(n)[2].keys()].every((one) => {
    const [, high] = on.facts.boundsOf(one) ?? [];
    return high !== undefined && high <= (most ?? high);
  });
/** A product that is 0, and says something. */
const isOpen = (on: Checker, n: number): boolean => {
  const [a, b, c] = on.folded(n);
  return c.size === 0 && a.size + b.size > 2;
};
/** A constraint, or several linear ones. */
function numberOrParts(on: Checker, random: Random): number | Parts {
  const linear = random.below(3) > 0 ? [] : numbers(on).filter((n) => isLinear(on, n));
  if (linear.length === 0) return anyNumber(on, random);
  return Array.from({ length: 1 + random.below(3) }, () => {
    const n = random.pick(linear);
    return [n, factorOf(random, [...on.linear(random.pick(linear)).values()])] as const;
  });
}
function anySum(on: Checker, random: Random, among?: readonly number[]): Terms {
  const signal = (): number => (among === undefined ? anySignal(on, random) : random.pick(among));
  return Array.from({ length: 1 + random.below(3) }, () => [signal(), factorOf(random, [])] as const);
}
function by(on: Checker, random: Random): Terms | number | null {
  const kind = random.below(4);
  const known = Array.from({ length: on.next }, (_, one) => one).filter((one) => on.facts.knows(one));
  return kind === 0 ? null : kind === 1 ? anySum(on, random, known) : anyNumber(on, random);
}

const RANDOM: Readonly<Record<string, readonly [weight: number, make: MadeUp]>> = {
  named: [
    2,
    (on, random) => {
      const sort: Sort = random.pick(["given", "chosen", "assumed", "free", "free"]);
      return ["named", sort, random.pick(["r", "s"]), [sort === "given" ? random.below(2) : anySignal(on, random)]];
    },
  ],
  within: [1, (on, random) => ["within", "r", anySignal(on, random), String(-random.below(2)), `${random.below(6)}`]],
  nonzero: [1, (on, random) => ["nonzero", "r", [anySignal(on, random)]]],
  divides: [1, (on, random) => ["divides", random.pick(["r", "s"]), anyNumber(on, random)]],
  define: [
    5,
    (on, random) => {
      const divisors = [...on.nonzero];
      const isQuotient = divisors.length > 0 && random.below(2) === 0;
      return ["define", anySum(on, random), ...(isQuotient ? [random.pick(divisors)] : [])];
    },
  ],
  derive: [
    6,
    (on, random) => {
      const n = anyNumber(on, random);
      const sides = on.at(n).map((sum) => [...terms(sum)]);
      const kind = random.below(5);
      if (kind === 0) {
        const parts = Array.from({ length: 2 }, () => [anyNumber(on, random), factorOf(random, [])] as const);
        const whole = on.linear(parts);
        return ["derive", [[], [], terms(whole)], parts.map(([one, times]) => [one, [[times]]]), []];
      }
      const [divisor] = shuffled(random, [...on.nonzero]);
      if (kind === 1 && divisor !== undefined) return ["derive", sides, [[n, [["1", divisor]]]], [divisor]];
      if (kind === 2) return ["derive", [anySum(on, random), anySum(on, random), []], [[n, [["1"]]]], []];
      // Instead of a sum its name, or the other way round.
      const [name] = shuffled(random, [...on.definitions.keys()]);
      if (name !== undefined) {
        const [times, own] = [factorOf(random, []), on.definitions.get(name) as Sum];
        const without = terms(own).map(([one, factor]) => [one, String(-BigInt(factor) * BigInt(times))] as const);
        sides[random.below(3)]?.push([name, times], ...(random.below(8) === 0 ? [] : without));
      }
      return ["derive", random.below(6) === 0 ? sides.toReversed() : sides, [[n, [["1"]]]], []];
    },
  ],
  follows: [
    12,
    (on, random) => {
      return ["follows", fitting(on, random, (n) => on.facts.unknown(...on.sides(n)).length === 1)];
    },
  ],
  range: [
    14,
    (on, random) => {
      const n = numberOrParts(on, random);
      const own = [...on.sides(n)[2].keys()];
      return ["range", n, own.length > 0 ? random.pick(own) : anySignal(on, random)];
    },
  ],
  radix: [
    10,
    (on, random) => {
      const isOne = random.below(2) === 0;
      const n = isOne ? fitting(on, random, (one) => isDigits(on, one)) : numberOrParts(on, random);
      const unknown = on.facts.unknown(on.linear(n));
      const factors = [...on.linear(n)].filter(([one]) => one !== 0).map(([, factor]) => factor);
      const order = shuffled(random, unknown).slice(0, 1 + random.below(unknown.length));
      return ["radix", n, factorOf(random, factors), order];
    },
  ],
  either: [
    14,
    (on, random) => {
      return ["either", fitting(on, random, (n) => isOpen(on, n)), []];
    },
  ],
  cases: [
    8,
    (on, random) => {
      const bounded = Array.from({ length: on.next }, (_, i) => (i === 0 && random.below(20) > 0 ? -1 : i)).filter(
        (one) => on.facts.boundsOf(one),
      );
      const signal = random.pick(bounded);
      const [low, high] = on.boundsOf(signal);
      const near = (): bigint => low + BigInt(random.below(Number(high - low > 6n ? 6n : high - low) + 2));
      const isEach = high - low < 5n && random.below(2) === 0;
      const starts = Array.from({ length: isEach ? Number(high - low) : 1 + random.below(2) }, (_, i) =>
        String(isEach ? low + BigInt(i + 1) : near()),
      );
      return ["cases", signal, by(on, random), starts, []];
    },
  ],
  onehot: [
    8,
    (on, random) => {
      return ["onehot", fitting(on, random, (n) => isDigits(on, n, 1n)), by(on, random), []];
    },
  ],
  absurd: [
    16,
    (on, random) => {
      if (random.below(3) === 0) return ["absurd", numberOrParts(on, random)];
      const fit = numbers(on).find((n) => isLinear(on, n) && on.isNonzero(on.sides(n)[2]));
      return ["absurd", fit ?? anyNumber(on, random)];
    },
  ],
};
const WEIGHED = Object.values(RANDOM).flatMap(([weight, make]) => Array.from({ length: weight }, () => make));

export interface Fuzzed {
  /** Lines that were accepted, by rule; and of those, lines that changed what is known. */
  readonly accepted: Map<string, number>;
  readonly useful: Map<string, number>;
  readonly sequences: number;
  /** The first fact that a witness contradicts, and what came before it. */
  readonly found: string | null;
}

/** Makes up certificates, each from a seed of its own, until one has a false fact. */
export function fuzzed(seed: number, sequences: number, rules: Rules, tries = 40): Fuzzed {
  const { stackTraceLimit } = Error;
  // Most lines are refused: without a trace of calls, that takes half of the time.
  Error.stackTraceLimit = 0;
  try {
    return search(seed, sequences, rules, tries);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function search(seed: number, sequences: number, rules: Rules, tries: number): Fuzzed {
  const [accepted, useful] = [new Map<string, number>(), new Map<string, number>()];
  for (let one = 0; one < sequences; one++) {
    const random = new Random(seed + one);
    const system = new FuzzedSystem(random);
    if (system.witnesses.length < 2) continue;
    const circuit = new Circuit(fileOf(system.constraints, system.signals));
    const on = new WatchedChecker(circuit, rules, system.witnesses);
    const lines: Line[] = [];
    const add = (list: Line[], line: Line | null): void => {
      if (line !== null && !on.dead && on.attempt(line)) list.push(line);
    };
    const grow = (list: Line[], most: number): void => {
      for (let left = most; left > 0 && !on.dead; left--) add(list, made(on, random));
    };
    on.grow = (list, depth) => {
      // What the case says of its signals comes first: most of the time that is what makes a case worth something.
      const zero = random.below(4) > 0 ? on.facts.unknown(on.folded(-1)[2]) : [];
      for (const one of zero) add(list, ["range", -1, one]);
      grow(list, random.below(depth > 2 ? 2 : 7 - depth));
    };
    try {
      if (random.below(2) === 0) add(lines, ["named", "given", "r", [1]]);
      if (random.below(4) > 0) for (const n of numbers(on)) if (isOpen(on, n)) add(lines, ["either", n, []]);
      grow(lines, tries);
      again(circuit, rules, on, lines);
    } catch (error) {
      if (!(error instanceof FalseFact)) throw error;
      const shown = lines.map((line) => JSON.stringify(line)).join("\n");
      const constraints = system.constraints.map((sums) => sums.map((sum) => sum.join(" + ")).join(" | ")).join("\n");
      return { accepted, useful, sequences: one + 1, found: `${constraints}\n${shown}\n${error.message}` };
    }
    for (const [all, own] of [
      [accepted, on.accepted],
      [useful, on.useful],
    ] as const) {
      for (const [rule, count] of own) all.set(rule, (all.get(rule) ?? 0) + count);
    }
  }
  return { accepted, useful, sequences, found: null };
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
function again(circuit: Circuit, rules: Rules, { facts, named }: Checker, lines: readonly Line[]): void {
  const checker = new Checker(circuit, rules);
  for (const [i, line] of lines.entries()) check(checker, JSON.parse(JSON.stringify(line)) as Line, i);
  const factsOf = (own: Facts, names: Checker["named"]) => [[...own.known], [...own.bounds], [...names]];
  deepStrictEqual(factsOf(checker.facts, checker.named), factsOf(facts, named));
}
