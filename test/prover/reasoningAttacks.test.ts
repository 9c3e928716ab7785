/** Certificates that claim too much: each of these was accepted once, or is the nearest that must be refused. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { certify } from "../../prover/certificate/certify.ts";
import { prepared } from "../../prover/certificate/hashes.ts";
import { hashesOf, namesOf } from "../../prover/certificate/names.ts";
import { Propagator } from "../../prover/certificate/propagate.ts";
import { Checker, checkCertificate } from "../../prover/certificate/reasoning/check.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { terms } from "../../prover/certificate/terms.ts";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import { P } from "../../verifier/constraints/sums.ts";
import { System } from "../../verifier/constraints/system.ts";
import { fileOf, type Sums, section } from "../lib/r1csFile.ts";

const checkerOf = (...constraints: Sums[]): Checker => new Checker(new System(fileOf(constraints)));
/** x is 0 or 1. */
const bit = (signal: number): Sums => [
  [[signal, 1n]],
  [
    [signal, 1n],
    [0, -1n],
  ],
  [],
];

describe("a factor of 0", () => {
  it("gives no bounds", () => {
    const checker = checkerOf();
    checker.apply(["identity", [], [], [[2, "0"]]]);
    expect(() => checker.apply(["range", 0, 2])).toThrow("leaves signal 2 without bounds");
    expect(checker.facts.known.has(2)).toBe(false);
  });

  it("that is P gives none either", () => {
    const checker = checkerOf();
    checker.apply(["identity", [], [], [[2, String(P)]]]);
    expect(() => checker.apply(["range", 0, 2])).toThrow("leaves signal 2 without bounds");
  });

  it("does not make a case absurd, or a product one of what is not 0", () => {
    const checker = checkerOf();
    checker.apply(["nonzero", "test", [3]]);
    checker.apply(["identity", [[3, "0"]], [[3, "0"]], []]);
    expect(() => checker.apply(["absurd", 0])).toThrow("may hold");
    checker.apply([
      "identity",
      [[3, "0"]],
      [
        [2, "1"],
        [0, "-5"],
      ],
      [],
    ]);
    expect(() => checker.apply(["either", 1, 2])).toThrow("leaves signal 2 without bounds");
  });

  it("does not make one bit of two be 1", () => {
    const checker = checkerOf(bit(2), bit(3));
    checker.apply(["either", 0, 2]);
    checker.apply(["either", 1, 3]);
    checker.apply([
      "identity",
      [],
      [],
      [
        [2, "0"],
        [3, "0"],
      ],
    ]);
    expect(() => checker.apply(["onehot", 2, [[], []]])).toThrow("there are not as many cases as values");
  });

  it("does not make a digit known", () => {
    const sum: Sums = [
      [],
      [],
      [
        [2, 1n],
        [3, 1n],
        [1, -1n],
      ],
    ];
    const checker = checkerOf(bit(2), bit(3), bit(4), sum);
    for (const [n, signal] of [
      [0, 2],
      [1, 3],
      [2, 4],
    ] as const)
      checker.apply(["either", n, signal]);
    checker.apply(["given", [1]]);
    checker.apply([
      "rewrite",
      3,
      [],
      [],
      [
        [2, "1"],
        [3, "1"],
        [1, "-1"],
        [4, "0"],
      ],
    ]);
    expect(() => checker.apply(["radix", 4, "1"])).toThrow("leaves all its signals open");
  });

  it("of a signal that is named twice is their sum", () => {
    const checker = checkerOf();
    checker.apply([
      "identity",
      [],
      [],
      [
        [2, "1"],
        [2, "-1"],
      ],
    ]);
    expect(() =>
      checker.apply([
        "identity",
        [],
        [],
        [
          [2, "1"],
          [2, "0"],
        ],
      ]),
    ).toThrow("no identity");
  });
});

describe("a digest", () => {
  const source = (capacity: string): string => `pragma circom 2.2.0;
include "poseidon.circom";
template Main() {
    signal input digest;
    signal input first;
    signal input second;
    component permutation = Poseidon(2, 1);
    permutation.capacity <== ${capacity};
    permutation.inputs[0] <== second;
    permutation.inputs[1] <== second * second;
    permutation.out[0] === digest + 0 * first;
}
component main { public [digest] } = Main();`;
  const setting = async (capacity: string) => {
    const circuit = await buildCircuit("capacity", source(capacity));
    const names = namesOf(await loadSymbols(circuit.sym));
    const file = await readFile(circuit.r1cs);
    const checker = new Checker(new System(file));
    const own = new Propagator(new System(file), () => null);
    const [hash] = hashesOf(own.system, names).map((one) => prepared(own, one));
    if (hash === undefined) throw new Error("there is no hash");
    checker.apply(["given", [names.signals.get("digest") as number]]);
    for (const line of own.lines) checker.apply(line);
    const line: Line = ["digest", terms(hash.out), hash.lanes.map(terms), hash.constraints];
    return { names, file, checker, line };
  };

  it("has one preimage where its capacity is fixed", async () => {
    const { checker, line, names } = await setting("7");
    checker.apply(line);
    expect(checker.facts.known.has(names.signals.get("second") as number)).toBe(true);
  });

  it("has many where the capacity is chosen: Poseidon can be computed backwards", async () => {
    const { checker, line, names, file } = await setting("first");
    expect(() => checker.apply(line)).toThrow("the capacity is not known");
    const open = checkCertificate(file, certify(file, names, ["digest"])).open();
    expect(open).toContain(names.signals.get("second"));
  });

  it("does not make a signal known whose factor is 0", async () => {
    const { checker, line } = await setting("7");
    const [rule, out, [, ...lanes], constraints] = line as [string, unknown, [number, string][][], number[]];
    const another = checker.system.next;
    checker.apply(["define", [[checker.system.signals - 1, "1"]]]);
    checker.apply([
      rule,
      out,
      [
        [
          [0, "7"],
          [another, "0"],
        ],
        ...lanes,
      ],
      constraints,
    ]);
    expect(checker.facts.known.has(another)).toBe(false);
  });

  it("has 1 to 16 inputs", () => {
    const checker = checkerOf();
    const lanes = (count: number) => Array.from({ length: count }, () => [[0, "1"]]);
    for (const count of [0, 1, 18]) {
      expect(() => checker.apply(["digest", [[0, "1"]], lanes(count), []])).toThrow("Poseidon has 1 to 16 inputs");
    }
  });
});

describe("an assumption", () => {
  const branches = (first: string, second: string): Line[][] => [[["assumed", first, [3]]], [["assumed", second, [3]]]];

  it("is named in each case that has it, and not only in the last", () => {
    const checker = checkerOf(bit(1));
    checker.apply(["given", [1]]);
    checker.apply(["either", 0, 1]);
    checker.apply(["cases", 1, branches("much", "little")]);
    expect([...checker.assumed.values(), ...checker.conditions.keys()].sort()).toEqual(["little", "much"]);
  });

  it("is no interval without a number", () => {
    const checker = checkerOf();
    expect(() => checker.apply(["within", "test", 2, "5", "3"])).toThrow("signal 2 has no value");
    expect(() => checker.apply(["within", "test", 2, "", "3"])).toThrow("is no integer");
  });
});

describe("a constraint that was deleted", () => {
  const file = fileOf([
    [
      [],
      [],
      [
        [1, 1n],
        [2, -1n],
      ],
    ],
  ]);
  const deleted = (n: unknown, rule = "follows"): void => {
    const { hash } = new System(file);
    checkCertificate(file, { circuit: hash, lines: [["given", [1]], [rule, n] as unknown as Line] }, [0]);
  };

  it("is there under no other name of its number", () => {
    expect(() => deleted(0)).toThrow("constraint 0 was deleted");
    for (const n of ["0", [0], [["0"]], -0.5]) expect(() => deleted(n, "asserts")).toThrow(/there is no constraint/);
    expect(() => deleted("0")).toThrow(/there is no constraint/);
  });
});

describe("a rule", () => {
  it("is none that every object has", () => {
    expect(() => checkerOf().apply(["toString"])).toThrow('there is no rule "toString"');
  });
});

describe("an .r1cs file", () => {
  const sum = (...terms: Sums[number]): Sums => [[], [], terms];

  it("is read if each signal is its own and stands once in a sum", () => {
    expect(new System(fileOf([sum([1, 1n], [5, -1n])])).own).toBe(1);
    expect(() => new System(fileOf([sum([1, 1n], [6, -1n])]))).toThrow("signal 6, which is none of its own");
    expect(() => new System(fileOf([sum([1, 1n], [1, -1n])]))).toThrow("signal 1 twice in a sum");
  });

  it("is read if each section is there once, and ends where it says", () => {
    expect(() => new System(fileOf([], 6, [section(2)]))).toThrow("two sections 2");
    const file = fileOf([sum([1, 1n])]);
    file.writeUInt32LE(0, 12 + 12 + 60);
    expect(() => new System(file)).toThrow("more constraints than it says");
  });
});
