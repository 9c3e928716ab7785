/**
 * From a draft to a certificate. Lines of a draft are what the propagator thinks in, and name many rules; a certificate
 * has few, and the checker of `verifier/certificate/` can be small. Each line becomes one or several: a draft is
 * followed on the way, as some of them depend on what is known by then.
 */
import { refuse, type Sum } from "../../../verifier/constraints/sums.ts";
import type { System } from "../../../verifier/constraints/system.ts";
import { listed } from "../lists.ts";
import type { Line, Values } from "../reasoning/reasoner.ts";
import { ALGEBRA } from "./algebra.ts";
import { Followed, type Translations } from "./followed.ts";
import { HASHING } from "./hashing.ts";
import { PLAIN } from "./plain.ts";
import { PRODUCTS } from "./products.ts";
import { SIGNS } from "./signs.ts";
import { SPLITS } from "./splits.ts";
import { ZERO_OR_NOT } from "./zero.ts";

const TRANSLATIONS: Translations = {
  ...PLAIN,
  ...ALGEBRA,
  ...PRODUCTS,
  ...ZERO_OR_NOT,
  ...SIGNS,
  ...SPLITS,
  ...HASHING,
};

export class Elaboration extends Followed {
  readonly #write: (line: Line) => void;
  /** Where lines go: to the end, or into the branch that is looked at. */
  #target: Line[] = [];

  constructor(system: System, write: (line: Line) => void) {
    super(system);
    this.#write = write;
  }

  /**
   * A line of the draft that is in no case.
   *
   * @throws Refusal if it does not hold: then nothing is written, and no other line is taken
   */
  take(line: Line): void {
    this.apply(line);
    this.facts.keep();
    for (const one of [...this.before.splice(0), ...this.#target.splice(0)]) this.#write(one);
  }

  /** What is left to name. */
  end(): void {
    const lists = new Map<string, number[]>();
    for (const [signal, reason] of this.facts.free) {
      if (!this.facts.known.has(signal)) listed(lists, reason, this.numbers.signal(signal));
    }
    for (const [reason, signals] of lists) this.#write(["named", "free", reason, signals]);
  }

  override apply(line: Line): void {
    const [rule, ...rest] = line;
    const translate = Object.hasOwn(TRANSLATIONS, rule) ? TRANSLATIONS[rule] : undefined;
    const lines = translate?.(this, ...(rest as never[])) ?? refuse(`lines of the rule "${rule}" are not elaborated`);
    super.apply(line);
    this.#target.push(...(typeof lines === "function" ? lines() : lines));
  }

  override split(cases: readonly Values[], branches: readonly Iterable<Line>[], by?: Sum): void {
    const outer = this.#target;
    const lists = branches.map((): Line[] => []);
    super.split(
      cases,
      branches.map((lines, i) => this.#entered(lines, lists[i] as Line[])),
      by,
    );
    [this.#target, this.branches] = [outer, lists];
  }

  /** Lines of a branch: from the first one that is followed, what they become goes into a list. */
  *#entered(lines: Iterable<Line>, into: Line[]): Iterable<Line> {
    this.#target = into;
    yield* lines;
  }
}
