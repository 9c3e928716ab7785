/** The faster program against the compiler's own: the same witness, the same errors, from the same circuit. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildCircuit, type CircuitArtifacts } from "../../../prover/circuit/build.ts";
import { FIELD_ORDER as R } from "../../../prover/curve/bn254.ts";
import { type CircuitInput, calculateWitness, withCompilersProgram } from "../../../prover/witness/witness.ts";
import { accelerate } from "../../../prover/witnessProgram/accelerate.ts";
import { witnessProgram } from "../../../prover/witnessProgram/cachedProgram.ts";
import { ProgramModule } from "../../../prover/witnessProgram/module.ts";
import { chain } from "../circuits.ts";

async function expectSame(circuit: CircuitArtifacts, input: CircuitInput): Promise<void> {
  const outcome = async (of: CircuitArtifacts): Promise<Buffer | string> => {
    try {
      return Buffer.from(await calculateWitness(of, input));
    } catch (error) {
      return String(error);
    }
  };
  const [expected, found] = [await outcome(withCompilersProgram(circuit)), await outcome(circuit)];
  if (typeof expected === "string") expect(found).toBe(expected);
  else expect(typeof found === "string" ? found : found.equals(expected)).toBe(true);
}

const WIDTHS = [1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 191, 192, 193, 252, 253, 254];
/**
 * Everything that has a faster function: hashes of all sizes, numbers in bits of many widths, divisions, numbers of all
 * kinds.
 */
const EVERYTHING = `pragma circom 2.2.0;
include "poseidon.circom";
include "bitify.circom";
template Fraction() {
  signal input a;
  signal input b;
  signal output out;
  out <-- a / b;
  out * b === a;
}
template Everything() {
  signal input word[17];
  signal input number[${WIDTHS.length}];
  signal input a[4];
  signal input b[4];
  signal output hash[16];
  signal output lanes[3];
  signal output quotient[4];
  signal output sum;
  component small[16];
  for (var n = 1; n <= 16; n++) {
    small[n - 1] = Hash(n);
    small[n - 1].capacity <== word[0];
    for (var i = 0; i < n; i++) small[n - 1].inputs[i] <== word[i + 1];
    hash[n - 1] <== small[n - 1].out;
  }
  component all = Poseidon(2, 3);
  all.capacity <== hash[0];
  all.inputs[0] <== hash[1] * word[0];
  all.inputs[1] <== 5;
  lanes <== all.out;
${WIDTHS.map((bits, i) => `  _ <== Num2Bits(${bits})(number[${i}]);`).join("\n")}
  for (var i = 0; i < 4; i++) quotient[i] <== Fraction()(a[i], b[i]);
  var total = 0;
  for (var i = -3; i < 14; i++) total += i * word[i + 3] * (i < 2 ? 3 : -1);
  sum <== total;
}
component main = Everything();
`;
const MAXIMA = WIDTHS.map((bits) => (bits === 254 ? R - 1n : 2n ** BigInt(bits) - 1n));
const GOOD = {
  word: Array.from({ length: 17 }, (_, i) => BigInt(i) ** 60n % R),
  number: MAXIMA,
  a: [1n, R - 1n, 0n, 7n],
  b: [3n, 2n, R - 5n, R - 1n],
};

let everything: CircuitArtifacts;
let folder: string;
beforeAll(async () => {
  everything = await buildCircuit("everything", EVERYTHING);
  folder = await mkdtemp(join(tmpdir(), "program-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("only the slow functions are replaced, and they are found by name", async () => {
  const { replaced } = await accelerate(everything);
  const kinds = new Map<string, number>();
  for (const name of replaced) {
    const kind = name.replace(/_\d+_run$/, "");
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  expect(Object.fromEntries(kinds)).toEqual({
    Fr_F1m_mul: 1,
    Fr_F1m_fromMontgomery: 1,
    Fr_int_inverseMod: 1,
    Fr_toInt: 1,
    // Hashes of 1 to 16 words, and one with three lanes.
    Poseidon: 17,
    Num2Bits: WIDTHS.length,
  });
});

test("every wire is the same as with the compiler's program", async () => {
  await expectSame(everything, GOOD);
  const zeros = { word: GOOD.word.map(() => 0n), number: MAXIMA.map(() => 0n), a: [0n, 0n, 0n, 0n], b: GOOD.b };
  await expectSame(everything, zeros);
  await expectSame(everything, { ...GOOD, word: GOOD.word.map(() => R - 1n) });
  const word = fc.oneof(
    fc.bigInt({ min: 0n, max: R - 1n }),
    fc.bigInt({ min: -9n, max: 9n }).map((d) => (R + d) % R),
  );
  const several = (length: number, value = word): fc.Arbitrary<bigint[]> =>
    fc.array(value, { minLength: length, maxLength: length });
  const input = fc.record({
    word: several(17),
    number: fc.tuple(...MAXIMA.map((max) => fc.bigInt({ min: 0n, max }))),
    a: several(4),
    // 0 has no inverse: both refuse it, unless a is 0 too.
    b: several(4, fc.oneof({ arbitrary: word, weight: 9 }, { arbitrary: fc.constant(0n), weight: 1 })),
  });
  await fc.assert(
    fc.asyncProperty(input, async (one) => await expectSame(everything, one)),
    { numRuns: 40 },
  );
});

test.each(WIDTHS.slice(0, -1).map((bits, i) => [bits, i] as const))(
  "a number with more than %i bits is refused with the same error",
  async (bits, i) => {
    for (const number of [2n ** BigInt(bits), 2n ** 253n + 5n, R - 1n]) {
      const wrong = { ...GOOD, number: MAXIMA.map((max, j) => (j === i ? number : max)) };
      if (number <= (MAXIMA[i] as bigint)) continue;
      await expect(calculateWitness(everything, wrong)).rejects.toMatchObject({
        code: "WITNESS_REFUSED",
        template: "Num2Bits",
      });
      await expectSame(everything, wrong);
    }
  },
);

test("a template of another kind that has the same name stays as it is", async () => {
  // circomlib's Poseidon, which has no such signals.
  const circuit = await chain(2);
  const { replaced } = await accelerate(circuit);
  expect(replaced.filter((name) => name.startsWith("Poseidon"))).toEqual([]);
  await expectSame(circuit, { start: 7n });
});

test("a torn program and a file that is not a program are refused", async () => {
  const wasm = await readFile(everything.wasm);
  for (const bytes of [wasm.subarray(0, 0), wasm.subarray(0, 7), wasm.subarray(0, 5000), wasm.subarray(0, -1)]) {
    expect(() => new ProgramModule(bytes)).toThrow(RangeError);
  }
  const torn = join(folder, "torn.wasm");
  await writeFile(torn, wasm.subarray(0, wasm.length / 2));
  await expect(witnessProgram({ hash: "torn", wasm: torn, sym: everything.sym })).rejects.toMatchObject({
    code: "BUILD_PROGRAM",
    message: expect.stringContaining("run npm install"),
  });
});
