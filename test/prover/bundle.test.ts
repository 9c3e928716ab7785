import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  type Bundle,
  bundleName,
  bundleText,
  parseBundle,
  proofsIn,
  rangeOf,
  readBundles,
  writeBundle,
} from "../../prover/bundles/bundle.ts";
import { BASE_PRIME } from "../../prover/curve/bn254.ts";
import { sha256 } from "../../prover/storage/cache.ts";
import { packSpan } from "../../trace/commitment/commit.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { FIELD } from "../../trace/layout.ts";
import { temporaryFolder } from "../lib/provenRun.ts";
import { Random } from "../lib/random.ts";
import { UNMOORED } from "../lib/unmoored.ts";

const BUNDLE: Bundle = {
  profile: "batch-8",
  circuit: "0123456789abcdef".repeat(4),
  key: { hash: `0x${"fedcba9876543210".repeat(4)}`, kind: "development" },
  statement: {
    preRoot: FIELD - 1n,
    postRoot: 12345678901234567890n,
    traceRoot: 7n ** 80n,
    span: packSpan({ firstSeq: 9, count: 5, notBefore: 1_700_000_000, until: 1_700_000_100, moored: false }),
    domain: 0n,
    ...UNMOORED,
  },
  proof: {
    pi_a: [1n, 2n],
    pi_b: [
      [BASE_PRIME - 1n, 4n],
      [5n, 6n],
    ],
    pi_c: [0n, 8n],
  },
};
const TEXT = bundleText(BUNDLE);
const NAME = bundleName(BUNDLE, TEXT);

/** The text after a change, under the name that its content then has. */
function renamed(text: string): { name: string; text: string } {
  return { name: NAME.replace(/[0-9a-f]{16}\.json$/, `${sha256(text).slice(0, 16)}.json`), text };
}

test("a bundle is read back as it was written, under a name with its range and hash", async () => {
  expect(parseBundle(NAME, TEXT)).toEqual(BUNDLE);
  expect(NAME).toBe(`0000000009-0000000013-${sha256(TEXT).slice(0, 16)}.json`);
  expect(rangeOf(BUNDLE)).toEqual({
    firstSeq: 9,
    lastSeq: 13,
    count: 5,
    notBefore: 1_700_000_000,
    until: 1_700_000_100,
    moored: false,
  });
  const dir = await temporaryFolder();
  expect(await writeBundle(dir, BUNDLE)).toBe(NAME);
  expect(await readFile(join(proofsIn(dir), NAME), "utf8")).toBe(TEXT);
  expect(await readBundles(dir)).toEqual([{ name: NAME, bundle: BUNDLE }]);
});

test("a folder without proofs has no bundles, and the rest of an interrupted write is ignored", async () => {
  const dir = await temporaryFolder();
  expect(await readBundles(dir)).toEqual([]);
  await mkdir(proofsIn(dir));
  await writeFile(join(proofsIn(dir), `${NAME}.123-abc`), TEXT.slice(0, 100));
  expect(await readBundles(dir)).toEqual([]);
});

test("any changed byte is refused, and the file is named", () => {
  const random = new Random(11);
  const bytes = Buffer.from(TEXT, "utf8");
  for (let position = 0; position < bytes.length; position++) {
    const changed = Buffer.from(bytes);
    changed[position] = (changed[position] as number) ^ (1 << random.below(7));
    expect(() => parseBundle(NAME, changed.toString("latin1")), `byte ${position}`).toThrow(InvalidInputError);
    expect(() => parseBundle(NAME, changed.toString("latin1")), `byte ${position}`).toThrow(NAME.slice(0, 21));
  }
});

test("bytes that are cut off, added or not UTF-8 are refused", async () => {
  for (const length of [0, 1, 100, TEXT.length - 1])
    expect(() => parseBundle(NAME, TEXT.slice(0, length))).toThrow(NAME);
  expect(() => parseBundle(NAME, `${TEXT} `)).toThrow(NAME);
  expect(() => parseBundle(NAME, `\uFEFF${TEXT}`)).toThrow(NAME);
  const dir = await temporaryFolder();
  await mkdir(proofsIn(dir));
  await writeFile(join(proofsIn(dir), NAME), Buffer.concat([Buffer.from(TEXT), Buffer.from([0xff])]));
  expect(await readBundles(dir)).toMatchObject([
    { name: NAME, error: { message: expect.stringContaining("not UTF-8") } },
  ]);
});

test.each([
  ["an unknown member", TEXT.replace('"version": 2,', '"version": 2,\n  "note": "",'), "note"],
  ["a member twice", TEXT.replace('"version": 2,', '"version": 2,\n  "version": 2,'), "version"],
  ["a missing member", TEXT.replace('  "version": 2,\n', ""), "version"],
  ["another order", TEXT.replace('"firstSeq": 9,\n    "lastSeq": 13', '"lastSeq": 13,\n    "firstSeq": 9'), "Seq"],
  ["another format", TEXT.replace("time-bandits-proof", "time-bandits-prooF"), "format"],
  ["an earlier protocol", TEXT.replace('"version": 2', '"version": 1'), "is protocol 1, and this is protocol 2"],
  ["a newer version", TEXT.replace('"version": 2', '"version": 3'), "version"],
  ["a leading zero", TEXT.replace('"domain": "0"', '"domain": "00"'), "domain"],
  ["a public input not below r", TEXT.replace(`${FIELD - 1n}`, `${FIELD}`), "preRoot"],
  ["a coordinate not below q", TEXT.replace(`${BASE_PRIME - 1n}`, `${BASE_PRIME}`), "proof"],
  ["a number in place of a text", TEXT.replace('"domain": "0"', '"domain": 0'), "domain"],
  ["a range that is not the span's", TEXT.replace('"lastSeq": 13', '"lastSeq": 14'), "lastSeq"],
  ["an unknown sort of key", TEXT.replace('"development"', '"trusted"'), "kind"],
  ["a hash in capitals", TEXT.replace("0xfedc", "0xFEDC"), "hash"],
  ["a span beyond 129 bits", TEXT.replace(`"span": "${BUNDLE.statement.span}"`, `"span": "${1n << 129n}"`), "129 bits"],
  ["a span without transitions", TEXT.replace(`"span": "${BUNDLE.statement.span}"`, '"span": "9"'), "span"],
])("%s is refused, also under a fitting file name", (_, text, field) => {
  expect(text).not.toBe(TEXT);
  const changed = renamed(text);
  expect(() => parseBundle(changed.name, changed.text)).toThrow(field);
});

test("a bundle under another name is refused", () => {
  const other = NAME.replace("0000000009", "0000000008");
  expect(() => parseBundle(other, TEXT)).toThrow(`${other}: does not match its content`);
});
