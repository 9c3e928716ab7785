import { expect, test } from "vitest";
import { FIELD } from "../../trace/layout.ts";
import { authorityOf, isAuthority as isAuthorityOfCurve } from "../../trace/signing/signature.ts";
import { isAuthority } from "../../trace/state/authority.ts";

test("every key's y is an authority", () => {
  for (let n = 0; n < 5; n++) expect(isAuthority(authorityOf(new Uint8Array(32).fill(n)))).toBe(true);
});

test("0, points of small order, and numbers beyond the field are not authorities", () => {
  for (const word of [0n, 1n, FIELD - 1n, FIELD, FIELD + 2n, -1n, 2n ** 256n]) expect(isAuthority(word)).toBe(false);
});

test("the curve library agrees on random words, half of which are y of no point", () => {
  const key = authorityOf(new Uint8Array(32).fill(7));
  const words = Array.from({ length: 100 }, (_, i) => [BigInt(i), key + BigInt(i)]).flat();
  const keys = words.filter((word) => {
    const wanted = isAuthorityOfCurve(word);
    expect(isAuthority(word), word.toString()).toBe(wanted);
    return wanted;
  });
  expect(keys.length).toBeGreaterThan(60);
  expect(keys.length).toBeLessThan(140);
});
