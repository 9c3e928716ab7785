/** Divisors with a challenge in them: which are accepted, and the nearest that must not be. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { Challenges } from "../../prover/certificate/challenges.ts";
import { prepared } from "../../prover/certificate/hashes.ts";
import { hashesOf, namesOf } from "../../prover/certificate/names.ts";
import { Propagator } from "../../prover/certificate/propagate.ts";
import { lift } from "../../prover/certificate/source.ts";
import { solvedForUnbounded } from "../../prover/certificate/sums.ts";
import { terms } from "../../prover/certificate/terms.ts";
import { buildCircuit, buildSource } from "../../prover/circuit/build.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import { Checker } from "../../verifier/certificate/check.ts";
import type { Line } from "../../verifier/certificate/reasoner.ts";
import { permutationOf } from "../../verifier/constraints/poseidon.ts";
import { inverse } from "../../verifier/constraints/sums.ts";
import { System } from "../../verifier/constraints/system.ts";

/** Two numbers in a word, a third number, and a quotient. The transcript takes in `words`. */
const source = (divisor: string, words = "[low + 256 * high, third]", bits = 8): string => `pragma circom 2.2.0;
include "bitify.circom";
include "quotient.circom";
include "batch/transcript.circom";
template Main() {
    signal input given;
    signal input low;
    signal input high;
    signal input third;
    signal input top;
    _ <== Num2Bits(${bits})(low);
    _ <== Num2Bits(8)(high);
    component transcript = Transcript(2);
    transcript.words <== ${words};
    var beta = transcript.beta;
    var gamma = transcript.gamma;
    signal first <== beta * third;
    signal second <== beta * first;
    signal later <== gamma * third;
    component quotient = Quotient();
    quotient.top <== top * low;
    quotient.bottom <== ${divisor};
    signal output out <== quotient.out;
}
component main { public [given] } = Main();`;

const SOUND = source("gamma - low - second");

/** What is chosen before the challenges, and after them. */
const [BEFORE, AFTER] = [["low", "high", "third"], ["top"]];

async function scene(text: string, before: readonly string[] = BEFORE) {
  const circuit = await buildCircuit("challenges", text);
  const ofFile = namesOf(await loadSymbols(circuit.sym));
  const file = await readFile(circuit.r1cs);
  const own = new Propagator(new System(file), () => null);
  const hashes = hashesOf(own.system, ofFile);
  for (const { constraints } of hashes) for (const n of constraints) own.inHash.add(n);
  const whole = await buildSource("challenges", text);
  const all = { system: new System(await readFile(whole.r1cs)), names: namesOf(await loadSymbols(whole.sym)) };
  const { names, rewritten } = lift(own, ofFile, all, (name) => !/^transcript\.(beta|gamma)$/.test(name));
  own.passed = rewritten;
  const signal = (name: string): number => names.signals.get(name) ?? -1;
  const challenges = new Challenges(
    own,
    hashes.map((hash) => prepared(own, hash)),
  );
  own.must("chosen", "test", before.map(signal));
  do own.run();
  while (solvedForUnbounded(own));
  return {
    own,
    signal,
    /** Draws the challenges, and does what follows. @returns names of the signals that stay open */
    draw: (): (string | undefined)[] => {
      challenges.draw();
      own.must("given", [signal("given")]);
      own.must("chosen", "test", AFTER.map(signal));
      own.run();
      return own.checker.open().map((one) => names.of[one]);
    },
    /** Applies the lines that were made, some of them changed, from the beginning. */
    again: (change: (line: Line) => readonly Line[]): void => {
      const checker = new Checker(new System(file));
      for (const line of own.lines.flatMap(change)) checker.apply(line);
    },
  };
}

describe("a divisor with a challenge in it", () => {
  it("is not 0 where all else was fixed before, by the words or by an earlier challenge", async () => {
    const { own, draw, signal } = await scene(SOUND);
    expect(draw()).toEqual([]);
    expect([...own.checker.assumed]).toContainEqual([
      signal("out"),
      "a challenge is not equal to a number that was fixed before it was drawn",
    ]);
  });

  it("may be a multiple of one", async () => {
    expect((await scene(source("3 * gamma - low - second"))).draw()).toEqual([]);
  });

  const HOLES: readonly [what: string, divisor: string][] = [
    ["has none in it", "low + second"],
    ["has none in it, as it cancels", "gamma - (gamma - low)"],
    ["has only one in it that was drawn before", "beta - low"],
    ["is compared with what follows from the challenge", "gamma - later"],
    ["is compared with what was chosen after the challenge", "gamma - top"],
    ["is the challenge times a number that may be 0", "low * gamma - low"],
  ];
  for (const [what, divisor] of HOLES) {
    it(`may be 0 if it ${what}`, async () => {
      expect((await scene(source(divisor))).draw()).toEqual(expect.arrayContaining(["out"]));
    });
  }

  it("is refused by the name of the signal that was known too late", async () => {
    const { own, draw, signal } = await scene(source("gamma - later"));
    draw();
    const n = own.of(signal("out")).find((one) => own.folded(one).linear === null) ?? -1;
    const [, factor] = own.checker.only(n);
    // Where the compiler kept the divisor as a signal, a linear constraint says which sum it is.
    const parts = own.of(signal("transcript.gamma")).flatMap((one): [number, string][] => {
      const sum = own.folded(one).linear;
      const kept = [...factor].find(([other]) => sum?.has(other));
      if (sum === null || kept === undefined || !sum.has(signal("later"))) return [];
      return [[one, String(-kept[1] * inverse(sum.get(kept[0]) as bigint))]];
    });
    expect(() => own.checker.apply(["drawn", n, parts])).toThrow(
      `in constraint ${n} signal ${signal("later")} was not known before the challenge was`,
    );
  });
});

describe("the words that a challenge is drawn from", () => {
  it("determine what stands beside it, or it is not drawn", async () => {
    const { draw, signal } = await scene(source("gamma - low - second", "[high, third]"));
    expect(draw).toThrow(`signal ${signal("low")} is not determined by the words`);
  });

  it("do not determine two numbers of which one reaches into the other", async () => {
    const { draw, signal } = await scene(source("gamma - low - second", undefined, 9));
    expect(draw).toThrow(`signal ${signal("low")} is not determined by the words`);
  });

  it("are known", async () => {
    const { draw, signal } = await scene(SOUND, ["low", "high"]);
    expect(draw).toThrow(`signal ${signal("third")} is not known`);
  });
});

describe("a challenge", () => {
  const drawn = async () => {
    const ready = await scene(SOUND);
    ready.draw();
    return ready;
  };
  const isOf = (line: Line, rule: string, signal?: number): boolean =>
    line[0] === rule && (signal === undefined || line[1] === signal);

  it("is drawn after what it is compared with: the lines hold in their order, and in no other", async () => {
    const { again, signal } = await drawn();
    const [beta, gamma] = ["transcript.beta", "transcript.gamma"].map(signal) as [number, number];
    again((line) => [line]);
    const swapped = (line: Line): Line[] => {
      if (isOf(line, "challenge", beta)) return [["challenge", gamma], line];
      return isOf(line, "challenge") ? [] : [line];
    };
    expect(() => again(swapped)).toThrow("has no challenge in it");
  });

  it("is a lane of the last call, by its constraints", async () => {
    const { again, signal } = await drawn();
    const [beta, gamma] = ["transcript.beta", "transcript.gamma"].map(signal) as [number, number];
    const wrong = (line: Line): Line =>
      isOf(line, "transcript") ? (["transcript", [gamma, beta], ...line.slice(2)] as unknown as Line) : line;
    expect(() => again((line) => [wrong(line)])).toThrow(`signal ${gamma} is not drawn`);
    expect(() => again((line) => (isOf(line, "transcript") ? [] : [line]))).toThrow(`signal ${beta} is no challenge`);
  });

  it("is drawn before anything else is named", async () => {
    const { again, signal } = await drawn();
    const early = (line: Line): Line[] =>
      isOf(line, "challenge", signal("transcript.gamma")) ? [["chosen", "test", [signal("top")]], line] : [line];
    expect(() => again(early)).toThrow("what was named since is not determined by the words");
  });

  it("is drawn once, and not where its hash was computed", async () => {
    const { again, signal } = await drawn();
    const beta = signal("transcript.beta");
    const twice = (line: Line): Line[] => (isOf(line, "challenge", beta) ? [line, line] : [line]);
    expect(() => again(twice)).toThrow(`signal ${beta} was drawn before`);
    const computed = (line: Line): Line[] => {
      if (!isOf(line, "challenge", beta)) return [line];
      const [, , calls] = transcript as unknown as [string, number[], [unknown, number[]][]];
      return [["follows", calls.at(-1)?.[1][0] as number], line];
    };
    let transcript: Line = ["none"];
    expect(() =>
      again((line) => {
        if (isOf(line, "transcript")) transcript = line;
        return computed(line);
      }),
    ).toThrow(`signal ${beta} was drawn before`);
  });

  it("is no number: who made the circuit knew the hash of numbers", async () => {
    const { own } = await drawn();
    const { system } = own.checker;
    const checker = new Checker(system);
    const lanes: [number, string][][] = [7, 1, 2].map((number) => [[0, String(number)]]);
    const hash = permutationOf(
      system,
      lanes.map((lane) => system.sumOf(lane)),
      [],
    )(0);
    for (const [sum, calls] of [
      [hash, [[lanes, []]]],
      [new Map(), []],
    ] as const) {
      const signal = system.next;
      checker.apply(["define", terms(sum)]);
      expect(() => checker.apply(["transcript", [signal], calls, []])).toThrow(`signal ${signal} is not drawn`);
    }
  });

  it("is drawn in no case, and its words are followed by rules that assume nothing", async () => {
    const { again, signal } = await drawn();
    const inCase = (line: Line): Line[] => (isOf(line, "challenge") ? [["cases", 0, [[line]]]] : [line]);
    expect(() => again(inCase)).toThrow("a challenge is not drawn in a case");
    const assuming = (line: Line): Line =>
      isOf(line, "transcript")
        ? ["transcript", line[1], line[2], [["assumed", "test", [signal("low"), signal("high")]]]]
        : line;
    expect(() => again((line) => [assuming(line)])).toThrow('"assumed" is no rule about words alone');
  });
});
