/**
 * Divisors with a challenge in them: which are accepted, and the nearest that must not be. Each is a circuit of its
 * own. certificateDivisors.long.test.ts has more of them.
 */
import { describe, expect, it } from "vitest";
import { Checker } from "../../prover/certificate/reasoning/check.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { terms } from "../../prover/certificate/terms.ts";
import { permutationOf } from "../../verifier/constraints/poseidon.ts";
import { inverse } from "../../verifier/constraints/sums.ts";
import { scene, source } from "../lib/challengeScene.ts";

const SOUND = source("gamma - low - second");

describe("a divisor with a challenge in it", () => {
  it("is not 0 where all else was fixed before, by the words or by an earlier challenge", async () => {
    const { own, draw, signal } = await scene(SOUND);
    expect(draw()).toEqual([]);
    expect([...own.checker.assumed]).toContainEqual([
      signal("out"),
      "a challenge is not equal to a number that was fixed before it was drawn",
    ]);
  });

  const HOLES: readonly [what: string, divisor: string][] = [
    ["has none in it", "low + second"],
    ["has only one in it that was drawn before", "beta - low"],
    ["is compared with what follows from the challenge", "gamma - later"],
    ["is compared with what was chosen after the challenge", "gamma - top"],
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
