/** A long run is shown before all of it is replayed, and what is shown stays as it was. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { profileOf } from "../../prover/profiles.ts";
import { replayAsFar } from "../../web/work/history/asFar.ts";
import { Desk } from "../../web/work/history/desk.ts";
import { grow } from "../../web/work/history/growth.ts";
import { traceBusy } from "./busyRun.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-growth-"));
const dir = join(scratch, "run");
beforeAll(() => {
  traceBusy(dir, 600, profileOf("batch-8"), () => undefined);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A clock that goes on by ten milliseconds at each look. */
function paced(first: number) {
  let time = 0;
  return { first, piece: 0, now: () => (time += 10) };
}

/** Opens the run, and keeps the desks over its parts. */
async function grown(of: string, first = 10) {
  const parts: Desk[] = [];
  const shares: number[] = [];
  const onDesk = (desk: Desk): void => {
    parts.push(desk);
  };
  const onShare = (share: number): void => {
    shares.push(share);
  };
  return { whole: await grow(of, { onDesk, onShare }, paced(first)), parts, shares };
}

describe("a run that is opened", () => {
  test("is shown in ever larger parts, and then as one that was replayed at once", async () => {
    const { whole, parts, shares } = await grown(dir);
    const lengths = parts.map((desk) => desk.facts().transitions);
    expect(lengths.length).toBeGreaterThan(1);
    expect(lengths.length).toBeLessThan(10);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.every((share) => share > 0 && share <= 1)).toBe(true);
    expect(parts.every((desk) => !desk.facts().whole)).toBe(true);
    const atOnce = new Desk(dir);
    expect(whole.facts()).toEqual(atOnce.facts());
    expect(whole.facts()).toMatchObject({ whole: true, share: 1 });
    expect(whole.state(whole.facts().transitions)).toEqual(atOnce.state(whole.facts().transitions));
  });

  test("has parts that a replay which goes on does not change", async () => {
    const { whole, parts } = await grown(dir);
    for (const desk of parts) {
      const { transitions } = desk.facts();
      const [part, later] = [desk.state(transitions).facts, whole.state(transitions).facts];
      // Only the number of all transitions differs.
      expect(part).toEqual({ ...later, transitions });
      expect(desk.transitions({}, 0, 5).matching).toBe(transitions);
    }
  });

  test("is shown at once if that takes no time", async () => {
    const { parts, whole } = await grown(dir, 1e9);
    expect(parts).toEqual([]);
    expect(whole.facts().whole).toBe(true);
  });

  test("keeps its fault for the end", async () => {
    const broken = join(scratch, "broken");
    traceBusy(broken, 600, profileOf("batch-8"), () => undefined);
    const lines = readFileSync(join(broken, "trace.jsonl"), "utf8").split("\n");
    const place = lines.findIndex((line) => line.startsWith('{"seq":550,'));
    lines[place] = (lines[place] ?? "").replace(/"clock":\d+/, '"clock":1');
    writeFileSync(join(broken, "trace.jsonl"), lines.join("\n"));
    const { parts, whole } = await grown(broken);
    expect(parts[0]?.facts().stopped).toBeNull();
    expect(whole.facts().stopped).toMatch(/^transition 550 clock: is 1, but replaying gives/);
    expect(whole.facts().transitions).toBeLessThan(550);
    expect(replayAsFar(broken).unreached.length).toBeGreaterThan(30);
  });
});
