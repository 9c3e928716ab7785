/**
 * Record files. A malformed file is refused, and the member is named. A changed record is refused or has one meaning.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verifyingArtifacts } from "../../prover/verifyingArtifacts.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { FIELD } from "../../trace/layout.ts";
import { parseRecordFile, type RecordFile, readRecord, recordText } from "../../verifier/records/recordFile.ts";
import { proveRecord, verifyRecord } from "../../verifier/records/records.ts";
import { mutant } from "../adversary/hostile/mutate.ts";
import { PROFILE, provenRun, temporaryFolder } from "../lib/provenRun.ts";
import { Random } from "../lib/random.ts";

let record: RecordFile;

/** Made once: no test changes it. */
async function records(): Promise<void> {
  record ??= await proveRecord(await provenRun(), 12);
}

describe("a malformed file is refused, and the member is named", () => {
  type Json = Record<string, unknown>;
  /** The record's JSON with one member changed. */
  const changed = (path: readonly string[], value: unknown): string => {
    const json = JSON.parse(recordText(record)) as Json;
    let at = json;
    for (const name of path.slice(0, -1)) at = at[name] as Json;
    at[path.at(-1) ?? ""] = value;
    return JSON.stringify(json);
  };

  test("numbers out of range, too many members, other versions, names", async () => {
    await records();
    const { verificationKey: key } = (await verifyingArtifacts(PROFILE)).key;
    const { length } = record.inclusion.path[0]?.digests ?? [];
    const digits = (n: number): string[] => Array.from({ length: n }, () => "1");
    const cases: [path: string[], value: unknown, field: string][] = [
      [["format"], "time-bandits-proof", "x format"],
      [["schemaVersion"], 2, "x schemaVersion"],
      [["version"], 1, "x version"],
      [["names"], { programs: { 4: "Bob" } }, "x names"],
      [["transition", "names"], {}, "x transition names"],
      [["seq"], -1, "x seq"],
      [["seq"], 2 ** 32, "x seq"],
      [["seq"], "12", "x seq"],
      [["transition", "at"], 2 ** 40, "x transition at"],
      [["transition", "last"], 1, "x transition last"],
      [["transition", "found", "S"], ["1", "2"], "x transition found S"],
      [["transition", "found", "S"], digits(4), "x transition found S"],
      [["transition", "found", "S"], ["1", "2", `${FIELD}`], "x transition found S[2]"],
      [["transition", "found", "S"], ["1", "2", "03"], "x transition found S[2]"],
      [["transition", "row", "effect"], "Padding", "x transition row effect"],
      [["transition", "row", "quantity"], `${2n ** 128n}`, "x transition row quantity"],
      [["inclusion", "chain"], `${FIELD}`, "x inclusion chain"],
      [["inclusion", "path"], [], "x inclusion path"],
      [["inclusion", "path"], Array.from({ length: 5 }, () => ({ index: 0, digests: ["1"] })), "x inclusion path"],
      [["inclusion", "path", "0", "digests"], digits(17), "x inclusion path[0] digests"],
      [["inclusion", "path", "0", "index"], length, "x inclusion path[0] index"],
      [["map", "genesisRoot"], "0x1", "x map genesisRoot"],
      [["map", "chain"], {}, "x map chain chainId"],
      [["batch", "proof"], {}, "x batch proof"],
      [["batch", "range", "firstSeq"], 1, "x batch range firstSeq"],
      [["batch", "verificationKey"], key, "x batch verificationKey"],
    ];
    for (const [path, value, field] of cases) {
      const text = changed(path, value);
      expect(() => parseRecordFile("x", text), path.join(".")).toThrow(
        expect.objectContaining({ code: "invalid", field }),
      );
    }
  });

  test("a member twice, a huge file, a deeply nested one, a folder", async () => {
    await records();
    const text = recordText(record);
    expect(() => parseRecordFile("x", text.replace('"seq": 12', '"seq": 13, "seq": 12'))).toThrow("twice");
    for (const deep of [`${"[".repeat(30_000)}${"]".repeat(30_000)}`, '{"a":'.repeat(12_000)])
      expect(() => parseRecordFile("x", deep)).toThrow(expect.objectContaining({ code: "invalid" }));
    const nested = changed(["map"], 0).replace('"map":0', `"map":${"[".repeat(20_000)}${"]".repeat(20_000)}`);
    expect(() => parseRecordFile("x", nested)).toThrow("x map: is not an object");
    const folder = await temporaryFolder();
    const at = (name: string): string => join(folder, name);
    writeFileSync(at("huge.json"), `${text}${" ".repeat(70_000)}`);
    expect(() => readRecord(at("huge.json"))).toThrow("more than the 65536 that such a file may have");
    mkdirSync(at("folder"));
    execFileSync("mkfifo", [at("pipe")]);
    for (const name of ["folder", "pipe"]) expect(() => readRecord(at(name)), name).toThrow("is not a file");
    expect(() => readRecord(at("nothing"))).toThrow("name a record in JSON");
    writeFileSync(at("bytes"), Uint8Array.of(0xff, 0xfe));
    expect(() => readRecord(at("bytes"))).toThrow("not UTF-8");
  });
});

test("a record with any change is refused or has the same content", async () => {
  await records();
  const original = Buffer.from(recordText(record));
  const random = new Random(5);
  let refused = 0;
  for (let i = 0; i < 250; i++) {
    const { how, bytes } = mutant(original, random, true);
    const verdict = await sayOf(bytes.toString());
    if (verdict === "refused") refused++;
    else expect(verdict, how).toBe(original.toString());
  }
  expect(refused).toBeGreaterThan(200);
});

/** The content of a file that is a valid record. */
async function sayOf(text: string): Promise<string> {
  try {
    const read = parseRecordFile("x", text);
    await verifyRecord(read);
    return recordText(read);
  } catch (error) {
    if (error instanceof TimeBanditsError) return "refused";
    throw error;
  }
}
