/**
 * Makes a Groth16 proving key from a known trapdoor: scalars from the circuit, then every point as a multiple of a
 * generator. The result equals snarkjs's for the same trapdoor byte for byte, except for the circuit hash.
 */

import { circuitHash, type OnProgress } from "../circuit/build.ts";
import { bn128Module } from "../curve/bn128Module.ts";
import { Bn128 } from "../curve/bn128Wasm.ts";
import { G1_GENERATOR, G2_GENERATOR, multiplyG1, multiplyG2 } from "../curve/bn254.ts";
import { BinFile, integerBytes, readInteger } from "../formats/binfile.ts";
import { domainSize, parseR1csHeader } from "../formats/r1csHeader.ts";
import { SCALAR_SIZE } from "./fixedBase.ts";
import { PointPool } from "./pointPool.ts";
import { COEFFICIENT_SIZE, evaluate } from "./qap.ts";
import type { Trapdoor } from "./trapdoor.ts";
import { type VerificationKey, verificationKey } from "./verificationKey.ts";
import { headerSection, u32, ZKEY, ZkeyWriter } from "./zkeyFile.ts";

/**
 * Writes the key of the circuit in the file `r1cs` to the file `zkey`. The same circuit and trapdoor give the same
 * bytes on every machine, with any number of threads.
 */
export async function makeKey(
  r1cs: string,
  trapdoor: Trapdoor,
  zkey: string,
  onProgress: OnProgress = () => undefined,
): Promise<void> {
  await using file = await BinFile.open(r1cs, "r1cs");
  const header = await parseR1csHeader(file);
  const size = domainSize(header);
  const wasm = new Bn128(await bn128Module());
  await using out = await ZkeyWriter.create(zkey);

  const counts = { g1: 3 * header.wires + size + 3, g2: header.wires + 3 };
  const total = counts.g1 + counts.g2;
  let done = 0;
  await using pool = await PointPool.start(counts, (points) => {
    done += points;
    onProgress("points", done, total);
  });

  const { alpha, beta, gamma, delta } = trapdoor;
  const scalars = (...values: bigint[]): Uint8Array => Buffer.concat(values.map(integerBytes));
  const first = await pool.multiply("g1", scalars(alpha, beta, delta));
  const second = await pool.multiply("g2", scalars(beta, gamma, delta));
  const [alpha1, beta1, delta1] = [0, 1, 2].map((i) => first.subarray(64 * i, 64 * i + 64)) as Three;
  const [beta2, gamma2, delta2] = [0, 1, 2].map((i) => second.subarray(128 * i, 128 * i + 128)) as Three;

  await out.section(ZKEY.protocol, u32(1));
  const sizes = { wires: header.wires, publicSignals: header.publicSignals, domainSize: size };
  await out.section(ZKEY.header, headerSection(sizes, { alpha1, beta1, beta2, gamma2, delta1, delta2 }));

  onProgress("constraints", 0, header.constraints);
  await out.begin(ZKEY.coefficients);
  await out.write(u32(0));
  let coefficients = 0;
  const values = await evaluate(wasm, file, header, trapdoor, async (bytes) => {
    coefficients += bytes.byteLength / COEFFICIENT_SIZE;
    await out.write(bytes);
  });
  await out.patch(0, u32(coefficients));
  await out.end();
  onProgress("constraints", header.constraints, header.constraints);

  // G2 first: its points are the slowest, and no thread should wait at the end.
  const inG2 = pool.multiply("g2", values.b);
  const inG1 = [values.k, values.h, values.a, values.b].map((list) => pool.multiply("g1", list));
  const [[k, h, a, b1], b2] = await Promise.all([Promise.all(inG1) as Promise<Four>, inG2]);
  const publicPoints = (header.publicSignals + 1) * 64;
  // snarkjs's own order of sections.
  await out.section(ZKEY.ic, k.subarray(0, publicPoints));
  await out.section(ZKEY.h, h);
  await out.section(ZKEY.c, k.subarray(publicPoints));
  await out.section(ZKEY.a, a);
  await out.section(ZKEY.b1, b1);
  await out.section(ZKEY.b2, b2);
  const circuit = Buffer.from(await circuitHash(r1cs), "hex");
  await out.section(ZKEY.contributions, Buffer.concat([circuit, u32(0)]));
}

/**
 * The verification key of the proving key that {@link makeKey} writes, without making that one: it takes one pass over
 * the constraints, and a few points instead of some for each wire.
 */
export async function makeVerificationKey(r1cs: string, trapdoor: Trapdoor): Promise<VerificationKey> {
  await using file = await BinFile.open(r1cs, "r1cs");
  const header = await parseR1csHeader(file);
  const wasm = new Bn128(await bn128Module());
  const values = await evaluate(wasm, file, header, trapdoor, async () => undefined);
  const publicScalars = Buffer.from(values.k.subarray(0, (header.publicSignals + 1) * SCALAR_SIZE));
  const { alpha, beta, gamma, delta } = trapdoor;
  return verificationKey({
    alpha1: multiplyG1(G1_GENERATOR, alpha),
    beta2: multiplyG2(G2_GENERATOR, beta),
    gamma2: multiplyG2(G2_GENERATOR, gamma),
    delta2: multiplyG2(G2_GENERATOR, delta),
    ic: Array.from({ length: header.publicSignals + 1 }, (_, i) =>
      multiplyG1(G1_GENERATOR, readInteger(publicScalars, i * SCALAR_SIZE, SCALAR_SIZE)),
    ),
  });
}

type Three = [Uint8Array, Uint8Array, Uint8Array];
type Four = [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
