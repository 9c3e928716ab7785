/** Lines about hashes: digests, and the challenges that are drawn from them. */
import { integer } from "../../../verifier/constraints/sums.ts";
import type { Parts, Terms } from "../../../verifier/constraints/system.ts";
import { CHALLENGE, DIGEST, UNEQUAL } from "../../../verifier/hashes/check.ts";
import type { Hashes } from "../arguments.ts";
import { Checker } from "../reasoning/check.ts";
import { radixOrder } from "../reasoning/radixOrder.ts";
import type { Line, Reasoner } from "../reasoning/reasoner.ts";
import type { Followed, Translations } from "./followed.ts";
import { scaled } from "./linear.ts";
import type { Numbers } from "./numbers.ts";

/** @param by knows what is known where the line stands: all, or what follows from words alone */
function digest(numbers: Numbers, by: Reasoner, out: Terms, lanes: Terms[], constraints: number[]): Line {
  const inputs = lanes.slice(1).flatMap((lane) => by.facts.unknown(by.system.sumOf(lane)));
  return [
    "named",
    "assumed",
    DIGEST,
    numbers.signals([...new Set(inputs)]),
    numbers.terms(out),
    lanes.map((lane) => numbers.terms(lane)),
    numbers.constraints(constraints),
  ];
}

/** Lines about words alone are followed from what the words determine. */
function ofWords({ numbers, facts, system }: Followed, calls: Hashes, lines: Line[]): Line[] {
  const inner = new Checker(system);
  for (const [signal, bounds] of facts.bounds) inner.facts.bound(signal, bounds);
  for (const word of calls.flatMap(([lanes]) => lanes.slice(1))) {
    const [signal, ...others] = inner.facts.unknown(system.sumOf(word));
    if (signal !== undefined && others.length === 0) inner.facts.learn(signal);
  }
  const translated: Readonly<Record<string, (...rest: never[]) => Line>> = {
    follows: (...constraints: number[]) => ["follows", ...numbers.constraints(constraints)],
    digest: (out: Terms, lanes: Terms[], constraints: number[]) => digest(numbers, inner, out, lanes, constraints),
    radix: (n: number | Parts, times: string) => [
      "radix",
      scaled(numbers.parts(n), integer(times)),
      numbers.signals(radixOrder(inner, n, times)),
    ],
  };
  return lines.map((line) => {
    const [rule, ...rest] = line;
    const found = translated[rule]?.(...(rest as never[])) ?? line;
    inner.apply(line);
    return found;
  });
}

export const HASHING: Translations = {
  digest: (on, out: Terms, lanes: Terms[], constraints: number[]) => [digest(on.numbers, on, out, lanes, constraints)],
  /** What a challenge is drawn from stands in the certificate where the first one is. */
  transcript: (on, challenges: number[], calls: Hashes, lines: Line[]) => {
    const { numbers } = on;
    const own = calls.map(([lanes, constraints]) => [
      lanes.map((lane) => numbers.terms(lane)),
      numbers.constraints(constraints),
    ]);
    on.transcribed = [numbers.signals(challenges), own, ofWords(on, calls, lines)];
    return [];
  },
  challenge: (on, signal: number) => {
    const from = on.transcribed;
    on.transcribed = [];
    return [["named", "assumed", CHALLENGE, [on.numbers.signal(signal)], ...from]];
  },
  drawn: ({ numbers }, n: number, parts: Parts) => [["divides", UNEQUAL, numbers.constraint(n), numbers.parts(parts)]],
};
