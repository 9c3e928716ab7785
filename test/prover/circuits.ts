/** Tiny circuits for the prover's tests. */
import { buildCircuit, type CircuitArtifacts } from "../../prover/circuit/build.ts";

const LIBRARIES = ["node_modules/circomlib/circuits"];

/** out = a · b + a, with b public and a not zero. */
export const MULTIPLIER = `pragma circom 2.0.0;
template Multiplier() {
  signal input a;
  signal input b;
  signal input inverse;
  signal output out;
  a * inverse === 1;
  out <== a * b + a;
}
component main { public [b] } = Multiplier();
`;

/** Bits of a number, and products of neighbours: wires that are 0 and 1, and wires that only C or only A mentions. */
export const BITS = `pragma circom 2.0.0;
template Bits(n) {
  signal input value;
  signal input factor;
  signal output out[2];
  signal bit[n];
  var sum = 0;
  for (var i = 0; i < n; i++) {
    bit[i] <-- (value >> i) & 1;
    bit[i] * (bit[i] - 1) === 0;
    sum += bit[i] * 2 ** i;
  }
  sum === value;
  signal both[n];
  both[0] <== bit[0];
  for (var i = 1; i < n; i++) both[i] <== bit[i] * bit[i - 1];
  var pairs = 0;
  for (var i = 0; i < n; i++) pairs += both[i];
  out[0] <== pairs * factor;
  out[1] <== (value - 1) * factor;
}
component main { public [factor] } = Bits(201);
`;

/** out = Poseidon applied `length` times, 237 constraints each. */
export function poseidonChain(length: number): string {
  return `pragma circom 2.0.0;
include "poseidon.circom";
template Chain(n) {
  signal input start;
  signal output out;
  signal value[n + 1];
  component hash[n];
  value[0] <== start;
  for (var i = 0; i < n; i++) {
    hash[i] = Poseidon(2);
    hash[i].inputs[0] <== value[i];
    hash[i].inputs[1] <== i;
    value[i + 1] <== hash[i].out;
  }
  out <== value[n];
}
component main = Chain(${length});
`;
}

export async function multiplier(): Promise<CircuitArtifacts> {
  return await buildCircuit("multiplier", MULTIPLIER, { libraries: LIBRARIES });
}

export async function chain(length: number): Promise<CircuitArtifacts> {
  return await buildCircuit(`chain-${length}`, poseidonChain(length), { libraries: LIBRARIES });
}
