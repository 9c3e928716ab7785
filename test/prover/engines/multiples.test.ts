import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { CircuitArtifacts } from "../../../prover/circuit/build.ts";
import { FIELD_ORDER } from "../../../prover/curve/bn254.ts";
import { Programs } from "../../../prover/engines/childProcess.ts";
import { Multiples, multiplesBudget, tablesWithin } from "../../../prover/engines/native/multiples.ts";
import { nativeProgram } from "../../../prover/engines/native/program.ts";
import { NativeEngine } from "../../../prover/engines/native.ts";
import { verifyProof } from "../../../prover/groth16/groth16.ts";
import { developmentKey, type KeyArtifacts } from "../../../prover/keys/development.ts";
import { calculateWitness } from "../../../prover/witness/witness.ts";
import { chain, multiplier } from "../circuits.ts";

const program = nativeProgram();
const programs = new Programs();
let folder: string;
let circuit: CircuitArtifacts;
let keys: KeyArtifacts;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "timebandits-multiples-"));
  circuit = await chain(9);
  keys = await developmentKey(circuit);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test("the budget is a whole number of MiB, and none without the variable", () => {
  expect(multiplesBudget("")).toBe(0);
  expect(multiplesBudget("512")).toBe(512);
  for (const wrong of ["-1", "1.5", "1G", "123456789"]) {
    expect(() => multiplesBudget(wrong)).toThrow("give a whole number of MiB");
  }
  vi.stubEnv("TIMEBANDITS_MULTIPLES", "many");
  expect(() => multiplesBudget()).toThrow("TIMEBANDITS_MULTIPLES is many");
  vi.unstubAllEnvs();
});

test("as many tables as fit into the budget, at most four", async () => {
  expect(await tablesWithin(keys.zkey, 0)).toBe(1);
  expect(await tablesWithin(keys.zkey, 100)).toBe(4);
  const multiples = new Multiples(programs);
  expect(await multiples.file("nowhere", keys.zkey, 0)).toBeNull();
});

describe.runIf(program !== null)("with multiples (left out where the program is not built)", () => {
  test("proofs hold, the file is made once, and a damaged one is made again", async () => {
    // A cache of its own, so that the file can be damaged.
    vi.stubEnv("TIMEBANDITS_CACHE", join(folder, "cache"));
    try {
      const witness = await calculateWitness(circuit, { start: 7n });
      const path = join(folder, "witness.wtns");
      await writeFile(path, witness);
      const shelf = join(folder, "cache", "multiples");
      const prove = async (): Promise<void> => {
        await using engine = engineWith(100);
        const many = await Promise.all([witness, path].map((source) => engine.value.prove(keys.zkey, source)));
        for (const { proof, publicSignals } of many) {
          expect(await verifyProof(keys.verificationKey, publicSignals, proof)).toBe(true);
        }
      };
      await prove();
      const [entry] = await readdir(shelf);
      const file = join(shelf, entry as string, "multiples.mult");
      const answer = await programs.run(program as string, [keys.zkey, path, file]);
      expect(JSON.parse(answer.output)).toMatchObject({ tables: 4 });
      await truncate(file, 1000);
      await expect(programs.run(program as string, [keys.zkey, path, file])).rejects.toThrow("ends too early");
      await prove();
      expect(await readdir(shelf)).toEqual([entry]);
      expect(JSON.parse((await programs.run(program as string, [keys.zkey, path, file])).output).tables).toBe(4);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("those of another circuit are refused, and so is a wrong number", async () => {
    const other = await multiplier();
    const key = await developmentKey(other);
    const [path, file] = [join(folder, "other.wtns"), join(folder, "other.mult")];
    await writeFile(path, await calculateWitness(circuit, { start: 1n }));
    await programs.run(program as string, ["--multiples", "2", key.zkey, file]);
    await expect(programs.run(program as string, [keys.zkey, path, file])).rejects.toThrow("has not the size");
    await writeFile(path, await calculateWitness(other, { a: 2n, b: 5n, inverse: (FIELD_ORDER + 1n) / 2n }));
    const { output } = await programs.run(program as string, [key.zkey, path, file]);
    expect(JSON.parse(output)).toMatchObject({ tables: 2, publicSignals: ["12", "5"] });
    await expect(programs.run(program as string, ["--multiples", "9", key.zkey, file])).rejects.toThrow("usage:");
  });
});

function engineWith(budget: number): AsyncDisposable & { value: NativeEngine } {
  // The program where it was built, whatever cache a test has.
  const value = new NativeEngine(
    () => program,
    () => budget,
  );
  return { value, [Symbol.asyncDispose]: () => value.close() };
}
