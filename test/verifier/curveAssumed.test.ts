/** What a certificate assumes of divisors, beside what was shown: only divisions by that count. */
import { describe, expect, it } from "vitest";
import type { Certificate } from "../../prover/certificate/reasoning/check.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { plus, ZERO } from "../../verifier/constraints/sums.ts";
import { shownOf } from "../../verifier/curve/assumed.ts";
import { checkCurve } from "../../verifier/curve/check.ts";
import { OUT, SLOPE, SUM, signal, systemOf } from "../lib/curveCases.ts";

const REASON = "no slope has the divisor 0";
const ORDINATE = "no ordinate is 0";

/** The slope of a sum; it is signal 11 times signal 12, divided by a number, in two places. */
const FORMS = [
  ...SUM.forms,
  [signal(11), SLOPE, signal(12)],
  [plus(ZERO, signal(11), 7n), signal(13), signal(12)],
] as const;
const shown = checkCurve(systemOf(FORMS), [...SUM.steps, { rule: "quotients", of: 2, constraints: [] }]);

/** Given and chosen signals, some lines, and those that compute the sum from its slope. */
const certificate = (...lines: Line[]): Certificate => ({
  circuit: shown.system.hash,
  lines: [["given", [1]], ["chosen", "any", [2, 11, 12]], ...lines, ["follows", 3, 4]],
});
const REASONS = new Set([REASON, ORDINATE]);
const compared = (one: Certificate) => {
  const { found } = shownOf(systemOf(FORMS), one, shown, REASONS);
  return [REASON, ORDINATE].map((reason) => Object.values(found.get(reason) ?? {}));
};

describe("assumptions", () => {
  it("are shown where they divide by a slope's divisor, or say that an ordinate is not 0", () => {
    expect(compared(certificate(["divides", REASON, 2], ["nonzero", ORDINATE, [5]]))).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it("are not shown where they divide by something else, though the signal follows from a shown division, too", () => {
    expect(compared(certificate(["divides", REASON, 5]))[0]).toEqual([1, 0]);
    expect(compared(certificate(["divides", REASON, 2], ["divides", REASON, 6]))[0]).toEqual([2, 1]);
    expect(compared(certificate(["divides", REASON, 2], ["nonzero", ORDINATE, [4, 12]]))[1]).toEqual([2, 0]);
  });

  it("are not shown by a line that assumes the signal for another reason", () => {
    const lines: Line[] = [
      ["divides", REASON, 2],
      ["divides", REASON, 6],
      ["assumed", "x", [13]],
    ];
    expect(compared(certificate(...lines))[0]).toEqual([2, 1]);
  });

  it("of other reasons are counted apart", () => {
    const one = certificate(["divides", "another reason", 5]);
    expect(compared(one)).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect([...shownOf(systemOf(FORMS), one, shown, REASONS).others]).toEqual([["another reason", 1]]);
  });

  it("have a reason that no other rule has, and that is a text", () => {
    const first: Line = ["divides", REASON, 2];
    for (const rule of ["assumed", "chosen", "free"]) {
      expect(() => compared(certificate(first, [rule, REASON, [13]]))).toThrow("has a reason of divisors");
    }
    expect(() => compared(certificate(first, ["within", REASON, 13, "5", "5"]))).toThrow("has a reason of divisors");
    expect(() => compared(certificate(["divides", [REASON], 2]))).toThrow("a reason is a text");
    expect(() => compared(certificate(first, ["free", [REASON], [13]]))).toThrow("a reason is a text");
  });

  it("are looked at in cases, too", () => {
    const cases: Line = ["cases", 2, [[["divides", REASON, 2]], [["divides", REASON, 2]]]];
    expect(compared(certificate(["either", 1, 2], cases))[0]).toEqual([2, 2]);
  });

  it("are those of the same circuit, in a certificate that holds", () => {
    const whole = certificate(["divides", REASON, 2]);
    const other = { ...whole, circuit: "0".repeat(64) };
    expect(() => shownOf(systemOf(FORMS), other, shown, REASONS)).toThrow("for another circuit");
    expect(() => shownOf(systemOf(SUM.forms), whole, shown, REASONS)).toThrow("of another circuit");
    expect(() => shownOf(systemOf(FORMS), certificate(), shown, REASONS)).toThrow("line 3 (follows)");
    const known = certificate(["divides", REASON, 2], ["divides", REASON, 6], ["chosen", "any", [13]]);
    expect(() => shownOf(systemOf(FORMS), known, shown, REASONS)).toThrow("line 5 (chosen): signal 13 is known");
  });

  it("leave what a certificate leaves open", () => {
    const { open } = shownOf(systemOf(FORMS), certificate(["divides", REASON, 2]), shown, REASONS);
    expect(open).toContain(13);
    expect(open).not.toContain([...OUT[0].keys()][0]);
  });
});
