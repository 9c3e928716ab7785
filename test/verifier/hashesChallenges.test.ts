/**
 * Divisors in certificates with a challenge in them: which are accepted, and the nearest that must not be. Each is a
 * circuit of its own. reasoningChallenges.test.ts has those of drafts.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { terms } from "../../prover/certificate/terms.ts";
import type { Line, Terms } from "../../verifier/certificate/checker.ts";
import { permutationOf } from "../../verifier/constraints/poseidon.ts";
import { linearOf } from "../../verifier/constraints/sums.ts";
import { type Call, CHALLENGE, type HashChecker, UNEQUAL } from "../../verifier/hashes/check.ts";
import { challengeCertificate, isChallenge, lineOf } from "../lib/challengeCertificate.ts";
import { source } from "../lib/challengeScene.ts";
import { chosen } from "../lib/smallChecker.ts";

/** By which sorts and reasons a signal is named. */
const namesOf = ({ named }: HashChecker, signal: number): (readonly [sort: string, reason: string])[] =>
  named.flatMap(([sort, reason, one]) => (one === signal ? [[sort, reason] as const] : []));

const LATE = "was not known before the challenge was";
const SOUND = source("gamma - low - second");

let sound: Awaited<ReturnType<typeof challengeCertificate>>;
let [beta, gamma] = [0, 0];
beforeAll(async () => {
  sound = await challengeCertificate(SOUND);
  [beta, gamma] = [sound.signal("transcript.beta"), sound.signal("transcript.gamma")];
});

describe("a divisor with a challenge in it", () => {
  it("is not 0 where all else was fixed before, by the words or by an earlier challenge", () => {
    const checker = sound.again((line) => [line]);
    expect(namesOf(checker, sound.signal("out"))).toEqual([["assumed", UNEQUAL]]);
    for (const signal of [beta, gamma]) expect(namesOf(checker, signal)).toEqual([["assumed", CHALLENGE]]);
    const file = Array.from({ length: checker.circuit.signals }, (_, signal) => signal);
    expect(checker.facts.unknown(new Map(file.map((signal) => [signal, 1n])))).toEqual([]);
  });

  /** The constraint that divides, and what must be added so that the sum that it divides by is written out. */
  const division = ({ own, signal }: typeof sound, checker: HashChecker): [n: number, parts: [number, string][][]] => {
    const n = own.of(signal("out")).find((one) => checker.sides(one)[0].size > 0) ?? -1;
    const [, factor] = checker.only(n);
    const near = Array.from({ length: checker.circuit.count + checker.added.length }, (_, one) => one);
    const parts = near.flatMap((one): [number, string][][] => {
      const sum = linearOf(checker.at(one));
      const isNear = sum !== null && [...factor.keys()].some((other) => other !== 0 && sum.has(other));
      return isNear ? ["1", "-1"].map((times) => [[one, times]]) : [];
    });
    return [n, [[], ...parts]];
  };

  it.each([
    ["has none in it", "low + second", "divides by no challenge"],
    ["has only one in it that was drawn before", "beta - low", "divides by no challenge"],
    ["is compared with what follows from the challenge", "gamma - later", LATE],
    ["is compared with what was chosen after the challenge", "gamma - top", LATE],
  ])("may be 0 if it %s", async (_, divisor, wanted) => {
    const found = await challengeCertificate(source(divisor));
    const checker = found.again((line) => [line]);
    expect(checker.facts.knows(found.signal("out"))).toBe(false);
    const [n, parts] = division(found, checker);
    const refusals = parts.map((one): string => {
      try {
        checker.apply(["divides", UNEQUAL, n, one]);
        return "none";
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(refusals.filter((why) => why === "none")).toEqual([]);
    expect(refusals.filter((why) => why.includes(wanted))).not.toEqual([]);
    // Under another name it is an assumption like any other.
    checker.apply(["divides", "another reason", n]);
    expect(namesOf(checker, found.signal("out"))).toEqual([["assumed", "another reason"]]);
  });

  it("is refused by the name of the signal that was known too late", () => {
    const [divides] = sound.lines.filter(([, reason]) => reason === UNEQUAL) as [Line];
    const [, , n, parts] = divides as [string, string, number, [number, string][]];
    // Without a linear constraint that says what it is, the divisor is a signal that was known after the challenge.
    const wrong = (line: Line): Line => (line === divides ? ["divides", UNEQUAL, n, []] : line);
    expect(parts.length).toBe(1);
    expect(() => sound.again((line) => [wrong(line)])).toThrow("divides by no challenge");
    const doubled = (line: Line): Line => (line === divides ? ["divides", UNEQUAL, n, [...parts, ...parts]] : line);
    expect(() => sound.again((line) => [doubled(line)])).toThrow(LATE);
  });

  it("is none before a challenge is drawn", () => {
    const late = (line: Line): Line[] => (isChallenge(line) ? [] : [line]);
    expect(() => sound.again(late)).toThrow();
    const [divides] = sound.lines.filter(([, reason]) => reason === UNEQUAL) as [Line];
    const known = sound.again((line, i) => (i < sound.at ? [line] : []));
    expect(() => known.apply(divides)).toThrow(/is not linear in one signal|divides by no challenge/);
  });
});

describe("a challenge", () => {
  it("is drawn after what it is compared with: the lines hold in their order, and in no other", () => {
    const swapped = (line: Line, i: number): Line[] => {
      if (i === sound.at) return [lineOf({ ...sound.drawn, signals: [gamma, beta] })];
      return isChallenge(line) ? [] : [line];
    };
    expect(() => sound.again(swapped)).toThrow("divides by no challenge");
    const both = (line: Line, i: number): Line[] => {
      if (i === sound.at) return [lineOf({ ...sound.drawn, signals: [beta, gamma] })];
      return isChallenge(line) ? [] : [line];
    };
    // What follows from the first is compared with the second, and was not known when that was drawn.
    expect(() => sound.again(both)).toThrow(LATE);
  });

  it("is a lane of the last call, by its constraints", () => {
    expect(() => sound.drawing({ challenges: [gamma, beta] })).toThrow(`signal ${gamma} is not drawn`);
    const undrawn = (line: Line, i: number): Line[] =>
      i === sound.at ? [line.slice(0, 4) as unknown as Line] : [line];
    expect(() => sound.again(undrawn)).toThrow(`signal ${beta} is no challenge`);
    const top = sound.signal("top");
    expect(() => sound.drawing({ challenges: [top] })).toThrow(`signal ${top} is not drawn`);
    expect(() => sound.drawing({ signals: [top] })).toThrow(`signal ${top} is no challenge`);
    expect(() => sound.drawing({ challenges: [9999] })).toThrow("there is no signal 9999");
  });

  it("is drawn before anything else is named", () => {
    for (const sort of ["chosen", "assumed"]) {
      const early = (line: Line): Line[] =>
        isChallenge(line) && (line[3] as number[])[0] === gamma
          ? [["named", sort, "test", [sound.signal("top")]], line]
          : [line];
      expect(() => sound.again(early)).toThrow("what was named since is not determined by the words");
    }
    const before = (line: Line, i: number): Line[] => (i === sound.at ? [chosen(sound.signal("top")), line] : [line]);
    expect(() => sound.again(before)).toThrow(`signal ${sound.signal("top")} is not determined by the words`);
    // What is free is not known, and compared with nothing.
    const free = (line: Line, i: number): Line[] =>
      i === sound.at ? [["named", "free", "test", [sound.signal("top")]], line] : [line];
    expect(() => sound.again(free)).not.toThrow();
  });

  it("is assumed, and nothing else: its line does not hold with another sort", () => {
    for (const sort of ["given", "chosen", "free", "within", "nonzero"]) {
      const other = (line: Line): Line => (isChallenge(line) ? (line.with(1, sort) as unknown as Line) : line);
      const why = `nothing is shown here for "${CHALLENGE}"`;
      expect(() => sound.again((line) => [other(line)])).toThrow(why);
      expect(() => sound.again((line, i) => [i > sound.at ? other(line) : line])).toThrow(why);
    }
  });

  it("is drawn once, and not where its hash was computed", () => {
    expect(() => sound.drawing({ signals: [beta, beta] })).toThrow(`signal ${beta} is not assumed`);
    const twice = (line: Line, i: number): Line[] => (i === sound.at ? [line, line] : [line]);
    expect(() => sound.again(twice)).toThrow(`signal ${beta} was drawn before`);
    const first = (sound.drawn.calls.at(-1)?.[1] ?? [])[0] as number;
    const computed = (line: Line, i: number): Line[] => (i === sound.at ? [["follows", first], line] : [line]);
    expect(() => sound.again(computed)).toThrow("the words are hashed to determine what was fixed");
  });

  it("is no number: who made the circuit knew the hash of numbers", () => {
    const checker = sound.again((line, i) => (i < sound.at ? [line] : []));
    const lanes: Terms[] = [7, 1, 2].map((number) => [[0, String(number)]]);
    const own = { at: checker.at.bind(checker), expanded: checker.expanded.bind(checker) };
    const hash = permutationOf(
      own,
      lanes.map((lane) => checker.sumOf(lane)),
      [],
    )(0);
    for (const [sum, calls] of [
      [hash, [[lanes, []]] as Call[]],
      [new Map<number, bigint>(), []],
    ] as const) {
      const signal = checker.next;
      checker.apply(["define", terms(sum)]);
      const line = lineOf({ signals: [signal], challenges: [signal], calls, lines: [] });
      expect(() => checker.apply(line)).toThrow("what is drawn is a number");
    }
  });

  it("is drawn in no case, and its words are looked at in none", () => {
    const inCase = (line: Line): Line => ["cases", 0, 0, "1", [[], [line]]];
    const all = (line: Line): Line => (isChallenge(line) ? inCase(line) : line);
    const late = (line: Line, i: number): Line => (i > sound.at ? all(line) : line);
    expect(() => sound.again((line) => [all(line)])).toThrow("a challenge is not drawn in a case");
    expect(() => sound.again((line, i) => [late(line, i)])).toThrow("a challenge is not drawn in a case");
    // In a case, more is known, and less is possible: the words must determine all without it.
    const apart = (line: Line, i: number): Line[] =>
      i === sound.at ? [inCase(lineOf({ ...sound.drawn, signals: [] })), line.slice(0, 4) as unknown as Line] : [line];
    expect(() => sound.again(apart)).toThrow("a challenge is not drawn in a case");
  });
});
