/** The certificate of a whole circuit, by its draft: the checker knows what the draft's engine does. */
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { certify } from "../../prover/certificate/certify.ts";
import { GIVEN } from "../../prover/certificate/circuits.ts";
import type { Elaboration } from "../../prover/certificate/elaboration/elaborate.ts";
import { constraintsIn, innerLines } from "../../prover/certificate/elaboration/lineParts.ts";
import { namesOf } from "../../prover/certificate/names.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { buildCircuit } from "../../prover/circuit/build.ts";
import { loadSymbols } from "../../prover/formats/symbols.ts";
import { mainSource } from "../../prover/profiles.ts";
import { STATE_CIRCUITS } from "../../prover/stateCircuits.ts";
import { RULES } from "../../verifier/certificate/rules.ts";
import type { HashChecker } from "../../verifier/hashes/check.ts";
import { outcomeOf } from "../../verifier/outcome.ts";
import { checked, elaborated, lacking, moreKnown } from "../lib/drafts.ts";

/** A line, and the lines of its cases. */
const whole = (line: Line): Line[] => [line, ...innerLines(line).flatMap(whole)];

for (const circuit of STATE_CIRCUITS) {
  describe(`the certificate of ${circuit.name}`, () => {
    let [draft, lines]: [readonly Line[], Line[]] = [[], []];
    let [engine, checker]: [Elaboration | null, HashChecker | null] = [null, null];

    beforeAll(async () => {
      const { r1cs, sym } = await buildCircuit(circuit.name, mainSource(circuit));
      const file = await readFile(r1cs);
      draft = certify(file, namesOf(await loadSymbols(sym)), GIVEN[circuit.name] ?? []).lines;
      ({ engine, lines } = elaborated(file, draft));
      checker = checked(file, lines);
    });

    it("makes known what its draft does, and bounds are no wider", () => {
      const [own, by] = [engine as Elaboration, checker as HashChecker];
      expect([lacking(own, by), moreKnown(own, by)]).toEqual([[], []]);
    });

    it("has the same names", () => {
      const of = (sort: string): [number, string][] =>
        (checker as HashChecker).named.flatMap(([own, reason, signal]) => (own === sort ? [[signal, reason]] : []));
      const { chosen, assumed, numbers } = engine as Elaboration;
      const written = (list: ReadonlyMap<number, string>): [number, string][] =>
        [...list].map(([signal, reason]) => [numbers.signal(signal), reason]);
      expect(of("chosen")).toEqual(written(chosen));
      expect(of("assumed")).toEqual(written(assumed));
      const { conditions } = outcomeOf(checker as HashChecker).reasons;
      expect(conditions).toEqual(Object.fromEntries((engine as Elaboration).conditions));
    });

    it("has no rules but the checker's, and names constraints that there are", () => {
      const all = lines.flatMap(whole);
      expect(all.length).toBeGreaterThanOrEqual(draft.length);
      expect(all.map(([rule]) => rule).filter((rule) => !Object.hasOwn(RULES, rule))).toEqual([]);
      const { circuit, added } = checker as HashChecker;
      const missing = all.flatMap(constraintsIn).filter((n) => n >= circuit.count + added.length);
      expect(missing).toEqual([]);
    });

    it("has no empty line, and none twice in a row", () => {
      const texts = lines.map((line) => JSON.stringify(line));
      expect(texts.filter((text, i) => text === texts[i + 1])).toEqual([]);
      expect(lines.filter(({ length }) => length < 2)).toEqual([]);
    });
  });
}
