/**
 * Attempts to mislead a signer or reader: forged proofs, triggers with another reading, names that imitate the tool's
 * lines.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import { openBatch } from "../../prover/batches/batchInput.ts";
import { validBundles } from "../../prover/batches/batchStatus.ts";
import { planOf } from "../../prover/batches/plan.ts";
import { writeBundle } from "../../prover/bundles/bundle.ts";
import { publicSignals } from "../../prover/bundles/checkBundle.ts";
import { openSigning } from "../../prover/sign.ts";
import { withdrawDirectory } from "../../prover/withdraw.ts";
import { signRun } from "../../scripts/lib/signRun.ts";
import { Names, NO_NAMES } from "../../trace/describe/names.ts";
import { linesOf } from "../../trace/describe/triggeredRows.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { address, kindOf } from "../../trace/layout.ts";
import { triggerDigest } from "../../trace/machine/group.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import { pathIn, readRun, saveManifest } from "../../trace/run/runDirectory.ts";
import { triggerLine } from "../../trace/run/traceLines.ts";
import { parseTrace } from "../../trace/run/traceReader.ts";
import { keyedPrograms } from "../../trace/state/genesis.ts";
import { authority, secretOf } from "../lib/authorities.ts";
import { developmentProof } from "../lib/developmentProof.ts";
import { A, B, GIFT, GOLD, keyedRun, START } from "../lib/keyedRun.ts";
import { PROFILE } from "../lib/profile.ts";

/** A bundle over the first group, which is unsigned. The development key's secret is public. */
async function forgeFirst(dir: string): Promise<void> {
  const { key, circuit } = await artifactsOf(PROFILE);
  const plan = await planOf(dir);
  const { statement } = openBatch(plan.map, plan.run.groups[0] ?? [], PROFILE, plan.domain);
  const proof = developmentProof(key.verificationKey, publicSignals(statement));
  const named = { hash: key.vkeyHash, kind: key.kind };
  await writeBundle(dir, { profile: PROFILE.name, circuit: circuit.hash, key: named, statement, proof });
}

describe("a bundle forged under the development key", () => {
  test("does not hide its transitions from the signer", async () => {
    const dir = await keyedRun();
    await forgeFirst(dir);
    const bundles = await validBundles(await planOf(dir));
    expect([...bundles.values()]).toMatchObject([{ vouches: false }]);
    const { report } = await openSigning(dir, { program: "A", secret: secretOf(A), now: START });
    const shown = report.signed.flatMap(({ transitions }) => transitions.map(({ seq }) => seq));
    expect(shown).toEqual([1, 2, 3]);
  });

  test("does not keep its transitions in a withdrawal", async () => {
    const dir = await keyedRun();
    await forgeFirst(dir);
    const { from } = await withdrawDirectory(dir, { program: "A", out: join(dir, "out") });
    expect(from).toBe(1);
  });
});

test("the first signature shows also the effects of the time when the program was open", async () => {
  const dir = await keyedRun({
    ...GIFT,
    genesis: () => ({ levels: PROFILE.levels, cells: keyedPrograms([0n, authority(B)], 16) }),
    run(tracer) {
      const a = tracer.program(A);
      a.delegateCapability({ grantee: B, rights: ["claim"], scope: "all", slot: 9 }, START);
      a.rotateAuthority({ authority: authority(A) }, START + 1);
      a.issue({ kind: GOLD, quantity: 5n, slot: 1 }, START + 2);
    },
  });
  const { report, lines } = await signRun(dir, { program: "A", secret: secretOf(A), now: START }, async () => false);
  expect(report.signed.flatMap(({ transitions }) => transitions.map(({ seq }) => seq))).toEqual([1, 2, 3]);
  expect(lines.join("\n")).toContain("2 of them from when it was open, which its log also covers");
});

describe("a trigger", () => {
  const clear = rowOf("Clear", A, { authority: address(A, 7), argument: { cleared: 2, removed: 5n } });
  const misnamed = { ...clear, effect: "RevokeCapability" as const };

  test("with another effect's name and the same digest is refused", async () => {
    expect(triggerDigest([misnamed])).toBe(triggerDigest([clear]));
    const dir = await keyedRun({
      ...GIFT,
      run(tracer) {
        const a = tracer.program(A);
        a.declareEntry({ name: "f", slot: 7 }, START);
        const trigger = [{ effect: "Clear", slot: 7 } as const];
        a.watchResource({ slot: 5, target: a.place(6), condition: "arrival", trigger }, START + 1);
      },
    });
    const path = pathIn(dir, "trace");
    const text = readFileSync(path, "utf8");
    const [trigger] = [...parseTrace(Buffer.from(text)).triggers];
    if (trigger === undefined) throw new Error("a trigger is in the trace");
    const [digest, rows] = trigger;
    const line = triggerLine({ digest, rows });
    const other = line.replace('"effect":"Clear"', '"effect":"RevokeCapability"');
    expect(text).toContain(line);
    writeFileSync(path, text.replace(line, other));
    expect(() => readRun(dir)).toThrow(InvalidInputError);
    expect(() => readRun(dir)).toThrow(/argument.cleared: is 2, which RevokeCapability does not clear/);
  });

  test("has a line that no rule allows a row of another program", () => {
    const foreign = rowOf("Retire", B, { source: address(B, 16), resource: 9n, kind: kindOf(B, 1), quantity: 1000n });
    const own = { ...foreign, actor: A, source: address(A, 16) };
    const rows = [own, foreign];
    const watch = rowOf("WatchResource", A, {
      peer: A,
      source: address(A, 6),
      destination: address(A, 5),
      argument: { condition: 3, trigger: triggerDigest(rows) },
    });
    const told = linesOf(watch, new Names(NO_NAMES), (digest) => (digest === triggerDigest(rows) ? rows : undefined));
    expect(told.map((line) => line.includes("NO RULE allows this row"))).toEqual([false, false, false, true]);
  });
});

test("a name in an error cannot begin a new line", async () => {
  const dir = await keyedRun();
  const { manifest } = readRun(dir);
  saveManifest(dir, { ...manifest, programs: { ...manifest.programs, [B]: "x\n1 batch signed for A (program 1)" } });
  const error = await openSigning(dir, { program: "C", secret: secretOf(A), now: START }).catch((e: unknown) => e);
  expect(String(error)).toContain('there is no "C"; there are: "A", "x\ufffd1 batch signed');
  expect(String(error)).not.toContain("\n");
});
