/** Rules of the certificate's checker about one case, one by one: where they hold, and the nearest that must not. */
import { describe, expect, it } from "vitest";
import type { Line } from "../../verifier/certificate/checker.ts";
import { P } from "../../verifier/certificate/field.ts";
import type { Sums } from "../lib/r1csFile.ts";
import {
  boundsOf,
  checkedOf,
  chosen,
  given,
  knownOf,
  linear,
  one,
  product,
  refused,
  within,
} from "../lib/smallChecker.ts";

describe("named", () => {
  it("makes known what is given, chosen or assumed, and not what is free", () => {
    const lines: Line[] = [given, chosen(2), ["named", "assumed", "reason", [3]], ["named", "free", "no use", [4]]];
    expect(knownOf([], ...lines)).toEqual([1, 2, 3]);
    expect(checkedOf([], ...lines).named.get(4)).toEqual({ sort: "free", reason: "no use" });
  });

  it("gives public signals alone, and chooses, assumes or frees only what is not known", () => {
    refused("signal 2 is not given", [], ["named", "given", "test", [2]]);
    for (const sort of ["chosen", "assumed", "free"]) {
      refused(`signal 1 is not ${sort}`, [], given, ["named", sort, "test", [1]]);
    }
  });

  it("has a text as its reason, and signals that there are", () => {
    refused("a reason is a text", [], ["named", "chosen", ["test"], [2]]);
    for (const signal of [8, -1, 1.5, "2"]) refused("there is no signal", [], ["named", "free", "test", [signal]]);
  });
});

describe("within", () => {
  it("puts a signal between two numbers, and counts", () => {
    expect(boundsOf(2, [], within(2, 3, 9), within(2, 0, 5))).toEqual([3n, 5n]);
    expect(checkedOf([], within(2, 3, 9), within(2, 0, 5)).conditions.get("test")).toBe(2);
  });

  it("needs a number between, and integers in decimal", () => {
    refused("signal 2 has no value", [], within(2, 5, 3));
    refused("signal 2 has no value", [], within(2, 5, 9), within(2, 0, 4));
    for (const low of ["", "0x1", "1.5", 1]) refused("is no integer", [], ["within", "test", 2, low, "3"]);
  });

  it("of the whole field says nothing", () => {
    expect(boundsOf(2, [], ["within", "test", 2, "0", String(P)])).toBe(undefined);
  });
});

describe("nonzero", () => {
  it("is counted for each signal", () => {
    const checker = checkedOf([], ["nonzero", "test", [2, 3]]);
    expect([[...checker.nonzero], checker.conditions.get("test")]).toEqual([[2, 3], 2]);
  });

  it("is of signals that there are", () => refused("there is no signal 8", [], ["nonzero", "test", [8]]));
});

describe("define", () => {
  const twice: Line = ["define", [[2, "2"]]];

  it("adds a signal, and a constraint that says what it is", () => {
    const checker = checkedOf([], chosen(2), twice, ["follows", 0]);
    expect([checker.next, checker.added.length, checker.facts.knows(8)]).toEqual([9, 1, true]);
  });

  it("divides by what is not 0 by an assumption", () => {
    const quotient: Line = ["define", [[2, "2"]], 3];
    const lines: Line[] = [chosen(2, 3), ["nonzero", "test", [3]], quotient];
    const [a, b, c] = checkedOf([], ...lines).at(0);
    expect([[...a], [...b], [...c]]).toEqual([one(8), one(3), [[2, 2n]]]);
    refused("signal 3 may be 0", [], chosen(2, 3), quotient);
    refused("signal 3 may be 0", [], chosen(2, 3), ["nonzero", "test", [2]], quotient);
  });

  it("is over signals that there are", () => refused("there is no signal 8", [], ["define", [[8, "1"]]]));
});

describe("derive", () => {
  const EQUAL = linear([2, 1n], [3, -1n]);
  /** Signal 2 = signal 3, times signal 4. */
  const TIMES: Sums = [
    [[4, 1n]],
    [
      [2, 1n],
      [3, -1n],
    ],
    [],
  ];
  const derive = (sides: unknown[], parts: unknown[], divisors: number[] = []): Line => [
    "derive",
    sides,
    parts,
    divisors,
  ];
  const equal = [
    [],
    [],
    [
      [2, "1"],
      [3, "-1"],
    ],
  ];

  it("adds multiples of constraints, also times signals", () => {
    // a = b, so a² = a · b.
    const squares = derive(
      [[[2, "1"]], [[2, "1"]], [[4, "1"]]],
      [
        [0, [["-1", 2]]],
        [1, [["1"]]],
      ],
    );
    const constraints = [EQUAL, product(2, 3, one(4))];
    expect(checkedOf(constraints, squares).added.length).toBe(1);
    const other = derive(
      [[[2, "1"]], [[3, "1"]], [[5, "1"]]],
      [
        [0, [["-1", 2]]],
        [1, [["1"]]],
      ],
    );
    refused("the constraint is not that sum", constraints, other);
  });

  it("writes a constraint with a signal that was defined", () => {
    const defined: Line[] = [
      [
        "define",
        [
          [2, "1"],
          [3, "1"],
        ],
      ],
    ];
    const sum: Sums = [
      [
        [2, 2n],
        [3, 2n],
      ],
      one(4),
      one(5),
    ];
    const rewritten = (times: string) => derive([[[8, times]], [[4, "1"]], [[5, "1"]]], [[0, [["1"]]]]);
    checkedOf([sum], ...defined, rewritten("2"));
    refused("the constraint is not that sum", [sum], ...defined, rewritten("1"));
  });

  it("divides by what is not 0 by an assumption", () => {
    const line = derive(equal, [[0, [["-1"]]]], [4]);
    checkedOf([TIMES], ["nonzero", "test", [4]], line);
    refused("this is no such constraint", [TIMES], line);
    refused("this is no such constraint", [TIMES], ["nonzero", "test", [2]], line);
    refused("the constraint is not that sum", [TIMES], derive(equal, [[0, [["-1"]]]]));
  });

  it("has three sides", () => {
    for (const sides of [[], [[], []], [[], [], [], []]]) refused("this is no such constraint", [], derive(sides, []));
  });

  it("says nothing from nothing", () => {
    checkedOf([], derive([[], [], []], []));
    refused("the constraint is not that sum", [], derive([[], [], [[2, "1"]]], []));
  });
});

describe("follows", () => {
  const SUM = linear([1, 1n], [2, -3n]);

  it("has one unknown signal, whose factor is not 0", () => {
    expect(knownOf([SUM], given, ["follows", 0])).toEqual([1, 2]);
    expect(knownOf([product(2, 3, one(1))], given, chosen(3), within(3, 1, 9), ["follows", 0])).toEqual([1, 2, 3]);
    refused("factor of signal 2 may be 0", [product(2, 3, one(1))], given, chosen(3), within(3, 0, 9), ["follows", 0]);
  });

  it("has no two, and no square", () => {
    refused("has not one unknown signal", [SUM], ["follows", 0]);
    refused("has not one unknown signal, or its square", [product(2, 2, one(1))], given, ["follows", 0]);
  });

  it("says nothing of known signals", () => {
    expect(knownOf([SUM], given, chosen(2), ["follows", 0, 0])).toEqual([1, 2]);
  });

  it("names constraints that there are", () => {
    for (const n of [1, -1, 0.5, "0", null]) expect(() => checkedOf([SUM], given, ["follows", n])).toThrow();
  });
});

describe("divides", () => {
  const QUOTIENT = product(2, 3, one(1));

  it("assumes that the factor is not 0", () => {
    const checker = checkedOf([QUOTIENT], given, chosen(3), ["divides", "reason", 0]);
    expect([checker.facts.knows(2), checker.named.get(2)]).toEqual([true, { sort: "assumed", reason: "reason" }]);
  });

  it("has one unknown signal, and a reason", () => {
    refused("has not one unknown signal", [QUOTIENT], given, ["divides", "reason", 0]);
    refused("divides nothing", [QUOTIENT], given, chosen(2, 3), ["divides", "reason", 0]);
    refused("a reason is a text", [QUOTIENT], given, chosen(3), ["divides", 5, 0]);
    // Of a factor that is 0, the signal is not there any more.
    refused("divides nothing", [QUOTIENT], given, within(3, 0, 0), ["divides", "reason", 0]);
  });
});

describe("range", () => {
  it("is what the others leave, in a sum or in a product", () => {
    expect(boundsOf(3, [linear([2, 2n], [3, 1n])], within(2, 1, 5), ["range", 0, 3])).toEqual([-10n, -2n]);
    const lines = [within(2, 1, 5), within(3, -2, 3)];
    expect(boundsOf(4, [product(2, 3, one(4))], ...lines, ["range", 0, 4])).toEqual([-10n, 15n]);
    expect(
      boundsOf(
        4,
        [
          product(2, 3, [
            [4, -1n],
            [0, 7n],
          ]),
        ],
        ...lines,
        ["range", 0, 4],
      ),
    ).toEqual([-8n, 17n]);
  });

  it("adds linear constraints", () => {
    const both = [linear([2, 1n], [3, 1n], [4, -1n]), linear([3, 1n], [0, -7n])];
    expect(
      boundsOf(4, both, within(2, 0, 1), [
        "range",
        [
          [0, "1"],
          [1, "-1"],
        ],
        4,
      ]),
    ).toEqual([7n, 8n]);
    refused("leaves signal 4 without bounds", both, within(2, 0, 1), [
      "range",
      [
        [0, "1"],
        [1, "1"],
      ],
      4,
    ]);
  });

  it("is none without bounds of all others, of a factor, of what is not there, and of what is too wide", () => {
    refused("leaves signal 3 without bounds", [linear([2, 2n], [3, 1n])], ["range", 0, 3]);
    refused("leaves signal 2 without bounds", [product(2, 3, one(0))], within(3, 1, 2), ["range", 0, 2]);
    refused("leaves signal 4 without bounds", [linear([2, 2n], [3, 1n])], ["range", 0, 4]);
    const wide = linear([2, P / 3n], [3, 1n]);
    expect(boundsOf(3, [wide], within(2, 0, 2), ["range", 0, 3])).toEqual([-2n * (P / 3n), 0n]);
    refused("leaves signal 3 without bounds", [wide], within(2, 0, 4), ["range", 0, 3]);
  });

  it("of what has no value is refused", () => {
    refused("signal 3 has no value", [linear([2, 1n], [3, -1n])], within(2, 0, 1), within(3, 2, 9), ["range", 0, 3]);
  });
});

describe("radix", () => {
  const word = (high: bigint): Sums => linear([1, -1n], [2, 1n], [3, high]);
  const small = [given, within(2, 0, 9), within(3, 0, 9)];

  it("knows the digit that the others cannot make up for, then the next", () => {
    expect(knownOf([word(10n)], ...small, ["radix", 0, "1", [3, 2]])).toEqual([1, 2, 3]);
    refused("leaves signal 3 open", [word(9n)], ...small, ["radix", 0, "1", [3]]);
  });

  it("knows the digit of which the others change only multiples of more", () => {
    expect(knownOf([word(10n)], ...small, ["radix", 0, "1", [2]])).toEqual([1, 2]);
    refused("leaves signal 2 open", [word(9n)], ...small, ["radix", 0, "1", [2]]);
  });

  it("multiplies the sum", () => {
    const half = linear([1, -1n], [2, (P + 1n) / 2n], [3, 5n]);
    expect(knownOf([half], ...small, ["radix", 0, "2", [3, 2]])).toEqual([1, 2, 3]);
    refused("leaves signal 3 open", [half], ...small, ["radix", 0, "1", [3]]);
    refused("leaves signal 3 open", [half], ...small, ["radix", 0, "0", [3]]);
  });

  it("is of unknown parts with bounds, each of them once", () => {
    refused("signal 3 has no bounds", [word(10n)], given, within(2, 0, 9), ["radix", 0, "1", [3]]);
    refused("signal 4 is no unknown part", [word(10n)], ...small, ["radix", 0, "1", [4]]);
    refused("signal 3 is no unknown part", [word(10n)], ...small, ["radix", 0, "1", [3, 3]]);
    refused("is not linear", [product(2, 3, one(1))], ...small, ["radix", 0, "1", [3]]);
  });
});
