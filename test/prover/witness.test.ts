import { wtns } from "snarkjs";
import { expect, test } from "vitest";
import { FIELD_ORDER } from "../../prover/curve/bn254.ts";
import { witnessFromValues, witnessValues } from "../../prover/formats/wtns.ts";
import { calculateWitness, checkWitness } from "../../prover/witness/witness.ts";
import { chain, multiplier } from "./circuits.ts";

const HALF = (FIELD_ORDER + 1n) / 2n;
const GOOD = { a: 2n, b: "5", inverse: HALF };

test("a witness has the bytes that snarkjs writes", async () => {
  for (const [artifacts, input] of [
    [await multiplier(), GOOD],
    [await chain(2), { start: 7 }],
  ] as const) {
    const file = { type: "mem" } as { type: "mem"; data?: Uint8Array };
    await wtns.calculate(input, artifacts.wasm, file);
    const bytes = await calculateWitness(artifacts, input);
    expect(Buffer.from(bytes).equals(Buffer.from(file.data as Uint8Array))).toBe(true);
    expect(Buffer.from(witnessFromValues(witnessValues(bytes))).equals(Buffer.from(bytes))).toBe(true);
  }
});

test("an input that breaks a constraint is refused with template and line", async () => {
  const artifacts = await multiplier();
  await expect(calculateWitness(artifacts, { ...GOOD, inverse: 3 })).rejects.toMatchObject({
    name: "WitnessError",
    code: "WITNESS_REFUSED",
    template: "Multiplier",
    line: 7,
    message: expect.stringContaining("template Multiplier, line 7"),
  });
  expect(await checkWitness(artifacts, { ...GOOD, a: 0 })).toMatchObject({ ok: false });
  // The refused input has no effect on the next one.
  expect(await checkWitness(artifacts, GOOD)).toEqual({ ok: true });
});

test.each([
  ["missing", { a: 2, b: 5 }, "wants 3 input values and got 2"],
  ["unknown", { ...GOOD, c: 1 }, "has no input c"],
  ["too many", { ...GOOD, a: [1, 2] }, "wants 1 values for a, not 2"],
  ["too large", { ...GOOD, b: FIELD_ORDER }, "not in the field"],
  ["negative", { ...GOOD, b: -1 }, "not in the field"],
  ["not a number", { ...GOOD, b: "five" }, "give it an integer"],
])("an input that is %s is refused with its own message", async (_, input, message) => {
  const artifacts = await multiplier();
  await expect(checkWitness(artifacts, input)).rejects.toMatchObject({
    code: "WITNESS_INPUT",
    message: expect.stringContaining(message),
  });
});

test("hundreds of witnesses take little time", async () => {
  const artifacts = await multiplier();
  const started = performance.now();
  for (let b = 0; b < 300; b++) await calculateWitness(artifacts, { ...GOOD, b });
  expect(performance.now() - started).toBeLessThan(10_000);
});
