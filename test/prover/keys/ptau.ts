/**
 * A prepared powers-of-tau file for a trapdoor that is known, with just the sections that snarkjs's setup reads. With
 * it snarkjs can be asked to make the very key that `makeKey` makes.
 */

import { bn128Module } from "../../../prover/curve/bn128Module.ts";
import { Bn128 } from "../../../prover/curve/bn128Wasm.ts";
import { BASE_PRIME, FIELD_ORDER, power as powerOf } from "../../../prover/curve/bn254.ts";
import { integerBytes } from "../../../prover/formats/binfile.ts";
import { FixedBase, type GroupName } from "../../../prover/keys/fixedBase.ts";
import { lagrangeAt } from "../../../prover/keys/qap.ts";
import type { Trapdoor } from "../../../prover/keys/trapdoor.ts";

function u32(...values: number[]): Buffer {
  return Buffer.from(new Uint8Array(Uint32Array.from(values).buffer));
}

/** Bytes of the file for circuits of up to 2^power rows. */
export async function knownPtau(trapdoor: Trapdoor, power: number): Promise<Uint8Array> {
  const wasm = new Bn128(await bn128Module());
  const tables = { g1: new FixedBase(wasm, "g1", 6), g2: new FixedBase(wasm, "g2", 6) };
  const points = (group: GroupName, ...values: bigint[]): Uint8Array =>
    tables[group].multiply(Buffer.concat(values.map(integerBytes)));
  /** All Lagrange polynomials of the domains of 1, 2, 4, … rows at τ, times `scale`. */
  const lagrange = (group: GroupName, scale: bigint, highest: number): Buffer => {
    const domains: Uint8Array[] = [];
    for (let exponent = 0; exponent <= highest; exponent++) {
      const size = 2 ** exponent;
      const domain = { size, first: 0, step: 1, count: size };
      const at = lagrangeAt(wasm, trapdoor.tau, domain, { value: scale, form: "plain" });
      domains.push(tables[group].multiply(wasm.take(at, 32 * size)));
    }
    return Buffer.concat(domains);
  };
  const { alpha, beta } = trapdoor;
  const sections = new Map<number, Uint8Array>([
    [1, Buffer.concat([u32(32), integerBytes(BASE_PRIME), u32(power, power)])],
    [
      2,
      points(
        "g1",
        ...Array.from({ length: 2 ** (power + 1) - 1 }, (_, i) => powerOf(trapdoor.tau, BigInt(i), FIELD_ORDER)),
      ),
    ],
    [4, points("g1", alpha)],
    [5, points("g1", beta)],
    [6, points("g2", beta)],
    // One domain more: setup takes the odd points of the double one.
    [12, lagrange("g1", 1n, power + 1)],
    [13, lagrange("g2", 1n, power)],
    [14, lagrange("g1", alpha, power)],
    [15, lagrange("g1", beta, power)],
  ]);
  const parts: Uint8Array[] = [Buffer.from("ptau", "latin1"), u32(1, sections.size)];
  for (const [id, data] of sections) parts.push(u32(id, data.byteLength, 0), data);
  return new Uint8Array(Buffer.concat(parts));
}
