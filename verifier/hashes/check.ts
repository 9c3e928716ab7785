/**
 * Looks at assumptions of a certificate that are about hashes: that they are what their names say. A hash is Poseidon,
 * S-box by S-box. A challenge is drawn from all that was fixed before it, and a divisor has one in it.
 */
import { Checker, type Line, type Parts, type Rules, type Terms } from "../certificate/checker.ts";
import type { Circuit } from "../certificate/circuit.ts";
import type { Facts } from "../certificate/facts.ts";
import { type Constraint, plus, Refusal, refuse, type Sum } from "../certificate/field.ts";
import { RULES } from "../certificate/rules.ts";
import { type LaneOf, permutationOf } from "../constraints/poseidon.ts";
import { constantOf } from "../constraints/sums.ts";

export const DIGEST = "no second preimage of a Poseidon digest";
export const CHALLENGE = "a challenge is a lane that a hash of all that was fixed before leaves";
export const UNEQUAL = "a challenge is not equal to a number that was fixed before it was drawn";

/** A call of a sponge: the lanes before it, and its constraints. */
export type Call = readonly [lanes: Terms[], constraints: number[]];

/** Challenges that may be drawn; how many signals were fixed; the constraints of the hash that draws them. */
export interface Transcript {
  readonly challenges: ReadonlySet<number>;
  readonly fixed: number;
  readonly products: readonly number[];
}

export class HashChecker extends Checker {
  /** Signals that are known because they were given, chosen or assumed: others follow from them. */
  readonly fixed = new Set<number>();
  transcript: Transcript | null = null;
  /** The challenge that was drawn last, and what was known before. */
  challenge: { signal: number; before: ReadonlySet<number> } | null = null;
  /** Signals that lines defined as a sum divided by a signal. */
  readonly quotients = new Set<number>();
  /** Numbers of constraints that lines looked into. */
  into = new Set<number>();
  /** By the number of a constraint that was derived, those that it is derived from. */
  readonly from = new Map<number, ReadonlySet<number>>();

  constructor(circuit: Circuit) {
    super(circuit, HASH_RULES);
  }

  override at(n: number): Constraint {
    this.into.add(n);
    return super.at(n);
  }
  /** Runs what looks into constraints, and does not count among lines that did. */
  aside<T>(run: () => T): [result: T, into: ReadonlySet<number>] {
    const { into } = this;
    this.into = new Set();
    try {
      return [run(), this.into];
    } finally {
      this.into = into;
    }
  }

  /** Poseidon's lanes before its permutation, and those after it, by their numbers. No line learns anything by that. */
  permuted(lanes: readonly Terms[], constraints: readonly number[]): [before: [Sum, ...Sum[]], after: LaneOf] {
    const before = lanes.map((lane) => this.sumOf(lane));
    const own = { at: (n: number) => this.at(n), expanded: (sum: Sum) => this.expanded(sum) };
    const [after] = this.aside(() => permutationOf(own, before, constraints));
    return [before as [Sum, ...Sum[]], after];
  }
  isSame(a: Sum, b: Sum): boolean {
    return this.expanded(plus(a, b, -1n)).size === 0;
  }

  /**
   * Whether lines looked into a hash: all that is known could be so by its products. Constraints that were derived from
   * them count if a line looked into these. And quotients can hash words without the circuit's products: so none is
   * known. That the circuit itself hashes the same words a second time, by other constraints, is not looked at, and
   * neither is that its words can only be certain numbers.
   */
  isComputed({ products }: Transcript, facts: Facts): boolean {
    const into = new Set(this.into);
    for (const n of into) for (const one of this.from.get(n) ?? []) into.add(one);
    const isOf = ([signal, sum]: readonly [number, Sum]): boolean =>
      facts.knows(signal) && [...sum.keys()].some((one) => this.quotients.has(one));
    const isQuotient = [...this.quotients].some(facts.knows) || [...this.definitions].some(isOf);
    return isQuotient || products.some((n) => into.has(n));
  }

  /** The signals are inputs of a digest that is known. */
  digest(signals: readonly number[], out: Terms, lanes: Terms[], constraints: number[]): void {
    const whole = this.sumOf(out);
    const [[capacity, ...inputs], laneOf] = this.permuted(lanes, constraints);
    if (!this.isSame(whole, laneOf(0))) refuse("the digest is another one");
    // Poseidon can be computed backwards. Who may choose the capacity, too, finds a second preimage at once.
    if (this.facts.unknown(whole, capacity).length > 0) refuse("the digest or the capacity is not known");
    const open = inputs.map((lane) => this.facts.unknown(lane));
    if (open.some((lane) => lane.length > 1)) refuse("a lane has two unknown signals");
    for (const one of signals) if (!open.flat().includes(one)) refuse(`signal ${one} is no unknown lane`);
  }

  /**
   * The last call of a sponge leaves the challenges: lanes 0, 1 and so on. What is known by now follows from what was
   * given, chosen or assumed. `lines` show that the words of the sponge alone determine all of that.
   */
  draw(challenges: number[], calls: readonly Call[], lines: Line[]): void {
    const inner = new HashChecker(this.circuit);
    // What its lines look into counts here.
    [inner.at, inner.aside] = [(n) => this.at(n), (run) => this.aside(run)];
    [inner.definitions, inner.next] = [this.definitions, this.next];
    for (let facts: Facts | null = this.facts; facts !== null; facts = facts.outside)
      for (const [signal, bounds] of facts.bounds) inner.facts.bound(signal, bounds);
    const numbers = inner.facts.known.size;
    let laneOf: LaneOf | null = null;
    for (const [lanes, constraints] of calls) {
      const [[capacity, ...words], after] = this.permuted(lanes, constraints);
      const isNext = laneOf === null ? constantOf(capacity) !== null : this.isSame(capacity, laneOf(0));
      if (!isNext) refuse("the capacity is not what the call before left");
      if (this.facts.unknown(...words).length > 0) refuse("a word is not known");
      for (const word of words) {
        const [signal, ...others] = inner.facts.unknown(word);
        if (signal !== undefined && others.length === 0) inner.facts.known.add(signal);
      }
      laneOf = after;
    }
    // The hash of numbers is a number: the circuit could be made to compare it with itself.
    if (laneOf === null || inner.facts.known.size === numbers) throw new Refusal("what is drawn is a number");
    for (const [lane, signal] of challenges.entries()) {
      const isLane = this.isSame(new Map([[this.exists(signal), 1n]]), laneOf(lane));
      if (!isLane) refuse(`signal ${signal} is not drawn`);
    }
    for (const line of lines) {
      const [rule, , reason] = line;
      const isOfWords = rule === "follows" || rule === "radix" || (rule === "named" && reason === DIGEST);
      if (isOfWords) inner.apply(line);
      else refuse(`"${rule}" is no rule about words alone`);
    }
    this.named.push(...inner.named);
    for (const signal of this.fixed) {
      if (!inner.facts.knows(signal)) refuse(`signal ${signal} is not determined by the words`);
    }
    const products = calls.at(-1)?.[1] ?? [];
    // Of products that lines added, others could say the same, and these are not looked for.
    if (products.some((n) => n >= this.circuit.count)) refuse("the hash that draws is not one of the file");
    const transcript = { challenges: new Set(challenges), fixed: this.fixed.size, products };
    // What was fixed may not be the challenge itself.
    if (this.isComputed(transcript, inner.facts)) refuse("the words are hashed to determine what was fixed");
    this.transcript = transcript;
  }

  /** What is known by now was fixed before this challenge is drawn: also what follows from an earlier one. */
  begin(signal: number): void {
    const { facts, transcript, fixed } = this;
    if (transcript === null || !transcript.challenges.has(signal))
      throw new Refusal(`signal ${signal} is no challenge`);
    if (fixed.size > transcript.fixed) refuse("what was named since is not determined by the words");
    const isThere = facts.knows(signal) || facts.unknown(this.expanded(new Map([[signal, 1n]]))).length === 0;
    if (isThere || this.isComputed(transcript, facts)) refuse(`signal ${signal} was drawn before`);
    this.challenge = { signal, before: new Set(facts.known) };
  }

  /** A divisor is a challenge times a number, and a sum that was fixed before. Linear constraints may be added. */
  divisor(n: number, parts: Parts): void {
    const { challenge } = this;
    const factor = plus(this.only(n)[1], this.linear(parts));
    if (!challenge || !factor.has(challenge.signal)) throw new Refusal(`constraint ${n} divides by no challenge`);
    for (const other of factor.keys()) {
      if (other === 0 || other === challenge.signal || challenge.before.has(other)) continue;
      refuse(`in constraint ${n} signal ${other} was not known before the challenge was`);
    }
  }
}

/** These reasons stand where they are looked at, and in no other line. */
function apart(reason: string): void {
  if ([DIGEST, CHALLENGE, UNEQUAL].includes(reason)) refuse(`nothing is shown here for "${reason}"`);
}

/** What a line names so is known. */
const KNOWN = ["given", "chosen", "assumed"];

const HASH_RULES: Rules = {
  ...RULES,
  named: (checker, sort: string, reason: string, signals: number[], ...rest: unknown[]) => {
    const on = checker as HashChecker;
    if (sort !== "assumed") apart(reason);
    if (reason === DIGEST) on.digest(signals, ...(rest as [Terms, Terms[], number[]]));
    else if (reason === CHALLENGE) {
      if (on.zeros.length > 0) refuse("a challenge is not drawn in a case");
      if (rest.length > 0) on.draw(...(rest as [number[], Call[], Line[]]));
      for (const signal of signals) on.begin(signal);
    } else {
      apart(reason);
      if (KNOWN.includes(sort)) for (const signal of signals) on.fixed.add(signal);
    }
    RULES.named?.(on, sort, reason, signals, ...rest);
  },
  define: (checker, terms: Terms, divisor = 0) => {
    const on = checker as HashChecker;
    if (divisor !== 0) on.quotients.add(on.next);
    RULES.define?.(on, terms, divisor);
  },
  derive: (checker, ...rest: unknown[]) => {
    const on = checker as HashChecker;
    const [, into] = on.aside(() => RULES.derive?.(on, ...rest));
    on.from.set(on.circuit.count + on.added.length - 1, into);
  },
  divides: (on, reason: string, n: number, parts: Parts) => {
    if (reason === UNEQUAL) (on as HashChecker).divisor(n, parts);
    else apart(reason);
    RULES.divides?.(on, reason, n);
  },
};
