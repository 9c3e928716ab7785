/** Certificates of small circuits: what is sound has one, and a planted hole is named. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { certify } from "../../prover/certificate/certify.ts";
import { deletions } from "../../prover/certificate/deletions.ts";
import { namesOf } from "../../prover/certificate/names.ts";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import { check } from "../../verifier/certificate/check.ts";
import type { Line } from "../../verifier/certificate/checker.ts";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import { Refusal } from "../../verifier/certificate/field.ts";
import { outcomeOf } from "../../verifier/outcome.ts";
import { elaboratedOf, hashCheckerOf } from "../lib/smallChecker.ts";

const HEAD = 'pragma circom 2.2.0;\ninclude "bitify.circom";\ninclude "comparators.circom";\n';

/** Two numbers in a word; the lower has so many bits. */
const packed = (bits: number): string => `${HEAD}
template Packed() {
    signal input word;
    signal input low;
    signal input high;
    _ <== Num2Bits(${bits})(low);
    _ <== Num2Bits(8)(high);
    word === low + 256 * high;
}
component main { public [word] } = Packed();`;

/** A number of two bits, and one of four words by it. */
const chosen = (check: string): string => `${HEAD}
template Chosen() {
    signal input number;
    signal input four[4];
    signal input bit[2];
    signal output out;
    bit[0] * (bit[0] - 1) === 0;
    ${check}
    number === bit[0] + 2 * bit[1];
    signal lower <== four[0] + bit[0] * (four[1] - four[0]);
    signal upper <== four[2] + bit[0] * (four[3] - four[2]);
    out <== lower + bit[1] * (upper - lower);
}
component main { public [number, four] } = Chosen();`;

/** Whether a number is 0. */
const zero = (pin: string): string => `${HEAD}
template Zero() {
    signal input in;
    signal inv;
    signal output out;
    inv <-- in != 0 ? 1 / in : 0;
    out <== 1 - in * inv;
    ${pin}
}
template Main() {
    signal input in;
    signal output out <== Zero()(in);
}
component main { public [in] } = Main();`;

async function certificateOf(name: string, source: string, given: readonly string[]) {
  const circuit = await buildCircuit(name, source);
  const names = namesOf(await loadSymbols(circuit.sym));
  const file = await readFile(circuit.r1cs);
  const lines = elaboratedOf(file, certify(file, names, given).lines);
  const open = outcomeOf(hashCheckerOf(file, lines)).open.map((signal) => names.of[signal]);
  return { open, file, lines, constraints: circuit.constraints };
}

const four = [0, 1, 2, 3].map((i) => `four[${i}]`);
const CASES = [
  { what: "a range check one bit too wide", sound: packed(8), hole: packed(9), given: ["word"], names: ["low"] },
  {
    what: "a selector that is not boolean",
    sound: chosen("bit[1] * (bit[1] - 1) === 0;"),
    hole: chosen(""),
    given: ["number", ...four],
    names: ["bit[0]", "out"],
  },
  {
    what: "an inverse that is not pinned",
    sound: zero("in * out === 0;"),
    hole: zero(""),
    given: ["in"],
    names: ["out"],
  },
] as const;

describe("certificates", () => {
  for (const { what, sound, hole, given, names } of CASES) {
    it(`find ${what}`, async () => {
      expect((await certificateOf("sound", sound, given)).open).toEqual([]);
      expect((await certificateOf("hole", hole, given)).open).toEqual(expect.arrayContaining([...names]));
    });

    it(`are refused without any constraint of the circuit that is sound (${what})`, async () => {
      const { file, lines, constraints } = await certificateOf("sound", sound, given);
      const all = Array.from({ length: constraints }, (_, n) => n);
      const { tried, refused } = deletions(new Circuit(file), lines, all);
      expect([tried, refused]).toEqual([constraints, constraints]);
    });
  }

  it("hold for one circuit: another one has other constraints", async () => {
    const { lines } = await certificateOf("sound", CASES[1].sound, CASES[1].given);
    const { file } = await certificateOf("hole", CASES[1].hole, CASES[1].given);
    expect(() => hashCheckerOf(file, lines)).toThrow(Refusal);
  });

  it("refuse lines of unknown rules, and rules that do not hold", async () => {
    const { file, lines } = await certificateOf("sound", CASES[0].sound, CASES[0].given);
    const wrong = (line: Line): void => check(hashCheckerOf(file, lines.slice(0, 1)), JSON.stringify(line), 2);
    expect(lines[0]?.slice(0, 2)).toEqual(["named", "given"]);
    expect(() => wrong(["guess", 0])).toThrow('line 2 (guess): there is no rule "guess"');
    expect(() => wrong(["radix", 0, [2]])).toThrow(/^line 2 \(radix\)/);
    expect(() => wrong(["follows", 10_000])).toThrow("there is no constraint 10000");
    expect(() => wrong(["named", "given", "test", [4]])).toThrow("signal 4 is not given");
  });

  it("refuse what is no line of the rule it names, and say where", async () => {
    const { file } = await certificateOf("sound", CASES[0].sound, CASES[0].given);
    const wrong = (line: Line): void => check(hashCheckerOf(file, []), JSON.stringify(line), 1);
    expect(() => wrong(["range", [5], 1])).toThrow(/^line 1 \(range\): this is no such line: TypeError/);
    expect(() => wrong(["named", "given", "test"])).toThrow(/^line 1 \(named\): this is no such line: TypeError/);
    expect(() => wrong(["derive", [[]], [], []])).toThrow("nothing is added so");
    expect(() => wrong(["derive", [[], [], [], []], [], []])).toThrow("nothing is added so");
  });
});
