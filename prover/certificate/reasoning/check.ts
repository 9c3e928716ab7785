/**
 * Follows a draft. Each line names a rule and what it is applied to; the conclusion is computed here. Drafts have more
 * rules than certificates (docs/security/certificate.md). Nobody has to trust them: the certificate is checked.
 */
import { Refusal } from "../../../verifier/constraints/sums.ts";
import { System } from "../../../verifier/constraints/system.ts";
import { CHALLENGE_RULES } from "./challengeRules.ts";
import { NUMBER_RULES } from "./numberRules.ts";
import { type Line, Reasoner } from "./reasoner.ts";
import { RULES } from "./rules.ts";

export interface Certificate {
  readonly circuit: string;
  readonly lines: Iterable<Line>;
}

export class Checker extends Reasoner {
  constructor(system: System) {
    super(system, { ...RULES, ...NUMBER_RULES, ...CHALLENGE_RULES });
  }
}

/** @throws Refusal that names the line */
export function checkCertificate(
  file: Buffer,
  { circuit, lines }: Certificate,
  deleted: readonly number[] = [],
): Checker {
  const checker = new Checker(new System(file));
  for (const n of deleted) checker.system.deleted.add(n);
  if (checker.system.hash !== circuit) throw new Refusal("the certificate is for another circuit");
  let count = 0;
  for (const line of lines) {
    count++;
    try {
      checker.apply(line);
      checker.facts.keep();
    } catch (error) {
      // What is no line at all is refused as one that does not hold: no rule makes sense of it.
      const why = error instanceof Refusal ? error.message : `this is no such line: ${String(error)}`;
      throw new Refusal(`line ${count} (${line[0]}): ${why}`, { cause: error });
    }
  }
  return checker;
}
