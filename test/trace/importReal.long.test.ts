/** Call trees of real transactions, the whole way: imported, replayed, proven, verified and audited. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { proveDirectory } from "../../prover/prove.ts";
import { importDirectory } from "../../prover/recording/importCalls.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { verifyDirectory } from "../../verifier/verify.ts";

const folder = fileURLToPath(new URL("../../../shared/data/evm-calls", import.meta.url));
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];

/**
 * The tree for a machine without the folder: value in and out, a creation with value, a call to oneself, a
 * self-destruct.
 */
function ownTree(): unknown {
  const [a, b, c, d] = ["a", "b", "c", "d"].map((digit) => `0x${digit.repeat(40)}`);
  const call = { type: "CALL", input: "0x01020304" };
  const end = { type: "SELFDESTRUCT", input: "0x" };
  return {
    ...{ ...call, from: a, to: b, value: "0xa", logs: [{ address: b, topics: [], data: "0x" }] },
    calls: [
      { ...call, type: "CREATE2", from: b, to: c, value: "0x4", calls: [{ ...call, from: c, to: a, value: "0x1" }] },
      { ...call, from: b, to: b, value: "0x2" },
      {
        ...call,
        type: "DELEGATECALL",
        from: b,
        to: d,
        value: "0xa",
        calls: [{ ...call, from: b, to: c, value: "0x2" }],
      },
      { ...call, from: b, to: c, value: "0x1", calls: [{ ...call, from: c, to: d, value: "0x4" }] },
      {
        ...call,
        from: b,
        to: d,
        calls: [{ ...call, from: d, to: a, value: "0xffff", error: "insufficient balance for transfer" }],
      },
      { ...call, from: b, to: c, calls: [{ ...end, from: c, to: c, value: "0x2" }] },
      { ...call, from: b, to: c, value: "0x1" },
      { ...end, from: b, to: d, value: "0x2" },
    ],
  };
}

const trees: [string, () => unknown][] = [
  ["a tree made by hand", ownTree],
  ...files.map((name): [string, () => unknown] => [name, () => JSON.parse(readFileSync(join(folder, name), "utf8"))]),
];

describe("call trees", () => {
  test.each(trees)("%s", async (_, tree) => {
    const scratch = mkdtempSync(join(tmpdir(), "timebandits-import-"));
    try {
      const dir = join(scratch, "run");
      const { tracer, report } = await importDirectory(dir, tree());
      const proven = await proveDirectory(dir);
      expect(proven).toMatchObject({ transitions: tracer.seq, proven: proven.batches });
      const verified = await verifyDirectory(dir);
      expect(verified.problems).toEqual([]);
      expect(verified.proven?.transitions ?? 0).toBe(tracer.seq);
      const audit = await auditDirectory(dir);
      expect(audit).toMatchObject({ ok: true, problems: [], counts: { transitions: tracer.seq, proven: tracer.seq } });
      for (const said of [...report.leftOut, ...report.unknown.map((what) => `Not known: ${what}`)]) {
        expect(audit.manifestNotes).toContain(said);
      }
      for (const { path } of report.reverted) {
        expect(
          audit.manifestNotes.some((note) => note.startsWith("Reverted") && note.includes(path || "The transaction")),
        ).toBe(true);
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
