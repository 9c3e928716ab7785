/** The page makes Poseidon's constants instead of carrying them: they are circomlib's. */
import { expect, test } from "vitest";
import { constantsOf as circomlibs } from "../../trace/poseidon/constants.ts";
import { MAX_INPUTS } from "../../trace/poseidon/memory.ts";
import { constantsOf } from "../../web/replaced/poseidonConstants.ts";

test("for every number of inputs, they are circomlib's", () => {
  for (let inputs = 1; inputs <= MAX_INPUTS; inputs++) expect(constantsOf(inputs)).toEqual(circomlibs(inputs));
});

test("for no other number of inputs", () => {
  expect(constantsOf(2)).not.toEqual(circomlibs(3));
});
