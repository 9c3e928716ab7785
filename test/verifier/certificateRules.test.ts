/** Rules of the certificate's checker about one case, one by one: where they hold, and the nearest that must not. */
import { describe, expect, it } from "vitest";
import type { Line } from "../../verifier/certificate/checker.ts";
import { P } from "../../verifier/certificate/field.ts";
import { inverse } from "../../verifier/constraints/sums.ts";
import { outcomeOf } from "../../verifier/outcome.ts";
import type { Sums } from "../lib/r1csFile.ts";
import {
  boundsOf,
  checkedOf,
  chosen,
  given,
  knownOf,
  linear,
  nonzero,
  one,
  product,
  refused,
  within,
} from "../lib/smallChecker.ts";

describe("named", () => {
  it("makes known what is given, chosen or assumed, and not what is free", () => {
    const lines: Line[] = [given, chosen(2), ["named", "assumed", "reason", [3]], ["named", "free", "no use", [4]]];
    expect(knownOf([], ...lines)).toEqual([1, 2, 3]);
    expect(checkedOf([], ...lines).named).toEqual([
      ["given", "the statement gives it", 1],
      ["chosen", "test", 2],
      ["assumed", "reason", 3],
      ["free", "no use", 4],
    ]);
  });

  it("gives public signals alone, and chooses, assumes or frees only what is not known", () => {
    refused("signal 2 is not given", [], ["named", "given", "test", [2]]);
    for (const sort of ["chosen", "assumed", "free"]) {
      refused(`signal 1 is not ${sort}`, [], given, ["named", sort, "test", [1]]);
    }
  });

  it("has a text as its reason, and signals that there are", () => {
    for (const sort of ["given", "chosen", "assumed", "free", "within", "nonzero"]) {
      for (const reason of [["test"], null, undefined, 5, true, {}]) {
        refused("a reason is a text", [], ["named", sort, reason, [1], "0", "1"]);
      }
      for (const signal of [8, -1, 1.5, "2", null]) {
        refused("there is no signal", [], ["named", sort, "test", [signal], "0", "1"]);
      }
    }
  });

  it("has no other sort", () => {
    for (const sort of ["proven", "Within", "", "known", null, undefined, 0, ["free"], ["within"], {}]) {
      refused("signal 1 is not ", [], ["named", sort, "test", [1], "0", "1"]);
    }
  });
});

describe("named within", () => {
  it("puts signals between two numbers, and counts", () => {
    const checker = checkedOf([], within(2, 3, 9), ["named", "within", "test", [2, 3], "0", "5"]);
    expect([2, 3, 4].map((one) => checker.facts.boundsOf(one))).toEqual([[3n, 5n], [0n, 5n], undefined]);
    expect(outcomeOf(checker).reasons).toEqual({ chosen: {}, assumed: {}, conditions: { test: 3 } });
    expect(checker.facts.knows(2)).toBe(false);
    expect(knownOf([], within(2, 3, 9), within(2, 0, 3))).toEqual([2]);
  });

  it("needs a number between, and integers in decimal", () => {
    refused("no case can be", [], within(2, 5, 3));
    refused("no case can be", [], within(2, 5, 9), within(2, 0, 4));
    for (const low of ["", "0x1", "1.5", 1, null, undefined])
      refused("is no integer", [], ["named", "within", "test", [2], low, "3"]);
    refused("is no integer", [], ["named", "within", "test", [2], "3"]);
  });

  it("of the whole field says nothing", () => {
    expect(boundsOf(2, [], within(2, 0, P))).toBe(undefined);
    expect(boundsOf(2, [], within(2, 0, P - 1n))).toEqual([0n, P - 1n]);
  });
});

describe("named nonzero", () => {
  it("is counted for each signal, and makes none known", () => {
    const checker = checkedOf([], nonzero(2, 3));
    expect([[...checker.nonzero], outcomeOf(checker).reasons.conditions]).toEqual([[2, 3], { test: 2 }]);
    expect([checker.facts.knows(2), checker.facts.boundsOf(2)]).toEqual([false, undefined]);
  });

  it("is of signals that there are", () => refused("there is no signal 8", [], nonzero(8)));
});

describe("define", () => {
  const twice: Line = ["define", [[2, "2"]]];

  it("adds a signal, and a constraint that says what it is", () => {
    const checker = checkedOf([], chosen(2), twice, ["follows", 0]);
    expect([checker.next, checker.added.length, checker.facts.knows(8)]).toEqual([9, 1, true]);
  });

  it("divides by what is not 0 by an assumption", () => {
    const quotient: Line = ["define", [[2, "2"]], 3];
    const lines: Line[] = [chosen(2, 3), nonzero(3), quotient];
    const [a, b, c] = checkedOf([], ...lines).at(0);
    expect([[...a], [...b], [...c]]).toEqual([one(8), one(3), [[2, 2n]]]);
    refused("signal 3 may be 0", [], chosen(2, 3), quotient);
    refused("signal 3 may be 0", [], chosen(2, 3), nonzero(2), quotient);
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
    checkedOf([TIMES], nonzero(4), line);
    refused("nothing is added so", [TIMES], line);
    refused("nothing is added so", [TIMES], nonzero(2), line);
    refused("the constraint is not that sum", [TIMES], derive(equal, [[0, [["-1"]]]]));
  });

  it("has three sides", () => {
    for (const sides of [[], [[], []], [[], [], [], []]]) refused("nothing is added so", [], derive(sides, []));
  });

  it("is in a case of constraints that hold in all, and none of the case", () => {
    const zero = product(2, 3, []);
    const copied = derive([[], [], [[2, "1"]]], [[-1, [["1"]]]]);
    refused("nothing is added so", [zero], ["either", 0, [[copied], []]]);
    refused("nothing is added so", [zero], ["either", 0, [[derive([[], [], []], [[-1, []]])], []]]);
    refused("nothing is added so", [zero], copied);
    refused("nothing is added so", [zero], derive([[], [], []], [[-0.5, [["0"]]]]));
    const same = derive([[[2, "1"]], [[3, "1"]], []], [[0, [["1"]]]]);
    const checker = checkedOf([zero], ["either", 0, [[same], []]]);
    expect(checker.at(1)).toEqual(checker.at(0));
  });

  it("is not made of itself, nor of what comes after it", () => {
    const two = [[], [], [[2, "1"]]];
    for (const n of [1, 2, 9]) {
      for (const times of ["1", "2", "0"]) refused(`no constraint ${n}`, [EQUAL], derive(two, [[n, [[times]]]]));
      refused(`no constraint ${n}`, [EQUAL], derive(two, [[n, []]]));
    }
    // The same number in a case, and once it is there.
    const own = derive(two, [[1, [["1"]]]]);
    refused("there is no constraint 1", [EQUAL], within(4, 0, 1), ["cases", 4, 4, "1", [[own], []]]);
    checkedOf([EQUAL], derive(equal, [[0, [["1"]]]]), derive(equal, [[1, [["1"]]]]));
    refused("is not that sum", [EQUAL], derive(equal, [[0, [["1"]]]]), own);
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
    refused("is not linear in one signal", [SUM], ["follows", 0]);
    refused("is not linear in one signal", [product(2, 2, one(1))], given, ["follows", 0]);
  });

  it("says nothing of known signals", () => {
    expect(knownOf([SUM], given, chosen(2), ["follows", 0, 0])).toEqual([1, 2]);
  });

  it("names constraints that there are", () => {
    for (const n of [1, -1, 0.5, "0", null, undefined]) expect(() => checkedOf([SUM], given, ["follows", n])).toThrow();
  });

  it("adds linear constraints", () => {
    const both = [linear([1, 1n], [2, 1n], [3, 2n]), linear([2, -1n], [3, 1n])];
    const parts = (times: string): Line => [
      "follows",
      [
        [0, "1"],
        [1, times],
      ],
    ];
    expect(knownOf(both, given, parts("1"))).toEqual([1, 3]);
    expect(knownOf(both, given, parts("-2"))).toEqual([1, 2]);
    refused("is not linear in one signal", both, given, parts("2"));
    // Of what is 0 nothing follows.
    expect(knownOf(both, given, ["follows", [], [[0, "0"]]])).toEqual([1]);
    refused("constraint 0 is not linear", [product(2, 3, one(1))], given, chosen(2), ["follows", [[0, "1"]]]);
  });

  it("takes what has one value for a number", () => {
    expect(knownOf([product(2, 3, one(4))], within(2, 5, 5), chosen(3), ["follows", 0])).toEqual([2, 3, 4]);
    expect(knownOf([product(2, 3, one(1))], given, within(2, 5, 5), ["follows", 0])).toEqual([1, 2, 3]);
    refused("is not linear in one signal", [product(2, 3, one(1))], given, within(2, 5, 6), ["follows", 0]);
    // Of a factor that is 0, the signal is not there any more.
    expect(knownOf([product(2, 3, one(1))], given, within(2, 0, 0), ["follows", 0])).toEqual([1, 2]);
  });
});

describe("divides", () => {
  const QUOTIENT = product(2, 3, one(1));

  it("assumes that the factor is not 0", () => {
    const checker = checkedOf([QUOTIENT], given, chosen(3), ["divides", "reason", 0]);
    expect([checker.facts.knows(2), checker.named.at(-1)]).toEqual([true, ["assumed", "reason", 2]]);
  });

  it("has one unknown signal, and a reason", () => {
    refused("is not linear in one signal", [QUOTIENT], given, ["divides", "reason", 0]);
    refused("divides nothing", [QUOTIENT], given, chosen(2, 3), ["divides", "reason", 0]);
    refused("a reason is a text", [QUOTIENT], given, chosen(3), ["divides", 5, 0]);
    // Of a factor that is 0, the signal is not there any more.
    refused("divides nothing", [QUOTIENT], given, within(3, 0, 0), ["divides", "reason", 0]);
  });
});

describe("range", () => {
  it("is what the others leave, in a sum or in a product", () => {
    expect(boundsOf(3, [linear([2, 2n], [3, 1n])], within(2, 1, 5), ["range", 0, 3])).toEqual([-10n, -2n]);
    expect(boundsOf(3, [linear([2, 2n], [3, -1n])], within(2, 1, 5), ["range", 0, 3])).toEqual([2n, 10n]);
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

  it("has a factor that is 1 or -1, and parts make it so", () => {
    const scaled = (n: bigint): [number, string][] => [[0, String(inverse(n))]];
    for (const factor of [2n, -2n, 3n, -7n, (P - 1n) / 2n]) {
      // The signal is twice signal 3.
      const sum = [linear([2, factor], [3, -2n * factor])];
      const range = (n: unknown): Line => ["range", n, 2];
      refused("leaves signal 2 without bounds", sum, within(3, 1, 5), range(0));
      refused("leaves signal 2 without bounds", sum, within(3, 1, 1), within(2, 2, 3), range(0));
      for (const by of [factor, -factor]) {
        expect(boundsOf(2, sum, within(3, 1, 5), range(scaled(by)))).toEqual([2n, 10n]);
      }
      refused("leaves signal 2 without bounds", sum, within(3, 1, 5), range(scaled(2n * factor)));
      refused("leaves signal 2 without bounds", sum, within(3, 1, 5), range([[0, "0"]]));
    }
    // Of a product, parts cannot do it: a linear constraint that is derived can.
    const doubled = [product(2, 3, [[4, 2n]])];
    const lines = [within(2, 1, 5), within(3, -2, 3)];
    refused("leaves signal 4 without bounds", doubled, ...lines, ["range", 0, 4]);
    refused("constraint 0 is not linear", doubled, ...lines, ["range", scaled(2n), 4]);
    // Where a factor of the product is a number, it is linear.
    const five = [within(2, 5, 5), within(3, -2, 2)];
    expect(boundsOf(4, [product(2, 3, one(4))], ...five, ["range", [[0, "1"]], 4])).toEqual([-10n, 10n]);
    refused("leaves signal 3 without bounds", [product(2, 3, one(4))], within(2, 5, 5), within(4, 0, 9), [
      "range",
      0,
      3,
    ]);
  });

  it("of the constant 1 says whether anything can be", () => {
    const is = (n: bigint) => [linear([2, n], [0, -1n])];
    expect(boundsOf(0, is(1n), within(2, 0, 3), ["range", 0, 0])).toEqual([1n, 1n]);
    refused("no case can be", is(1n), within(2, 2, 3), ["range", 0, 0]);
  });

  it("of what has no value is refused", () => {
    refused("no case can be", [linear([2, 1n], [3, -1n])], within(2, 0, 1), within(3, 2, 9), ["range", 0, 3]);
  });
});

describe("radix", () => {
  const word = (high: bigint): Sums => linear([1, -1n], [2, 1n], [3, high]);
  const small = [given, within(2, 0, 9), within(3, 0, 9)];

  it("knows the digit that the others cannot make up for, then the next", () => {
    expect(knownOf([word(10n)], ...small, ["radix", 0, [3, 2]])).toEqual([1, 2, 3]);
    refused("leaves signal 3 open", [word(9n)], ...small, ["radix", 0, [3]]);
  });

  it("knows the digit of which the others change only multiples of more", () => {
    expect(knownOf([word(10n)], ...small, ["radix", 0, [2]])).toEqual([1, 2]);
    refused("leaves signal 2 open", [word(9n)], ...small, ["radix", 0, [2]]);
  });

  it("multiplies the sum", () => {
    const half = linear([1, -1n], [2, (P + 1n) / 2n], [3, 5n]);
    expect(knownOf([half], ...small, ["radix", [[0, "2"]], [3, 2]])).toEqual([1, 2, 3]);
    refused("constraint 0 may wrap", [half], ...small, ["radix", 0, [3]]);
    refused("signal 3 is no unknown part", [half], ...small, ["radix", [[0, "0"]], [3]]);
  });

  it("is of a sum that cannot wrap", () => {
    const wide = (n: bigint): Sums => linear([1, -1n], [2, n], [3, 1n]);
    const digits = [given, within(2, 0, 2), within(3, 0, 9)];
    const most = (P - 10n) / 2n;
    expect(knownOf([wide(most)], ...digits, ["radix", 0, [2, 3]])).toEqual([1, 2, 3]);
    expect(2n * (most + 1n) + 9n).toBeGreaterThanOrEqual(P);
    refused("constraint 0 may wrap", [wide(most + 1n)], ...digits, ["radix", 0, [2]]);
    refused("constraint 0 may wrap", [wide(most + 1n)], ...digits, ["radix", 0, []]);
  });

  it("is of unknown parts with bounds, each of them once", () => {
    refused("signal 3 has no bounds", [word(10n)], given, within(2, 0, 9), ["radix", 0, [3]]);
    refused("signal 4 is no unknown part", [word(10n)], ...small, ["radix", 0, [4]]);
    refused("signal 3 is no unknown part", [word(10n)], ...small, ["radix", 0, [3, 3]]);
    refused("is not linear", [product(2, 3, one(1))], ...small, ["radix", 0, [3]]);
  });
});
