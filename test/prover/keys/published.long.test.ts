/** Every published key is the key that the circuit gives. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { makePublished, publishedPath, publishedText } from "../../../prover/keys/published.ts";
import { NAMED_CIRCUITS } from "../../../prover/profiles.ts";

test.each(NAMED_CIRCUITS)("$name: the circuit is compiled, and the file has its verification key", async (profile) => {
  expect(publishedText(await makePublished(profile))).toBe(await readFile(publishedPath(profile), "utf8"));
});
