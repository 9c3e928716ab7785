/** `check` as users start it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { seed } from "../../trace/scenarios/seed.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { cli, json } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-check-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("check reports findings of a run and of a scenario as text and as JSON, with the right exit codes", async () => {
  const dir = join(scratch, "seed");
  await runScenario(seed, { out: dir });
  const file = join(scratch, "twice.mjs");
  const header = "{ type: 'program', inbox: 1, steps: 0, clock: 0, authority: 0n, log: 0n, seq: 0 }";
  writeFileSync(
    file,
    `export default {
      name: "twice", description: "", programs: { 1: "A", 2: "B" },
      genesis: () => ({ levels: 3, cells: [{ address: 256, cell: ${header} }, { address: 512, cell: ${header} }] }),
      run(tracer) {
        const a = tracer.program(1);
        const { slot } = a.issue({ kind: 4294967297n, quantity: 5n });
        a.escrowToProgram({ from: slot, to: 2 });
        a.escrowToProgram({ from: slot, to: 2 });
      },
    };`,
  );
  const [run, strict, twice] = await Promise.all([
    json(["check", dir]),
    cli(["check", "seed", "--strict"]),
    json(["check", file]),
  ]);
  expect(run).toMatchObject({
    code: 0,
    stderr: "",
    answer: { ok: true, transitions: 15, counts: { error: 0, warning: 1, info: 2 } },
  });
  expect(strict).toMatchObject({ code: 1, stderr: "" });
  expect(strict.stdout).toContain("15 transitions checked: 0 errors, 1 warning, 2 remarks\n");
  expect(strict.stdout).toContain("shown by: 9, 11\n");
  expect(twice).toMatchObject({
    code: 1,
    answer: {
      ok: false,
      error: { code: "check-failed" },
      findings: [{ id: "use-after-transfer", severity: "error", transitions: [2] }],
    },
  });
  expect(twice.answer.error?.message).toContain(
    "A asks for EscrowToProgram of a resource that has left A's slot 1 (no-double-spend): transition 2 (A escrows 5 of kind 1 of A to B)",
  );
});
