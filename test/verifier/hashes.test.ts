/** Digests in certificates: what is one, and the nearest that must not be. hashesChallenges.test.ts has challenges. */
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { prepared } from "../../prover/certificate/hashes.ts";
import { hashesOf, namesOf } from "../../prover/certificate/names.ts";
import { Propagator } from "../../prover/certificate/propagate.ts";
import { terms } from "../../prover/certificate/terms.ts";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import type { Line, Terms } from "../../verifier/certificate/checker.ts";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import { System } from "../../verifier/constraints/system.ts";
import { CHALLENGE, DIGEST, HashChecker, UNEQUAL } from "../../verifier/hashes/check.ts";
import { fileOf } from "../lib/r1csFile.ts";
import { chosen, elaboratedOf, hashCheckerOf } from "../lib/smallChecker.ts";

const source = (capacity: string, lane: string): string => `pragma circom 2.2.0;
include "poseidon.circom";
template Main() {
    signal input digest;
    signal input first;
    signal input second;
    signal input third;
    component permutation = Poseidon(2, 1);
    permutation.capacity <== ${capacity};
    permutation.inputs[0] <== ${lane};
    permutation.inputs[1] <== second * second;
    permutation.out[0] === digest + 0 * (first + third);
}
component main { public [digest] } = Main();`;

/** Sorts of names that rest on no assumption about a hash. */
const OTHER_SORTS = ["given", "chosen", "free", "within", "nonzero"];

interface Digest {
  readonly out: Terms;
  readonly lanes: readonly Terms[];
  readonly constraints: readonly number[];
}

/** A circuit with one hash; its digest is given. */
async function setting(capacity: string, lane = "second") {
  const circuit = await buildCircuit("capacity", source(capacity, lane));
  const names = namesOf(await loadSymbols(circuit.sym));
  const file = await readFile(circuit.r1cs);
  const own = new Propagator(new System(file), () => null);
  const [hash] = hashesOf(own.system, names).map((one) => prepared(own, one));
  if (hash === undefined) throw new Error("there is no hash");
  const signal = (name: string): number => names.signals.get(name) as number;
  const before = elaboratedOf(file, own.lines);
  const whole: Digest = { out: terms(hash.out), lanes: hash.lanes.map(terms), constraints: hash.constraints };
  const given: Line = ["named", "given", "test", [signal("digest")]];
  /** After lines, that signals are inputs of the digest, or of one that is changed. */
  const claim = (lines: readonly Line[], signals: readonly number[], change: Partial<Digest> = {}): HashChecker => {
    const { out, lanes, constraints } = { ...whole, ...change };
    const line: Line = ["named", "assumed", DIGEST, signals, out, lanes, constraints];
    return hashCheckerOf(file, [...before, ...lines, line]);
  };
  return { signal, before, file, given, claim, ...whole };
}

describe("a digest", () => {
  let fixed: Awaited<ReturnType<typeof setting>>;
  let second: number;
  beforeAll(async () => {
    fixed = await setting("7");
    second = fixed.signal("second");
  });

  it("has one preimage where its capacity is fixed", () => {
    const { claim, given } = fixed;
    const checker = claim([given], [second]);
    expect([checker.facts.knows(second), checker.named.at(-1)]).toEqual([true, ["assumed", DIGEST, second]]);
    // Its other lane is no signal that is named: nothing is said of it.
    expect(claim([given], []).facts.knows(second)).toBe(false);
  });

  it("is known, and has the capacity that its constraints have", () => {
    const { claim, given, lanes } = fixed;
    expect(() => claim([], [second])).toThrow("the digest or the capacity is not known");
    for (const capacity of ["8", "0"]) {
      expect(() => claim([given], [second], { lanes: [[[0, capacity]], ...lanes.slice(1)] })).toThrow(
        "is not the next product of Poseidon",
      );
    }
  });

  it("has many preimages where the capacity is chosen: Poseidon can be computed backwards", async () => {
    const { claim, given, signal } = await setting("first");
    const [first, input] = ["first", "second"].map(signal) as [number, number];
    expect(() => claim([given], [input])).toThrow("the digest or the capacity is not known");
    expect(claim([given, chosen(first)], [input]).facts.knows(input)).toBe(true);
  });

  it("has one unknown signal in a lane, and that has a factor", async () => {
    const { claim, given, signal, lanes: own } = await setting("7", "second + third");
    const [input, third] = ["second", "third"].map(signal) as [number, number];
    const sum: Terms = [
      [input, "1"],
      [third, "1"],
    ];
    const lanes = own.with(1, sum);
    expect(() => claim([given], [input], { lanes })).toThrow("a lane has two unknown signals");
    expect(claim([given, chosen(third)], [input], { lanes }).facts.knows(input)).toBe(true);
  });

  it("has no lane of a signal whose factor is 0, or of one that is known", () => {
    const { lanes, file, before, given } = fixed;
    const another = hashCheckerOf(file, before).next;
    const defined: Line[] = [given, ["define", [[0, "5"]]]];
    const zero = lanes.with(1, [...(lanes[1] as Terms), [another, "0"]]);
    expect(() => fixed.claim(defined, [another], { lanes: zero })).toThrow(`signal ${another} is no unknown lane`);
    expect(() => fixed.claim(defined, [second, another])).toThrow(`signal ${another} is no unknown lane`);
    expect(() => fixed.claim([given, chosen(second)], [second])).toThrow(`signal ${second} is no unknown lane`);
  });

  it("has all S-boxes of Poseidon, in their order", () => {
    const { claim, given, constraints } = fixed;
    for (const i of [0, 1, 2, 100, constraints.length - 1]) {
      expect(() => claim([given], [second], { constraints: constraints.toSpliced(i, 1) })).toThrow(
        /is not the next product of Poseidon|there is no case/,
      );
      const other = i < 3 ? i + 3 : i - 3;
      const swapped = constraints.with(i, constraints[other] as number).with(other, constraints[i] as number);
      expect(() => claim([given], [second], { constraints: swapped })).toThrow();
    }
    expect(() => claim([given], [second], { constraints: [...constraints, 0] })).toThrow(
      "there are more constraints than Poseidon has",
    );
  });

  it("is the first lane that it leaves", () => {
    const { claim, given, out } = fixed;
    const [[signal, factor], ...rest] = out as [[number, string], ...Terms];
    const twice = [[signal, String(2n * BigInt(factor))], ...rest] as Terms;
    for (const other of [twice, [...out, [0, "1"]] as Terms, [[second, "1"]] as Terms, []]) {
      expect(() => claim([given], [second], { out: other })).toThrow("the digest is another one");
    }
  });

  it("has 1 to 16 inputs", () => {
    const checker = new HashChecker(new Circuit(fileOf([])));
    for (const count of [0, 1, 18]) {
      const lanes = Array.from({ length: count }, () => [[0, "1"]]);
      expect(() => checker.apply(["named", "assumed", DIGEST, [], [[0, "1"]], lanes, []])).toThrow(
        "Poseidon has 1 to 16 inputs",
      );
    }
  });

  it("is looked at, and its input is assumed and nothing else", () => {
    const { file, before, given, out, lanes, constraints } = fixed;
    const naming = (...line: Line): HashChecker => hashCheckerOf(file, [...before, given, line]);
    expect(() => naming("named", "assumed", DIGEST, [second])).toThrow();
    expect(() => naming("named", "assumed", DIGEST, [second], [], lanes, constraints)).toThrow(
      "the digest is another one",
    );
    expect(naming("named", "assumed", DIGEST, [second], out, lanes, constraints).facts.knows(second)).toBe(true);
    for (const sort of OTHER_SORTS) {
      const other = `nothing is shown here for "${DIGEST}"`;
      expect(() => naming("named", sort, DIGEST, [second])).toThrow(other);
      expect(() => naming("named", sort, DIGEST, [second], "5", "5")).toThrow(other);
      expect(() => naming("named", sort, DIGEST, [second], out, lanes, constraints)).toThrow(other);
    }
  });
});

describe("a reason about hashes", () => {
  it.each([DIGEST, CHALLENGE, UNEQUAL])("is one of the rule that looks at it: %s", (reason) => {
    const other = "nothing is shown here for";
    const checker = new HashChecker(new Circuit(fileOf([[[[2, 1n]], [[3, 1n]], [[1, 1n]]]])));
    for (const line of [["named", "given", "test", [1]] as Line, chosen(3)]) checker.apply(line);
    const names = checker.named.length;
    // Each is a line that holds with another reason: within has bounds, and signal 3 is known.
    const holds: Line[] = [
      ["named", "given", reason, [1]],
      ["named", "chosen", reason, [2]],
      ["named", "free", reason, [2]],
      ["named", "within", reason, [2], "5", "5"],
      ["named", "nonzero", reason, [3]],
    ];
    expect(holds.map(([, sort]) => sort)).toEqual(OTHER_SORTS);
    for (const line of holds) expect(() => checker.apply(line)).toThrow(other);
    if (reason === UNEQUAL) expect(() => checker.apply(["named", "assumed", reason, [2]])).toThrow(other);
    else expect(() => checker.apply(["divides", reason, 0, []])).toThrow(other);
    if (reason === UNEQUAL) expect(() => checker.apply(["divides", reason, 0, []])).toThrow("divides by no challenge");
    else expect(() => checker.apply(["named", "assumed", reason, [2]])).toThrow();
    expect([checker.facts.knows(2), checker.facts.boundsOf(2), checker.nonzero.size, checker.named.length]).toEqual([
      false,
      undefined,
      0,
      names,
    ]);
    checker.apply(["divides", "another reason", 0]);
    expect(checker.named.at(-1)).toEqual(["assumed", "another reason", 2]);
    for (const [, sort, , ...rest] of holds.filter(([, sort]) => ["given", "within", "nonzero"].includes(String(sort))))
      expect(() => checker.apply(["named", sort, "another reason", ...rest])).not.toThrow();
  });
});
