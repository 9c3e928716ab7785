import { existsSync } from "node:fs";
import { chmod, cp, mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groth16, type Groth16Proof as SnarkjsProof } from "snarkjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildCircuit, type CircuitArtifacts } from "../../../prover/circuit/build.ts";
import { FIELD_ORDER } from "../../../prover/curve/bn254.ts";
import { Programs } from "../../../prover/engines/childProcess.ts";
import { ENGINE_NAMES, engineByName } from "../../../prover/engines/index.ts";
import { nativeProgram } from "../../../prover/engines/native/program.ts";
import { NativeEngine } from "../../../prover/engines/native.ts";
import { SnarkjsEngine } from "../../../prover/engines/snarkjs.ts";
import { BinFile } from "../../../prover/formats/binfile.ts";
import { witnessFromValues, witnessValues } from "../../../prover/formats/wtns.ts";
import { proofToJson, verifyProof } from "../../../prover/groth16/groth16.ts";
import { developmentKey, type KeyArtifacts } from "../../../prover/keys/development.ts";
import { ZKEY } from "../../../prover/keys/zkeyFile.ts";
import { calculateWitness } from "../../../prover/witness/witness.ts";
import { BITS, chain, multiplier } from "../circuits.ts";

const INPUT = { a: 2n, b: 5n, inverse: (FIELD_ORDER + 1n) / 2n };
const program = nativeProgram();
const engine = new NativeEngine();
let folder: string;
let circuit: CircuitArtifacts;
let keys: KeyArtifacts;
let witness: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "timebandits-native-"));
  circuit = await multiplier();
  keys = await developmentKey(circuit);
  witness = await calculateWitness(circuit, INPUT);
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

/** An engine whose program is this shell script. */
async function scripted(name: string, script: string): Promise<NativeEngine> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return new NativeEngine(() => path);
}

test("it is the default if it is built", async () => {
  expect(ENGINE_NAMES.indexOf("native")).toBe(program === null ? 1 : 0);
  expect(engineByName("native")).toBeInstanceOf(NativeEngine);
  expect(await engine.available()).toBe(program !== null);
});

describe("a program that fails", () => {
  test("is missing or cannot be started: the message says which", async () => {
    const missing = new NativeEngine(() => null);
    expect(await missing.available()).toBe(false);
    await expect(missing.prove(keys.zkey, witness)).rejects.toMatchObject({
      code: "PROOF_FAILED",
      message: expect.stringContaining("npm run build:native"),
    });
    const nowhere = new NativeEngine(() => join(folder, "nowhere"));
    await expect(nowhere.prove(keys.zkey, witness)).rejects.toMatchObject({
      code: "PROOF_FAILED",
      message: expect.stringContaining("cannot be started"),
    });
  });

  test.each([
    ["is killed", "kill -9 $$", "was ended by SIGKILL"],
    ["says why", "cat > /dev/null; echo no luck >&2; exit 1", "no luck"],
    ["says nothing", "exit 3", "ended with exit code 3"],
    ["answers in part", "cat > /dev/null; echo '{'", "gave no readable answer"],
  ])("%s", async (name, script, reason) => {
    const failing = await scripted(name, script);
    await expect(failing.prove(keys.zkey, witness)).rejects.toMatchObject({
      code: "PROOF_FAILED",
      message: expect.stringContaining(reason),
    });
  });

  test("is ended when the engine is closed", async () => {
    const begun = join(folder, "begun");
    const slow = await scripted("slow", `touch ${begun}; exec sleep 60`);
    const outcome = expect(slow.prove(keys.zkey, witness)).rejects.toMatchObject({
      code: "PROOF_FAILED",
      message: expect.stringContaining("the engine was closed"),
    });
    while (!existsSync(begun)) await new Promise((resolve) => setTimeout(resolve, 10));
    await slow.close();
    await slow.close();
    await outcome;
  });
});

describe.runIf(program !== null)("proofs (left out where the program is not built: `npm run build:native`)", () => {
  test("of two constraints, several at once, from bytes and from a file, hold here and in snarkjs", async () => {
    const path = join(folder, "witness.wtns");
    await writeFile(path, witness);
    const many = await Promise.all([witness, path].map((source) => engine.prove(keys.zkey, source)));
    many.push(await engine.prove(keys.zkey, witness));
    const exported = { ...keys.verificationKey, vk_alphabeta_12: [] };
    for (const { proof, publicSignals } of many) {
      expect(publicSignals).toEqual([12n, 5n]);
      expect(await verifyProof(keys.verificationKey, publicSignals, proof)).toBe(true);
      const { pi_a, pi_b, pi_c } = proofToJson(proof);
      const points = { pi_a: [...pi_a, "1"], pi_b: [...pi_b, ["1", "0"]], pi_c: [...pi_c, "1"] };
      const theirs = { ...points, protocol: "groth16", curve: "bn128" } as unknown as SnarkjsProof;
      expect(await groth16.verify(exported, publicSignals.map(String), theirs)).toBe(true);
    }
    expect(new Set(many.map(({ proof }) => proof.pi_a[0])).size).toBe(3);
    expect(engine.peakMemoryMiB).toBeGreaterThan(0);
    await new SnarkjsEngine().close();
  });

  test("of Poseidon hashes, and of a false witness", async () => {
    const artifacts = await chain(9);
    const key = await developmentKey(artifacts);
    const { proof, publicSignals } = await engine.prove(key.zkey, await calculateWitness(artifacts, { start: 7n }));
    expect(await verifyProof(key.verificationKey, publicSignals, proof)).toBe(true);
    const values = witnessValues(witness);
    const forged = await engine.prove(keys.zkey, witnessFromValues(values.with(1, 13n)));
    expect(forged.publicSignals).toEqual([13n, 5n]);
    expect(await verifyProof(keys.verificationKey, forged.publicSignals, forged.proof)).toBe(false);
  });

  test("with points at infinity in the key, and values that are zero, one, minus one and large", async () => {
    const bits = await buildCircuit("bits", BITS);
    const key = await developmentKey(bits);
    for (const value of [0n, 1n, 2n ** 201n - 1n, 0x5555_5555_5555n << 77n]) {
      for (const factor of [0n, 1n, FIELD_ORDER - 1n, FIELD_ORDER >> 1n, 123n ** 31n % FIELD_ORDER]) {
        const { proof, publicSignals } = await engine.prove(key.zkey, await calculateWitness(bits, { value, factor }));
        expect(publicSignals[2]).toBe(factor);
        expect(await verifyProof(key.verificationKey, publicSignals, proof)).toBe(true);
      }
    }
  });
});

describe.runIf(program !== null)("refused (left out where the program is not built)", () => {
  /** The program's own message, not one of the checks before it is called. */
  async function said(...args: readonly string[]): Promise<string> {
    const failure: unknown = await new Programs().run(program as string, args).catch((error: unknown) => error);
    return failure instanceof Error ? failure.message : "no failure";
  }

  test("a witness that does not fit, is torn, over another field or not reduced", async () => {
    const other = await calculateWitness(await chain(1), { start: 1n });
    await expect(engine.prove(keys.zkey, other)).rejects.toMatchObject({
      code: "PROOF_FAILED",
      message: expect.stringMatching(/is for 5 wires and the witness has \d+/),
    });
    await expect(engine.prove(keys.zkey, new Uint8Array(100))).rejects.toMatchObject({ code: "PROOF_FAILED" });
    const values = witnessValues(witness);
    const large = witnessFromValues(values.with(3, (values[3] as bigint) + FIELD_ORDER));
    await expect(engine.prove(keys.zkey, large)).rejects.toMatchObject({
      code: "PROOF_FAILED",
      message: expect.stringContaining("the value of wire 3 is not below the field's order"),
    });
    const path = join(folder, "bad.wtns");
    await writeFile(path, other);
    expect(await said(keys.zkey, path)).toMatch(/is for 5 wires and the witness has \d+/);
    await writeFile(path, witness.subarray(0, 200));
    expect(await said(keys.zkey, path)).toContain("ends too early");
    await writeFile(path, witness.with(28, 2));
    expect(await said(keys.zkey, path)).toContain("not over BN254's field");
    await writeFile(path, "");
    expect(await said(keys.zkey, path)).toContain("is not a .wtns file");
    expect(await said(keys.zkey, join(folder, "nowhere"))).toContain("cannot read");
    expect(await said(keys.zkey)).toContain("usage:");
  });

  test("a damaged key", async () => {
    const path = join(folder, "damaged.zkey");
    const wtns = join(folder, "good.wtns");
    await writeFile(wtns, witness);
    await using file = await BinFile.open(keys.zkey, "zkey");
    const at = (section: number, offset: number): number => file.section(section).offset + offset;
    const damaged = async (offset: number, ...bytes: number[]): Promise<string> => {
      await cp(keys.zkey, path);
      await using handle = await open(path, "r+");
      await handle.write(Uint8Array.from(bytes), 0, bytes.length, offset);
      return await said(path, wtns);
    };
    expect(await damaged(0, 65)).toContain("is not a .zkey file");
    expect(await damaged(8, 50)).toContain("ends too early");
    expect(await damaged(8, 9)).toContain("bytes behind its last section");
    expect(await damaged(at(ZKEY.b1, -12), ZKEY.a)).toContain("has section 5 twice");
    expect(await damaged(at(ZKEY.protocol, 0), 2)).toContain("is not a Groth16 key");
    expect(await damaged(at(ZKEY.header, 4), 1)).toContain("is not over BN254");
    expect(await damaged(at(ZKEY.header, 72), 200)).toContain("has not the size");
    expect(await damaged(at(ZKEY.header, 80), 7)).toContain("is for 7 rows");
    expect(await damaged(at(ZKEY.coefficients, 0), 200)).toContain("section 4 of");
    expect(await damaged(at(ZKEY.coefficients, 12), 200)).toMatch(/and wire 200: make the key again/);
    expect(await damaged(at(ZKEY.h, 31), 255)).toContain("point 0 of section 9 is not reduced");
    await cp(keys.zkey, path);
    await truncate(path, at(ZKEY.h, 64));
    expect(await said(path, wtns)).toContain("ends too early");
    await expect(engine.prove(path, witness)).rejects.toMatchObject({ code: "PROOF_FAILED" });
  });
});
