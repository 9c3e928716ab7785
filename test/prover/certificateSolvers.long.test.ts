/**
 * Signals that certificates leave open, asked of real solvers. Runs where SOLVERS is the folder of a virtual
 * environment of Python with them (docs/security/certificate.md), and is skipped everywhere else.
 */
import { describe, expect, it } from "vitest";
import type { Solver } from "../../prover/certificate/solvers/answers.ts";
import { solversIn } from "../../prover/certificate/solvers/ask.ts";
import { askedOf, type SmallCircuit } from "../lib/smallCertificate.ts";

const FOLDER = process.env.SOLVERS;
const solvers = (): readonly Solver[] => solversIn(FOLDER as string, 20);

/** Sound, and by no rule of the propagator. */
const SOUND: readonly (SmallCircuit & { readonly what: string })[] = [
  {
    what: "x² = 4, and x is not −2",
    name: "root",
    body: "signal input x; signal input i; signal output out; x * x === 4; (x + 2) * i === 1; out <== x * i;",
    given: [],
  },
  {
    what: "x³ and x⁵ are given, and x is not 0",
    name: "powers",
    body: `signal input cube; signal input fifth; signal input x; signal input i; signal output out;
      signal square <== x * x; cube === square * x; signal fourth <== square * square;
      fifth === fourth * x; x * i === 1; out <== x + 1;`,
    given: ["cube", "fifth"],
  },
];

const HOLES: readonly (SmallCircuit & { readonly what: string; readonly signal: string })[] = [
  {
    what: "an inverse that is not pinned",
    name: "zero",
    body: "signal input in; signal inv; signal output out; inv <-- in != 0 ? 1 / in : 0; out <== 1 - in * inv;",
    given: ["in"],
    signal: "out",
  },
  {
    what: "a selector that is not boolean",
    name: "selector",
    body: `signal input number; signal input four[4]; signal input bit[2]; signal output out;
      bit[0] * (bit[0] - 1) === 0; number === bit[0] + 2 * bit[1];
      signal lower <== four[0] + bit[0] * (four[1] - four[0]);
      signal upper <== four[2] + bit[0] * (four[3] - four[2]);
      out <== lower + bit[1] * (upper - lower);`,
    given: ["number", "four[0]", "four[1]", "four[2]", "four[3]"],
    signal: "bit[0]",
  },
  {
    what: "x² = 4, without more",
    name: "roots",
    body: "signal input x; signal output out; x * x === 4; out <== x + 1;",
    given: [],
    signal: "out",
  },
];

it.runIf(FOLDER === undefined)("real solvers are asked", ({ skip }) => {
  skip("SOLVERS is not set: see docs/security/certificate.md, What is left goes to solvers");
});

describe.skipIf(FOLDER === undefined)("signals asked of solvers", () => {
  for (const { what, ...circuit } of SOUND) {
    it(`have one value, two solvers say: ${what}`, { timeout: 300_000 }, async () => {
      const { before, after, asked, assumed } = await askedOf(circuit, solvers());
      expect(before).not.toEqual([]);
      expect(after).toEqual([]);
      expect(asked.map(({ verdict }) => verdict)).toEqual(asked.map(() => "one"));
      for (const { name, said } of asked) {
        expect(assumed[name]).toContain("nobody checked how they know");
        expect(new Set(said.map(({ solver }) => solver.split(" ")[0]))).toEqual(new Set(["cvc5", "z3"]));
      }
    });
  }

  for (const { what, signal, ...circuit } of HOLES) {
    it(`have two, and these are shown: ${what}`, { timeout: 300_000 }, async () => {
      const { before, after, asked } = await askedOf(circuit, solvers());
      expect(after).toEqual(before);
      const found = asked.find(({ name }) => name === signal);
      expect([found?.verdict, found?.question.reach]).toEqual(["two", "whole"]);
      expect(new Set(found?.values).size).toBe(2);
    });
  }
});
