import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planOf } from "../../prover/batches/plan.ts";
import {
  bookOf,
  parseSignature,
  readSignatures,
  type SignatureFile,
  signatureName,
  signaturesIn,
  signatureText,
  usableSignatures,
} from "../../prover/signing/signatureFiles.ts";
import { FILLER, wantedSignatures } from "../../prover/signing/signatures.ts";
import { authorityOf, FILLER_SIGNATURE, newSecret, signLog } from "../../trace/signing/signature.ts";
import { A, B, keyedRun, ROTATION, signFor } from "../lib/keyedRun.ts";

const secret = newSecret();
const statement = { domain: 7n, program: 3, log: 1234n, validUntil: 2_000 };
const file: SignatureFile = { ...statement, lastSeq: 12, signature: signLog(secret, statement) };
const wanted = { program: 3, authority: authorityOf(secret), log: 1234n, uses: 2 };

test("a signature file reads back, and has one form only", () => {
  const text = signatureText(file);
  expect(signatureName(file)).toBe("00000003-0000000012.json");
  expect(parseSignature("00000003-0000000012.json", text)).toEqual(file);
  const damaged: [string, string][] = [
    ["format", text.replace("time-bandits", "time-bandit")],
    ["log", text.replace('"1234"', "1234")],
    ["validUntil", text.replace("2000", "-1")],
    ["program", text.replace('"program": 3', '"program":  3')],
    ["more", text.replace('"s"', '"more": 1,\n  "s"')],
    ["is not JSON", text.slice(0, -5)],
    ["is missing", text.replace(/,\n {2}"s": "\d+"/, "")],
  ];
  for (const [what, changed] of damaged) {
    expect(() => parseSignature("00000003-0000000012.json", changed), what).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(what),
        field: expect.stringContaining("signatures/"),
      }),
    );
  }
  expect(() => parseSignature("00000003-0000000013.json", text)).toThrow("rename it back");
});

test("a signature applies only to its own domain, program, log, key and time", async () => {
  const book = await bookOf([file], 7n);
  expect(book(wanted, 2_000)).toEqual({ validUntil: 2_000, signature: file.signature });
  expect(book(wanted, 2_001)).toBeUndefined();
  expect((await bookOf([file], 8n))(wanted, 1_000)).toBeUndefined();
  expect(book({ ...wanted, program: 4 }, 1_000)).toBeUndefined();
  expect(book({ ...wanted, log: 1235n }, 1_000)).toBeUndefined();
  expect(book({ ...wanted, authority: authorityOf(newSecret()) }, 1_000)).toBeUndefined();
});

test("an invalid signature does not count", async () => {
  const forged: SignatureFile[] = [
    { ...file, validUntil: 3_000 },
    { ...file, signature: { ...file.signature, s: file.signature.s + 1n } },
    { ...file, signature: { ...signLog(newSecret(), statement), key: file.signature.key } },
  ];
  for (const one of forged) expect((await bookOf([one], 7n))(wanted, 1_000)).toBeUndefined();
  expect((await bookOf([...forged, file], 7n))(wanted, 1_000)).toBeDefined();
});

test("the filler of the table is that of the circuit's tests", () => {
  expect(FILLER).toEqual(FILLER_SIGNATURE);
});

test("a damaged file among good ones is an error that names it", async () => {
  const dir = await keyedRun();
  expect(await readSignatures(dir)).toEqual([]);
  await signFor(dir, A);
  await signFor(dir, B);
  expect(await usableSignatures(dir)).toHaveLength(2);
  const path = join(signaturesIn(dir), "00000002-0000000004.json");
  await writeFile(path, (await readFile(path, "utf8")).slice(0, 40));
  expect(await readSignatures(dir)).toMatchObject([{ file: { program: A } }, { error: { code: "invalid" } }]);
  await expect(usableSignatures(dir)).rejects.toThrow("signatures/00000002-0000000004.json");
});

test("every program with a key signs once for a batch, and with a new key from the next batch on", async () => {
  const { batches } = await planOf(await keyedRun(ROTATION));
  const rows = batches.map(({ transitions }) =>
    wantedSignatures(transitions).map(({ program, authority, uses }) => [program, authority, uses]),
  );
  const [first, second] = batches.map(({ transitions }) => wantedSignatures(transitions));
  expect(rows.map((batch) => batch.map(([program, , uses]) => [program, uses]))).toEqual([
    [
      [A, 2],
      [B, 1],
    ],
    [[A, 1]],
  ]);
  expect(first?.[0]?.authority).not.toBe(second?.[0]?.authority);
  expect(() => wantedSignatures(batches.flatMap(({ transitions }) => transitions))).toThrow("two authorities");
});
