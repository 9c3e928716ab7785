import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CircuitArtifacts } from "../../prover/circuit/build.ts";
import { FIELD_ORDER } from "../../prover/curve/bn254.ts";
import { ENGINE_NAMES, engineByName } from "../../prover/engines/index.ts";
import { verifyProof } from "../../prover/groth16/groth16.ts";
import { developmentKey, type KeyArtifacts } from "../../prover/keys/development.ts";
import { calculateWitness } from "../../prover/witness/witness.ts";
import { chain, multiplier } from "./circuits.ts";

const INPUT = { a: 2n, b: 5n, inverse: (FIELD_ORDER + 1n) / 2n };
const engine = engineByName("snarkjs");
let folder: string;
let circuit: CircuitArtifacts;
let keys: KeyArtifacts;
let witness: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "timebandits-engine-"));
  circuit = await multiplier();
  keys = await developmentKey(circuit);
  witness = await calculateWitness(circuit, INPUT);
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

test("engines are known by name", async () => {
  expect(ENGINE_NAMES).toContain("snarkjs");
  expect(engine.name).toBe("snarkjs");
  expect(await engine.available()).toBe(true);
  expect(() => engineByName("abacus")).toThrow(/there is no engine abacus: choose one of .*snarkjs/);
  expect(() => engineByName("constructor")).toThrow("there is no engine");
});

test("a witness may be bytes or a file", async () => {
  const path = join(folder, "witness.wtns");
  await writeFile(path, witness);
  const proven = await engine.prove(keys.zkey, path);
  expect(proven.publicSignals).toEqual([12n, 5n]);
  expect(await verifyProof(keys.verificationKey, proven.publicSignals, proven.proof)).toBe(true);
});

test("a key and a witness of different circuits are refused, and the message names them", async () => {
  const other = await calculateWitness(await chain(1), { start: 1 });
  await expect(engine.prove(keys.zkey, other)).rejects.toMatchObject({
    code: "PROOF_FAILED",
    message: expect.stringMatching(/is for 5 wires and the witness has \d+/),
  });
  const nowhere = join(folder, "nowhere.zkey");
  await expect(engine.prove(nowhere, witness)).rejects.toMatchObject({
    code: "PROOF_FAILED",
    message: expect.stringContaining(nowhere),
  });
  await expect(engine.prove(keys.zkey, nowhere)).rejects.toMatchObject({ code: "PROOF_FAILED" });
  await expect(engine.prove(keys.zkey, new Uint8Array(100))).rejects.toMatchObject({ code: "PROOF_FAILED" });
});

test("an engine works again after it was closed", async () => {
  await engine.close();
  await engine.close();
  const proven = await engine.prove(keys.zkey, witness);
  expect(await verifyProof(keys.verificationKey, proven.publicSignals, proven.proof)).toBe(true);
});

test("a process that closes its engine ends by itself", async () => {
  const path = join(folder, "witness.wtns");
  await writeFile(path, witness);
  const module = new URL("../../prover/engines/index.ts", import.meta.url).href;
  const script = `
    const { engineByName } = await import(${JSON.stringify(module)});
    const engine = engineByName("snarkjs");
    const { publicSignals } = await engine.prove(${JSON.stringify(keys.zkey)}, ${JSON.stringify(path)});
    await engine.close();
    console.log(publicSignals.join());`;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { timeout: 60_000 });
  expect(stdout.trim()).toBe("12,5");
});
