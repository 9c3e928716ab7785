/** Each record is valid by itself. A record with a forged part is refused, and the part is named. */
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { mapPlace } from "../../prover/batches/mapIdentity.ts";
import type { Bundle } from "../../prover/bundles/bundle.ts";
import { publicSignals } from "../../prover/bundles/checkBundle.ts";
import { KeyError } from "../../prover/errors.ts";
import { type VerificationKey, verificationKeyHash } from "../../prover/keys/verificationKey.ts";
import { verifyingArtifacts } from "../../prover/verifyingArtifacts.ts";
import { Names, NO_NAMES } from "../../trace/describe/names.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { parseRecordFile, RecordError, type RecordFile, recordText } from "../../verifier/records/recordFile.ts";
import { recordLines, recordReport } from "../../verifier/records/recordReport.ts";
import { proveRecord, verifyRecord } from "../../verifier/records/records.ts";
import { developmentProof } from "../lib/developmentProof.ts";
import { forgedKey, forgedProof, proofOf, SOME_SECRETS } from "../lib/forge.ts";
import { freshRun, PROFILE, provenRun } from "../lib/provenRun.ts";

/** Of the diagram: 12 claims, and 13 is in its batch, 9 to 16; 3 is in another. */
let record: RecordFile;
let next: RecordFile;
let first: RecordFile;
let key: VerificationKey;

beforeAll(async () => {
  ({ verificationKey: key } = (await verifyingArtifacts(PROFILE)).key);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Made once: no test changes them. */
async function records(): Promise<void> {
  if (record !== undefined) return;
  const dir = await provenRun();
  [record, next, first] = (await Promise.all([12, 13, 3].map((seq) => proveRecord(dir, seq)))) as [
    RecordFile,
    RecordFile,
    RecordFile,
  ];
}

/** A record with another statement and a proof of it. The development key's secrets allow a proof of any statement. */
function restated(bundle: Bundle, change: Partial<Bundle["statement"]>): Bundle {
  const statement = { ...bundle.statement, ...change };
  return { ...bundle, statement, proof: developmentProof(key, publicSignals(statement)) };
}

/** The map of a record on that chain. The proof is bound to it. */
function onChain(from: RecordFile, chainId: bigint): RecordFile & { map: { chain: ChainEntry } } {
  const [registry, creator] = [`0x${"ab".repeat(20)}`, `0x${"12".repeat(20)}`];
  const { genesisRoot } = from.map;
  const chain = mapPlace({ chainId, registry, creator, salt: `0x${"34".repeat(32)}` }, genesisRoot);
  return { ...from, bundle: restated(from.bundle, { domain: chain.domain }), map: { genesisRoot, chain } };
}

test("a record is read back as it was written, and verified without the run", async () => {
  await records();
  const dir = await provenRun();
  vi.stubEnv("TIMEBANDITS_CACHE", "/nowhere/at/all");
  for (const seq of [1, 8, 9, 16, 17]) {
    const made = await proveRecord(dir, seq);
    const read = parseRecordFile("x", recordText(made));
    expect(recordText(read)).toBe(recordText(made));
    // In any layout of the JSON.
    expect(parseRecordFile("x", JSON.stringify(JSON.parse(recordText(made))))).toEqual(read);
    expect((await verifyRecord(read)).key.kind).toBe("development");
  }
  const verified = await verifyRecord(record);
  const report = recordReport(verified, new Names(NO_NAMES));
  expect(report).toMatchObject({
    ...{ seq: 12, effect: "ClaimFromProgram", developmentKey: true, acceptance: null },
    batch: { profile: PROFILE.name, firstSeq: 9, lastSeq: 16 },
    map: { chainId: null, domain: `${record.bundle.statement.domain}` },
  });
  expect(report.found.length).toBeGreaterThan(2);
  const lines = recordLines(report).join("\n");
  expect(lines).toContain("shows NOTHING: its key is a development key");
  expect(lines).toMatch(/program 4 claims 100 of kind 1 of program 1, resource 4294967299,/);
  expect(lines).toContain("transitions 1 to 8 are not in the record");
  expect(lines).toContain("on no chain, so its maker may keep several");
  expect((await verifyRecord(first)).notChecked.join()).not.toContain("came to the state");
});

test("making a record of an unproven transition, or of one outside the proof, is refused", async () => {
  const dir = await provenRun();
  await expect(proveRecord(dir, 18)).rejects.toThrow("no bundle covers transition 18");
  await expect(proveRecord(await freshRun(), 1)).rejects.toThrow("prove it first");
  const stranger = { keys: [forgedKey(SOME_SECRETS)] };
  await expect(proveRecord(dir, 1, stranger)).rejects.toMatchObject({ code: "record", field: "batch key" });
});

test("every part of another record and every changed part is refused and named", async () => {
  await records();
  const { inclusion, bundle, map } = record;
  const { row, found, path } = inclusion;
  const [step] = path;
  if (step === undefined) throw new Error("a path has a step");
  const inclusions: [string, Partial<RecordFile["inclusion"]>, string][] = [
    ["the cells of another transition", { found: next.inclusion.found }, "transition"],
    ["one cell of another transition", { found: { ...found, S: next.inclusion.found.S } }, "transition"],
    ["the row of another transition", { row: next.inclusion.row }, "transition"],
    ["another transition of the batch, under this number", { ...next.inclusion, seq: 12 }, "transition"],
    ["this one under another number", { seq: 13 }, "transition"],
    ["a number after the batch", { seq: 17 }, "seq"],
    ["a number before it", { seq: 8 }, "seq"],
    ["more of the resource", { row: { ...row, quantity: row.quantity + 1n } }, "transition"],
    ["another receiver", { row: { ...row, actor: row.actor - 1 } }, "transition"],
    ["another time", { at: inclusion.at - 1 }, "transition"],
    ["the end of a group", { last: !inclusion.last }, "transition"],
    ["another group", { chain: inclusion.chain + 1n }, "transition"],
    ["another log", { logLane: inclusion.logLane + 1n }, "transition"],
    ["the path of another transition", { path: next.inclusion.path }, "transition"],
    ["a path that is longer", { path: [step, ...path] }, "transition"],
  ];
  for (const [name, change, field] of inclusions) {
    const forged = { ...record, inclusion: { ...inclusion, ...change } };
    await expect(verifyRecord(forged), name).rejects.toMatchObject({ code: "record", field });
  }
  const others: [string, Partial<RecordFile>, string][] = [
    ["the batch of another transition", { bundle: first.bundle }, "seq"],
    ["the proof of another batch", { bundle: { ...bundle, proof: first.bundle.proof } }, "batch proof"],
    ["another root", { bundle: { ...bundle, statement: { ...bundle.statement, traceRoot: 5n } } }, "batch proof"],
    ["another circuit", { bundle: { ...bundle, circuit: "34".repeat(32) } }, "batch circuit"],
    ["a larger profile", { bundle: { ...bundle, profile: "batch-64" } }, "batch circuit"],
    ["a profile that there is not", { bundle: { ...bundle, profile: "batch-9" } }, "batch profile"],
    ["another genesis", { map: { genesisRoot: map.genesisRoot + 1n } }, "map"],
    ["a map on a chain", { map: onChain(record, 31337n).map }, "map"],
  ];
  for (const [name, change, field] of others) {
    await expect(verifyRecord({ ...record, ...change }), name).rejects.toMatchObject({ code: "record", field });
  }
});

test("a map's first batch begins with its genesis", async () => {
  await records();
  const forged = { ...first, bundle: restated(first.bundle, { preRoot: first.bundle.statement.preRoot + 1n }) };
  await expect(verifyRecord(forged)).rejects.toMatchObject({ field: "map genesisRoot" });
});

describe("a map on a chain", () => {
  test("is refused if its values do not follow from the genesis", async () => {
    await records();
    const there = onChain(record, 31337n);
    const { chain, genesisRoot } = there.map;
    expect((await verifyRecord(there)).notChecked[0]).toContain("give --rpc and --registry");
    expect(parseRecordFile("x", recordText(there)).map).toEqual(there.map);
    const changes: [Partial<ChainEntry>, string][] = [
      [{ mapId: `0x${"56".repeat(32)}` }, "map chain mapId"],
      [{ creator: `0x${"13".repeat(20)}` }, "map chain mapId"],
      [{ salt: `0x${"35".repeat(32)}` }, "map chain mapId"],
      [{ registry: `0x${"ac".repeat(20)}` }, "map chain domain"],
      [{ chainId: 1337n }, "map chain domain"],
      [{ domain: chain.domain + 1n }, "map chain domain"],
    ];
    for (const [change, field] of changes) {
      const forged = { ...there, map: { genesisRoot, chain: { ...chain, ...change } } };
      await expect(verifyRecord(forged), JSON.stringify(Object.keys(change))).rejects.toMatchObject({ field });
    }
    const elsewhere = onChain(record, 1337n);
    await expect(verifyRecord({ ...there, map: elsewhere.map })).rejects.toMatchObject({ field: "map" });
    await expect(verifyRecord({ ...there, map: { genesisRoot: 1n, chain } })).rejects.toBeInstanceOf(RecordError);
  });

  test("accepts no development key on a public chain, under any label", async () => {
    await records();
    const there = onChain(record, 1n);
    const refused = { code: "KEY_DEVELOPMENT_KEY_ON_PUBLIC_CHAIN" };
    await expect(verifyRecord(there)).rejects.toMatchObject(refused);
    for (const kind of ["ceremony", "unknown"] as const) {
      const disguised = { ...there, bundle: { ...there.bundle, key: { ...there.bundle.key, kind } } };
      await expect(verifyRecord(disguised), kind).rejects.toMatchObject({ field: "batch key kind" });
      await expect(verifyRecord(disguised, { keys: [key] }), kind).rejects.toMatchObject({ field: "batch key kind" });
    }
    await expect(verifyRecord(there, { keys: [key] })).rejects.toBeInstanceOf(KeyError);
  });

  test("accepts another key only from the reader", async () => {
    await records();
    const there = onChain(record, 1n);
    const own = forgedKey(SOME_SECRETS);
    const forged: RecordFile = {
      ...there,
      bundle: {
        ...there.bundle,
        key: { hash: verificationKeyHash(own), kind: "ceremony" },
        proof: proofOf(forgedProof(SOME_SECRETS, publicSignals(there.bundle.statement))),
      },
    };
    await expect(verifyRecord(forged)).rejects.toMatchObject({ field: "batch key" });
    // A reader who gives the key is told that its origin is unknown, whatever the record says.
    expect((await verifyRecord(forged, { keys: [own] })).key).toMatchObject({ kind: "unknown", ceremony: null });
    const other = forgedKey({ ...SOME_SECRETS, delta: 43n });
    await expect(verifyRecord(forged, { keys: [other] })).rejects.toMatchObject({ field: "batch key" });
  });
});
