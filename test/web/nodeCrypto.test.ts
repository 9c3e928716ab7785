/** The page's hashes are those of Node. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createHash as inPage } from "../../web/node/crypto.ts";

test.each(["sha256", "sha512"])("%s in the page is that of Node, also fed in pieces and copied", (algorithm) => {
  const hash = inPage(algorithm)
    .update("a")
    .update(new Uint8Array([1, 2]));
  const copy = hash.copy().update("b");
  expect(hash.digest("hex")).toBe(
    createHash(algorithm)
      .update("a")
      .update(new Uint8Array([1, 2]))
      .digest("hex"),
  );
  const copied = createHash(algorithm)
    .update("a")
    .update(new Uint8Array([1, 2]))
    .update("b");
  expect(copy.digest("hex")).toBe(copied.digest("hex"));
});

test("another hash is refused by name", () => {
  expect(() => inPage("md5")).toThrow("there is no md5 in the page");
});
