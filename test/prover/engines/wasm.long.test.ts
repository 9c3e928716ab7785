import { execFile } from "node:child_process";
import { cp, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { curves, groth16, type Groth16Proof as SnarkjsProof } from "snarkjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildCircuit, type CircuitArtifacts } from "../../../prover/circuit/build.ts";
import { FIELD_ORDER } from "../../../prover/curve/bn254.ts";
import { ENGINE_NAMES, engineByName } from "../../../prover/engines/index.ts";
import { nativeProgram } from "../../../prover/engines/native/program.ts";
import { SnarkjsEngine } from "../../../prover/engines/snarkjs.ts";
import { freshBlinding } from "../../../prover/engines/wasm/assemble.ts";
import { WasmEngine } from "../../../prover/engines/wasm.ts";
import { BinFile } from "../../../prover/formats/binfile.ts";
import { witnessFromValues, witnessValues } from "../../../prover/formats/wtns.ts";
import { type Groth16Proof, proofToJson, verifyProof } from "../../../prover/groth16/groth16.ts";
import { developmentKey, type KeyArtifacts } from "../../../prover/keys/development.ts";
import { ZKEY } from "../../../prover/keys/zkeyFile.ts";
import { calculateWitness } from "../../../prover/witness/witness.ts";
import { BITS, chain, multiplier } from "../circuits.ts";

const INPUT = { a: 2n, b: 5n, inverse: (FIELD_ORDER + 1n) / 2n };
const engine = new WasmEngine();
const snarkjs = new SnarkjsEngine();
let folder: string;
let circuit: CircuitArtifacts;
let keys: KeyArtifacts;
let bits: CircuitArtifacts;
let bitKeys: KeyArtifacts;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "timebandits-wasm-"));
  circuit = await multiplier();
  keys = await developmentKey(circuit);
  bits = await buildCircuit("bits", BITS);
  bitKeys = await developmentKey(bits);
});
afterAll(async () => {
  await engine.close();
  await snarkjs.close();
  await rm(folder, { recursive: true, force: true });
});

/** Whether both verifiers accept; they must agree. */
async function holds(key: KeyArtifacts, signals: readonly bigint[], proof: Groth16Proof): Promise<boolean> {
  const { pi_a, pi_b, pi_c } = proofToJson(proof);
  const theirs = {
    pi_a: [...pi_a, "1"],
    pi_b: [...pi_b, ["1", "0"]],
    pi_c: [...pi_c, "1"],
    protocol: "groth16",
    curve: "bn128",
  } as unknown as SnarkjsProof;
  const exported = { ...key.verificationKey, vk_alphabeta_12: [] };
  const accepted = await groth16.verify(exported, signals.map(String), theirs);
  expect(await verifyProof(key.verificationKey, signals, proof)).toBe(accepted);
  return accepted;
}

test("it is the default if the native engine is not built", () => {
  expect(ENGINE_NAMES.filter((name) => name !== "native")[0]).toBe("wasm");
  expect(ENGINE_NAMES[0]).toBe(nativeProgram() === null ? "wasm" : "native");
  expect(engineByName("wasm")).toBeInstanceOf(WasmEngine);
});

describe("proofs that verify, here and in snarkjs", () => {
  test("of two constraints, several at once and one after the other", async () => {
    const witness = await calculateWitness(circuit, INPUT);
    const many = await Promise.all([1, 2, 3].map(() => engine.prove(keys.zkey, witness)));
    many.push(await engine.prove(keys.zkey, witness));
    for (const { proof, publicSignals } of many) {
      expect(publicSignals).toEqual([12n, 5n]);
      expect(await holds(keys, publicSignals, proof)).toBe(true);
    }
    expect(new Set(many.map(({ proof }) => proof.pi_a[0])).size).toBe(4);
  });

  test.each([1, 9])("of %i Poseidon hashes", async (length) => {
    const artifacts = await chain(length);
    const key = await developmentKey(artifacts);
    const witness = await calculateWitness(artifacts, { start: 7n });
    const { proof, publicSignals } = await engine.prove(key.zkey, witness);
    expect(await holds(key, publicSignals, proof)).toBe(true);
    expect(await holds(keys, publicSignals, proof)).toBe(false);
  });

  test("with points at infinity in the key, and values that are zero, one, minus one and large", async () => {
    await using file = await BinFile.open(bitKeys.zkey, "zkey");
    const points = await file.read(ZKEY.b2);
    let infinite = 0;
    for (let at = 0; at < points.length; at += 128)
      if (points.subarray(at, at + 128).every((byte) => byte === 0)) infinite++;
    expect(infinite).toBeGreaterThan(0);
    for (const value of [0n, 1n, 2n ** 201n - 1n, 0x5555_5555_5555n << 77n]) {
      for (const factor of [0n, 1n, FIELD_ORDER - 1n, FIELD_ORDER >> 1n, 123n ** 31n % FIELD_ORDER]) {
        const witness = await calculateWitness(bits, { value, factor });
        const { proof, publicSignals } = await engine.prove(bitKeys.zkey, witness);
        expect(publicSignals[2]).toBe(factor);
        expect(await verifyProof(bitKeys.verificationKey, publicSignals, proof)).toBe(true);
      }
    }
  });
});

test("with the same two random scalars, the proof is snarkjs's, with lanes and without", async () => {
  const blinding = { r: 11n ** 70n % FIELD_ORDER, s: FIELD_ORDER - 3n };
  const curve = await curves.getCurveFromName("bn128");
  const field = curve.Fr as unknown as { random(): unknown; e(value: bigint): unknown };
  const random = field.random;
  const known = new WasmEngine(() => blinding);
  const plain = new WasmEngine(() => blinding, false);
  try {
    for (const [key, witness] of [
      [keys, await calculateWitness(circuit, INPUT)],
      [bitKeys, await calculateWitness(bits, { value: 2n ** 150n + 6n, factor: FIELD_ORDER - 1n })],
    ] as const) {
      const scalars = [blinding.r, blinding.s];
      field.random = () => field.e(scalars.shift() ?? 0n);
      const theirs = await snarkjs.prove(key.zkey, witness);
      expect(await known.prove(key.zkey, witness)).toEqual(theirs);
      expect(await plain.prove(key.zkey, witness)).toEqual(theirs);
      expect(scalars).toEqual([]);
    }
  } finally {
    field.random = random;
    await known.close();
    await plain.close();
  }
});

test("blinding scalars are fresh and below the order", () => {
  const drawn = Array.from({ length: 100 }, freshBlinding).flatMap(({ r, s }) => [r, s]);
  expect(new Set(drawn).size).toBe(200);
  expect(drawn.every((value) => value >= 0n && value < FIELD_ORDER)).toBe(true);
  expect(drawn.some((value) => value > FIELD_ORDER >> 1n)).toBe(true);
});

test("a proof of a false witness does not verify", async () => {
  const values = witnessValues(await calculateWitness(circuit, INPUT));
  const forged = await engine.prove(keys.zkey, witnessFromValues(values.with(1, 13n)));
  expect(forged.publicSignals).toEqual([13n, 5n]);
  expect(await holds(keys, forged.publicSignals, forged.proof)).toBe(false);
});

test("a witness may be a file", async () => {
  const path = join(folder, "witness.wtns");
  await writeFile(path, await calculateWitness(circuit, INPUT));
  const { proof, publicSignals } = await engine.prove(keys.zkey, path);
  expect(await verifyProof(keys.verificationKey, publicSignals, proof)).toBe(true);
});

describe("refused", () => {
  test("a witness of another circuit or field, a file that is not a witness, a value that is not reduced", async () => {
    const witness = await calculateWitness(circuit, INPUT);
    const other = await calculateWitness(bits, { value: 1n, factor: 1n });
    await expect(engine.prove(keys.zkey, other)).rejects.toMatchObject({
      code: "PROOF_FAILED",
      message: expect.stringMatching(/is for 5 wires and the witness has \d+/),
    });
    await expect(engine.prove(keys.zkey, new Uint8Array(100))).rejects.toMatchObject({ code: "PROOF_FAILED" });
    await expect(engine.prove(keys.zkey, join(folder, "nowhere"))).rejects.toMatchObject({ code: "PROOF_FAILED" });
    const field = witness.slice();
    field[28] = (field[28] as number) ^ 2;
    await expect(engine.prove(keys.zkey, field)).rejects.toThrow("not over BN254's field");
    const values = witnessValues(witness);
    const large = witnessFromValues(values.with(3, (values[3] as bigint) + FIELD_ORDER));
    await expect(engine.prove(keys.zkey, large)).rejects.toThrow("the value of wire 3 is not below the field's order");
  });

  test("a key with a section cut short or coefficients of wires that do not exist; the engine works on", async () => {
    const witness = await calculateWitness(circuit, INPUT);
    const path = join(folder, "damaged.zkey");
    await using file = await BinFile.open(keys.zkey, "zkey");
    const damage = async (offset: number, bytes: Uint8Array): Promise<void> => {
      await cp(keys.zkey, path);
      await using handle = await open(path, "r+");
      await handle.write(bytes, 0, bytes.length, offset);
    };
    // The number of coefficients.
    await damage(file.section(ZKEY.coefficients).offset, Uint8Array.of(200));
    await expect(engine.prove(path, witness)).rejects.toThrow("section 4 of");
    // The first coefficient's wire.
    await damage(file.section(ZKEY.coefficients).offset + 12, Uint8Array.of(200));
    await expect(engine.prove(path, witness)).rejects.toMatchObject({
      code: "PROOF_FAILED",
      message: expect.stringMatching(/and wire \d+: make the key again/),
    });
    // The number of rows, which then is not a power of two.
    await damage(file.section(ZKEY.header).offset + 80, Uint8Array.of(7));
    await expect(engine.prove(path, witness)).rejects.toThrow("is for 7 rows");
    const { proof, publicSignals } = await engine.prove(keys.zkey, witness);
    expect(await verifyProof(keys.verificationKey, publicSignals, proof)).toBe(true);
  });
});

describe("closing", () => {
  test("twice, before and between proofs", async () => {
    const other = new WasmEngine();
    await other.close();
    const witness = await calculateWitness(circuit, INPUT);
    for (let i = 0; i < 2; i++) {
      const { proof, publicSignals } = await other.prove(keys.zkey, witness);
      expect(await verifyProof(keys.verificationKey, publicSignals, proof)).toBe(true);
      await other.close();
      await other.close();
    }
  });

  test("while proving: proofs fail, the engine can be used again", async () => {
    const other = new WasmEngine();
    const artifacts = await chain(9);
    const key = await developmentKey(artifacts);
    const witness = await calculateWitness(artifacts, { start: 7n });
    await other.prove(keys.zkey, await calculateWitness(circuit, INPUT));
    // After a wait a fast machine may have proven all of them. Without a wait no machine has.
    let failures: unknown[] = [];
    for (let wait = 48; failures.length === 0; wait = wait >> 1) {
      const lost = Promise.allSettled(Array.from({ length: 12 }, () => other.prove(key.zkey, witness)));
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      await other.close();
      failures = (await lost).flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
      if (wait === 0) expect(failures.length).toBeGreaterThan(0);
    }
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: "PROOF_FAILED", message: expect.stringContaining("closed") });
    }
    const { proof, publicSignals } = await other.prove(key.zkey, witness);
    expect(await verifyProof(key.verificationKey, publicSignals, proof)).toBe(true);
    await other.close();
  });

  test("lets the process end by itself", async () => {
    const path = join(folder, "end.wtns");
    await writeFile(path, await calculateWitness(circuit, INPUT));
    const module = new URL("../../../prover/engines/index.ts", import.meta.url).href;
    const script = `
      const { engineByName } = await import(${JSON.stringify(module)});
      const engine = engineByName("wasm");
      const { publicSignals } = await engine.prove(${JSON.stringify(keys.zkey)}, ${JSON.stringify(path)});
      await engine.close();
      console.log(publicSignals.join());`;
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { timeout: 60_000 });
    expect(stdout.trim()).toBe("12,5");
  });
});
