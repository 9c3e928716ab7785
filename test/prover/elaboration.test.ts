/** From a draft to a certificate, rule by rule: the checker accepts what a line becomes, and then knows as much. */
import { describe, expect, it } from "vitest";
import { Refusal } from "../../verifier/certificate/field.ts";
import { changes } from "../lib/changedLines.ts";
import { ALGEBRA, SIGNS, SPLITS } from "../lib/draftCases.ts";
import { NUMBERS, PRODUCTS } from "../lib/draftExamples.ts";
import { checked, differences, elaborated } from "../lib/drafts.ts";
import { fileOf } from "../lib/r1csFile.ts";

/** Whether the checker refuses a line, or ends knowing less. */
function isLess(
  engine: Parameters<typeof differences>[0],
  file: Buffer,
  lines: Parameters<typeof checked>[1],
): boolean {
  try {
    return differences(engine, checked(file, lines)).length > 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return true;
  }
}

for (const { what, system, draft, known = [], bounds = {}, also } of [
  ...NUMBERS,
  ...PRODUCTS,
  ...SIGNS,
  ...ALGEBRA,
  ...SPLITS,
]) {
  describe(what, () => {
    const file = fileOf(system);

    it("becomes lines that the checker accepts, and then it knows as much", () => {
      const { engine, lines } = elaborated(file, draft);
      const checker = checked(file, lines);
      expect(differences(engine, checker)).toEqual([]);
      expect(known.filter((signal) => !checker.facts.knows(engine.numbers.signal(signal)))).toEqual([]);
      for (const [signal, span] of Object.entries(bounds)) {
        expect([signal, checker.facts.boundsOf(engine.numbers.signal(Number(signal)))]).toEqual([signal, span]);
      }
    });

    it("is refused, or says less, with another number in one place", () => {
      const { engine, lines } = elaborated(file, draft);
      const same = [...changes(lines, system.length + checked(file, lines).added.length)].filter(
        (one) => !isLess(engine, file, one.lines),
      );
      if (also === undefined) expect(same.map((one) => one.what)).toEqual([]);
      else expect(same).not.toEqual([]);
    });
  });
}
