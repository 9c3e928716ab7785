/** No wire is free: change any one of a witness, and a constraint breaks. */
import { expect, test } from "vitest";
import { batchesOf } from "../../prover/batcher.ts";
import { batchInput } from "../../prover/batchInput.ts";
import { loadR1cs, unsatisfied } from "../../prover/r1cs.ts";
import { loadSymbols } from "../../prover/symbols.ts";
import { witnessValues } from "../../prover/wtns.ts";
import { mapOf } from "../../trace/genesis.ts";
import { FIELD } from "../../trace/layout.ts";
import { signedBy } from "../lib/authorities.ts";
import { SMALL, smallCircuit, witnessOf } from "../lib/circuit.ts";
import { randomRun } from "../lib/randomRun.ts";

/** Wires before these are the constant and the five public inputs. */
const FIRST_PRIVATE = 6;
/** Of the batches of a random run, how many are left out between two. */
const APART = 19;

const HARMLESS = [
  // circomlib's IsZero: in · inv = 1 − out, in · out = 0. Where in is 0, out is 1 whatever inv is.
  /\.Is(Zero|Equal)_\d+_\d+(\.isz)?\.inv$/,
  // The same of a log that did not grow, in a node that answers to no signature.
  /^main\.nodeInverse\[\d+\]$/,
  // Whether what is lent on names a resource, where the resource it names is none: it is read as none either way.
  /^main\.subjected\[\d+\]$/,
];

test("every wire is pinned down, but for the inverses of numbers that are 0", async () => {
  const circuit = await smallCircuit();
  const [r1cs, symbols] = await Promise.all([loadR1cs(circuit.r1cs), loadSymbols(circuit.sym)]);
  const names = new Map([...symbols].map(([name, wire]) => [wire, name]));
  const { genesis, tracer } = randomRun(3, 900);
  const map = mapOf(genesis);
  const free = new Set<string>();
  let batches = 0;
  for (const { transitions } of batchesOf(tracer.groups, SMALL)) {
    const { input } = batchInput(map, transitions, SMALL, 7n, signedBy(7n));
    if (batches++ % APART !== 0) continue;
    const witness = witnessValues(await witnessOf(input));
    expect(unsatisfied(r1cs, witness)).toEqual([]);
    for (let wire = FIRST_PRIVATE; wire < witness.length; wire++) {
      const value = witness[wire] as bigint;
      witness[wire] = (value + 1n) % FIELD;
      if (unsatisfied(r1cs, witness, [wire]).length === 0) free.add(names.get(wire) ?? `wire ${wire}`);
      witness[wire] = value;
    }
  }
  expect(batches).toBeGreaterThan(APART);
  expect([...free].filter((name) => !HARMLESS.some((pattern) => pattern.test(name)))).toEqual([]);
});
