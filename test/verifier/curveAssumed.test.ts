/** What a certificate assumes of divisors, beside what was shown: only divisions by that count. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CertificateWriter } from "../../prover/certificate/text.ts";
import type { Line } from "../../verifier/certificate/checker.ts";
import { plus, ZERO } from "../../verifier/constraints/sums.ts";
import { type Compared, shownOf } from "../../verifier/curve/assumed.ts";
import { checkCurve } from "../../verifier/curve/check.ts";
import { circuitOf, OUT, SLOPE, SUM, signal, systemOf } from "../lib/curveCases.ts";
import { isBit } from "../lib/smallChecker.ts";

const REASON = "no slope has the divisor 0";
const ORDINATE = "no ordinate is 0";

/** The slope of a sum; it is signal 11 times signal 12, divided by a number, in two places. */
const FORMS = [
  ...SUM.forms,
  [signal(11), SLOPE, signal(12)],
  [plus(ZERO, signal(11), 7n), signal(13), signal(12)],
] as const;
const shown = checkCurve(systemOf(FORMS), [...SUM.steps, { rule: "quotients", of: 2, constraints: [] }]);

const folder = mkdtempSync(join(tmpdir(), "timebandits-assumed-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Given and chosen signals, some lines, and those that compute the sum from its slope. */
const around = (...lines: Line[]): Line[] => [
  ["named", "given", "any", [1]],
  ["named", "chosen", "any", [2, 11, 12]],
  ...lines,
  ["follows", 3, 4],
];
const REASONS = new Set([REASON, ORDINATE]);
/** Compares a certificate of these lines, as a file, with what was shown. */
function found(lines: readonly Line[], forms = FORMS as typeof SUM.forms, hash = shown.system.hash): Promise<Compared> {
  const path = join(folder, "certificate.json");
  const writer = new CertificateWriter(path, hash);
  for (const line of lines) writer.add(line);
  writer.end();
  return shownOf(circuitOf(forms), path, shown, REASONS);
}
const compared = async (...lines: Line[]): Promise<number[][]> => {
  const { found: counts } = await found(around(...lines));
  return [REASON, ORDINATE].map((reason) => Object.values(counts.get(reason) ?? {}));
};

describe("assumptions", () => {
  it("are shown where they divide by a slope's divisor, or say that an ordinate is not 0", async () => {
    expect(await compared(["divides", REASON, 2], ["named", "nonzero", ORDINATE, [5]])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it("are shown of a signal that lines added, too: it is what it was defined as", async () => {
    const twice: Line = ["define", [[5, "2"]]];
    expect((await compared(["divides", REASON, 2], twice, ["named", "nonzero", ORDINATE, [40]]))[1]).toEqual([1, 1]);
    const other: Line = [
      "define",
      [
        [5, "2"],
        [4, "1"],
      ],
    ];
    expect((await compared(["divides", REASON, 2], other, ["named", "nonzero", ORDINATE, [40]]))[1]).toEqual([1, 0]);
    const none: Line = ["define", [[5, "0"]]];
    expect((await compared(["divides", REASON, 2], none, ["named", "nonzero", ORDINATE, [40]]))[1]).toEqual([1, 0]);
  });

  it("are not shown where they divide by something else, though the signal follows from a shown division, too", async () => {
    expect((await compared(["divides", REASON, 5]))[0]).toEqual([1, 0]);
    expect((await compared(["divides", REASON, 2], ["divides", REASON, 6]))[0]).toEqual([2, 1]);
    expect((await compared(["divides", REASON, 2], ["named", "nonzero", ORDINATE, [4, 12]]))[1]).toEqual([2, 0]);
  });

  it("are none of a signal that was assumed for another reason", async () => {
    const first: Line = ["divides", REASON, 2];
    const assumed: Line = ["named", "assumed", "x", [13]];
    await expect(compared(first, assumed, ["divides", REASON, 6])).rejects.toThrow("divides nothing");
    await expect(compared(first, ["divides", REASON, 6], assumed)).rejects.toThrow("signal 13 is not assumed");
  });

  it("of other reasons are counted apart", async () => {
    const lines = around(["divides", "another reason", 5]);
    const { found: counts, others } = await found(lines);
    expect([[...counts.values()], [...others]]).toEqual([
      [
        { assumed: 0, shown: 0 },
        { assumed: 0, shown: 0 },
      ],
      [["another reason", 1]],
    ]);
  });

  it("have a reason that no other rule has, and that is a text", async () => {
    const first: Line = ["divides", REASON, 2];
    for (const sort of ["given", "assumed", "chosen", "free", "within"]) {
      const named: Line = ["named", sort, REASON, [13], "5", "5"];
      await expect(compared(first, named)).rejects.toThrow("has a reason of divisors");
    }
    await expect(compared(["divides", [REASON], 2])).rejects.toThrow("a reason is a text");
    await expect(compared(first, ["named", "free", [REASON], [13]])).rejects.toThrow("a reason is a text");
    await expect(compared(first, ["named", "nonzero", [REASON], [13]])).rejects.toThrow("a reason is a text");
  });

  it("are looked at in cases, too", async () => {
    const divides: Line = ["divides", REASON, 2];
    const cases: Line = ["cases", 2, 2, "1", [[divides], [divides]]];
    expect((await compared(isBit(1, 2), cases))[0]).toEqual([2, 2]);
  });

  it("are those of the same circuit, in a certificate that holds", async () => {
    const whole = around(["divides", REASON, 2]);
    await expect(found(whole, FORMS, "0".repeat(64))).rejects.toThrow("it is of another circuit");
    await expect(found(whole, SUM.forms)).rejects.toThrow("what was shown is of another circuit");
    await expect(found(around())).rejects.toThrow("line 3 (follows)");
    const known = around(["divides", REASON, 2], ["divides", REASON, 6], ["named", "chosen", "any", [13]]);
    await expect(found(known)).rejects.toThrow("line 5 (named): signal 13 is not chosen");
  });

  it("leave what a certificate leaves open, and does not name as free", async () => {
    const lines = around(["divides", REASON, 2], ["named", "free", "no use", [14]]);
    const { open } = await found(lines);
    expect(open).toContain(13);
    expect(open).not.toContain(14);
    expect(open).not.toContain([...OUT[0].keys()][0]);
  });
});
