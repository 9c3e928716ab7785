/**
 * Two parties and an operator. Nothing is proven before both parties have signed. After that no step needs the
 * signatures.
 */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { proveDirectory } from "../../prover/prove.ts";
import { signaturesIn } from "../../prover/signing/signatureFiles.ts";
import { MissingSignatureError } from "../../prover/signing/signatures.ts";
import { withdrawDirectory } from "../../prover/withdraw.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { renderAudit } from "../../verifier/audit/render.ts";
import { authority } from "../lib/authorities.ts";
import { A, B, keyedRun, ROTATION, START, signFor } from "../lib/keyedRun.ts";
import { putOnMap } from "../lib/onMap.ts";
import { PROFILE } from "../lib/profile.ts";

/** The error of proving an unsigned run. It must come without compiling anything. */
async function missingIn(dir: string): Promise<MissingSignatureError> {
  const stages: string[] = [];
  const error: unknown = await proveDirectory(dir, { onProgress: (stage) => stages.push(stage) }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MissingSignatureError);
  expect(new Set(stages)).toEqual(new Set(["prove"]));
  return error as MissingSignatureError;
}

test("a signed run is proven, and its proofs stay valid without the effects that one party does not sign", async () => {
  const dir = await keyedRun(ROTATION);
  const looked = await auditDirectory(dir, { allowUnproven: true });
  expect(looked).toMatchObject({
    ok: true,
    programs: [
      { program: A, name: "A", authority: authority(3).toString() },
      { program: B, name: "B", authority: authority(B).toString() },
    ],
    signatures: [1, 2, 3].map(() => ({ status: "missing" })),
  });
  await signFor(dir, A);
  expect((await missingIn(dir)).missing.map(({ program, lastSeq }) => [program, lastSeq])).toEqual([
    [B, 3],
    [A, 4],
  ]);
  await signFor(dir, B);
  await expect(proveDirectory(dir)).rejects.toThrow(
    /transition 4 is not signed by A .*the batch before that is proven/,
  );
  expect(await auditDirectory(dir)).toMatchObject({
    ok: false,
    counts: { proven: 3 },
    signatures: [{ status: "signed" }, { status: "signed" }, { status: "missing", authority: authority(3).toString() }],
    problems: [
      { kind: "unfinished", field: "transitions" },
      { kind: "unfinished", where: "batch 4..4", message: expect.stringContaining("of A (program 1) is missing") },
    ],
  });
  await rm(join(signaturesIn(dir), "00000001-0000000003.json"));
  await expect(proveDirectory(dir)).rejects.toMatchObject({ missing: [{ program: A, firstSeq: 4 }] });
  expect((await auditDirectory(dir)).signatures.map(({ status }) => status)).toEqual(["proven", "signed", "missing"]);
  // Everyone has the development key, so its proof shows nothing. The transitions are shown and signed again.
  expect((await signFor(dir, A)).signed).toMatchObject([{ firstSeq: 1, lastSeq: 3 }]);

  const out = join(dir, "out");
  expect(await withdrawDirectory(dir, { program: "A", out })).toMatchObject({ from: 4, transitions: 3, bundles: 1 });
  const audited = await auditDirectory(out);
  expect(audited).toMatchObject({ ok: true, problems: [], counts: { transitions: 3, proven: 3 } });
  expect(renderAudit(audited)).toMatch(
    /B \(program 2\): signs with \d+\n.*batch 1\.\.3: valid.*\n {2}signature of A \(program 1\) over 1\.\.3: signed.*\n.*of B.*: signed, to be used until 2026/,
  );
  expect(await proveDirectory(out)).toMatchObject({ proven: 0, skipped: 1, profiles: [PROFILE.name] });
});

test("a missing signer is named with the next step before anything is compiled", async () => {
  const dir = await keyedRun();
  const error = await missingIn(dir);
  expect(error).toMatchObject({ code: "refused", invariant: "log-signed", exitCode: 1 });
  expect(error.message).toContain("transitions 1 to 4 are not signed by A (program 1), B (program 2)");
  expect(error.message).toContain(`timebandits sign ${dir} --program N, with N = 1, 2 --key FILE`);
  expect(error.missing).toMatchObject([
    { program: A, name: "A", authority: authority(A), firstSeq: 1, lastSeq: 4 },
    { program: B, name: "B", authority: authority(B), firstSeq: 1, lastSeq: 4 },
  ]);
});

test("missing signatures of later batches are named together with those of the first", async () => {
  const { missing, message } = await missingIn(await keyedRun(ROTATION));
  expect(missing.map(({ program, firstSeq, lastSeq }) => [program, firstSeq, lastSeq])).toEqual([
    [A, 1, 3],
    [B, 1, 3],
    [A, 4, 4],
  ]);
  expect(missing[2]?.authority).toBe(authority(3));
  expect(message).toContain("later batches lack 1 more");
});

test("a signature for another map, log or key, or one that expired, does not count", async () => {
  const dir = await keyedRun();
  const programs = async () => (await missingIn(dir)).missing.map(({ program }) => program);
  const other = await keyedRun(ROTATION);
  await signFor(other, A);
  await signFor(other, A, { key: 3 });
  await cp(signaturesIn(other), signaturesIn(dir), { recursive: true });
  expect(await programs()).toEqual([A, B]);

  await signFor(dir, A, { validUntil: START + 3 });
  expect(await programs()).toEqual([B]);
  const trace = await readFile(join(dir, "trace.jsonl"), "utf8");
  await writeFile(join(dir, "trace.jsonl"), trace.replace(`"at":${START + 3}`, `"at":${START + 4}`));
  expect(await programs()).toEqual([A, B]);
  const { problems } = await auditDirectory(dir);
  expect(problems.map(({ message }) => message).join()).toContain(
    "of A (program 1) is valid only until 2026-01-01T00:00:03Z",
  );
  await writeFile(join(dir, "trace.jsonl"), trace);

  putOnMap(dir);
  expect(await programs()).toEqual([A, B]);
});

test("damaged and forged signature files are named by the audit; proving stops at a damaged one", async () => {
  const dir = await keyedRun();
  await signFor(dir, A);
  await signFor(dir, B);
  const [forged, damaged] = ["00000001-0000000004.json", "00000002-0000000004.json"];
  const text = await readFile(join(signaturesIn(dir), forged), "utf8");
  await writeFile(join(signaturesIn(dir), forged), text.replace(/"validUntil": \d+/, '"validUntil": 1999999999'));
  await writeFile(join(signaturesIn(dir), damaged), "{}");
  const { ok, problems } = await auditDirectory(dir, { allowUnproven: true });
  expect(ok).toBe(false);
  expect(problems.filter(({ kind }) => kind === "wrong")).toMatchObject([
    { where: `signatures/${damaged}`, message: expect.stringContaining("is missing") },
    { where: `signatures/${forged}`, message: expect.stringContaining("is not valid for this program") },
  ]);
  await expect(proveDirectory(dir)).rejects.toThrow(`signatures/${damaged}`);
  await rm(join(signaturesIn(dir), damaged));
  expect((await missingIn(dir)).missing).toHaveLength(2);
});
