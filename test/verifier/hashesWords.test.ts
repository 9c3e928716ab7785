/** The words that challenges in certificates are drawn from, and the calls that take them in. */
import { beforeAll, describe, expect, it } from "vitest";
import { terms } from "../../prover/certificate/terms.ts";
import type { Line, Terms } from "../../verifier/certificate/checker.ts";
import { linearOf } from "../../verifier/constraints/sums.ts";
import { type Call, CHALLENGE, DIGEST } from "../../verifier/hashes/check.ts";
import { challengeCertificate, lineOf } from "../lib/challengeCertificate.ts";
import { scene, source } from "../lib/challengeScene.ts";
import { elaboratedOf, hashCheckerOf } from "../lib/smallChecker.ts";

let sound: Awaited<ReturnType<typeof challengeCertificate>>;
beforeAll(async () => {
  sound = await challengeCertificate(source("gamma - low - second"));
});

describe("the words that a challenge is drawn from", () => {
  it("determine what was fixed before, by their lines", () => {
    const { lines } = sound.drawn;
    expect(lines.map(([rule]) => rule)).toContain("radix");
    expect(() => sound.drawing({ lines: [] })).toThrow("is not determined by the words");
    expect(() => sound.drawing({ lines: lines.slice(1) })).toThrow(/is not determined|open/);
  });

  it("do not determine two numbers of which one reaches into the other", async () => {
    const wide = await scene(source("gamma - low - second", undefined, 9));
    const { checker } = wide.own;
    let words: Line = ["none"];
    const must = wide.own.must.bind(wide.own);
    wide.own.must = (...line: [string, ...unknown[]]): void => {
      if (line[0] === "transcript") words = line;
      must(...(line as Parameters<typeof must>));
    };
    expect(wide.draw).toThrow("is not determined by the words");
    const [low, high] = ["low", "high"].map(wide.signal) as [number, number];
    const sums = [...checker.system.constraints.keys()].filter((n) => {
      const sum = linearOf(checker.system.at(n));
      return sum?.get(high) !== undefined && sum.get(high) === 256n * (sum.get(low) ?? 0n);
    });
    expect(sums.length).toBeGreaterThan(0);
    // Drafts and certificates give the same numbers here: no line of the draft adds more than it does itself.
    const known = hashCheckerOf(wide.file, elaboratedOf(wide.file, wide.own.lines));
    expect([known.next, known.added.length]).toEqual([
      checker.system.next,
      checker.system.constraints.length - known.circuit.count,
    ]);
    const [, challenges, calls, lines] = words as unknown as [string, number[], Call[], Line[]];
    const drawing = (...more: Line[]): Line => lineOf({ signals: [], challenges, calls, lines: more });
    const given = lines.filter(([rule]) => rule === "follows");
    expect(() => known.apply(drawing(...given))).toThrow(`signal ${low} is not determined by the words`);
    for (const n of sums)
      for (const order of [[low], [high], [high, low]])
        expect(() => known.apply(drawing(...given, ["radix", n, order]))).toThrow("open");
  });

  it("determine a signal by a word that has no other one, or only such as are determined", async () => {
    const [low, high] = ["low", "high"];
    for (const [words, why] of [
      ["[low + 256 * high, high]", "is not determined by the words"],
      ["[high, low + 256 * high]", null],
    ] as const) {
      const found = await challengeCertificate(source("gamma - low - second", words), [low, high]);
      const checker = hashCheckerOf(found.file, found.lines.slice(0, found.at));
      // The sum has a name, that of a signal that a line added: here it is written out.
      const whole = ([lanes, constraints]: Call): Call => [
        lanes.map((lane) => terms(checker.expanded(checker.sumOf(lane)))),
        constraints,
      ];
      const drawing = () => found.drawing({ calls: found.drawn.calls.map(whole), lines: [] });
      if (why === null) drawing();
      else expect(drawing).toThrow(`signal ${found.signal(low)} ${why}`);
    }
  });

  it("are known", () => {
    const third = sound.signal("third");
    const unnamed = (line: Line): Line[] => {
      const [rule, sort, reason, signals] = line as [string, string, string, number[]];
      return sort === "chosen" ? [[rule, sort, reason, signals.filter((one) => one !== third)]] : [line];
    };
    expect(() => sound.again(unnamed)).toThrow("a word is not known");
  });

  it("are followed by rules that assume nothing but Poseidon", () => {
    const named = ["low", "high"].map(sound.signal);
    for (const line of [
      ["named", "assumed", "test", named],
      ["named", "chosen", CHALLENGE, [sound.signal("transcript.beta")]],
      ["named", "within", "test", [named[0]], "1", "1"],
      ["named", "nonzero", "test", [named[0]]],
      ["range", 0, named[0]],
      ["divides", "test", 0],
      ["cases", 0, 0, "1", [[], []]],
      ["define", []],
    ] as Line[]) {
      expect(() => sound.drawing({ lines: [line] })).toThrow("is no rule about words alone");
    }
    const digest: Line = ["named", "assumed", DIGEST, named, [], [], []];
    expect(() => sound.drawing({ lines: [digest] })).toThrow("Poseidon has 1 to 16 inputs");
    for (const sort of ["given", "chosen", "free", "within", "nonzero"]) {
      const other = ["named", sort, ...digest.slice(2)] as unknown as Line;
      expect(() => sound.drawing({ lines: [other] })).toThrow(`nothing is shown here for "${DIGEST}"`);
    }
  });
});

describe("the calls of a sponge", () => {
  const words = ["low + 256 * high", "third", ...Array.from({ length: 14 }, () => "0"), "third"];
  let long: Awaited<ReturnType<typeof challengeCertificate>>;
  const called = (change: (calls: readonly Call[]) => Call[]) => () =>
    long.drawing({ calls: change(long.drawn.calls) });
  beforeAll(async () => {
    const text = source("gamma - low - second", `[${words.join(", ")}]`);
    long = await challengeCertificate(text.replace("Transcript(2)", `Transcript(${words.length})`));
  });

  it("begin with a constant, and each has the capacity that the one before left", () => {
    called((calls) => [...calls])();
    const why = "the capacity is not what the call before left";
    expect(called(([, second]) => [second as Call])).toThrow(why);
    expect(called(([first, second]) => [second as Call, first as Call])).toThrow(why);
    expect(called(([first, second]) => [first as Call, first as Call, second as Call])).toThrow(why);
    expect(called(([first, second]) => [first as Call, second as Call, second as Call])).toThrow(why);
  });

  it("are all there: the challenges are lanes of the last one", () => {
    expect(called(([first]) => [first as Call])).toThrow("is not drawn");
    expect(called(() => [])).toThrow("what is drawn is a number");
  });

  it("are Poseidon, with the lanes that they have", () => {
    const lane = (i: number, sum: Terms) =>
      called(([[lanes, ns] = [[], []], ...rest]) => [[lanes.with(i, sum), ns], ...rest]);
    expect(lane(0, [[0, "8"]])).toThrow("is not the next product of Poseidon");
    expect(lane(1, [[long.signal("third"), "1"]])).toThrow("is not the next product of Poseidon");
    expect(called(([[lanes, ns] = [[], []], ...rest]) => [[lanes, ns.slice(1)], ...rest])).toThrow(
      /product of Poseidon|no case/,
    );
  });
});
