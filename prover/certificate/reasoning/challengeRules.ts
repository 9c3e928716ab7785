/** Rules about challenges: numbers that are drawn, by a hash, after all that they are compared with. */
import type { LaneOf } from "../../../verifier/constraints/poseidon.ts";
import { constantOf, plus, refuse, ZERO } from "../../../verifier/constraints/sums.ts";
import type { Parts, Terms } from "../../../verifier/constraints/system.ts";
import { type Line, Reasoner, type Rules } from "./reasoner.ts";

/** By these, words determine other signals. They name nothing, and assume nothing but Poseidon. */
const OF_WORDS: ReadonlySet<string> = new Set(["follows", "radix", "digest"]);

const UNEQUAL = "a challenge is not equal to a number that was fixed before it was drawn";

export const CHALLENGE_RULES: Rules = {
  /**
   * The last call of a sponge gives the challenges: lanes 0, 1 and so on. What is known by now follows from what was
   * given, chosen or assumed. `lines` show that the words of the sponge alone determine all of that.
   */
  transcript: (on, challenges: number[], calls: (readonly [lanes: Terms[], ns: number[]])[], lines: Line[]) => {
    const inner = new Reasoner(on.system, on.rules);
    for (const [signal, bounds] of on.facts.bounds) inner.facts.bound(signal, bounds);
    let laneOf: LaneOf | null = null;
    for (const [lanes, constraints] of calls) {
      const [[capacity, ...words], after] = on.permuted(lanes, constraints);
      const isNext = laneOf === null ? constantOf(capacity) !== null : on.system.isSame(capacity, laneOf(0));
      if (!isNext) refuse("the capacity is not what the call before left");
      for (const word of words) {
        if (!on.facts.isKnown(word)) refuse(`of a word, signal ${on.facts.unknown(word)[0]} is not known`);
        const [signal, ...others] = inner.facts.unknown(word);
        if (signal !== undefined && others.length === 0) inner.facts.learn(signal);
      }
      laneOf = after;
    }
    on.system.exist(challenges);
    for (const [lane, signal] of challenges.entries()) {
      const drawn = laneOf?.(lane) ?? ZERO;
      // The hash of numbers is a number: the circuit could be made to compare it with itself.
      const isLane = on.system.isSame(new Map([[signal, 1n]]), drawn) && constantOf(drawn) === null;
      if (!isLane) refuse(`signal ${signal} is not drawn`);
    }
    for (const line of lines) {
      if (OF_WORDS.has(line[0])) inner.apply(line);
      else refuse(`"${line[0]}" is no rule about words alone`);
    }
    for (const signal of on.named) {
      if (!inner.facts.known.has(signal)) refuse(`signal ${signal} is not determined by the words`);
    }
    on.transcript = { challenges: new Set(challenges), products: calls.at(-1)?.[1] ?? [], named: on.named.size };
  },

  /** What is known by now was fixed before this challenge is drawn: also what follows from an earlier one. */
  challenge: (on, signal: number) => {
    const { facts, transcript, named } = on;
    if (!transcript?.challenges.has(signal)) return refuse(`signal ${signal} is no challenge`);
    if (named.size > transcript.named) refuse("what was named since is not determined by the words");
    const isThere = transcript.products.some((n) => facts.isKnown(on.at(n)[2]));
    if (facts.known.has(signal) || isThere) refuse(`signal ${signal} was drawn before`);
    on.challenge = { signal, before: new Set(facts.known) };
    facts.learn(signal);
  },

  /**
   * The unknown signal's factor is a challenge times a number, and a sum that was fixed before.
   *
   * @param parts linear constraints that are added to the factor, each times a number: they are 0
   */
  drawn: (on, n: number, parts: Parts) => {
    const { challenge } = on;
    const [signal, times] = on.only(n);
    const factor = plus(times, on.linear(parts));
    if (!challenge || !factor.has(challenge.signal)) {
      return refuse(`in constraint ${n} the factor of signal ${signal} has no challenge in it`);
    }
    for (const other of factor.keys()) {
      if (other === challenge.signal || challenge.before.has(other)) continue;
      refuse(`in constraint ${n} signal ${other} was not known before the challenge was`);
    }
    on.facts.learn(signal);
    on.name(on.assumed, signal, UNEQUAL);
  },
};
