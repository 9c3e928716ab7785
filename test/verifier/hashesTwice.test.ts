/**
 * Who hashes the words a second time, before a challenge is drawn, knows it before: then it may be equal to what a
 * divisor takes from it. Both ways were found by somebody who attacked the checker.
 */
import { expect, test } from "vitest";
import type { Line } from "../../verifier/certificate/checker.ts";
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
          [[n, ONE]],
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

test("no line looks into a product of the hash, also not in a case, of which nothing but a sum is known outside", () => {
  const either = (given: Given, ...lines: Line[]): void => {
    // Both factors of word · 0 = 0 can be 0, and both are known.
    const n = given.derive([of(WORD), new Map(), new Map()], []);
    given.apply("either", n, [lines, []]);
  };
  for (const lines of [[["follows", 0]], [["follows", 0, 1, 2]]] as Line[][]) {
    const given = new Given();
    given.apply("named", "given", "the statement gives it", [WORD]);
    either(given, ...lines);
    expect(() => drawn(given)).toThrow("the words are hashed to determine what was fixed");
  }
  const given = new Given();
  given.apply("named", "given", "the statement gives it", [WORD]);
  either(given);
  drawn(given);
  expect(given.on.challenge?.signal).toBe(given.on.next - 1);
});

test("a product of the hash may have a second name, if no line looks into that", () => {
  for (const isUsed of [false, true]) {
    const given = new Given();
    given.apply("named", "given", "the statement gives it", [WORD]);
    const [first] = given.hash.products;
    const [signal = 0] = first?.[2].keys() ?? [];
    const other = given.define(of(signal));
    given.derive([...(first?.slice(0, 2) ?? []), of(other)], [[0, ONE]]);
    // Twice the same is one more step away.
    const n = given.derive([...(first?.slice(0, 2) ?? []), of(other)], [[given.last, ONE]]);
    if (isUsed) given.apply("either", given.derive([of(WORD), new Map(), new Map()], []), [[["follows", n]], []]);
    if (isUsed) expect(() => drawn(given)).toThrow("the words are hashed to determine what was fixed");
    else expect(() => drawn(given)).not.toThrow();
  }
});
