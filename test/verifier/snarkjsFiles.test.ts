/** Proofs as files for plain snarkjs. Its own library gives the same verdicts. */
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { groth16 } from "snarkjs";
import { expect, test } from "vitest";
import { SnarkjsEngine } from "../../prover/engines/snarkjs.ts";
import { readVerificationKey } from "../../prover/keys/keyFile.ts";
import { exportDirectory, SNARKJS_FILES } from "../../verifier/snarkjsFiles.ts";
import { verifyDirectory } from "../../verifier/verify.ts";
import { forgedKey, SOME_SECRETS } from "../lib/forge.ts";
import { provenRun, temporaryFolder } from "../lib/provenRun.ts";

type Files = [
  key: Parameters<typeof groth16.verify>[0],
  signals: string[],
  proof: Parameters<typeof groth16.verify>[2],
];

async function filesIn(folder: string): Promise<Files> {
  const texts = SNARKJS_FILES.map((name) => readFile(join(folder, name), "utf8"));
  return (await Promise.all(texts)).map((text) => JSON.parse(text) as unknown) as Files;
}

test("snarkjs accepts the exported proofs, and refuses altered ones", async () => {
  const dir = await provenRun();
  const out = join(await temporaryFolder(), "plain");
  const batches = await exportDirectory(dir, { out });
  expect(batches.map(({ batch, firstSeq, lastSeq, folder }) => [batch, firstSeq, lastSeq, folder])).toEqual([
    [1, 1, 8, join(out, "1")],
    [2, 9, 16, join(out, "2")],
    [3, 17, 17, join(out, "3")],
  ]);
  const [key, signals, proof] = await filesIn(join(out, "2"));
  expect(await groth16.verify(key, signals, proof)).toBe(true);
  for (const index of signals.keys()) {
    const next = signals.with(index, `${BigInt(signals[index] ?? 0) + 1n}`);
    expect(await groth16.verify(key, next, proof), `signal ${index}`).toBe(false);
  }
  const [, otherSignals, otherProof] = await filesIn(join(out, "3"));
  expect(await groth16.verify(key, otherSignals, otherProof)).toBe(true);
  expect(await groth16.verify(key, signals, otherProof)).toBe(false);
  // The exported key can be given to verify.
  const keys = [readVerificationKey(join(out, "2", "verification_key.json"))];
  expect(await verifyDirectory(dir, { keys })).toMatchObject({ ok: true, keys: [{ kind: "development" }] });
  await new SnarkjsEngine().close();
});

test("one batch is written to the folder itself, and an existing file is not overwritten", async () => {
  const dir = await provenRun();
  const out = join(await temporaryFolder(), "one");
  expect(await exportDirectory(dir, { out, batch: 3 })).toMatchObject([{ batch: 3, folder: out }]);
  expect((await readdir(out)).sort()).toEqual([...SNARKJS_FILES].sort());
  await expect(exportDirectory(dir, { out, batch: 1 })).rejects.toThrow("exists already");
  await rm(join(out, "proof.json"));
  await expect(exportDirectory(dir, { out, batch: 1 })).rejects.toThrow("verification_key.json: exists already");
});

test("missing and invalid proofs are not exported", async () => {
  const dir = await provenRun();
  const out = join(await temporaryFolder(), "none");
  await expect(exportDirectory(dir, { out, batch: 4 })).rejects.toThrow("batch: 4 does not exist: the run has 3");
  const stranger = { out, batch: 1, keys: [forgedKey(SOME_SECRETS)] };
  await expect(exportDirectory(dir, stranger)).rejects.toMatchObject({ field: expect.stringMatching(/ key$/) });
  const [name = ""] = await readdir(join(dir, "proofs"));
  const text = await readFile(join(dir, "proofs", name), "utf8");
  await writeFile(join(dir, "proofs", name), text.replace(/\d/, "9"));
  await expect(exportDirectory(dir, { out })).rejects.toMatchObject({ code: "invalid" });
  await rename(join(dir, "proofs"), join(dir, "gone"));
  await expect(exportDirectory(dir, { out })).rejects.toThrow("has no proofs; run prove");
  await expect(readdir(out)).rejects.toThrow("ENOENT");
});
