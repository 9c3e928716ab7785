/** A whole ceremony on a small circuit, checked by snarkjs's own verifier, and its refusals. */
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { zKey } from "snarkjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CircuitArtifacts } from "../../../prover/circuit/build.ts";
import { SnarkjsEngine } from "../../../prover/engines/snarkjs.ts";
import { verifyProof } from "../../../prover/groth16/groth16.ts";
import {
  applyBeacon,
  beginCeremony,
  ceremonyKey,
  ceremonyName,
  contribute,
  installCeremony,
  verifyCeremony,
} from "../../../prover/keys/ceremony.ts";
import { PUBLISHED } from "../../../prover/keys/powersOfTau.ts";
import { developmentTrapdoor } from "../../../prover/keys/trapdoor.ts";
import { hashFile } from "../../../prover/storage/cache.ts";
import { calculateWitness } from "../../../prover/witness/witness.ts";
import { chain, multiplier } from "../circuits.ts";
import { knownPtau } from "./ptau.ts";

const SECRETS = { tau: 1234567n, alpha: 89n, beta: 1011n, gamma: 1n, delta: 1n };
const BEACON = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
let folder: string;
let circuit: CircuitArtifacts;
let ptau: { path: string; hash: string };
const at = (name: string): string => join(folder, name);
const before = process.env.TIMEBANDITS_CACHE;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "timebandits-ceremony-"));
  circuit = await multiplier();
  await writeFile(at("small.ptau"), await knownPtau(SECRETS, 4));
  ptau = { path: at("small.ptau"), hash: await hashFile(at("small.ptau"), "blake2b512") };
  await beginCeremony(circuit, ptau, at("0.zkey"));
  expect(await contribute(at("0.zkey"), at("1.zkey"), "first")).toMatch(/^[0-9a-f]{128}$/);
  await contribute(at("1.zkey"), at("2.zkey"), "second");
  await applyBeacon(at("2.zkey"), at("3.zkey"), BEACON);
});
afterAll(async () => {
  if (before === undefined) delete process.env.TIMEBANDITS_CACHE;
  else process.env.TIMEBANDITS_CACHE = before;
  await new SnarkjsEngine().close();
  await rm(folder, { recursive: true, force: true });
});

test("snarkjs's own verifier accepts the last key, which is installed, preferred and used to prove", async () => {
  expect(await zKey.verifyFromR1cs(circuit.r1cs, ptau.path, at("3.zkey"))).toBe(true);
  const witness = await calculateWitness(circuit, {
    a: 2n,
    b: 3n,
    inverse: 10944121435919637611123202872628637544274182200208017171849102093287904247809n,
  });
  process.env.TIMEBANDITS_CACHE = at("cache");
  expect(await ceremonyKey(circuit)).toBeNull();
  const transcript = await installCeremony(circuit, ptau, at("3.zkey"));
  expect(transcript).toMatchObject({ contributions: 3, ptau: { power: 4, published: false } });
  expect(transcript.lines.join("\n")).toMatch(
    /Beacon generator[\s\S]*contribution #2 second[\s\S]*contribution #1 first/,
  );
  const key = await ceremonyKey(circuit);
  const named = ceremonyName(transcript);
  expect(named).toMatchObject({ contributions: 3, ptau: { power: 4, published: false } });
  expect(key).toMatchObject({ kind: "ceremony", hash: transcript.zkey, vkeyHash: transcript.verificationKey });
  expect(key?.ceremony).toEqual(named);
  expect(await hashFile(join(dirname(key?.zkey ?? ""), "transcript.json"))).toBe(named.transcript);
  if (key === null) return;
  const { proof, publicSignals } = await new SnarkjsEngine().prove(key.zkey, witness);
  expect(await verifyProof(key.verificationKey, publicSignals, proof)).toBe(true);
  expect(await installCeremony(circuit, ptau, at("3.zkey"))).toEqual(transcript);
  await expect(installCeremony(circuit, ptau, at("2.zkey"))).rejects.toMatchObject({ code: "KEY_THERE" });
});

test("a key that was damaged after it was installed is not replaced by a development key", async () => {
  process.env.TIMEBANDITS_CACHE = at("damaged");
  await installCeremony(circuit, ptau, at("3.zkey"));
  const { zkey = "" } = (await ceremonyKey(circuit)) ?? {};
  const bytes = await readFile(zkey);
  bytes[bytes.length - 200] = (bytes[bytes.length - 200] ?? 0) ^ 1;
  await writeFile(zkey, bytes);
  await expect(ceremonyKey(circuit)).rejects.toMatchObject({ code: "CACHE_DAMAGED" });
});

test("a key without contribution, with a beacon alone, of another circuit or file, or changed, is refused", async () => {
  const refused = async (zkey: string, code: string, of = circuit, from = ptau) =>
    await expect(verifyCeremony(of, from, at(zkey))).rejects.toMatchObject({ code });
  await refused("0.zkey", "KEY_GAMMA_IS_DELTA");
  await applyBeacon(at("0.zkey"), at("beacon.zkey"), BEACON);
  await refused("beacon.zkey", "KEY_BEACON_ALONE");
  const bytes = await readFile(at("3.zkey"));
  await copyFile(at("3.zkey"), at("changed.zkey"));
  // Within the points of section 9, far behind the header.
  bytes[bytes.length - 1500] = (bytes[bytes.length - 1500] ?? 0) ^ 1;
  await writeFile(at("changed.zkey"), bytes);
  await refused("changed.zkey", "KEY_TRANSCRIPT");
  await refused("3.zkey", "PTAU_UNKNOWN", circuit, { path: ptau.path, hash: PUBLISHED[16] ?? "" });
  await refused("3.zkey", "PTAU_SMALL", await chain(1));
  await writeFile(at("other.ptau"), await knownPtau({ ...SECRETS, tau: 7n }, 4));
  const other = { path: at("other.ptau"), hash: await hashFile(at("other.ptau"), "blake2b512") };
  await refused("3.zkey", "KEY_TRANSCRIPT", circuit, other);
});

test("the development seed's powers of tau are refused, and no partial file is left", async () => {
  await writeFile(at("seed.ptau"), await knownPtau({ ...developmentTrapdoor(), gamma: 1n, delta: 1n }, 4));
  const seed = { path: at("seed.ptau"), hash: await hashFile(at("seed.ptau"), "blake2b512") };
  await expect(beginCeremony(circuit, seed, at("never.zkey"))).rejects.toMatchObject({ code: "KEY_DEVELOPMENT" });
  const left = (await readdir(folder)).filter((name) => name.includes("never"));
  expect(left).toEqual([]);
  await expect(contribute(at("1.zkey"), at("no such folder/2.zkey"), "x")).rejects.toMatchObject({
    code: "FILE_UNWRITABLE",
    exitCode: 3,
  });
});

test("a contribution may overwrite the key that it is based on", async () => {
  await copyFile(at("1.zkey"), at("same.zkey"));
  await contribute(at("same.zkey"), at("same.zkey"), "second");
  expect(await verifyCeremony(circuit, ptau, at("same.zkey"))).toMatchObject({ contributions: 2 });
});

test("a beacon is a hexadecimal number of sufficient length", async () => {
  for (const value of ["", "0x00", "abc", "00".repeat(65), "zz".repeat(20)])
    await expect(applyBeacon(at("2.zkey"), at("never.zkey"), value)).rejects.toMatchObject({ code: "KEY_BEACON" });
});
