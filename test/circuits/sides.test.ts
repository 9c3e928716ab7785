/**
 * The wires on each side of the products. A proof sums those of left factors in G1, and those of right factors in G1
 * and in G2, which takes five times as long. A factor on the other side changes no rule, but the cost of every proof.
 */
import { expect, test } from "vitest";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { loadR1cs, type R1cs } from "../../prover/formats/r1cs.ts";

const [LEFT, RIGHT] = [0, 1];

const source = (file: string, component: string): string => `pragma circom 2.2.0;
include "${file}";
component main = ${component};
`;

/** A square of a sum, and a product of a lone signal and that sum. */
const product = (text: string): string => `pragma circom 2.2.0;
template Product() {
  signal input a;
  signal input b;
  signal input lone;
  var sum = a + b;
  signal output square <== sum * sum;
  signal output out <== ${text};
}
component main = Product();
`;

/** Number of different wires on one side of a circuit's products. */
function wiresOn(side: number, { header, starts, termWires }: R1cs): number {
  const wires = new Set<number>();
  for (let list = side; list < 3 * header.constraints; list += 3) {
    for (const wire of termWires.subarray(starts[list], starts[list + 1])) wires.add(wire);
  }
  return wires.size;
}

test.each([
  // Of 108 S-boxes, the fourth powers are on the left alone. On both sides are 6 inputs, the squares, the fifth powers
  // but for 6 in the last round, and the constant 1.
  { name: "a hash of five words", main: source("poseidon.circom", "Hash(5)"), left: 325, right: 217 },
  { name: "a signature", main: source("signature/signature.circom", "Signature()"), left: 2179, right: 1474 },
])("$name has few wires on the right", async ({ name, main, left, right }) => {
  const r1cs = await loadR1cs((await buildCircuit(name, main)).r1cs);
  expect({ left: wiresOn(LEFT, r1cs), right: wiresOn(RIGHT, r1cs) }).toEqual({ left, right });
});

test.each([
  { written: "(1 * lone) * sum", left: 3, right: 2 },
  { written: "lone * sum", left: 2, right: 3 },
  { written: "sum * lone", left: 2, right: 3 },
])("the compiler puts a lone signal to the right, unless it is an expression: $written", async (one) => {
  const r1cs = await loadR1cs((await buildCircuit("product", product(one.written))).r1cs);
  expect({ left: wiresOn(LEFT, r1cs), right: wiresOn(RIGHT, r1cs) }).toEqual({ left: one.left, right: one.right });
});
