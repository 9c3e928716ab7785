/** Rules of the certificate's checker, one by one: where they hold, and the nearest place where they do not. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type Names, namesOf } from "../../prover/certificate/names.ts";
import { Checker } from "../../prover/certificate/reasoning/check.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { renamed } from "../../prover/certificate/renamed.ts";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import { System } from "../../verifier/constraints/system.ts";

const HEAD = 'pragma circom 2.2.0;\ninclude "bitify.circom";\n';

/** A word that says by its size whether a bit is set: `least` is what it is at least if so. */
const sized = (least: number): string => `${HEAD}
template Sized() {
    signal input word;
    signal input bit;
    signal input gap;
    signal input twice;
    signal scaled <== bit * (gap + ${least});
    bit * (bit - 1) === 0;
    _ <== Num2Bits(8)(gap);
    (1 - bit) * gap === 0;
    word === 3 * scaled;
    twice * bit === scaled;
}
component main { public [word] } = Sized();`;

/** A factor of 1, and one of another number. */
const factor = (product: string): string => `${HEAD}
template Factor() {
    signal input product;
    signal input small;
    signal input inverse;
    _ <== Num2Bits(8)(small);
    small * inverse === ${product};
}
component main { public [product] } = Factor();`;

interface Scene {
  readonly checker: Checker;
  readonly names: Names;
  /** The constraint that has these signals, and no others. */
  find(...names: string[]): number;
  signal(name: string): number;
  apply(...line: Line): void;
}

async function sceneOf(source: string): Promise<Scene> {
  const circuit = await buildCircuit("rules", source);
  const names = namesOf(await loadSymbols(circuit.sym));
  const system = new System(await readFile(circuit.r1cs));
  const checker = new Checker(system);
  const signal = (name: string): number => {
    const found = names.signals.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };
  const find = (...wanted: string[]): number => {
    const all = wanted.map(signal).sort((x, y) => x - y);
    const found = [...system.constraints.keys()].find((n) => {
      const own = new Set(
        system
          .at(n)
          .flatMap((sum) => [...sum.keys()])
          .filter((one) => one !== 0),
      );
      return [...own].sort((x, y) => x - y).join() === all.join();
    });
    if (found === undefined) throw new Error(`no constraint has ${wanted.join(", ")}`);
    return found;
  };
  return { checker, names, find, signal, apply: (...line) => checker.apply(line) };
}

/** Everything up to the bit: what the word gives, and that the bit and the gap have few values. */
function prepared({ apply, find, signal, checker, names }: Scene): void {
  apply("given", [signal("word")]);
  apply("either", find("bit"), signal("bit"));
  apply("within", "test: the range check", signal("gap"), "0", "255");
  expect(checker.conditions.get("test: the range check")).toBe(1);
  expect(names.of[signal("bit")]).toBe("bit");
}

const SUM: readonly string[] = ["bit", "gap", "word"];

describe("a bit that a known number tells apart", () => {
  const branches = (scene: Scene): Line[][] => [
    [["range", scene.find(...SUM), scene.signal("word")]],
    [["range", scene.find(...SUM), scene.signal("word")]],
  ];

  it("is known", async () => {
    const scene = await sceneOf(sized(1));
    prepared(scene);
    scene.apply("apart", scene.signal("bit"), [[scene.signal("word"), "1"]], branches(scene));
    expect(scene.checker.facts.known.has(scene.signal("bit"))).toBe(true);
  });

  it("is not known where both values allow one word", async () => {
    const scene = await sceneOf(sized(0));
    prepared(scene);
    const line: Line = ["apart", scene.signal("bit"), [[scene.signal("word"), "1"]], branches(scene)];
    expect(() => scene.checker.apply(line)).toThrow("the sum is not elsewhere in each case");
  });

  it("is not known by a number that is not", async () => {
    const scene = await sceneOf(sized(1));
    prepared(scene);
    const line: Line = ["apart", scene.signal("bit"), [[scene.signal("gap"), "1"]], [[], []]];
    expect(() => scene.checker.apply(line)).toThrow("the sum is not known");
  });

  it("has two values, and both are to be looked at", async () => {
    const scene = await sceneOf(sized(1));
    prepared(scene);
    const line: Line = ["apart", scene.signal("bit"), [[scene.signal("word"), "1"]], branches(scene).slice(1)];
    expect(() => scene.checker.apply(line)).toThrow("there are not as many cases as values");
  });
});

describe("a signal that is free in a case", () => {
  it("is free after it, and known only where it is known in all cases", async () => {
    const scene = await sceneOf(sized(1));
    prepared(scene);
    const { apply, signal, checker } = scene;
    apply("assumed", "test", [signal("bit")]);
    apply("cases", signal("bit"), [[["free", "no use", [signal("twice")]]], [["assumed", "test", [signal("twice")]]]]);
    expect([checker.facts.known.has(signal("twice")), checker.facts.free.get(signal("twice"))]).toEqual([
      false,
      "no use",
    ]);
  });

  it("stays open if another case says nothing of it", async () => {
    const scene = await sceneOf(sized(1));
    prepared(scene);
    const { apply, signal, checker } = scene;
    apply("assumed", "test", [signal("bit")]);
    apply("cases", signal("bit"), [[["free", "no use", [signal("twice")]]], []]);
    expect(checker.open()).toContain(signal("twice"));
  });

  it("cannot be one that is known", async () => {
    const { apply, signal } = await sceneOf(sized(1));
    apply("given", [signal("word")]);
    expect(() => apply("free", "no use", [signal("word")])).toThrow("is known, and not free");
  });
});

describe("a factor of what is not 0", () => {
  it("is 1 at least", async () => {
    const { apply, signal, find, checker } = await sceneOf(factor("1"));
    apply("within", "test", signal("small"), "0", "255");
    apply("positive", find("small", "inverse"), signal("small"));
    expect(checker.facts.bounds.get(signal("small"))).toEqual([1n, 255n]);
  });

  it("may be 0 where the product may", async () => {
    const { apply, signal, find } = await sceneOf(factor("product"));
    apply("within", "test", signal("small"), "0", "255");
    const n = find("small", "inverse", "product");
    expect(() => apply("positive", n, signal("small"))).toThrow("does not say that");
  });
});

describe("a constraint that says nothing", () => {
  it("is one only if both sides are the same sum", async () => {
    const { apply, signal, checker } = await sceneOf(factor("1"));
    const { next } = checker.system;
    apply("define", [
      [signal("small"), "2"],
      [0, "5"],
    ]);
    const sum = (constant: string) => [
      [next, "-1"],
      [signal("small"), "2"],
      [0, constant],
    ];
    apply("identity", [], [], sum("5"));
    expect(() => apply("identity", [], [], sum("4"))).toThrow("this is no identity");
    expect(() => apply("identity", [[0, "1"]], sum("5"), [[0, "1"]])).toThrow("this is no identity");
  });
});

describe("a line for another row", () => {
  it("has the other row's signals and constraints everywhere", () => {
    const to = { signal: (n: number) => n + 100, constraint: (n: number) => n + 1000 };
    const line: Line = ["apart", 1, [[2, "7"]], [[["range", [[3, "-1"]], 4]], [["follows", 5, 6]]]];
    expect(renamed(line, to)).toEqual([
      "apart",
      101,
      [[102, "7"]],
      [[["range", [[1003, "-1"]], 104]], [["follows", 1005, 1006]]],
    ]);
    expect(renamed(["divides", "reason", 7, 8], to)).toEqual(["divides", "reason", 1007, 1008]);
    expect(renamed(["each", [1], [2]], to)).toEqual(["each", [101], [1002]]);
    expect(renamed(["transcript", [1], [[[[[2, "7"]]], [3]]], [["follows", 4]]], to)).toEqual([
      "transcript",
      [101],
      [[[[[102, "7"]]], [1003]]],
      [["follows", 1004]],
    ]);
    expect(() => renamed(["guess", 1], to)).toThrow('the rule "guess" are not renamed');
  });
});
