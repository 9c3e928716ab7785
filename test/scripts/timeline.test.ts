/** `timeline` as users start it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SpanFile } from "../../trace/export/spans.ts";
import { seed } from "../../trace/scenarios/seed.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { cli, json } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-timeline-"));
const dir = join(scratch, "seed");
const at = (name: string): string => join(scratch, name);
beforeAll(async () => {
  await runScenario(seed, { out: dir });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const spansIn = (name: string) =>
  (JSON.parse(readFileSync(at(name), "utf8")) as SpanFile).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans),
  );

test("timeline writes all transitions, or those that are asked for, in either format", async () => {
  const [perfetto, otlp, some] = await Promise.all([
    cli(["timeline", dir, "--out", at("seed.pftrace")]),
    json(["timeline", dir, "--out", at("seed.otlp.json"), "--format", "otlp"]),
    json(["timeline", dir, "--out", at("some.json"), "--format", "otlp", "--program", "A", "--from", "4", "--to", "9"]),
  ]);
  expect(perfetto).toMatchObject({ code: 0, stderr: "" });
  expect(perfetto.stdout).toMatch(/^15 transitions written to .*seed\.pftrace\nopen it at https:\/\/ui\.perfetto\.dev/);
  const file = readFileSync(at("seed.pftrace"));
  // A trace begins with its first packet: field 1, of some length.
  expect(file[0]).toBe(0x0a);
  expect(file.includes("EscrowToProgram")).toBe(true);
  expect(otlp).toMatchObject({ code: 0, answer: { ok: true, format: "otlp", transitions: 15 } });
  const bytes = readFileSync(at("seed.otlp.json")).length;
  expect(otlp.answer).toMatchObject({ bytes, out: at("seed.otlp.json") });
  // Fifteen of transitions, and those of groups.
  expect(spansIn("seed.otlp.json").filter(({ spanId }) => spanId.startsWith("0"))).toHaveLength(15);
  const numbers = spansIn("some.json").map(({ spanId }) => Number.parseInt(spanId, 16));
  expect(numbers.length).toBe(some.answer.transitions);
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers.every((seq) => seq >= 4 && seq <= 9)).toBe(true);
});

test("timeline replaces no file unless it is told to, and names what it cannot find", async () => {
  writeFileSync(at("mine"), "mine");
  const refused = await json(["timeline", dir, "--out", at("mine")]);
  expect(refused).toMatchObject({ code: 1, answer: { ok: false, error: { code: "invalid", field: at("mine") } } });
  expect(refused.answer.error?.message).toContain("--force");
  expect(readFileSync(at("mine"), "utf8")).toBe("mine");
  const [forced, nobody, nowhere] = await Promise.all([
    json(["timeline", dir, "--out", at("mine"), "--force"]),
    json(["timeline", dir, "--out", at("never"), "--program", "Zoe"]),
    json(["timeline", dir, "--out", at("nowhere/x")]),
  ]);
  expect(forced).toMatchObject({ code: 0, answer: { transitions: 15 } });
  expect(readFileSync(at("mine"))[0]).toBe(0x0a);
  expect(nobody).toMatchObject({ code: 1, answer: { error: { code: "invalid" } } });
  expect(nowhere).toMatchObject({ code: 3, answer: { error: { code: "disk" } } });
});
