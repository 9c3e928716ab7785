/** Certificates that say something false, and were accepted once. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { Elaboration } from "../../prover/certificate/elaboration/elaborate.ts";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { Checker, type Line, type Terms } from "../../verifier/certificate/checker.ts";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import { P, type Sum } from "../../verifier/certificate/field.ts";
import { RULES } from "../../verifier/certificate/rules.ts";
import { System } from "../../verifier/constraints/system.ts";
import { type Call, CHALLENGE, DIGEST, HashChecker, UNEQUAL } from "../../verifier/hashes/check.ts";
import { scene, source } from "../lib/challengeScene.ts";
import { fileOf } from "../lib/r1csFile.ts";

describe("a signal that is named", () => {
  const checker = () => new Checker(new Circuit(fileOf([])), RULES);

  it("as free, and then as chosen or assumed for the same reason, is not called free", () => {
    for (const sort of ["chosen", "assumed"]) {
      const on = checker();
      on.apply(["named", "free", "test", [2]]);
      on.apply(["named", sort, "test", [2]]);
      expect([on.facts.knows(2), on.named]).toEqual([
        true,
        [
          ["free", "test", 2],
          [sort, "test", 2],
        ],
      ]);
    }
  });

  it("has one of six sorts: what reads names asks for these", () => {
    for (const sort of ["proven", "", null, ["free"], 0]) {
      expect(() => checker().apply(["named", sort, "test", [2]])).toThrow(`signal 2 is not ${sort}`);
    }
  });
});

describe("a sum of bits", () => {
  /** Signal 2 is 0 or 1, and 0 = 0 says nothing. */
  const bits = [
    [
      [[2, 1n]],
      [
        [2, 1n],
        [0, -1n],
      ],
      [],
    ],
    [[], [], []],
  ] as const;

  it("that has none is not 1, so that no case could be", () => {
    const on = new Checker(new Circuit(fileOf(bits)), RULES);
    const none: Line = ["either", 1, []];
    expect(() => on.apply(none)).toThrow("branches");
    expect(() => on.apply(["either", 0, [[none], []]])).toThrow("branches");
    // With its one case it says nothing.
    const range: Line = ["range", -1, 2];
    const one: Line = ["either", 1, [[]]];
    const other = new Checker(new Circuit(fileOf(bits)), RULES);
    other.apply(["either", 0, [[one, range], [range]]]);
    other.apply(["cases", 2, 2, "1", [[one], []]]);
    expect(other.facts.boundsOf(2)).toEqual([0n, 1n]);
  });
});

describe("challenges", async () => {
  const text = source("gamma + beta * first - low");
  const { own, draw: drawn } = await scene(text);
  drawn();
  const file = await readFile((await buildCircuit("challenges", text)).r1cs);
  const lines: Line[] = [];
  const elaboration = new Elaboration(new System(file), (line) => lines.push(line as unknown as Line));
  for (const line of own.lines) elaboration.take(line);
  const first = lines.findIndex(([rule, , reason]) => rule === "named" && reason === CHALLENGE);
  type Drawn = [rule: string, sort: string, reason: string, own: number[], all: number[], calls: Call[], lines: Line[]];
  const [rule, sort, reason, , [beta, gamma], calls, inner] = lines[first] as unknown as Drawn & {
    4: [number, number];
  };
  const draw = (signals: number[], challenges = [beta, gamma], hashes: Call[] = calls, words = inner): Line => [
    rule,
    sort,
    reason,
    signals,
    challenges,
    hashes,
    words,
  ];
  /** The output: it is open, as long as the divisor may be 0. */
  const OUT = 1;
  /** All that comes before the first challenge. */
  const started = (): HashChecker => {
    const on = new HashChecker(new Circuit(file));
    for (const line of lines.slice(0, first)) on.apply(line);
    return on;
  };
  const last = (on: Checker): number => on.circuit.count + on.added.length - 1;
  /** Divides by a sum that is 0 whatever its signals are. */
  const divideBy = (on: Checker, zero: Terms): void => {
    on.apply(["derive", [[[OUT, "1"]], zero, []], [], []]);
    on.apply(["divides", UNEQUAL, last(on), []]);
  };
  const terms = (sum: Sum): [number, string][] => [...sum].map(([one, factor]) => [one, String(factor)]);

  it("are drawn as they were made", () => {
    const on = started();
    for (const line of lines.slice(first)) on.apply(line);
    expect([beta, gamma].every((one) => on.facts.knows(one))).toBe(true);
  });

  it("are not drawn once more under another name: each would be fixed before the other", () => {
    const on = started();
    const twin = on.next;
    on.apply(["define", [[beta, "1"]]]);
    on.apply(draw([beta]));
    expect(() => {
      on.apply(draw([twin], [twin, gamma]));
      divideBy(on, [
        [twin, "1"],
        [beta, "-1"],
      ]);
    }).toThrow("was drawn before");
    expect(on.facts.knows(OUT)).toBe(false);
  });

  const products = calls.at(-1)?.[1] ?? [];
  /** A product of the last call under a name of its own, which is known. More of them lead to the challenges. */
  function computed(on: Checker, divisor: readonly number[]): void {
    const [n = 0] = products;
    const [a, b, c] = on.at(n);
    const name = on.next;
    on.apply(["define", terms(c), ...divisor]);
    const parts = [
      [n, [["1"]]],
      [last(on), [["-1"]]],
    ];
    on.apply(["derive", [terms(a), terms(b), [[name, "1"]]], parts, []]);
    on.apply(["follows", last(on)]);
    expect(on.facts.knows(name)).toBe(true);
  }

  it("are not computed before they are drawn, with names for the products of their hash", () => {
    const on = started();
    computed(on, []);
    expect(() => on.apply(draw([beta]))).toThrow("the words are hashed to determine what was fixed");
  });

  it("are not computed before they are drawn, with products divided by 1", () => {
    const on = started();
    const one = on.next;
    on.apply(["define", [[0, "1"]]]);
    on.apply(["named", "nonzero", "test", [one]]);
    computed(on, [one]);
    expect(() => on.apply(draw([beta]))).toThrow("the words are hashed to determine what was fixed");
  });

  it("are not computed by lines that say what words determine", () => {
    const on = started();
    const [n = 0] = products;
    const chosen = on.next;
    on.apply(["define", terms(on.at(n)[2])]);
    const definition = last(on);
    on.apply(["named", "chosen", "test", [chosen]]);
    const words: Line[] = [...inner, ["follows", n, definition]];
    expect(() => on.apply(draw([beta], [beta, gamma], calls, words))).toThrow("the words are hashed");
  });

  it("are not drawn in a case, where less is open", () => {
    const on = started();
    const low = lines.find(([name]) => name === "define")?.[1] as Terms;
    const words = draw([], [beta, gamma], calls, [["follows", on.circuit.count]]);
    expect(() => on.apply(["cases", low[0]?.[0], low[0]?.[0], "1", [[words], []]])).toThrow("not drawn in a case");
  });

  it("are not drawn from numbers alone, also where constraints say what the numbers are", () => {
    const on = started();
    const words = [
      ...new Set(
        calls.flatMap(([lanes]) =>
          lanes
            .slice(1)
            .flat()
            .map(([one]) => one),
        ),
      ),
    ];
    for (const one of words) if (one !== 0) on.apply(["named", "within", "test", [one], "5", "5"]);
    expect(() => on.apply(draw([beta], [beta, gamma], calls, []))).toThrow("is a number");
  });

  it("and digests are the reason of no line that nothing is shown for", () => {
    const on = started();
    for (const hash of [DIGEST, CHALLENGE, UNEQUAL]) {
      const others: Line[] = [
        ["named", "within", hash, [OUT], "0", "1"],
        ["named", "nonzero", hash, [OUT]],
        ["named", "chosen", hash, [OUT]],
        ["named", "free", hash, [OUT]],
      ];
      if (hash === UNEQUAL) others.push(["named", "assumed", hash, [OUT]]);
      else others.push(["divides", hash, 0]);
      for (const line of others) expect(() => on.apply(line)).toThrow("nothing is shown here");
    }
  });
});

describe("bounds", () => {
  it("of a number that grows with each line are not kept, so that memory is not filled", () => {
    const on = new Checker(new Circuit(fileOf([])), RULES);
    const signals = Array.from({ length: 6 }, (_, i) => {
      on.apply(["define", [[i === 0 ? 0 : on.next - 1, String(P / 2n)]]]);
      return on.next - 1;
    });
    const range = (signal: number): Line => ["range", signal - on.circuit.signals, signal];
    for (const signal of signals.slice(0, 2)) on.apply(range(signal));
    expect(on.facts.boundsOf(signals[1] as number)).toEqual([(P / 2n) ** 2n, (P / 2n) ** 2n]);
    on.apply(range(signals[2] as number));
    expect(on.facts.boundsOf(signals[2] as number)).toBeUndefined();
    expect(() => on.apply(range(signals[3] as number))).toThrow("without bounds");
  });
});

describe("a constraint's number", () => {
  it("is an integer, also of constraints that lines added and of cases", () => {
    const on = new Checker(new Circuit(fileOf([[[[2, 1n]], [[3, 1n]], []]])), RULES);
    on.apply(["define", [[2, "1"]]]);
    for (const n of ["1", [1], 1.5]) expect(() => on.apply(["follows", n])).toThrow();
    for (const n of ["1", [1]]) {
      expect(() => on.apply(["derive", [[[6, "1"]], [[0, "1"]], [[2, "1"]]], [[n, [["1"]]]], []])).toThrow(
        "there is no constraint",
      );
    }
    expect(() => on.apply(["either", 0, [[["range", -0.5, 2]], []]])).toThrow("there is no constraint -0.5");
  });
});
