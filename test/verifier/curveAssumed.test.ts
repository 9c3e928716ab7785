/** What a certificate assumes of divisors, beside what was shown: only divisions by that count. */
import { describe, expect, it } from "vitest";
import { type Certificate, checkLines } from "../../verifier/certificate/check.ts";
import type { Line } from "../../verifier/certificate/reasoner.ts";
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
const compared = (one: Certificate) => {
  checkLines(systemOf(FORMS), one);
  const { found } = shownOf(() => systemOf(FORMS), one, shown, new Set([REASON, ORDINATE]));
  return [REASON, ORDINATE].map((reason) => Object.values(found.get(reason) ?? {}));
};

describe("assumptions", () => {
  it("are shown where they divide by a slope's divisor, or say that an ordinate is not 0", () => {
    expect(compared(certificate(["divides", REASON, 2], ["nonzero", ORDINATE, [5]]))).toEqual([
      [1, 1, 0],
      [1, 1, 0],
    ]);
  });

  it("are not needed where they divide by something else, and the signal follows from a shown division", () => {
    expect(compared(certificate(["divides", REASON, 5]))[0]).toEqual([1, 0, 1]);
  });

  it("are not shown where the signal does not follow otherwise", () => {
    expect(compared(certificate(["divides", REASON, 2], ["divides", REASON, 6]))[0]).toEqual([2, 1, 0]);
    expect(compared(certificate(["divides", REASON, 2], ["nonzero", ORDINATE, [4, 12]]))[1]).toEqual([2, 0, 0]);
  });

  it("are not shown where a line needs the signal", () => {
    const line: Line = ["asserts", 6];
    expect(compared(certificate(["divides", REASON, 2], ["divides", REASON, 6], line))[0]).toEqual([2, 1, 0]);
  });

  it("of other reasons are left alone", () => {
    expect(compared(certificate(["divides", "another reason", 5]))).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("are looked at in cases, too", () => {
    const cases: Line = ["cases", 2, [[["divides", REASON, 2]], [["divides", REASON, 2]]]];
    expect(compared(certificate(["either", 1, 2], cases))[0]).toEqual([2, 2, 0]);
  });

  it("are those of the same circuit, in a certificate that holds", () => {
    const reasons = new Set([REASON]);
    const whole = certificate(["divides", REASON, 2]);
    const other = { ...whole, circuit: "0".repeat(64) };
    expect(() => shownOf(() => systemOf(FORMS), other, shown, reasons)).toThrow("for another circuit");
    expect(() => shownOf(() => systemOf(SUM.forms), whole, shown, reasons)).toThrow("of another circuit");
    expect(() => shownOf(() => systemOf(FORMS), certificate(), shown, reasons)).toThrow("line 3 (follows)");
  });

  it("leave what a certificate leaves open", () => {
    const { open } = shownOf(() => systemOf(FORMS), certificate(["divides", REASON, 2]), shown, new Set([REASON]));
    expect(open).toContain(13);
    expect(open).not.toContain([...OUT[0].keys()][0]);
  });
});
