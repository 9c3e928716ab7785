/** Combines the sums over a key's sections into a proof. */
import { randomBytes } from "node:crypto";
import type { Bn128 } from "../../curve/bn128Wasm.ts";
import { BASE_PRIME, FIELD_ORDER, type Fp2, type G1Point, type G2Point } from "../../curve/bn254.ts";
import { ProofError } from "../../errors.ts";
import { integerBytes, readInteger } from "../../formats/binfile.ts";
import type { Groth16Proof } from "../../groth16/groth16.ts";
import { type GroupName, POINT_SIZE, SCALAR_SIZE } from "../../keys/fixedBase.ts";
import type { ZkeyHeader } from "../../keys/zkeyFile.ts";

/** Parts of the sums over sections 5 to 9; their order does not matter. Jacobian points, Montgomery form. */
export interface SectionSums {
  readonly a: readonly Uint8Array[];
  readonly b1: readonly Uint8Array[];
  readonly b2: readonly Uint8Array[];
  readonly c: readonly Uint8Array[];
  readonly h: readonly Uint8Array[];
}

/** The blinding of a proof: two secret scalars that are used only once. */
export interface Blinding {
  readonly r: bigint;
  readonly s: bigint;
}

export function freshBlinding(): Blinding {
  return { r: randomScalar(), s: randomScalar() };
}

/** Uniform below the field's order, from the system's generator. */
function randomScalar(): bigint {
  for (;;) {
    // 254 bits, the length of the order: three in four draws are below it.
    const value = readInteger(randomBytes(SCALAR_SIZE), 0, SCALAR_SIZE) >> 2n;
    if (value < FIELD_ORDER) return value;
  }
}

/**
 * A = α + Σa + r·δ, B = β + Σb + s·δ (in both groups), C = Σc + Σh + s·A + r·B − r·s·δ.
 *
 * @throws ProofError PROOF_INFINITY if one of them is the point at infinity
 */
export function assemble(wasm: Bn128, key: ZkeyHeader, sums: SectionSums, { r, s }: Blinding): Groth16Proof {
  const mark = wasm.mark();
  try {
    const bytesOf = (parts: readonly Uint8Array[]): number[] => parts.map((part) => wasm.put(part));
    const delta1 = jacobian(wasm, "g1", key.delta1);
    const delta2 = jacobian(wasm, "g2", key.points.delta2);
    const a = total(wasm, "g1", [
      jacobian(wasm, "g1", key.points.alpha1),
      ...bytesOf(sums.a),
      times(wasm, "g1", delta1, r),
    ]);
    const b1 = total(wasm, "g1", [jacobian(wasm, "g1", key.beta1), ...bytesOf(sums.b1), times(wasm, "g1", delta1, s)]);
    const b2 = total(wasm, "g2", [
      jacobian(wasm, "g2", key.points.beta2),
      ...bytesOf(sums.b2),
      times(wasm, "g2", delta2, s),
    ]);
    const c = total(wasm, "g1", [
      ...bytesOf([...sums.c, ...sums.h]),
      times(wasm, "g1", a, s),
      times(wasm, "g1", b1, r),
      times(wasm, "g1", delta1, FIELD_ORDER - ((r * s) % FIELD_ORDER)),
    ]);
    const [ax, ay] = affine(wasm, "g1", a) as [bigint, bigint];
    const [cx, cy] = affine(wasm, "g1", c) as [bigint, bigint];
    const [x0, x1, y0, y1] = affine(wasm, "g2", b2) as [bigint, bigint, bigint, bigint];
    return {
      pi_a: [ax, ay],
      pi_b: [
        [x0, x1],
        [y0, y1],
      ],
      pi_c: [cx, cy],
    };
  } finally {
    wasm.release(mark);
  }
}

const jacobianSize = (group: GroupName): number => 1.5 * POINT_SIZE[group];

/** The address of a point in Jacobian coordinates. */
function jacobian(wasm: Bn128, group: GroupName, point: G1Point | G2Point | null): number {
  const address = wasm.alloc(jacobianSize(group));
  if (point === null) {
    wasm.call(`${group}m_zero`)(address);
    return address;
  }
  const coordinates = (point as readonly (bigint | Fp2)[]).flat() as bigint[];
  const bytes = Buffer.concat(coordinates.map((value) => integerBytes((value << 256n) % BASE_PRIME)));
  wasm.call(`${group}m_toJacobian`)(wasm.put(bytes), address);
  return address;
}

/** The address of scalar·point. */
function times(wasm: Bn128, group: GroupName, point: number, scalar: bigint): number {
  const result = wasm.alloc(jacobianSize(group));
  wasm.call(`${group}m_timesScalar`)(point, wasm.put(integerBytes(scalar)), SCALAR_SIZE, result);
  return result;
}

/** The address of the sum of points. */
function total(wasm: Bn128, group: GroupName, points: readonly number[]): number {
  const sum = wasm.alloc(jacobianSize(group));
  wasm.call(`${group}m_zero`)(sum);
  for (const point of points) wasm.call(`${group}m_add`)(sum, point, sum);
  return sum;
}

/** A point's affine coordinates as numbers: two in G1, four in G2. */
function affine(wasm: Bn128, group: GroupName, point: number): bigint[] {
  if (wasm.call(`${group}m_isZero`)(point)) {
    throw new ProofError("PROOF_INFINITY", "a part of the proof is the point at infinity: prove again");
  }
  const size = POINT_SIZE[group];
  const address = wasm.alloc(size);
  wasm.call(`${group}m_toAffine`)(point, address);
  for (let at = address; at < address + size; at += 32) wasm.call("f1m_fromMontgomery")(at, at);
  const bytes = Buffer.from(wasm.take(address, size));
  return Array.from({ length: size / 32 }, (_, i) => readInteger(bytes, 32 * i, 32));
}
