import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FIELD_ORDER } from "../../prover/curve/bn254.ts";
import { loadR1cs, rowsOf, unsatisfied } from "../../prover/formats/r1cs.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import { witnessValues } from "../../prover/formats/wtns.ts";
import { calculateWitness } from "../../prover/witness/witness.ts";
import { multiplier } from "./circuits.ts";

const GOOD = { a: 2n, b: "5", inverse: (FIELD_ORDER + 1n) / 2n };

test("a good witness satisfies every row, and a forged signal breaks the rows that mention it", async () => {
  const artifacts = await multiplier();
  const r1cs = await loadR1cs(artifacts.r1cs);
  const symbols = await loadSymbols(artifacts.sym);
  const witness = witnessValues(await calculateWitness(artifacts, GOOD));
  expect(unsatisfied(r1cs, witness)).toEqual([]);
  expect(witness[symbols.get("main.out") as number]).toBe(12n);

  const forge = (signal: string, value: bigint): bigint[] => witness.with(symbols.get(signal) as number, value);
  const [inverse, out] = ["main.inverse", "main.out"].map((name) => symbols.get(name) as number) as [number, number];
  expect(unsatisfied(r1cs, forge("main.out", 13n))).toEqual(rowsOf(r1cs, out));
  expect(unsatisfied(r1cs, forge("main.inverse", 1n))).toEqual(rowsOf(r1cs, inverse));
  expect(unsatisfied(r1cs, forge("main.a", 1n))).toHaveLength(2);
  expect(unsatisfied(r1cs, forge("main.out", 13n), [out])).toEqual(rowsOf(r1cs, out));
  expect(unsatisfied(r1cs, forge("main.out", 13n), [inverse])).toEqual([]);
  expect(unsatisfied(r1cs, forge("main.a", 1n), [out, inverse])).toHaveLength(2);
});

test("a list that is not a witness is refused", async () => {
  const r1cs = await loadR1cs((await multiplier()).r1cs);
  expect(() => unsatisfied(r1cs, [1n])).toThrow("5 wires");
  expect(() => unsatisfied(r1cs, [2n, 0n, 0n, 0n, 0n])).toThrow("wire 0");
  expect(() => unsatisfied(r1cs, [1n, 0n, 0n, 0n, FIELD_ORDER])).toThrow("wire 4");
  expect(() => unsatisfied(r1cs, [1n, 0n, 0n, 0n, -1n])).toThrow("wire 4");
  expect(() => witnessValues(new Uint8Array(80))).toThrow("not a witness");
});

test("a file that is not r1cs is refused", async () => {
  const artifacts = await multiplier();
  await expect(loadR1cs(artifacts.wasm)).rejects.toMatchObject({ code: "NOT_A_CONTAINER" });
  const folder = await mkdtemp(join(tmpdir(), "timebandits-r1cs-"));
  const cut = join(folder, "cut.r1cs");
  await writeFile(cut, (await readFile(artifacts.r1cs)).subarray(0, 150));
  await expect(loadR1cs(cut)).rejects.toMatchObject({ name: "FormatError", code: "CUT_SHORT" });
  // A header that says four thousand million constraints.
  const bytes = await readFile(artifacts.r1cs);
  const prime = Buffer.from(FIELD_ORDER.toString(16).padStart(64, "0"), "hex").reverse();
  bytes.writeUInt32LE(0xffff_fff0, bytes.indexOf(prime) + 56);
  await writeFile(cut, bytes);
  await expect(loadR1cs(cut)).rejects.toMatchObject({ name: "FormatError", code: "CUT_SHORT" });
  await rm(folder, { recursive: true });
});
