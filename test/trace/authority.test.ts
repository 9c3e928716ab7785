import { buildBabyjub } from "circomlibjs";
import { expect, test } from "vitest";
import { FIELD } from "../../trace/layout.ts";
import { authorityOf } from "../../trace/signing/signature.ts";
import { isAuthority } from "../../trace/state/authority.ts";

const jub = await buildBabyjub();
const { F } = jub;

/** The same by circomlibjs: there is a point with that y, and eight times it is not (0, 1). */
function isAuthorityOfCurve(word: bigint): boolean {
  const y = F.e(word);
  const yy = F.square(y);
  const xx = F.div(F.sub(F.one, yy), F.sub(jub.A, F.mul(jub.D, yy)));
  const x = F.isSquare(xx) ? F.sqrt(xx) : null;
  return x !== null && !F.isZero(jub.mulPointEscalar([x, y], 8n)[0]);
}

test("every key's y is an authority", () => {
  for (let n = 0; n < 5; n++) expect(isAuthority(authorityOf(new Uint8Array(32).fill(n)))).toBe(true);
});

test("0, points of small order, and numbers beyond the field are none", () => {
  for (const word of [0n, 1n, FIELD - 1n, FIELD, FIELD + 2n, -1n, 2n ** 256n]) expect(isAuthority(word)).toBe(false);
});

test("the curve library says the same of any word, half of which are on no point", () => {
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
