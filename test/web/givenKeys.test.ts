/** Keys that the reader gives to the page are read as strictly as those of the command line. */
import { expect, test } from "vitest";
import { givenKey } from "../../web/work/givenKeys.ts";
import { forgedKey, SOME_SECRETS } from "../lib/forge.ts";

const of = (key: unknown) => ({ name: "key.json", text: JSON.stringify(key) });

test("a batch circuit's key is taken", () => {
  const key = forgedKey(SOME_SECRETS);
  expect(givenKey(of({ ...key, more: 1 }))).toEqual(key);
});

test("what is no key, a key of another shape, and one that anyone can forge under are refused", () => {
  expect(() => givenKey({ name: "key.json", text: "no JSON" })).toThrow(/key\.json/);
  expect(() => givenKey(of({}))).toThrow(/^key\.json: .*is missing/);
  const ic = SOME_SECRETS.ic.slice(1);
  expect(() => givenKey(of(forgedKey({ ...SOME_SECRETS, ic })))).toThrow(/is for 6 public inputs, and a batch has 7/);
  expect(() => givenKey(of(forgedKey({ ...SOME_SECRETS, delta: SOME_SECRETS.gamma })))).toThrow(/forge/);
});
