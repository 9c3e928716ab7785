/** The checker of certificates is small enough to be read by anybody, and needs nothing else of the project. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** Lines of code, comments and empty lines together. */
const MOST = 400;
const folder = fileURLToPath(new URL("../../verifier/certificate/", import.meta.url));
const texts = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, "utf8"));

test("the checker has at most 400 lines in all", () => {
  expect(texts.length).toBeGreaterThan(0);
  expect(texts.map((text) => text.trimEnd().split("\n").length).reduce((all, one) => all + one, 0)).toBeLessThanOrEqual(
    MOST,
  );
});

test("it imports itself, and what Node has", () => {
  const imported = texts.flatMap((text) => [...text.matchAll(/^(?:import|export) [^;]* from "(.*)";$/gm)]);
  const from = imported.map(([, path]) => path as string);
  expect(from).toContain("./checker.ts");
  expect(from.filter((path) => !/^(\.\/|node:)/.test(path))).toEqual([]);
  // No other way to load a module is used.
  expect(texts.filter((text) => /\bimport\(|\brequire\b/.test(text))).toEqual([]);
});
