/**
 * The scalars behind a proving key. With a known trapdoor, every point of a Groth16 key is a known multiple of a
 * generator: a polynomial of the circuit evaluated at τ. This module computes these values, in the field, in
 * WebAssembly. (A ceremony computes the same points without anyone knowing the values.)
 */

import type { Bn128 } from "../curve/bn128Wasm.ts";
import { FIELD_ORDER, inverse, power } from "../curve/bn254.ts";
import { FormatError } from "../errors.ts";
import { type BinFile, integerBytes } from "../formats/binfile.ts";
import { bytesBehind, domainSize, R1CS_CONSTRAINTS, type R1csHeader } from "../formats/r1csHeader.ts";
import { SCALAR_SIZE } from "./fixedBase.ts";
import type { Trapdoor } from "./trapdoor.ts";

/** 32-byte little-endian scalars, not in Montgomery form, back to back. */
export interface KeyScalars {
  /** A_s(τ) and B_s(τ) for every wire s. */
  readonly a: Uint8Array;
  readonly b: Uint8Array;
  /** (βA + αB + C)_s(τ): over γ for s = 0..public, over δ for the rest. */
  readonly k: Uint8Array;
  /** The odd Lagrange polynomials of the double domain at τ, over δ. */
  readonly h: Uint8Array;
}

/** Bytes of one coefficient in section 4 of a `.zkey`: matrix, row, wire (u32 each), value·R². */
export const COEFFICIENT_SIZE = 12 + SCALAR_SIZE;
/** Bytes of constraints taken into WebAssembly memory at a time. */
const CHUNK = 4 << 20;
/** log2 of the largest power-of-two subgroup of the field, and an element that is not a square. */
const TWO_ADICITY = 28;
const NON_RESIDUE = 5n;
const R = (1n << 256n) % FIELD_ORDER;

const montgomery = (value: bigint): Buffer => integerBytes((value * R) % FIELD_ORDER);

/** The root of unity of order 2^exponent that snarkjs uses. */
export function rootOfUnity(exponent: number): bigint {
  if (exponent > TWO_ADICITY)
    throw new RangeError(`the field has no domain of 2^${exponent} rows: use a smaller circuit`);
  return power(NON_RESIDUE, (FIELD_ORDER - 1n) >> BigInt(exponent), FIELD_ORDER);
}

/**
 * `count` values scale · L_j(τ) at j = first, first + step, …, over the domain of `size`. The address of 32 bytes each,
 * in the form that `scale` is in: plain if it is plain, Montgomery if it is Montgomery.
 */
export function lagrangeAt(
  wasm: Bn128,
  tau: bigint,
  domain: { size: number; first: number; step: number; count: number },
  scale: { value: bigint; form: "plain" | "montgomery" },
): number {
  const { size, first, step, count } = domain;
  const root = rootOfUnity(Math.log2(size));
  const vanishing = power(tau, BigInt(size), FIELD_ORDER) - 1n;
  if (vanishing === 0n) throw new RangeError("τ lies in the domain: the seed is unusable");
  const factor = (vanishing * inverse(BigInt(size), FIELD_ORDER) * scale.value) % FIELD_ORDER;

  const values = wasm.alloc(count * SCALAR_SIZE);
  const mark = wasm.mark();
  const powers = wasm.alloc(count * SCALAR_SIZE);
  const stride = wasm.put(montgomery(power(root, BigInt(step), FIELD_ORDER)));
  const point = wasm.put(montgomery(tau));
  const multiplier = wasm.put(scale.form === "plain" ? integerBytes(factor) : montgomery(factor));
  const [mul, sub] = [wasm.call("frm_mul"), wasm.call("frm_sub")];
  wasm.bytes.set(montgomery(power(root, BigInt(first), FIELD_ORDER)), powers);
  for (let i = 0; i < count; i++) {
    const at = powers + i * SCALAR_SIZE;
    if (i > 0) mul(at - SCALAR_SIZE, stride, at);
    sub(point, at, values + i * SCALAR_SIZE);
  }
  wasm.reserve((count + 1) * SCALAR_SIZE);
  wasm.call("frm_batchInverse")(values, SCALAR_SIZE, count, values, SCALAR_SIZE);
  for (let i = 0; i < count; i++) {
    const at = values + i * SCALAR_SIZE;
    mul(at, powers + i * SCALAR_SIZE, at);
    mul(at, multiplier, at);
  }
  wasm.release(mark);
  return values;
}

/**
 * Reads every constraint once: gives its A and B coefficients to `sink` in the form of section 4, and adds it to the
 * sums.
 *
 * @throws FormatError if the constraints name wires that do not exist or end too early.
 */
export async function evaluate(
  wasm: Bn128,
  file: BinFile,
  header: R1csHeader,
  trapdoor: Trapdoor,
  sink: (coefficients: Uint8Array) => Promise<void>,
): Promise<KeyScalars> {
  const size = domainSize(header);
  const { wires, constraints, publicSignals } = header;
  const one = { value: 1n, form: "montgomery" } as const;
  const rows = { size, first: 0, step: 1, count: constraints + publicSignals + 1 };
  const lagrange = lagrangeAt(wasm, trapdoor.tau, rows, one);
  const sums = [0, 1, 2].map(() => {
    const address = wasm.alloc(wires * SCALAR_SIZE);
    wasm.bytes.fill(0, address, address + wires * SCALAR_SIZE);
    return address;
  });
  await addConstraints(wasm, file, header, lagrange, sums, sink);

  // One more row for each public signal. It keeps their polynomials independent; otherwise public inputs could be
  // traded for each other.
  const extra = new Uint8Array((publicSignals + 1) * COEFFICIENT_SIZE);
  const extraView = new DataView(extra.buffer);
  const plain = wasm.alloc(SCALAR_SIZE);
  for (let s = 0; s <= publicSignals; s++) {
    const target = (sums[0] as number) + s * SCALAR_SIZE;
    wasm.call("frm_fromMontgomery")(lagrange + (constraints + s) * SCALAR_SIZE, plain);
    wasm.call("frm_add")(target, plain, target);
    extraView.setUint32(s * COEFFICIENT_SIZE + 4, constraints + s, true);
    extraView.setUint32(s * COEFFICIENT_SIZE + 8, s, true);
    extra.set(integerBytes((R * R) % FIELD_ORDER), s * COEFFICIENT_SIZE + 12);
  }
  await sink(extra);

  const [a, b, c] = sums as [number, number, number];
  combine(wasm, header, trapdoor, a, b, c);
  const odd = { size: 2 * size, first: 1, step: 2, count: size };
  const h = lagrangeAt(wasm, trapdoor.tau, odd, { value: inverse(trapdoor.delta, FIELD_ORDER), form: "plain" });
  const take = (address: number, count: number): Uint8Array => wasm.take(address, count * SCALAR_SIZE);
  return { a: take(a, wires), b: take(b, wires), k: take(c, wires), h: take(h, size) };
}

/** c ← (β·a + α·b + c) / γ for the public wires, / δ for the others. */
function combine(wasm: Bn128, header: R1csHeader, trapdoor: Trapdoor, a: number, b: number, c: number): void {
  const [mul, add] = [wasm.call("frm_mul"), wasm.call("frm_add")];
  const alpha = wasm.put(montgomery(trapdoor.alpha));
  const beta = wasm.put(montgomery(trapdoor.beta));
  const overGamma = wasm.put(montgomery(inverse(trapdoor.gamma, FIELD_ORDER)));
  const overDelta = wasm.put(montgomery(inverse(trapdoor.delta, FIELD_ORDER)));
  const product = wasm.alloc(SCALAR_SIZE);
  for (let s = 0; s < header.wires; s++) {
    const at = s * SCALAR_SIZE;
    mul(a + at, beta, product);
    add(c + at, product, c + at);
    mul(b + at, alpha, product);
    add(c + at, product, c + at);
    mul(c + at, s <= header.publicSignals ? overGamma : overDelta, c + at);
  }
}

async function addConstraints(
  wasm: Bn128,
  file: BinFile,
  header: R1csHeader,
  lagrange: number,
  sums: readonly number[],
  sink: (coefficients: Uint8Array) => Promise<void>,
): Promise<void> {
  const { size } = file.section(R1CS_CONSTRAINTS);
  const mark = wasm.mark();
  const product = wasm.alloc(SCALAR_SIZE);
  let capacity = Math.min(CHUNK, size);
  let input = wasm.alloc(capacity);
  // A term of 36 bytes comes out as 44.
  let output = wasm.alloc(Math.ceil((capacity * COEFFICIENT_SIZE) / 36));
  const [mul, add, toMontgomery] = [wasm.call("frm_mul"), wasm.call("frm_add"), wasm.call("frm_toMontgomery")];

  let position = 0;
  let row = 0;
  while (row < header.constraints) {
    const length = Math.min(capacity, size - position);
    wasm.bytes.set(await file.read(R1CS_CONSTRAINTS, position, length), input);
    const view = wasm.view;
    let at = input;
    let out = output;
    for (; row < header.constraints; row++) {
      const end = endOfConstraint(view, at, input + length);
      if (end < 0) break;
      const factor = lagrange + row * SCALAR_SIZE;
      for (let matrix = 0; matrix < 3; matrix++) {
        const sum = sums[matrix] as number;
        let terms = view.getUint32(at, true);
        at += 4;
        for (; terms > 0; terms--) {
          const wire = view.getUint32(at, true);
          if (wire >= header.wires)
            throw new FormatError("NO_SUCH_WIRE", `${file.path} names wire ${wire}: compile it again`);
          const target = sum + wire * SCALAR_SIZE;
          // A plain value times a Montgomery one is plain: no conversions.
          mul(at + 4, factor, product);
          add(target, product, target);
          if (matrix < 2) {
            view.setUint32(out, matrix, true);
            view.setUint32(out + 4, row, true);
            view.setUint32(out + 8, wire, true);
            toMontgomery(at + 4, out + 12);
            toMontgomery(out + 12, out + 12);
            out += COEFFICIENT_SIZE;
          }
          at += 4 + SCALAR_SIZE;
        }
      }
    }
    await sink(wasm.take(output, out - output));
    position += at - input;
    if (at === input && row < header.constraints) {
      // Not one whole constraint fits. Make room for a longer one, unless the file simply ends here.
      if (capacity >= size - position)
        throw new FormatError("CUT_SHORT", `${file.path} ends too early: compile it again`);
      capacity = Math.min(2 * capacity, size);
      input = wasm.alloc(capacity);
      output = wasm.alloc(Math.ceil((capacity * COEFFICIENT_SIZE) / 36));
    }
  }
  if (position !== size) throw bytesBehind(file.path);
  wasm.release(mark);
}

/** Where the constraint at `at` ends, or −1 if it does not end before `limit`. */
function endOfConstraint(view: DataView, at: number, limit: number): number {
  let end = at;
  for (let matrix = 0; matrix < 3; matrix++) {
    if (end + 4 > limit) return -1;
    end += 4 + view.getUint32(end, true) * (4 + SCALAR_SIZE);
  }
  return end <= limit ? end : -1;
}
