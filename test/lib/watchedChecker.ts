/** A checker whose facts are compared with witnesses after each line, and that makes up lines itself. */
import { type Case, Checker, type Line, type Rules } from "../../verifier/certificate/checker.ts";
import type { Circuit } from "../../verifier/certificate/circuit.ts";
import type { Facts } from "../../verifier/certificate/facts.ts";
import type { Constraint, Interval } from "../../verifier/certificate/field.ts";
import { centred, inverse } from "../../verifier/constraints/sums.ts";
import { modulo, valueIn, type Witness } from "./fuzzedSystem.ts";

/** A fact that a witness does not agree with. */
export class FalseFact extends Error {}

/** How often there was a line of each form. */
export type Counts = Map<string, number>;
export const count = (counts: Counts, form: string, times = 1): void => {
  counts.set(form, (counts.get(form) ?? 0) + times);
};

const isIn = (value: bigint, [low, high]: Interval): boolean => modulo(value - low) <= high - low;

/** What a line is: its rule, and what is special about it. */
function formsOf(on: Checker, [rule, ...rest]: Line): string[] {
  const forms = [rule];
  if (on.zeros.length > 0) forms.push(`${rule} in a case`);
  if (rule === "named") forms.push(`named ${rest[0]}`);
  if (rule === "define" && rest.length > 1) forms.push("define by a divisor");
  if (rule === "derive" && (rest[1] as [number][]).some(([n]) => n < 0)) forms.push("derive of a case");
  if (rule === "derive" && (rest[2] as number[]).length > 0) forms.push("derive by divisors");
  const isOfParts = rule !== "named" && rule !== "derive" && rule !== "define";
  if (isOfParts && rest.some((one, i) => Array.isArray(one) && (i === 0 || rule === "follows")))
    forms.push(`${rule} of parts`);
  if (rule === "either") forms.push(`either in ${(rest[1] as Line[][]).length}`);
  if (rule === "cases") {
    const [signal, by] = rest as [number, number];
    const isKnown = on.facts.knows(by);
    forms.push(`cases by ${signal === by ? "itself" : "another"}, ${isKnown ? "known" : "unknown"}`);
  }
  return forms;
}

export class WatchedChecker extends Checker {
  /** Lines that were accepted, by form; those that changed what is known; and those that were refused. */
  readonly accepted: Counts = new Map();
  readonly useful: Counts = new Map();
  readonly refused: Counts = new Map();
  /** Lines that are applied now: the last one is in a case of the one before. */
  readonly running: Line[] = [];
  /** Lines of a branch, in a case that can be. */
  grow: (list: Line[], depth: number) => void = () => {};
  #witnesses: readonly Witness[];
  readonly #cases: Case[] = [];
  readonly #read = new Map<number, Constraint>();

  constructor(circuit: Circuit, rules: Rules, witnesses: readonly Witness[]) {
    super(circuit, rules);
    this.#witnesses = witnesses;
  }

  /** Constraints of the file are read often here, and it is small. */
  override at(n: number): Constraint {
    const found = this.#read.get(n);
    if (found !== undefined) return found;
    const own = super.at(n);
    if (n >= 0 && n < this.circuit.count) this.#read.set(n, own);
    return own;
  }

  /** Applies a line, or leaves everything as it was. Its branches are made up, and put into the line. */
  attempt(line: Line): boolean {
    const { facts, next } = this;
    const { isDead } = facts;
    const [known, bounds, nonzero] = [new Set(facts.known), new Map(facts.bounds), new Set(this.nonzero)];
    const lists = [this.named, this.added, this.zeros, this.#cases, this.running];
    const lengths = lists.map((list) => list.length);
    const witnesses = this.#witnesses;
    const forms = formsOf(this, line);
    try {
      this.apply(line);
      return true;
    } catch (error) {
      if (error instanceof FalseFact) throw error;
      [this.facts, this.next] = [facts, next];
      facts.isDead = isDead;
      for (const [now, former] of [
        [facts.known, known],
        [this.nonzero, nonzero],
      ] as const) {
        now.clear();
        for (const one of former) now.add(one);
      }
      facts.bounds.clear();
      for (const [one, span] of bounds) facts.bounds.set(one, span);
      for (const [i, list] of lists.entries()) (list as unknown[]).length = lengths[i] as number;
      this.#witnesses = witnesses;
      for (const one of witnesses) one.length = next;
      for (const one of this.definitions.keys()) if (one >= next) this.definitions.delete(one);
      for (const form of forms) count(this.refused, form);
      return false;
    }
  }

  override apply(line: Line): void {
    const [rule, ...rest] = line;
    const [before, forms] = [this.#size(), formsOf(this, line)];
    this.running.push(line);
    try {
      super.apply(line);
    } catch (error) {
      // What is assumed may contradict everything. What follows may not.
      if (rule !== "named" && this.facts.isDead && this.facts.outside === null) this.verify(line);
      throw error;
    }
    this.running.pop();
    if (rule === "define") this.#define();
    if (rule === "derive") this.#holds(line);
    if (rule === "named") this.#name(rest);
    this.verify(line);
    for (const form of forms) count(this.accepted, form);
    if (this.#size() !== before) for (const form of forms) count(this.useful, form);
  }

  override split(
    cases: readonly Case[],
    branches: readonly Line[][],
    isOne: (ends: readonly Facts[]) => boolean,
  ): void {
    const lists = branches.map((): Line[] => []);
    const visited = new Set<Case>();
    const grown = lists.map((list, i) => ({
      [Symbol.iterator]: () => {
        const one = cases[i] as Case;
        if (!this.facts.isDead) {
          visited.add(one);
          this.#cases.push(one);
          this.verify(["case"]);
          this.grow(list, this.#cases.length);
          this.#cases.pop();
        }
        return ([] as Line[])[Symbol.iterator]();
      },
    }));
    const [{ size }, [rule, signal, by] = ["none"]] = [this.facts.known, this.running.at(-1)];
    let isTold = false;
    super.split(cases, grown as unknown as Line[][], (ends) => {
      isTold = ends.length > 1 && isOne(ends);
      return isTold;
    });
    if (isTold && this.facts.known.size > size) {
      count(this.useful, `${rule}: which of two is so is known`);
      if (rule === "cases" && signal !== by) count(this.useful, "cases: another signal tells which is so");
    }
    for (const one of cases) {
      if (!visited.has(one) && this.#now([...this.#cases, one]).length > 0)
        throw new FalseFact(`a case that cannot be has a witness: ${JSON.stringify([...one[0]].map(String))}`);
    }
    (branches as Line[][]).splice(0, branches.length, ...lists);
  }

  /** Witnesses in all of the cases. */
  #now(cases: readonly Case[] = this.#cases): Witness[] {
    return this.#witnesses.filter((w) =>
      cases.every(([zero, one, low, high]) => valueIn(zero, w) === 0n && isIn(w[one] as bigint, [low, high])),
    );
  }
  /** That signals are other than 0 is assumed of all witnesses; that they have bounds, in this case. */
  #name([sort, , signals, low, high]: readonly unknown[]): void {
    const own = signals as number[];
    if (sort === "nonzero") this.#witnesses = this.#witnesses.filter((w) => own.every((one) => w[one] !== 0n));
    if (sort !== "within") return;
    const span: Interval = [BigInt(low as string), BigInt(high as string)];
    const isHere = new Set(this.#now());
    this.#witnesses = this.#witnesses.filter((w) => !isHere.has(w) || own.every((one) => isIn(w[one] as bigint, span)));
  }
  #define(): void {
    const [, divisor, sum] = this.added.at(-1) as Constraint;
    for (const w of this.#witnesses) w.push(modulo(valueIn(sum, w) * inverse(centred(valueIn(divisor, w)))));
  }
  #holds(line: Line): void {
    const [a, b, c] = this.added.at(-1) as Constraint;
    for (const w of this.#witnesses) {
      if (modulo(valueIn(a, w) * valueIn(b, w) - valueIn(c, w)) !== 0n)
        throw new FalseFact(`${JSON.stringify(line)} does not hold`);
    }
  }
  #size(): string {
    const { facts, added, nonzero, named } = this;
    const bounds = [...facts.bounds].join();
    return [facts.known.size, bounds, added.length, nonzero.size, named.length, facts.isDead].join(" ");
  }

  /** @throws FalseFact if what was found in this case is not so */
  verify(line: Line): void {
    const { facts, named } = this;
    const here = this.#now();
    const fail = (what: string): never => {
      throw new FalseFact(`${what} after ${JSON.stringify(line)}`);
    };
    if (facts.isDead && here.length > 0) fail("a case that can be is excluded");
    for (const [signal, bounds] of facts.bounds) {
      if (here.some((w) => !isIn(w[signal] as bigint, bounds))) fail(`signal ${signal} is not in ${bounds}`);
    }
    const keys = new Set(
      named.filter(([sort]) => ["given", "chosen", "assumed"].includes(sort)).map(([, , signal]) => signal),
    );
    const first = new Map<string, Witness>();
    for (const w of here) {
      const key = [...keys].map((one) => w[one]).join();
      const other = first.get(key);
      if (other === undefined) first.set(key, w);
      else for (const one of facts.known) if (w[one] !== other[one]) fail(`signal ${one} is not known`);
    }
  }
}
