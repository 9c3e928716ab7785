/** What solvers are asked, how their answers are read, and what a certificate makes of them. No solver runs here. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Propagator } from "../../prover/certificate/propagate.ts";
import { answerIn } from "../../prover/certificate/solvers/answers.ts";
import { solversIn } from "../../prover/certificate/solvers/ask.ts";
import { decide, decidedText } from "../../prover/certificate/solvers/decide.ts";
import { holds, type Question, questions } from "../../prover/certificate/solvers/near.ts";
import { pairOf, textOf } from "../../prover/certificate/solvers/text.ts";
import { P } from "../../verifier/constraints/sums.ts";
import { System } from "../../verifier/constraints/system.ts";
import { fakeEnvironment, fakeSolver, SILENT, UNSAT } from "../lib/fakeSolvers.ts";
import { fileOf, type Sums } from "../lib/r1csFile.ts";
import { askedOf } from "../lib/smallCertificate.ts";

/** x² = 4 and (x + 2)i = 1, where x is signal 2 and i signal 3; y = x·k, where k is public and y signal 4. */
const ROOT: readonly Sums[] = [
  [[[2, 1n]], [[2, 1n]], [[0, 4n]]],
  [
    [
      [2, 1n],
      [0, 2n],
    ],
    [[3, 1n]],
    [[0, 1n]],
  ],
  [[[2, 1n]], [[1, 1n]], [[4, 1n]]],
];

function propagator(constraints: readonly Sums[]): Propagator {
  const own = new Propagator(new System(fileOf(constraints)), () => null);
  own.must("given", [1]);
  own.run();
  return own;
}

const questionsOf = (own: Propagator, signal: number): Question[] => [...questions(own, signal)];
const MINUS_1 = P - 1n;

describe("a question to solvers", () => {
  it("has two copies of what is unknown, and one of what is known", () => {
    const own = propagator(ROOT);
    const [question] = questionsOf(own, 2);
    expect(textOf(own, question as Question)).toBe(
      `(set-logic QF_FF)
(define-sort F () (_ FiniteField ${P}))
(declare-fun x2 () F)
(declare-fun y2 () F)
(declare-fun x3 () F)
(declare-fun y3 () F)
(declare-fun k1 () F)
(declare-fun x4 () F)
(declare-fun y4 () F)
(assert (= (ff.mul x2 x2) (as ff4 F)))
(assert (= (ff.mul y2 y2) (as ff4 F)))
(assert (= (ff.mul (ff.add x2 (as ff2 F)) x3) (as ff1 F)))
(assert (= (ff.mul (ff.add y2 (as ff2 F)) y3) (as ff1 F)))
(assert (= (ff.mul x2 k1) x4))
(assert (= (ff.mul y2 k1) y4))
(assert (not (= x2 y2)))
`,
    );
  });

  it("says what lies between which numbers, and gives a sum in a product a name", () => {
    const own = propagator([
      [[[2, 1n]], [[2, 1n]], [[2, 1n]]],
      [
        [
          [2, 2n],
          [3, 2n],
          [0, -1n],
        ],
        [
          [2, 1n],
          [3, 1n],
        ],
        [[4, 1n]],
      ],
    ]);
    own.must("within", "a test says so", 3, "0", "2");
    own.must("nonzero", "a test says so", [4]);
    const text = textOf(own, questionsOf(own, 3)[0] as Question);
    expect(text).toContain("(assert (= s0 (ff.add x2 x3)))\n");
    expect(text).toContain(`(assert (= (ff.mul (ff.add (ff.mul (as ff2 F) s0) (as ff${MINUS_1} F)) s0) x4))\n`);
    expect(text).toContain("(assert (or (= x3 (as ff0 F)) (= x3 (as ff1 F)) (= x3 (as ff2 F))))\n");
    expect(text).toContain("(assert (not (= y4 (as ff0 F))))\n");
  });

  it("grows until nothing is left, and says how far it reaches", () => {
    const chain = propagator([
      [[[2, 1n]], [[2, 1n]], [[3, 1n]]],
      [[[3, 1n]], [[3, 1n]], [[4, 1n]]],
      [[[4, 1n]], [[4, 1n]], [[1, 1n]]],
      [[[1, 1n]], [[1, 1n]], [[1, 1n]]],
      [[[5, 1n]], [[5, 1n]], [[5, 1n]]],
    ]);
    expect(questionsOf(chain, 2).map(({ constraints, reach, left }) => [constraints, reach, left])).toEqual([
      [[0], "part", 1],
      [[0, 1], "part", 1],
      [[0, 1, 2], "closed", 0],
      [[0, 1, 2, 3], "whole", 0],
    ]);
    expect(questionsOf(propagator(ROOT), 5)).toEqual([]);
  });
});

describe("an answer of a solver", () => {
  it("is read, also with numbers below 0", () => {
    expect(answerIn(UNSAT)).toEqual({ answer: "unsat", values: new Map(), why: null });
    expect(answerIn(SILENT)?.why).toBe("timeout");
    expect(answerIn('{"answer":"sat","values":{"x2":"-1","k1":"7"}}')?.values).toEqual(
      new Map([
        ["x2", -1n],
        ["k1", 7n],
      ]),
    );
  });

  it.each(["", "unsat", "[]", '{"answer":"sat"}', '{"answer":"sat","values":{"x2":"0x1"}}', '{"answer":"yes"}'])(
    "is none if it is %j",
    (text) => expect(answerIn(text)).toBeNull(),
  );

  it("holds if both lists of values satisfy the constraints and differ in the signal alone", () => {
    const own = propagator(ROOT.slice(0, 1));
    const question = questionsOf(own, 2)[0] as Question;
    const isGood = (x: bigint, y: bigint, more: [string, bigint][] = []): boolean =>
      holds(own, question, pairOf(new Map([["x2", x], ["y2", y], ...more])));
    expect(isGood(2n, -2n)).toBe(true);
    expect(isGood(P + 2n, -2n)).toBe(true);
    expect(isGood(2n, 2n)).toBe(false);
    expect(isGood(2n, P + 2n)).toBe(false);
    expect(isGood(2n, -3n)).toBe(false);
    // A known signal is the same in both: also where a solver gives it two values.
    expect(isGood(2n, -2n, [["x1", 1n]])).toBe(false);
  });
});

describe("what solvers say of a signal", () => {
  const cvc5 = (say: string) => fakeSolver("cvc5 1 split", () => say);
  const gb = (say: string) => fakeSolver("cvc5 1 gb", () => say);
  const z3 = (say: string) => fakeSolver("z3 5", () => say);
  const sat = (x: string, y: string) => JSON.stringify({ answer: "sat", values: { x2: x, y2: y, k1: "0" } });
  const own = propagator(ROOT);
  const TWO = propagator(ROOT.slice(0, 1));

  it("counts if two programs agree, and not if two methods of one do", () => {
    expect(decide(own, 2, [cvc5(UNSAT), z3(UNSAT)])?.verdict).toBe("one");
    expect(decide(own, 2, [cvc5(UNSAT), gb(UNSAT)])?.verdict).toBe("open");
    expect(decide(own, 2, [cvc5(SILENT), gb(UNSAT)])?.verdict).toBe("open");
    const three = decide(own, 2, [cvc5(SILENT), z3(UNSAT), gb(UNSAT)]);
    expect([three?.verdict, three?.said.map(({ solver }) => solver)]).toEqual([
      "one",
      ["cvc5 1 split", "z3 5", "cvc5 1 gb"],
    ]);
  });

  it("does not count that a solver finds nothing which is wrong about a control question", () => {
    const doubted = fakeSolver("cvc5 1 split", () => UNSAT, "sums that may wrap");
    const found = decide(own, 2, [doubted, z3(UNSAT)]);
    expect([found?.verdict, found?.said[0]?.why]).toEqual([
      "open",
      "does not count: it is wrong about sums that may wrap",
    ]);
    // Its other method may be right.
    expect(decide(own, 2, [doubted, z3(UNSAT), gb(UNSAT)])?.verdict).toBe("one");
    // Values can be tried, whoever gives them.
    expect(decide(TWO, 2, [fakeSolver("cvc5 1 split", () => sat("2", "-2"), "it")])?.verdict).toBe("two");
  });

  it("stays open if only one knows, and the text says who said what", () => {
    const found = decide(own, 2, [cvc5(SILENT), z3(UNSAT)]);
    expect(found?.verdict).toBe("open");
    expect(decidedText("x", found as NonNullable<typeof found>).replace(/[\d.]+ s(?=[;)])/g, "0 s")).toBe(
      "x: not decided by 3 constraints (cvc5 1 split: unknown (timeout), 0 s; z3 5: unsat, 0 s)",
    );
  });

  it("is two values if they satisfy the constraints, whatever another solver says", () => {
    const found = decide(TWO, 2, [z3(UNSAT), cvc5(sat("2", "-2"))]);
    expect([found?.verdict, found?.values, found?.question.reach]).toEqual(["two", ["2", "-2"], "whole"]);
    expect(decidedText("x", found as NonNullable<typeof found>)).toMatch(
      /^x: 2 and -2: two witnesses of the 1 constraints .*z3 5: says unsat, and is wrong/,
    );
  });

  it("is nothing if the values satisfy them not", () => {
    const found = decide(TWO, 2, [cvc5(sat("2", "3")), z3(UNSAT)]);
    expect([found?.verdict, found?.values, found?.said.map(({ answer }) => answer)]).toEqual([
      "open",
      null,
      ["wrong", "unsat"],
    ]);
  });
});

describe("a certificate that leaves signals open", () => {
  const ROOT_OF_4 = {
    name: "root",
    body: `signal input a; signal input i; signal input k; signal output out;
      a * a === 4; (a + 2) * i === 1; out <== a * k;`,
    given: ["k"],
  };
  const agreeing = ["cvc5 1 split", "z3 5"].map((name) => fakeSolver(name, () => UNSAT));

  it("goes on with what two solvers agree on, under their names", async () => {
    const { before, after, asked, assumed, isLonger, texts } = await askedOf(ROOT_OF_4, agreeing);
    expect([before.toSorted(), after, isLonger]).toEqual([["a", "i", "out"], [], true]);
    const [a, ...others] = asked;
    expect([a?.name, a?.verdict]).toEqual(["a", "one"]);
    // What follows from it by the rules is proven from it, and not asked.
    expect(others.map(({ name }) => name)).toEqual(["i"]);
    expect(Object.keys(assumed).toSorted()).toEqual(["a", "i"]);
    expect(assumed.a).toBe(
      "solvers agree that there is no second value (cvc5 1 split, z3 5); nobody checked how they know",
    );
    expect(texts[1].startsWith(texts[0].slice(0, texts[0].lastIndexOf('{"lines"')))).toBe(true);
  });

  it("stays as it is, byte by byte, if they do not agree", async () => {
    const { before, after, asked, isLonger, texts } = await askedOf(ROOT_OF_4, [agreeing[0] as (typeof agreeing)[0]]);
    expect(asked.map(({ verdict }) => verdict)).toEqual(before.map(() => "open"));
    expect([after, isLonger, texts[1]]).toEqual([before, false, texts[0]]);
  });
});

describe("the solvers of a virtual environment", () => {
  const folder = mkdtempSync(join(tmpdir(), "environment-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const withScript = (name: string, script: string): string => fakeEnvironment(join(folder, name), script);
  const VERSIONS = `if [ "$2" = versions ]; then echo '{"cvc5": "9.1", "z3": "8.2"}'; exit; fi`;

  it("are asked with the text, and their answer is read", () => {
    // It says unsat to all questions to z3, of which the first are controls.
    const path = withScript("good", `${VERSIONS}\nif [ "$2" = z3 ]; then grep -q QF_FF && echo '${UNSAT}'; fi; exit 3`);
    const found = solversIn(path, 1);
    expect(found.map(({ name }) => name)).toEqual(["cvc5 9.1 split", "z3 8.2", "cvc5 9.1 gb"]);
    expect(found[1]?.ask("(set-logic QF_FF)").answer).toBe("unsat");
    expect(found.map(({ wrongAbout }) => wrongAbout)).toEqual([null, "two sums of bits that may wrap", null]);
    expect(found[0]?.ask("").why).toBe("ended with 3: it says nothing");
  });

  it("are refused where there are none, and the message says how to get them", () => {
    expect(() => solversIn(join(folder, "none"), 1)).toThrow(/has no bin\/python: make it with python3 -m venv/);
    expect(() => solversIn(withScript("empty", "echo '{}'"), 1)).toThrow(/has no solver: python3 -m venv/);
    expect(() => solversIn(withScript("mute", "echo no >&2; exit 1"), 1)).toThrow(/\(no\): make it again/);
  });

  it("leave no recorded hash", () => {
    const script = ["scripts/certificate.ts", "--record", "--solvers", withScript("record", VERSIONS)];
    const { status, stderr } = spawnSync(process.execPath, script, { encoding: "utf8" });
    expect([status, stderr.split("\n")[0]]).toEqual([
      2,
      "--record takes no --solvers: the recorded hash must be the same on every machine",
    ]);
  });
});
