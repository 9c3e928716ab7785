import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FIELD_ORDER } from "../../../prover/curve/bn254.ts";
import { FileProgramEngine } from "../../../prover/engines/fileProgram.ts";
import { ENGINE_NAMES, engineByName, requireAvailable } from "../../../prover/engines/index.ts";
import { verifyProof } from "../../../prover/groth16/groth16.ts";
import { developmentKey, type KeyArtifacts } from "../../../prover/keys/development.ts";
import { calculateWitness } from "../../../prover/witness/witness.ts";
import { multiplier } from "../circuits.ts";

const path = process.env.PATH;
const engine = new FileProgramEngine("rapidsnark");
let folder: string;
let keys: KeyArtifacts;
let witness: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "timebandits-rapidsnark-"));
  const circuit = await multiplier();
  keys = await developmentKey(circuit);
  witness = await calculateWitness(circuit, { a: 2n, b: 5n, inverse: (FIELD_ORDER + 1n) / 2n });
});
afterAll(async () => {
  process.env.PATH = path;
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

/** Puts a program of that name on the PATH that runs this shell script. */
async function install(script: string, name = "rapidsnark"): Promise<void> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  process.env.PATH = `${folder}${delimiter}${path}`;
}

/** Does the real program's work with its four arguments, with the engine in WebAssembly. */
const STAND_IN = `
import { writeFileSync } from "node:fs";
const [zkey, witness, proofPath, signalsPath] = process.argv.slice(2);
const { WasmEngine } = await import(${JSON.stringify(new URL("../../../prover/engines/wasm.ts", import.meta.url).href)});
const engine = new WasmEngine();
const { proof, publicSignals } = await engine.prove(zkey, witness);
await engine.close();
const pair = ([a, b]) => [String(a), String(b)];
writeFileSync(proofPath, JSON.stringify({
  pi_a: [...pair(proof.pi_a), "1"], pi_b: [...proof.pi_b.map(pair), ["1", "0"]], pi_c: [...pair(proof.pi_c), "1"], protocol: "groth16",
}));
writeFileSync(signalsPath, JSON.stringify(publicSignals.map(String)));
`;

test("it is never the default, and it is missing without the program", async () => {
  expect(ENGINE_NAMES.slice(-2)).toEqual(["rapidsnark", "snarkrs"]);
  expect(engineByName("rapidsnark")).toBeInstanceOf(FileProgramEngine);
  process.env.PATH = folder;
  expect(await engine.available()).toBe(false);
  await expect(engine.prove(keys.zkey, witness)).rejects.toMatchObject({
    code: "PROOF_FAILED",
    message: expect.stringContaining("there is no rapidsnark on the PATH"),
  });
  const refused = await requireAvailable(engine).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "engine", exitCode: 3 });
  expect(String(refused)).toMatch(/it needs the program rapidsnark on the PATH; install it, or choose .*wasm/);
  expect(String(refused)).not.toMatch(/can run: .*rapidsnark/);
});

test("proves with the program", async () => {
  const standIn = join(folder, "stand-in.mjs");
  await writeFile(standIn, STAND_IN);
  await install(`exec '${process.execPath}' '${standIn}' "$@"`);
  expect(await engine.available()).toBe(true);
  const { proof, publicSignals } = await engine.prove(keys.zkey, witness);
  expect(publicSignals).toEqual([12n, 5n]);
  expect(await verifyProof(keys.verificationKey, publicSignals, proof)).toBe(true);
});

test("snarkrs gets snarkjs's arguments", async () => {
  const standIn = join(folder, "stand-in.mjs");
  await writeFile(standIn, STAND_IN);
  const script = `[ "$1 $2" = "groth16 prove" ] || exit 1; shift 2; exec '${process.execPath}' '${standIn}' "$@"`;
  await install(script, "snarkrs");
  const snarkrs = engineByName("snarkrs");
  const { proof, publicSignals } = await snarkrs.prove(keys.zkey, witness);
  expect(await verifyProof(keys.verificationKey, publicSignals, proof)).toBe(true);
  await install("exit 1", "snarkrs");
  await expect(snarkrs.prove(keys.zkey, witness)).rejects.toThrow(/^snarkrs cannot prove with /);
  await snarkrs.close();
});

test.each([
  ["that fails", "echo Invalid witness >&2; exit 1", "Invalid witness"],
  ["without an answer", "exit 0", "proof.json"],
  ["with half an answer", `echo '{"pi_a"' > "$3"`, "JSON"],
])("a program %s", async (_, script, reason) => {
  await install(script);
  await expect(engine.prove(keys.zkey, witness)).rejects.toMatchObject({
    code: "PROOF_FAILED",
    message: expect.stringContaining(reason),
  });
});
