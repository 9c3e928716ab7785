/** A checker whose facts are compared with witnesses after each line, and that makes up lines itself. */
import { type Case, Checker, type Line, type Rules } from "../../verifier/certificate/checker.ts";
import type { Circuit } from "../../verifier/certificate/circuit.ts";
import { type Constraint, centred, type Interval, inverse, type Sum } from "../../verifier/certificate/field.ts";
import { modulo, valueIn, type Witness } from "./fuzzedSystem.ts";

/** A fact that a witness does not agree with. */
export class FalseFact extends Error {}

const isIn = (value: bigint, [low, high]: Interval): boolean => modulo(value - low) <= high - low;

export class WatchedChecker extends Checker {
  /** Lines that were accepted, by rule; and those that changed what is known. */
  readonly accepted = new Map<string, number>();
  readonly useful = new Map<string, number>();
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
    const { facts, dead, next } = this;
    const [known, bounds] = [new Set(facts.known), new Map(facts.bounds)];
    const [named, conditions, nonzero] = [new Map(this.named), new Map(this.conditions), new Set(this.nonzero)];
    const [added, zeros, cases] = [this.added.length, this.zeros.length, this.#cases.length];
    const witnesses = this.#witnesses;
    try {
      this.apply(line);
      return true;
    } catch (error) {
      if (error instanceof FalseFact) throw error;
      [this.facts, this.dead, this.next] = [facts, dead, next];
      for (const [now, former] of [
        [facts.known, known],
        [this.nonzero, nonzero],
      ] as const) {
        now.clear();
        for (const one of former) now.add(one);
      }
      for (const [now, former] of [
        [facts.bounds, bounds],
        [this.named, named],
        [this.conditions, conditions],
      ] as [Map<unknown, unknown>, Map<unknown, unknown>][]) {
        now.clear();
        for (const [key, value] of former) now.set(key, value);
      }
      [this.added.length, this.zeros.length, this.#cases.length] = [added, zeros, cases];
      this.#witnesses = witnesses;
      for (const one of witnesses) one.length = next;
      for (const one of this.definitions.keys()) if (one >= next) this.definitions.delete(one);
      return false;
    }
  }

  override apply(line: Line): void {
    const before = this.#size();
    super.apply(line);
    const [rule, ...rest] = line;
    if (rule === "define") this.#define();
    if (rule === "derive") this.#holds(line);
    if (rule === "nonzero")
      this.#witnesses = this.#witnesses.filter((w) => (rest[1] as number[]).every((one) => w[one] !== 0n));
    if (rule === "within") {
      const span: Interval = [BigInt(rest[2] as string), BigInt(rest[3] as string)];
      this.#assume((w) => isIn(w[rest[1] as number] as bigint, span));
    }
    this.verify(line);
    this.accepted.set(rule, (this.accepted.get(rule) ?? 0) + 1);
    if (this.#size() !== before) this.useful.set(rule, (this.useful.get(rule) ?? 0) + 1);
  }

  override split(cases: readonly Case[], branches: readonly Line[][], isKnown: boolean, by: Sum | null = null): void {
    const lists = cases.map((): Line[] => []);
    const visited = new Set<Case>();
    const grown = cases.map((one, i) => ({
      [Symbol.iterator]: () => {
        visited.add(one);
        this.#cases.push(one);
        this.verify(["case"]);
        this.grow(lists[i] as Line[], this.#cases.length);
        this.#cases.pop();
        return ([] as Line[])[Symbol.iterator]();
      },
    }));
    super.split(cases, grown as unknown as Line[][], isKnown, by);
    for (const one of cases) {
      if (!visited.has(one) && this.#now([...this.#cases, one]).length > 0)
        throw new FalseFact(`a case that cannot be has a witness: ${JSON.stringify(one[0].map(String))}`);
    }
    (branches as Line[][]).splice(0, branches.length, ...lists);
  }

  /** Witnesses in all of the cases. */
  #now(cases: readonly Case[] = this.#cases): Witness[] {
    return this.#witnesses.filter((w) =>
      cases.every(
        ([values, zero]) =>
          valueIn(zero, w) === 0n && values.every(([one, low, high]) => isIn(w[one] as bigint, [low, high])),
      ),
    );
  }
  #assume(holds: (witness: Witness) => boolean): void {
    const isHere = new Set(this.#now());
    this.#witnesses = this.#witnesses.filter((w) => !isHere.has(w) || holds(w));
  }
  #define(): void {
    const [, divisor, sum] = this.added.at(-1) as (typeof this.added)[number];
    for (const w of this.#witnesses) w.push(modulo(valueIn(sum, w) * inverse(centred(valueIn(divisor, w)))));
  }
  #holds(line: Line): void {
    const [a, b, c] = this.added.at(-1) as (typeof this.added)[number];
    for (const w of this.#witnesses) {
      if (modulo(valueIn(a, w) * valueIn(b, w) - valueIn(c, w)) !== 0n)
        throw new FalseFact(`${JSON.stringify(line)} does not hold`);
    }
  }
  #size(): string {
    const { facts, added, nonzero, named, dead } = this;
    const bounds = [...facts.bounds].join();
    return [facts.known.size, bounds, added.length, nonzero.size, named.size, dead].join(" ");
  }

  /** @throws FalseFact if what was found in this case is not so */
  verify(line: Line): void {
    const { facts, named, dead } = this;
    const here = this.#now();
    const fail = (what: string): never => {
      throw new FalseFact(`${what} after ${JSON.stringify(line)}`);
    };
    if (dead && here.length > 0) fail("a case that can be is excluded");
    for (const [signal, bounds] of facts.bounds) {
      if (!dead && here.some((w) => !isIn(w[signal] as bigint, bounds))) fail(`signal ${signal} is not in ${bounds}`);
    }
    const keys = [...named].filter(([, { sort }]) => sort !== "free").map(([signal]) => signal);
    const first = new Map<string, Witness>();
    for (const w of here) {
      const key = keys.map((one) => w[one]).join();
      const other = first.get(key);
      if (other === undefined) first.set(key, w);
      else for (const one of facts.known) if (w[one] !== other[one]) fail(`signal ${one} is not known`);
    }
  }
}
