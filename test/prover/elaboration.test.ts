/** From a draft to a certificate, rule by rule: the checker accepts what a line becomes, and then knows as much. */
import { describe, expect, it } from "vitest";
import { Elaboration } from "../../prover/certificate/elaboration/elaborate.ts";
import { constraintsIn, innerLines } from "../../prover/certificate/elaboration/lineParts.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { Refusal } from "../../verifier/certificate/field.ts";
import { System } from "../../verifier/constraints/system.ts";
import { changes, constraintsOf } from "../lib/changedLines.ts";
import { ALGEBRA, SIGNS, SPLITS } from "../lib/draftCases.ts";
import { NUMBERS, PRODUCTS } from "../lib/draftExamples.ts";
import { checked, elaborated, lacking, moreKnown } from "../lib/drafts.ts";
import { fileOf } from "../lib/r1csFile.ts";
import { WRONG } from "../lib/wrongDrafts.ts";

/** Whether the checker refuses a line, or knows less at the end. */
function isLess(engine: Elaboration, file: Buffer, lines: readonly Line[]): boolean {
  try {
    return lacking(engine, checked(file, lines)).length > 0;
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
      expect([lacking(engine, checker), moreKnown(engine, checker)]).toEqual([[], []]);
      expect(known.filter((signal) => !checker.facts.knows(engine.numbers.signal(signal)))).toEqual([]);
      for (const [signal, span] of Object.entries(bounds)) {
        expect([signal, checker.facts.boundsOf(engine.numbers.signal(Number(signal)))]).toEqual([signal, span]);
      }
    });

    it("names constraints that are told of it", () => {
      const told = (line: Line): number[] => [...constraintsIn(line), ...innerLines(line).flatMap(told)];
      for (const line of elaborated(file, draft).lines) expect(told(line).sort()).toEqual(constraintsOf(line).sort());
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

describe("a line that the draft's engine refuses becomes no line", () => {
  for (const { what, system, draft, line, why } of WRONG) {
    it(what, () => {
      const lines: Line[] = [];
      const engine = new Elaboration(new System(fileOf(system)), (one) => lines.push(one));
      for (const one of draft) engine.take(one);
      const { length } = lines;
      expect(() => engine.take(line)).toThrow(why);
      expect(lines).toHaveLength(length);
    });
  }
});
