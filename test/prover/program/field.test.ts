/** The faster program's arithmetic, against whole numbers. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { BASE_PRIME, inverse, FIELD_ORDER as R } from "../../../prover/curve/bn254.ts";
import { fromMontgomery, multiply } from "../../../prover/witnessProgram/field.ts";
import { Assembler } from "../../../trace/wasm/assembler.ts";
import { inverseModulo } from "../../../trace/wasm/divisionSteps.ts";

const module = new Assembler();
module.add("multiply", 3, multiply);
module.add("fromMontgomery", 2, fromMontgomery);
module.add("inverseModulo", 2, inverseModulo(R));
module.add("inverseModuloPrime", 2, inverseModulo(BASE_PRIME));
const { memory, ...functions } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes(1, new Uint8Array())))
  .exports as { memory: WebAssembly.Memory } & Record<string, WebAssembly.ExportedFunction>;
const words = new BigUint64Array(memory.buffer);
const WORD = 32;

function put(place: number, value: bigint): void {
  for (let i = 0n; i < 4n; i++) words[4 * place + Number(i)] = (value >> (64n * i)) & (2n ** 64n - 1n);
}
const take = (place: number): bigint =>
  [0, 1, 2, 3].reduce((sum, i) => sum + ((words[4 * place + i] as bigint) << BigInt(64 * i)), 0n);

/** Calls a function on these operands. The result is written to `to`, which may be one of them. */
function run(name: string, operands: readonly bigint[], to: number): bigint {
  operands.forEach((value, i) => {
    put(i, value);
  });
  (functions[name] as WebAssembly.ExportedFunction)(...operands.map((_, i) => WORD * i), WORD * to);
  return take(to);
}

const inverseOf = (value: bigint, prime = R): bigint => (value === 0n ? 0n : inverse(value, prime));
const OUT = inverseOf(2n ** 256n % R);

const EDGES = [0n, 1n, 2n, R - 1n, R - 2n, (R - 1n) / 2n, (R + 1n) / 2n, 2n ** 256n % R, 2n ** 253n, 2n ** 253n - 1n];
const BITS = Array.from({ length: 254 }, (_, i) => 2n ** BigInt(i)).filter((value) => value < R);
const element = fc.oneof(
  fc.bigInt({ min: 0n, max: R - 1n }),
  fc.constantFrom(...EDGES),
  fc.constantFrom(...BITS),
  // Around a power of two, where limbs and words begin.
  fc.tuple(fc.constantFrom(...BITS), fc.bigInt({ min: -3n, max: 3n })).map(([bit, d]) => (bit + d + R) % R),
);
const RUNS = { numRuns: 3000 };

test.each([0, 1, 2])("a product, written to place %i", (to) => {
  for (const a of EDGES) for (const b of EDGES) expect(run("multiply", [a, b], to)).toBe((a * b * OUT) % R);
  fc.assert(
    fc.property(element, element, (a, b) => {
      expect(run("multiply", [a, b], to)).toBe((a * b * OUT) % R);
    }),
    RUNS,
  );
});

test("products at the order's edge are below the order", () => {
  // x · y is k · 2^256 for small k, so the product is k, or the order less one, and nearly the order before it is
  // brought below it.
  for (const product of [0n, 1n, 2n, R - 1n, R - 2n]) {
    for (const a of [...BITS, ...EDGES.slice(1)]) {
      const b = (product * 2n ** 256n * inverseOf(a)) % R;
      expect(run("multiply", [a, b], 2)).toBe(product);
    }
  }
});

test.each([0, 1])("out of Montgomery's form, written to place %i", (to) => {
  const check = (value: bigint): void => {
    expect(run("fromMontgomery", [value], to)).toBe((value * OUT) % R);
  };
  for (const value of [...EDGES, ...BITS]) check(value);
  fc.assert(fc.property(element, check), RUNS);
});

test.each([0, 1, 2])("an inverse, written to place %i; that of 0 is 0", (to) => {
  const check = (value: bigint): void => {
    expect(run("inverseModulo", [value], to)).toBe(inverseOf(value));
    // The base field's prime is the larger one.
    for (const other of [value, BASE_PRIME - value - 1n]) {
      expect(run("inverseModuloPrime", [other], to)).toBe(inverseOf(other, BASE_PRIME));
    }
  };
  for (const value of [...EDGES, ...BITS]) check(value);
  fc.assert(fc.property(element, check), RUNS);
});
