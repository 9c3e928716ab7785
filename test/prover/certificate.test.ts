/** Certificates of small circuits: what is sound has one, and a planted hole is named. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { certify } from "../../prover/certificate/certify.ts";
import { deletions } from "../../prover/certificate/deletions.ts";
import { namesOf } from "../../prover/certificate/names.ts";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import { type Certificate, checkCertificate } from "../../prover/certificate/reasoning/check.ts";

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
  const certificate: Certificate = JSON.parse(JSON.stringify(certify(file, names, given)));
  const open = checkCertificate(file, certificate)
    .open()
    .map((signal) => names.of[signal]);
  return { open, file, certificate, constraints: circuit.constraints };
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
      const { file, certificate, constraints } = await certificateOf("sound", sound, given);
      const all = Array.from({ length: constraints }, (_, n) => n);
      const { tried, refused } = deletions(file, certificate, all);
      expect([tried, refused]).toEqual([constraints, constraints]);
    });
  }

  it("are for one circuit", async () => {
    const { certificate } = await certificateOf("sound", CASES[1].sound, CASES[1].given);
    const other = await certificateOf("hole", CASES[1].hole, CASES[1].given);
    expect(() => checkCertificate(other.file, certificate)).toThrow("another circuit");
  });

  it("refuse lines of unknown rules, and rules that do not hold", async () => {
    const { file, certificate } = await certificateOf("sound", CASES[0].sound, CASES[0].given);
    const [given] = certificate.lines;
    const wrong = (line: readonly [string, ...unknown[]]): void => {
      checkCertificate(file, { ...certificate, lines: [given as readonly [string, ...unknown[]], line] });
    };
    expect(() => wrong(["guess", 0])).toThrow('line 2 (guess): there is no rule "guess"');
    expect(() => wrong(["radix", 0, "1"])).toThrow(/^line 2 \(radix\)/);
    expect(() => wrong(["follows", 10_000])).toThrow("there is no constraint 10000");
    expect(() => wrong(["given", [4]])).toThrow("not public");
  });

  it("refuse what is no line of the rule it names, and say where", async () => {
    const { file, certificate } = await certificateOf("sound", CASES[0].sound, CASES[0].given);
    const wrong = (line: readonly [string, ...unknown[]]): void => {
      checkCertificate(file, { ...certificate, lines: [line] });
    };
    expect(() => wrong(["range", [5], 1])).toThrow(/^line 1 \(range\): this is no such line: TypeError/);
    expect(() => wrong(["given"])).toThrow(/^line 1 \(given\): this is no such line: TypeError/);
    expect(() => wrong(["rewrite", 0, []])).toThrow("a constraint has three sums");
    expect(() => wrong(["identity", [], [], [], []])).toThrow("a constraint has three sums");
  });
});
