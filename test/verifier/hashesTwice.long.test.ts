/**
 * A hash is computed a second time by quotients: q5 = a^5, where u = 1/a, and each power is the one before, divided by
 * u. No product of the circuit is in them. It was found by somebody who attacked the checker.
 */
import { expect, test } from "vitest";
import { plus } from "../../verifier/certificate/field.ts";
import { drawn, type Factors, Given, less, named, ONE, of, times, WORD } from "../lib/hashedWord.ts";

/** What says of a sum that it is the one with other names. */
const inputs = (sum: Factors, same: ReadonlyMap<number, number>): unknown[] =>
  [...sum].filter(([one]) => same.has(one)).map(([one, factor]) => [same.get(one), [[String(factor)]]]);

test("quotients do not compute a hash a second time, though no product of it is in them", () => {
  const given = new Given();
  given.apply("named", "given", "the statement gives it", [WORD]);
  // q5 = a^5 as quotients by u = 1/a, and which constraint says that it is the circuit's own.
  const [by, same] = [new Map<number, number>(), new Map<number, number>()];
  for (const [n, [input]] of given.hash.products.entries()) {
    if (n % 3 !== 0) continue;
    const a = [...input].reduce<Factors>((sum, [one, factor]) => plus(sum, [[by.get(one) ?? one, factor]]), new Map());
    const [x2 = 0, x4 = 0, x5 = 0] = [0, 1, 2].map((i) => [...(given.hash.products[n + i]?.[2].keys() ?? [])][0]);
    const base = given.define(a);
    given.apply("named", "nonzero", "test", [base]);
    const [u, isInverse] = [given.define(of(0), base), given.last];
    given.apply("named", "nonzero", "test", [u]);
    const powers: number[] = [];
    const steps = [base, 0, 0, 0].map((first, i) => {
      const from = i === 0 ? first : (powers[i - 1] as number);
      const [to, divided] = [given.define(of(from), u), given.last];
      powers.push(to);
      const parts = [
        [divided, times(less(new Map(), a))],
        [isInverse, [["1", to]]],
      ];
      const step = given.derive([a, i === 0 ? a : of(from), of(to)], parts);
      given.apply("follows", step);
      return step;
    });
    const [q2, , q4, q5] = powers as [number, number, number, number];
    const [is2, is3, is4, is5] = steps;
    const apart = less(a, input);
    const isInput = apart.size === 0 ? [] : [given.derive([new Map(), new Map(), apart], inputs(input, same))];
    const equal = (q: number, x: number, parts: unknown[]): number =>
      given.derive([new Map(), new Map(), less(of(q), of(x))], parts);
    const both = isInput.map((one) => [one, times(plus(a, input))]);
    const same2 = equal(q2, x2, [[is2, ONE], [n, [["-1"]]], ...both]);
    const parts4 = [
      [
        same2,
        [
          ["1", q2],
          ["1", x2],
        ],
      ],
      [n + 1, [["-1"]]],
      [is2, [["-1", q2]]],
      [is3, times(a)],
      [is4, ONE],
    ];
    const same4 = equal(q4, x4, parts4);
    const rest = isInput.map((one) => [one, [["1", x4]]]);
    same.set(x5, equal(q5, x5, [[same4, times(a)], ...rest, [is5, ONE], [n + 2, [["-1"]]]]));
    by.set(x5, q5);
  }
  given.define(named(given.hash.digest, by));
  given.apply("follows", given.last);
  expect(given.on.facts.knows(given.on.next - 1)).toBe(true);
  expect(() => drawn(given)).toThrow(/drawn before|hashed to determine/);
});
