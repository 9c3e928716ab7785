import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCurveFromName } from "ffjavascript";
import { zKey } from "snarkjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CircuitArtifacts } from "../../../prover/circuit/build.ts";
import { circuitHash } from "../../../prover/circuit/build.ts";
import {
  FIELD_ORDER,
  G1_GENERATOR,
  type G1Point,
  G2_GENERATOR,
  type G2Point,
  multiplyG1,
  multiplyG2,
} from "../../../prover/curve/bn254.ts";
import { SnarkjsEngine } from "../../../prover/engines/snarkjs.ts";
import { BinFile } from "../../../prover/formats/binfile.ts";
import { makeKey } from "../../../prover/keys/makeKey.ts";
import { rootOfUnity } from "../../../prover/keys/qap.ts";
import { developmentTrapdoor } from "../../../prover/keys/trapdoor.ts";
import { readZkeyHeader, ZKEY } from "../../../prover/keys/zkeyFile.ts";
import { chain, multiplier } from "../circuits.ts";
import { knownPtau } from "./ptau.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "timebandits-keys-"));
});
afterAll(async () => {
  await new SnarkjsEngine().close();
  await rm(folder, { recursive: true, force: true });
});

const trapdoor = developmentTrapdoor();
/** The start of snarkjs's setup, without any contribution. */
const fresh = { ...trapdoor, gamma: 1n, delta: 1n };

async function sections(path: string): Promise<Map<number, Buffer>> {
  await using file = await BinFile.open(path, "zkey");
  const all = new Map<number, Buffer>();
  for (const id of file.sections.keys()) all.set(id, await file.read(id));
  return all;
}

test.each([
  ["the multiplier", multiplier, 3],
  ["a Poseidon", () => chain(1), 8],
] as [string, () => Promise<CircuitArtifacts>, number][])(
  "for the same trapdoor, the key of %s is snarkjs's own, byte for byte",
  async (_, build, power) => {
    const { r1cs } = await build();
    const [ours, theirs] = [join(folder, `ours-${power}.zkey`), join(folder, `theirs-${power}.zkey`)];
    await makeKey(r1cs, fresh, ours);
    const hash = await zKey.newZKey(r1cs, await knownPtau(trapdoor, power), theirs);
    expect(hash).not.toBe(-1);
    const [a, b] = await Promise.all([readFile(ours), readFile(theirs)]);
    // The circuit hash is 64 bytes before the number of contributions, at the very end.
    expect(a.length).toBe(b.length);
    expect(a.subarray(0, -68).equals(b.subarray(0, -68))).toBe(true);
    expect(a.subarray(-4).equals(b.subarray(-4))).toBe(true);
    expect(a.toString("hex", a.length - 68, a.length - 4)).toBe(await circuitHash(r1cs));
  },
);

test("γ and δ divide only the points that they belong to", async () => {
  const { r1cs } = await multiplier();
  const [plain, divided] = [join(folder, "plain.zkey"), join(folder, "divided.zkey")];
  await makeKey(r1cs, fresh, plain);
  await makeKey(r1cs, trapdoor, divided);
  const curve = await getCurveFromName("bn128", true);
  const times = (points: Buffer, scalar: bigint): Buffer => {
    const out: Uint8Array[] = [];
    for (let at = 0; at < points.length; at += 64) {
      const product = curve.G1.timesScalar(new Uint8Array(points.subarray(at, at + 64)), scalar);
      out.push(curve.G1.toAffine(product));
    }
    return Buffer.concat(out);
  };
  const [before, after] = [await sections(plain), await sections(divided)];
  const pick = (id: number): [Buffer, Buffer] => [after.get(id) as Buffer, before.get(id) as Buffer];
  for (const id of [ZKEY.a, ZKEY.b1, ZKEY.b2, ZKEY.coefficients]) {
    const [a, b] = pick(id);
    expect(a.equals(b)).toBe(true);
  }
  const [ic, icBefore] = pick(ZKEY.ic);
  expect(times(ic, trapdoor.gamma).equals(icBefore)).toBe(true);
  for (const id of [ZKEY.c, ZKEY.h]) {
    const [a, b] = pick(id);
    expect(times(a, trapdoor.delta).equals(b)).toBe(true);
  }
});

test("the header holds the secrets' multiples of the generators", async () => {
  const { r1cs } = await multiplier();
  const path = join(folder, "header.zkey");
  await makeKey(r1cs, trapdoor, path);
  const header = await readZkeyHeader(path);
  const g1 = (scalar: bigint): G1Point | null => multiplyG1(G1_GENERATOR, scalar);
  const g2 = (scalar: bigint): G2Point | null => multiplyG2(G2_GENERATOR, scalar);
  expect(header).toMatchObject({ wires: 5, publicSignals: 2, domainSize: 8, contributions: 0 });
  expect(header.points.alpha1).toEqual(g1(trapdoor.alpha));
  expect(header.points.beta2).toEqual(g2(trapdoor.beta));
  expect(header.points.gamma2).toEqual(g2(trapdoor.gamma));
  expect(header.points.delta2).toEqual(g2(trapdoor.delta));
  expect(header.beta1).toEqual(g1(trapdoor.beta));
  expect(header.delta1).toEqual(g1(trapdoor.delta));
  expect(header.points.ic).toHaveLength(3);
});

test("making a key twice gives the same bytes, with and without threads", async () => {
  const { r1cs } = await chain(12);
  const [one, two] = [join(folder, "one.zkey"), join(folder, "two.zkey")];
  const seen: string[] = [];
  await makeKey(r1cs, trapdoor, one, (stage) => seen.push(stage));
  await makeKey(r1cs, trapdoor, two);
  expect((await readFile(one)).equals(await readFile(two))).toBe(true);
  expect(new Set(seen)).toEqual(new Set(["constraints", "points"]));
});

test("the roots of unity are snarkjs's", async () => {
  const { Fr } = await getCurveFromName("bn128", true);
  for (const exponent of [1, 2, 17, 28]) {
    expect(rootOfUnity(exponent)).toBe(Fr.toObject(Fr.w[exponent] as Uint8Array));
  }
  expect(rootOfUnity(1)).toBe(FIELD_ORDER - 1n);
  expect(() => rootOfUnity(29)).toThrow("smaller circuit");
});
