/** The smallest binary files that their readers accept. */
import { readFileSync } from "node:fs";
import { FIELD_ORDER } from "../../../prover/curve/bn254.ts";
import { integerBytes } from "../../../prover/formats/binfile.ts";
import { headerSection, u32, ZKEY, ZkeyWriter } from "../../../prover/keys/zkeyFile.ts";

/** wire 1 · wire 1 = wire 2. */
export function smallestR1cs(): Buffer {
  const header = Buffer.concat([
    u32(32),
    integerBytes(FIELD_ORDER),
    ...[3, 1, 0, 1].map(u32),
    Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]),
    u32(1),
  ]);
  const term = (wire: number): Buffer => Buffer.concat([u32(1), u32(wire), integerBytes(1n)]);
  const sections: [number, Buffer][] = [
    [1, header],
    [2, Buffer.concat([term(1), term(1), term(2)])],
  ];
  return Buffer.concat([
    Buffer.from("r1cs", "latin1"),
    u32(1),
    u32(sections.length),
    ...sections.map(([id, data]) => Buffer.concat([u32(id), u32(data.length), u32(0), data])),
  ]);
}

/** Writes a key with invalid points to the path. */
export async function smallestZkey(path: string): Promise<Buffer> {
  const [g1, g2] = [new Uint8Array(64).fill(1), new Uint8Array(128).fill(2)];
  {
    await using file = await ZkeyWriter.create(path);
    await file.section(ZKEY.protocol, u32(1));
    const own = { alpha1: g1, beta1: g1, delta1: g1, beta2: g2, gamma2: g2, delta2: g2 };
    await file.section(ZKEY.header, headerSection({ wires: 3, publicSignals: 1, domainSize: 4 }, own));
    await file.section(ZKEY.ic, new Uint8Array(128).fill(3));
    await file.section(ZKEY.coefficients, u32(0));
    const points: [section: number, size: number][] = [
      [ZKEY.a, 3 * 64],
      [ZKEY.b1, 3 * 64],
      [ZKEY.b2, 3 * 128],
      [ZKEY.c, 64],
      [ZKEY.h, 4 * 64],
    ];
    for (const [id, size] of points) await file.section(id, new Uint8Array(size).fill(4));
    await file.section(ZKEY.contributions, Buffer.alloc(68, 7));
  }
  return readFileSync(path);
}
