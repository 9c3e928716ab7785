/**
 * Runs that are continued after they were proven or signed. Proofs stay. Signatures over a batch that grows are void.
 */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { continueDirectory, voidText } from "../../prover/continue.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { readRun } from "../../trace/run/runDirectory.ts";
import type { Continuation } from "../../trace/tracer/scenario.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { verifyDirectory } from "../../verifier/verify.ts";
import { addProofs } from "../lib/cachedProofs.ts";
import { everyFile } from "../lib/everyFile.ts";
import { GOLD, keyedRun, START, signFor } from "../lib/keyedRun.ts";
import { knownProofs } from "../lib/knownProofs.ts";
import { provenRun, temporaryFolder } from "../lib/provenRun.ts";

/** The mint issues twice. */
const MORE: Continuation = {
  name: "more",
  description: "",
  run(tracer) {
    const mint = tracer.program("Mint");
    for (let i = 0; i < 2; i++) mint.issue({ kind: tracer.kind("Gold"), quantity: 5n });
  },
};

describe("a proven run", () => {
  test("is continued twice and proven between; every proof stays valid, and the audit finds no problem", async () => {
    const dir = await provenRun();
    const transitions = readRun(dir).trace.records.length;
    const before = everyFile(join(dir, "proofs"));
    const batches = Object.keys(before).length;
    expect(await continueDirectory(dir, MORE)).toMatchObject({ before: transitions, cut: 0, voidSignatures: [] });
    expect(await verifyDirectory(dir)).toMatchObject({ ok: true, proven: { transitions } });

    // The last proven batch has room, but the new transitions begin another batch.
    const other = join(await temporaryFolder(), "other");
    cpSync(dir, other, { recursive: true });
    await addProofs(other);
    const engine = await knownProofs(other);
    expect(await proveDirectory(dir, { engine })).toMatchObject({ skipped: batches, proven: 1, stale: [] });
    expect(everyFile(join(dir, "proofs"))).toMatchObject(before);

    // A batch without a proof is filled: it takes the transitions of two scenarios.
    const [grown, parts] = [join(await temporaryFolder(), "grown"), join(await temporaryFolder(), "parts")];
    cpSync(dir, grown, { recursive: true });
    await continueDirectory(grown, MORE);
    await continueDirectory(grown, { ...MORE, name: "again" });
    cpSync(grown, parts, { recursive: true });
    await addProofs(parts);
    const last = await proveDirectory(grown, { engine: await knownProofs(parts) });
    expect(last).toMatchObject({ skipped: batches + 1, proven: 1, stale: [], transitions: transitions + 6 });
    expect(await verifyDirectory(grown)).toMatchObject({ ok: true, proven: { transitions: transitions + 6 } });
    const audit = await auditDirectory(grown);
    expect(audit).toMatchObject({
      ok: true,
      problems: [],
      counts: { transitions: transitions + 6, proven: transitions + 6 },
    });
  });

  test("is continued from its store as by a replay; a proof behind its end is noticed there, too", async () => {
    const [fast, slow] = [await provenRun(), await provenRun()];
    const options = { store: { least: 0, segment: 4 } };
    await proveDirectory(fast, { ...options, engine: await knownProofs(fast) });
    const facts = ({ tracer, ...counts }: Awaited<ReturnType<typeof continueDirectory>>) => ({
      ...{ ...counts, root: tracer.root(), groups: tracer.groups, manifest: tracer.manifest },
    });
    const reached: number[] = [];
    const onReached = ({ store }: { store?: unknown }) => reached.push(store === undefined ? 0 : 1) > 0;
    const one = facts(await continueDirectory(fast, MORE, { ...options, onReached }));
    expect([one, reached]).toEqual([facts(await continueDirectory(slow, MORE)), [1]]);
    for (const file of ["trace.jsonl", "manifest.json"])
      expect(readFileSync(join(fast, file), "utf8")).toBe(readFileSync(join(slow, file), "utf8"));
    const [path, whole] = [join(fast, "trace.jsonl"), readFileSync(join(fast, "trace.jsonl"), "utf8").split("\n")];
    writeFileSync(
      path,
      `${whole
        .slice(
          0,
          whole.findIndex((line) => line.startsWith('{"seq":9,')),
        )
        .join("\n")}\n`,
    );
    await expect(continueDirectory(fast, MORE, options)).rejects.toThrow("but the trace ends with 8");
  });

  test("is not continued from a trace that is shorter than its proofs", async () => {
    const dir = await provenRun();
    const path = join(dir, "trace.jsonl");
    const lines = readFileSync(path, "utf8").split("\n");
    const cut = lines.findIndex((line) => line.startsWith('{"seq":9,'));
    writeFileSync(path, `${lines.slice(0, cut).join("\n")}\n`);
    const before = everyFile(dir);
    await expect(continueDirectory(dir, MORE)).rejects.toThrow(
      "proves transitions up to 16, but the trace ends with 8",
    );
    expect(everyFile(dir)).toEqual(before);
  });
});

describe("a signed run", () => {
  const GIVES: Continuation = {
    name: "gives",
    description: "",
    run(tracer) {
      tracer.program("A").issue({ kind: GOLD, quantity: 1n }, START + 10);
    },
  };

  test("is continued: a signature over the batch that grows is void if its program acts again, and is reported", async () => {
    const dir = await keyedRun();
    await signFor(dir, 1);
    await signFor(dir, 2);
    // Only the whole run tells which batches are signed, so it is replayed in spite of its store.
    const { voidSignatures } = await continueDirectory(dir, GIVES, { store: { least: 0, segment: 2 } });
    // B did nothing more, so its log is the one that it signed.
    expect(voidSignatures).toEqual([
      { program: 1, name: "A", firstSeq: 1, lastSeq: 4, file: "00000001-0000000004.json" },
    ]);
    expect(voidSignatures.map(voidText)).toEqual([
      "the signature of A (program 1) over 1..4 is void, because that batch goes on: sign again",
    ]);
    const engine = await knownProofs(dir);
    await expect(proveDirectory(dir, { engine })).rejects.toThrow("transitions 1 to 5 are not signed by A (program 1)");
    expect(await signFor(dir, 1)).toMatchObject({ signed: [{ firstSeq: 1, lastSeq: 5 }], stillMissing: 0 });
    const { signatures, problems } = await auditDirectory(dir, { allowUnproven: true });
    expect(signatures.map(({ status }) => status)).toEqual(["signed", "signed"]);
    expect(problems.filter(({ kind }) => kind === "wrong")).toEqual([]);
  });

  test("is continued in another batch: signatures stay valid", async () => {
    const dir = await keyedRun();
    await signFor(dir, 1);
    const fills: Continuation = {
      ...GIVES,
      run(tracer) {
        const effects = [1, 2, 3, 4, 5].map(
          (i) => ({ effect: "Issue", kind: GOLD, quantity: 1n, slot: 30 + i }) as const,
        );
        tracer.batch(1, effects, START + 10);
      },
    };
    expect(await continueDirectory(dir, fills)).toMatchObject({ voidSignatures: [] });
    expect(await signFor(dir, 1)).toMatchObject({ before: 1, signed: [{ firstSeq: 5, lastSeq: 9 }] });
  });
});
