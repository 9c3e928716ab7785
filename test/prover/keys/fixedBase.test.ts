import { expect, test } from "vitest";
import { bn128Module } from "../../../prover/curve/bn128Module.ts";
import { Bn128 } from "../../../prover/curve/bn128Wasm.ts";
import {
  BASE_PRIME,
  FIELD_ORDER,
  G1_GENERATOR,
  G2_GENERATOR,
  inverse,
  multiplyG1,
  multiplyG2,
  power,
} from "../../../prover/curve/bn254.ts";
import { integerBytes, readInteger } from "../../../prover/formats/binfile.ts";
import { FixedBase, POINT_SIZE, windowFor } from "../../../prover/keys/fixedBase.ts";
import { PointPool } from "../../../prover/keys/pointPool.ts";

const OVER_R = inverse(1n << 256n, BASE_PRIME);
const EDGES = [0n, 1n, 2n, 3n, 1n << 253n, FIELD_ORDER - 1n, FIELD_ORDER - 2n, (FIELD_ORDER - 1n) / 2n];
const RANDOM = Array.from({ length: 30 }, (_, i) => power(7n, BigInt(1000 + i), FIELD_ORDER));

function bytes(scalars: readonly bigint[]): Uint8Array {
  return Buffer.concat(scalars.map(integerBytes));
}

function coordinates(points: Uint8Array): bigint[] {
  const buffer = Buffer.from(points);
  return Array.from({ length: points.length / 32 }, (_, i) => (readInteger(buffer, 32 * i, 32) * OVER_R) % BASE_PRIME);
}

function expected(group: "g1" | "g2", scalar: bigint): bigint[] {
  const point = group === "g1" ? multiplyG1(G1_GENERATOR, scalar) : multiplyG2(G2_GENERATOR, scalar);
  return point === null ? new Array<bigint>(POINT_SIZE[group] / 32).fill(0n) : (point.flat() as bigint[]);
}

test.each([2, 3, 5, 8, 12])("with windows of %i bits, every product is right", async (bits) => {
  const wasm = new Bn128(await bn128Module());
  const scalars = [...EDGES, ...RANDOM];
  // A scalar whose last addition meets its own double or its own negative: only the slow path is right there.
  const top = Math.ceil(255 / bits) * bits - bits;
  for (let digit = 1n; digit <= 3n; digit++) {
    const awkward = 2n * (digit << BigInt(top)) - FIELD_ORDER;
    if (awkward > 0n && awkward < FIELD_ORDER) scalars.push(awkward);
    scalars.push(digit << BigInt(top));
  }
  for (const group of ["g1", "g2"] as const) {
    const points = new FixedBase(wasm, group, bits).multiply(bytes(scalars.filter((scalar) => scalar < FIELD_ORDER)));
    expect(coordinates(points)).toEqual(
      scalars.filter((scalar) => scalar < FIELD_ORDER).flatMap((scalar) => expected(group, scalar)),
    );
  }
});

test("scalars of several lockstep rounds keep their order", async () => {
  const wasm = new Bn128(await bn128Module());
  const scalars = Array.from({ length: 5000 }, (_, i) => BigInt(i));
  const points = coordinates(new FixedBase(wasm, "g1", 8).multiply(bytes(scalars)));
  for (const i of [0, 1, 2047, 2048, 4095, 4096, 4999]) {
    expect(points.slice(2 * i, 2 * i + 2)).toEqual(expected("g1", BigInt(i)));
  }
});

test("threads give what one thread gives, and report their progress", async () => {
  const scalars = bytes(Array.from({ length: 9000 }, (_, i) => power(3n, BigInt(i), FIELD_ORDER)));
  let done = 0;
  await using pool = await PointPool.start({ g1: 9000, g2: 100 }, (points) => {
    done += points;
  });
  const [g1, g2] = await Promise.all([pool.multiply("g1", scalars), pool.multiply("g2", scalars.subarray(0, 3200))]);
  await using single = await PointPool.start({ g1: 1, g2: 1 });
  expect(Buffer.from(await single.multiply("g1", scalars)).equals(Buffer.from(g1))).toBe(true);
  expect(Buffer.from(await single.multiply("g2", scalars.subarray(0, 3200))).equals(Buffer.from(g2))).toBe(true);
  expect(done).toBe(9100);
});

test("windows grow with the number of scalars", () => {
  expect(windowFor(1)).toBeLessThan(5);
  expect(windowFor(130_000)).toBeGreaterThanOrEqual(13);
  expect(windowFor(130_000)).toBeLessThanOrEqual(16);
});
