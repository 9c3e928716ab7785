/** The page's hashes are those of Node, and of the package that signatures are made with. */
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { createHash as inPage } from "../../web/node/crypto.ts";
import blakeInPage from "../../web/replaced/blakeHash.ts";

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

test("BLAKE-512 in the page, which makes keys of secrets, is that of the package", () => {
  const fromEddsa = createRequire(createRequire(import.meta.url).resolve("circomlibjs"));
  const blake: typeof blakeInPage = fromEddsa("blake-hash");
  for (const length of [0, 1, 32, 111, 112, 128, 300]) {
    const data = Uint8Array.from({ length }, (_, i) => i * 7);
    const expected = blake("blake512").update(Buffer.from(data)).digest();
    expect(Buffer.from(blakeInPage("blake512").update(data).digest())).toEqual(Buffer.from(expected));
  }
  expect(() => blakeInPage("blake256")).toThrow("there is no blake256 in the page");
});
