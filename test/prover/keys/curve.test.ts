import { getCurveFromName } from "ffjavascript";
import { expect, test } from "vitest";
import {
  BASE_PRIME,
  FIELD_ORDER,
  type Fp2,
  G1_GENERATOR,
  G2_GENERATOR,
  inverse,
  isInG2,
  isOnG1,
  isOnTwist,
  modulo,
  multiplyG1,
  multiplyG2,
  power,
} from "../../../prover/curve/bn254.ts";
import { offGroup } from "./points.ts";

const SCALARS = [1n, 2n, 3n, 0xdeadbeefn, FIELD_ORDER - 1n, FIELD_ORDER / 3n];

test("multiples of the generators are those of ffjavascript", async () => {
  const { G1, G2 } = await getCurveFromName("bn128", true);
  for (const scalar of SCALARS) {
    expect(multiplyG1(G1_GENERATOR, scalar)).toEqual(
      G1.toObject(G1.toAffine(G1.timesScalar(G1.g, scalar))).slice(0, 2),
    );
    expect(multiplyG2(G2_GENERATOR, scalar)).toEqual(
      G2.toObject(G2.toAffine(G2.timesScalar(G2.g, scalar))).slice(0, 2),
    );
  }
});

test("the order takes every point to infinity", () => {
  expect(multiplyG1(G1_GENERATOR, FIELD_ORDER)).toBeNull();
  expect(multiplyG2(G2_GENERATOR, FIELD_ORDER)).toBeNull();
  expect(multiplyG1(G1_GENERATOR, 0n)).toBeNull();
  expect(multiplyG1(G1_GENERATOR, FIELD_ORDER + 1n)).toEqual(G1_GENERATOR);
});

test("points off the curve, not reduced or outside the group are told apart", () => {
  expect(isOnG1(G1_GENERATOR)).toBe(true);
  expect(isOnG1([1n, 3n])).toBe(false);
  expect(isOnG1([1n + BASE_PRIME, 2n])).toBe(false);
  expect(isOnG1([1n, 2n - BASE_PRIME])).toBe(false);
  expect(isInG2(G2_GENERATOR)).toBe(true);
  const [x, y] = G2_GENERATOR;
  const swapped: [Fp2, Fp2] = [
    [x[1], x[0]],
    [y[1], y[0]],
  ];
  expect(isOnTwist(swapped)).toBe(false);
  const stranger = offGroup();
  expect(isOnTwist(stranger)).toBe(true);
  expect(isInG2(stranger)).toBe(false);
});

test("inverses and powers", () => {
  for (const value of [1n, 2n, BASE_PRIME - 1n, 123456789n]) {
    expect(modulo(value * inverse(value, BASE_PRIME), BASE_PRIME)).toBe(1n);
    expect(power(value, BASE_PRIME - 2n, BASE_PRIME)).toBe(inverse(value, BASE_PRIME));
  }
  expect(inverse(-1n, BASE_PRIME)).toBe(BASE_PRIME - 1n);
  expect(() => inverse(BASE_PRIME, BASE_PRIME)).toThrow(RangeError);
});
