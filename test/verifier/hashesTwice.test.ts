/**
 * Who hashes the words a second time, before a challenge is drawn, knows it before: then it may be equal to what a
 * divisor takes from it. Both ways were found by somebody who attacked the checker.
 */
import { expect, test } from "vitest";
import { UNEQUAL } from "../../verifier/hashes/check.ts";
import { drawn, Given, LOOSE, less, named, ONE, of, WORD } from "../lib/hashedWord.ts";

test("a challenge is drawn where nothing of its hash is known, and a divisor has it", () => {
  const given = new Given();
  given.apply("named", "given", "the statement gives it", [WORD]);
  drawn(given);
  const divisor = less(of(given.on.next - 1), of(WORD));
  const n = given.derive([divisor, of(LOOSE), new Map()], [[given.hash.products.length, ONE]]);
  given.apply("divides", UNEQUAL, n, []);
  expect(given.on.facts.knows(LOOSE)).toBe(true);
});

test("names for all products of a hash do not hide that its words were hashed", () => {
  const given = new Given();
  given.apply("named", "given", "the statement gives it", [WORD]);
  const again = (isFollowed: boolean): { by: Map<number, number>; numbers: number[] } => {
    const [by, numbers] = [new Map<number, number>(), [] as number[]];
    for (const [n, product] of given.hash.products.entries()) {
      const [signal = 0] = product[2].keys();
      by.set(signal, given.define(of(signal)));
      numbers.push(
        given.derive(
          product.map((sum) => named(sum, by)),
          [[n, [["1"]]]],
        ),
      );
      if (isFollowed) given.apply("follows", given.last);
    }
    return { by, numbers };
  };
  const [hidden, followed] = [again(false), again(true)];
  given.define(named(given.hash.digest, followed.by));
  given.apply("follows", given.last);
  expect(() => drawn(given, hidden.numbers)).toThrow("the hash that draws is not one of the file");
  expect(() => drawn(given)).toThrow(/drawn before|hashed to determine/);
});
