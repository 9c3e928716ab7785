import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSignatures } from "../../prover/signing/signatureFiles.ts";
import { type WithdrawReport, withdrawDirectory } from "../../prover/withdraw.ts";
import { idOf, kindOf, TRIGGERED_ID } from "../../trace/layout.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { keyedPrograms } from "../../trace/state/genesis.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { authority } from "../lib/authorities.ts";
import { A, B, GIFT, GOLD, keyedRun, START, signFor } from "../lib/keyedRun.ts";
import { PROFILE } from "../lib/profile.ts";

const C = 3;
const SILVER = kindOf(B, 1);

/** The groups that are left out: their seqs, and the rule that refuses them; null for the withdrawn ones. */
function leftOut({ left }: WithdrawReport): unknown[] {
  return left.map(({ group, refused }) => [
    group.map(({ seq }) => seq),
    refused !== null && "invariant" in refused ? refused.invariant : refused,
  ]);
}

/** Genesis of three programs with keys. */
const three = (run: Scenario["run"]): Scenario => ({
  ...GIFT,
  programs: { 1: "A", 2: "B", 3: "C" },
  genesis: () => ({ levels: PROFILE.levels, cells: keyedPrograms([authority(1), authority(2), authority(3)], 16) }),
  run,
});

test("effects of others stay under new numbers; effects that rest on a withdrawn one go, and the report says why", async () => {
  const dir = await keyedRun(
    three((tracer) => {
      const [a, b, c] = [tracer.program(A), tracer.program(B), tracer.program(C)];
      a.issue({ kind: GOLD, quantity: 9n, slot: 1 }, START); // 1
      const silver = b.issue({ kind: SILVER, quantity: 5n, slot: 1 }, START + 1); // 2
      b.watchResource(
        {
          target: { program: B, slot: 20 },
          condition: "arrival",
          slot: 5,
          trigger: [{ effect: "Split", from: silver.slot, to: 6, part: 2n }],
        },
        START + 2,
      ); // 3
      const gold = a.escrowToProgram({ from: 1, to: { program: C, slot: 16 } }, START + 3); // 4
      c.claimFromProgram({ from: gold, to: "in place" }, START + 4); // 5
      c.issue({ kind: kindOf(C, 1), quantity: 7n, slot: 1 }, START + 5); // 6
      c.split({ from: 1, to: 2, part: 3n }, START + 6); // 7
      c.escrowToProgram({ from: 2, to: { program: B, slot: 20 } }, START + 7); // 8, Check 9, Trigger 10, Split 11
      b.claimFromProgram({ from: { program: B, slot: 20 }, to: "in place" }, START + 8); // 12
      b.escrowToProgram({ from: 6, to: { program: C, slot: 17 } }, START + 9); // 13
    }),
  );
  const before = replayDirectory(dir);
  await signFor(dir, B);
  const out = join(dir, "out");
  const report = await withdrawDirectory(dir, { program: "A", out });
  expect(leftOut(report)).toEqual([
    [[1], null],
    [[4], null],
    [[5], "no-double-spend"],
  ]);
  expect(report).toMatchObject({ program: A, name: "A", from: 1, before: 13, transitions: 10, bundles: 0 });
  const { trace, map, manifest } = replayDirectory(out);
  expect(trace.records.map(({ effect }) => effect)).toEqual(
    before.trace.records.filter(({ seq }) => ![1, 4, 5].includes(seq)).map(({ effect }) => effect),
  );
  // The trigger's resource has another id now, so the trigger has another digest. It was applied again.
  expect(map.cell(B * 256 + 6)).toMatchObject({ type: "empty" });
  expect(map.cell(C * 256 + 17)).toMatchObject({ type: "resource", kind: SILVER, quantity: 2n, id: TRIGGERED_ID + 8n });
  expect(manifest.notes).toEqual([
    "transition 6 fired the watch in slot 5 of program 2",
    "transition 7 applied the trigger of the watch in slot 5 of program 2",
  ]);
  expect(manifest.programs).toEqual({ 1: "A", 2: "B", 3: "C" });
  // The id of the part that C split off has changed. B claims it in the second batch, so B signs that batch again. B's
  // log in the first batch is the same.
  expect(await readSignatures(out)).toHaveLength(1);
  expect(await signFor(out, B)).toMatchObject({ stillMissing: 1 });
});

test("without a program's creation its effects go, too, and later programs get lower numbers", async () => {
  const dir = await keyedRun(
    three((tracer) => {
      const [a, b] = [tracer.program(A), tracer.program(B)];
      const gone = a.createProgram({ name: "gone", authority: authority(4) }, START); // 1
      const kept = b.createProgram({ name: "kept", authority: authority(5) }, START + 1); // 2
      gone.issue({ kind: kindOf(gone.id, 1), quantity: 1n, slot: 1 }, START + 2); // 3
      kept.issue({ kind: kindOf(kept.id, 1), quantity: 1n, slot: 1 }, START + 3); // 4
      const lent = kept.delegateCapability({ grantee: B, rights: ["claim"], scope: kept.place(1) }, START + 4); // 5
      b.claimFromProgram({ from: kept.place(1), to: 1, by: lent }, START + 5); // 6
      b.joinWith([{ program: gone.id, steps: 1 }], START + 6); // 7
      tracer.manifest.kinds[kindOf(kept.id, 1).toString()] = "coin";
      tracer.manifest.slots[kept.id * 256 + 1] = "purse";
    }),
  );
  const out = join(dir, "out");
  expect(leftOut(await withdrawDirectory(dir, { program: "1", out }))).toEqual([
    [[1], null],
    [[3], "invocation-causal"],
    [[7], "invocation-causal"],
  ]);
  const { map, manifest } = replayDirectory(out);
  expect(map.programs()).toBe(4);
  expect(map.cell(B * 256 + 1)).toMatchObject({ type: "resource", kind: kindOf(4, 1), id: idOf(4, 0) });
  expect(manifest).toMatchObject({
    programs: { 4: "kept" },
    kinds: { [kindOf(4, 1).toString()]: "coin" },
    slots: { [4 * 256 + 1]: "purse" },
  });
  expect(Object.values(manifest.programs)).not.toContain("gone");
});

test("signatures over unchanged logs are copied", async () => {
  const dir = await keyedRun(
    three((tracer) => {
      tracer.program(B).issue({ kind: SILVER, quantity: 5n, slot: 1 }, START);
      tracer.program(A).issue({ kind: GOLD, quantity: 5n, slot: 1 }, START + 1);
      tracer.program(B).retire({ slot: 1 }, START + 2);
      tracer.program(C).issue({ kind: kindOf(C, 1), quantity: 5n, slot: 1 }, START + 3);
      tracer.program(C).retire({ slot: 1 }, START + 4);
    }),
  );
  await signFor(dir, B);
  await signFor(dir, C);
  const out = join(dir, "out");
  // Ids follow from their maker's own history, so without A's effects the other signatures stay valid.
  expect(await withdrawDirectory(dir, { program: "A", out })).toMatchObject({ from: 2, signatures: 2 });
  expect(await readSignatures(out)).toMatchObject([
    { name: "00000002-0000000004.json" },
    { name: "00000003-0000000004.json" },
  ]);
  expect(await readFile(join(out, "genesis.json"), "utf8")).toBe(await readFile(join(dir, "genesis.json"), "utf8"));
});

test("a program that signed everything, an unknown program and a directory with a run are refused", async () => {
  const dir = await keyedRun();
  await signFor(dir, A);
  const out = join(dir, "out");
  await expect(withdrawDirectory(dir, { program: "A", out })).rejects.toThrow(
    "A (program 1) has signed all its effects",
  );
  await expect(withdrawDirectory(dir, { program: "Z", out })).rejects.toThrow('no "Z"');
  await expect(withdrawDirectory(dir, { program: "B", out: dir })).rejects.toThrow("holds a run already");
  expect(leftOut(await withdrawDirectory(dir, { program: "B", out }))).toEqual([[[4], null]]);
  expect(await readSignatures(out)).toHaveLength(1);
});
