import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { signDirectory } from "../../prover/sign.ts";
import { readSignatures, signaturesIn } from "../../prover/signing/signatureFiles.ts";
import { localDomain } from "../../trace/commitment/commit.ts";
import { address, kindOf } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import type { Row } from "../../trace/machine/transition.ts";
import { emptyManifest } from "../../trace/run/manifest.ts";
import { createRun, pathIn, saveManifest } from "../../trace/run/runDirectory.ts";
import { TraceWriter } from "../../trace/run/traceWriter.ts";
import { keyedPrograms, mapOf, openPrograms } from "../../trace/state/genesis.ts";
import { authority, secretOf } from "../lib/authorities.ts";
import { A, B, GIFT, keyedRun, ROTATION, START, signFor } from "../lib/keyedRun.ts";
import { putOnMap } from "../lib/onMap.ts";
import { PROFILE, USUAL_PROFILES } from "../lib/profile.ts";
import { temporaryFolder } from "../lib/provenRun.ts";

const WEEK = 7 * 86_400;

async function nothingIn(dir: string): Promise<void> {
  expect(await readSignatures(dir)).toEqual([]);
}

test("a program signs a batch once, and its signature file stays unchanged", async () => {
  const dir = await keyedRun();
  const first = await signFor(dir, A);
  expect(first).toMatchObject({ program: A, name: "A", authority: authority(A), before: 0, otherKeys: 0 });
  // Another genesis has another domain.
  const { domain } = await signFor(
    await keyedRun({
      ...GIFT,
      genesis: () => ({ ...GIFT.genesis(), cells: keyedPrograms([authority(A), authority(B)], 15) }),
    }),
    A,
  );
  expect(first.domain).not.toBe(domain);
  expect(first).toMatchObject({ domain: localDomain(mapOf(GIFT.genesis()).root()), stillMissing: 1 });
  expect(first.signed).toMatchObject([
    { firstSeq: 1, lastSeq: 4, validUntil: START + 3 + WEEK, file: "00000001-0000000004.json" },
  ]);
  expect(first.signed[0]?.transitions.map(({ effect }) => effect)).toEqual(["Issue", "Split", "EscrowToProgram"]);
  const text = await readFile(join(signaturesIn(dir), "00000001-0000000004.json"), "utf8");
  expect(await signFor(dir, A, { now: START + 9_000_000 })).toMatchObject({ signed: [], before: 1, stillMissing: 1 });
  expect(await readFile(join(signaturesIn(dir), "00000001-0000000004.json"), "utf8")).toBe(text);
  expect(await signDirectory(dir, { program: "B", secret: secretOf(B) })).toMatchObject({ stillMissing: 0 });
  expect((await readdir(signaturesIn(dir))).sort()).toEqual(["00000001-0000000004.json", "00000002-0000000004.json"]);
});

test("a signature is valid for a week or until the given time, which must not be before the batch's end", async () => {
  const dir = await keyedRun();
  expect((await signFor(dir, A, { now: START + 1_000 })).signed).toMatchObject([{ validUntil: START + 1_000 + WEEK }]);
  expect((await signFor(dir, B, { validUntil: START + 3 })).signed).toMatchObject([{ validUntil: START + 3 }]);
  await rm(signaturesIn(dir), { recursive: true });
  await expect(signFor(dir, A, { validUntil: START + 2 })).rejects.toMatchObject({ field: "validUntil" });
  await nothingIn(dir);
  expect((await signFor(dir, A, { now: 2 ** 40 - 5 })).signed).toMatchObject([{ validUntil: 2 ** 40 - 1 }]);
});

test("a batch is signed again if its signature expired or is for another map", async () => {
  const dir = await keyedRun();
  await signFor(dir, A, { validUntil: START + 3 });
  const path = join(dir, "trace.jsonl");
  const trace = await readFile(path, "utf8");
  // A second later. Logs do not cover times, so the operator may choose them, but only within the signed validity.
  await writeFile(path, trace.replace(`"at":${START + 3}`, `"at":${START + 4}`));
  expect(await signFor(dir, A)).toMatchObject({ signed: [{ lastSeq: 4 }], before: 0 });
  const { domain } = putOnMap(dir);
  expect(await signFor(dir, A)).toMatchObject({ domain, signed: [{ lastSeq: 4 }], before: 0 });
});

test("the wrong key, program or trace is refused, and nothing is written", async () => {
  const dir = await keyedRun();
  const refused = async (options: Partial<Parameters<typeof signDirectory>[1]>, message: string) =>
    expect(signDirectory(dir, { program: "A", secret: secretOf(A), ...options }), message).rejects.toThrow(message);
  await refused(
    { secret: secretOf(B) },
    `key: has the authority ${authority(B)}, but A (program 1) acts under ${authority(A)}`,
  );
  await refused({ program: "B" }, "but B (program 2) acts under");
  await refused({ program: "C" }, 'there is no "C"; there are: "A", "B"');
  await refused({ program: "3" }, "run from 1 to 2");
  await refused({ program: "0" }, "run from 1 to 2");
  await refused({ profile: "batch-9" }, "batch-9");
  const trace = await readFile(join(dir, "trace.jsonl"), "utf8");
  await writeFile(join(dir, "trace.jsonl"), trace.replace('"quantity":"100"', '"quantity":"101"'));
  await refused({}, "replaying gives");
  await nothingIn(dir);
});

test("a number comes before a name of the manifest, and a name of two programs is refused", async () => {
  const dir = await keyedRun();
  const path = join(dir, "manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8")) as { programs: Record<string, string> };
  const save = async (programs: Record<string, string>) => writeFile(path, JSON.stringify({ ...manifest, programs }));
  await save({ 1: "2", 2: "1" });
  expect(await signFor(dir, A)).toMatchObject({ program: A, signed: [{ lastSeq: 4 }] });
  await save({ 1: "twin", 2: "twin" });
  await expect(signDirectory(dir, { program: "twin", secret: secretOf(B) })).rejects.toThrow("the name of 1 and 2");
});

test("signing for an open program is refused", async () => {
  const open = { ...GIFT, genesis: () => ({ levels: PROFILE.levels, cells: openPrograms(2, 16) }) };
  const dir = await keyedRun(open);
  await expect(signFor(dir, A)).rejects.toThrow("A (program 1) is open and needs no signature");
  await nothingIn(dir);
});

test("after a change of authority, each key signs its own batches", async () => {
  const dir = await keyedRun(ROTATION);
  expect(await signFor(dir, A)).toMatchObject({ signed: [{ firstSeq: 1, lastSeq: 3 }], otherKeys: 1, stillMissing: 2 });
  const second = await signFor(dir, A, { key: 3 });
  expect(second).toMatchObject({ signed: [{ firstSeq: 4, lastSeq: 4 }], otherKeys: 1, stillMissing: 1 });
  expect(await signFor(dir, B)).toMatchObject({ signed: [{ firstSeq: 1, lastSeq: 3 }], stillMissing: 0 });
  await expect(signFor(dir, A, { key: B })).rejects.toThrow("acts under");
});

test("a log is not signed if it names a program without that program's key", async () => {
  const dir = join(await temporaryFolder(), "run");
  const genesis = GIFT.genesis();
  createRun(dir, genesis);
  const machine = new Machine(mapOf(genesis));
  const profiles = USUAL_PROFILES.map(({ name }) => name);
  const writer = TraceWriter.create(pathIn(dir, "trace"), {
    genesisRoot: machine.map.root(),
    levels: genesis.levels,
    profiles,
  });
  saveManifest(dir, emptyManifest("by hand", profiles));
  const put = (...rows: Row[]): void => {
    writer.append(
      machine.perform(rows, START),
      () => machine.map.root(),
      () => undefined,
    );
  };
  // The machine takes rows without a join; only the tracer adds it. B creates program 3. A never met it, and declares
  // an entry that takes its kind.
  put(rowOf("CreateProgram", B, { peer: 3, argument: { inbox: 16, authority: authority(3) } }));
  const declared = { kind: kindOf(3, 1), quantity: 1n, argument: { selector: 7n, nargs: 1, guard: 0 } };
  put(rowOf("DeclareEntry", A, { destination: address(A, 1), ...declared }));
  writer.close(() => machine.map.root());
  await expect(signDirectory(dir, { program: `${A}`, secret: secretOf(A), now: START })).rejects.toThrow(
    /^log-signed: .*names program 3, and its log says nowhere which key that is/,
  );
  await nothingIn(dir);
  // B's log has the key, because B created the program.
  expect((await signDirectory(dir, { program: `${B}`, secret: secretOf(B), now: START })).signed).toHaveLength(1);
});
