/** What the page says of runs that somebody changed: it turns red what is wrong, and nothing else. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { signDirectory } from "../../prover/sign.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Verdict } from "../../web/page/checks/marks.ts";
import { secretOf } from "../lib/authorities.ts";
import { addProofs } from "../lib/cachedProofs.ts";
import { A, B, GIFT, START } from "../lib/keyedRun.ts";
import { USUAL_PROFILES } from "../lib/profile.ts";
import { explored, traced } from "./lib/exploredRun.ts";
import { inBrowser } from "./lib/inBrowser.ts";
import { openPage } from "./lib/openPage.ts";
import { marksOn, type PageMarks } from "./lib/pageMarks.ts";

/** Transitions of the seed, and the last one of its first batch. */
const [ALL, FIRST_BATCH]: [number, number] = [15, 8];

inBrowser("marks", (around) => {
  const { scratch } = around;
  let seed: string;
  beforeAll(async () => {
    seed = await traced("seed", scratch.path("seed"), true);
  });

  /** A copy of a run with a file changed. */
  function changed(run: string, name: string, file: string, change: (text: string) => string): string {
    const dir = scratch.path(name);
    cpSync(run, dir, { recursive: true });
    const text = readFileSync(join(dir, file), "utf8");
    const made = change(text);
    expect(made).not.toBe(text);
    writeFileSync(join(dir, file), made);
    return dir;
  }

  async function marksIn(dir: string): Promise<PageMarks> {
    await using site = await explored(dir);
    await using opened = await openPage(around.browser, site.url);
    await opened.show("transitions");
    expect(opened.faults).toEqual([]);
    return await marksOn(opened);
  }

  const all = (verdict: Verdict, count = ALL): Verdict[] => Array.from({ length: count }, () => verdict);
  const bundleOf = (dir: string, batch: number): string => `proofs/${readdirSync(join(dir, "proofs")).sort()[batch]}`;

  test("a run in order is green where the page checked it, and grey elsewhere", async () => {
    expect(await marksIn(seed)).toEqual({
      ...{ replay: all("good"), proof: all("good") },
      // Nobody has a key there, and no node was asked.
      ...{ signature: all("open"), chain: all("open") },
    });
  });

  test("one digit of a proof: its batch alone is red", async () => {
    const file = bundleOf(seed, 1);
    const dir = changed(seed, "proof", file, (text) => text.replace(/("a"|"pi_a")([^0-9]*[0-9]+)([0-9])/, flipLast));
    const { replay, proof } = await marksIn(dir);
    expect(replay).toEqual(all("good"));
    expect(proof).toEqual([...all("good", FIRST_BATCH), ...all("bad", ALL - FIRST_BATCH)]);
  });

  test("a transition that the rules refuse is red alone: what comes before is green, and nothing behind it was reached", async () => {
    // The fourth transition issues one more, so the seventh moves a part of what is there as if it were all.
    const dir = changed(seed, "row", "trace.jsonl", (text) => text.replace('"quantity":"100"', '"quantity":"101"'));
    await using site = await explored(dir);
    await using opened = await openPage(around.browser, site.url);
    await opened.show("transitions");
    expect(await opened.page.getByRole("alert").textContent()).toContain("shown up to transition 6");
    expect(await opened.page.locator(".strip [data-mark=bad]").count()).toBeGreaterThan(0);
    expect(await opened.page.locator(".strip [data-mark=good]").count()).toBe(0);
    const { replay, proof } = await marksIn(dir);
    // It is red, and what comes behind it was not reached.
    expect(replay).toEqual([...all("good", 6), "bad", ...all("open", ALL - 7)]);
    // The proofs hold, but nothing shows that they are of these records.
    expect(proof).toEqual(all("open"));
  });

  test("a transition that the rules allow, but that is not the proven one: its batch alone is red", async () => {
    const time = /("seq":15,"group":0,"at")()(:[0-9]+)([0-9])/;
    const dir = changed(seed, "time", "trace.jsonl", (text) =>
      text.replace(time, (_, a, b, c, d) => flipLast(_, a, `${b}${c}`, d)),
    );
    const { replay, proof } = await marksIn(dir);
    expect(replay).toEqual(all("good"));
    expect(proof).toEqual([...all("good", FIRST_BATCH), ...all("bad", ALL - FIRST_BATCH)]);
  });

  test("a missing proof is grey, not red", async () => {
    const dir = scratch.path("missing");
    cpSync(seed, dir, { recursive: true, filter: (path) => !path.endsWith(bundleOf(seed, 1)) });
    const { replay, proof } = await marksIn(dir);
    expect(replay).toEqual(all("good"));
    expect(proof).toEqual([...all("good", FIRST_BATCH), ...all("open", ALL - FIRST_BATCH)]);
  });

  test("a name that the manifest gives is no matter of proofs: nothing turns red", async () => {
    const dir = changed(seed, "name", "manifest.json", (text) => text.replace('"A"', '"Alice"'));
    const { replay, proof } = await marksIn(dir);
    expect({ replay, proof }).toEqual({ replay: all("good"), proof: all("good") });
  });

  test("one digit of a signature: the transitions of its program are red, those of the other one green", async () => {
    const dir = scratch.path("gift");
    await runScenario(GIFT, { out: dir, profiles: USUAL_PROFILES });
    for (const program of [A, B])
      await signDirectory(dir, { program: String(program), secret: secretOf(program), now: START });
    await addProofs(dir);
    expect((await marksIn(dir)).signature).toEqual(all("good", 4));
    const [first = ""] = readdirSync(join(dir, "signatures")).sort();
    const forged = changed(dir, "forged", `signatures/${first}`, (text) =>
      text.replace(/("s": ")([0-9]+)([0-9])/, flipLast),
    );
    const { replay, signature } = await marksIn(forged);
    expect(replay).toEqual(all("good", 4));
    expect(signature).toEqual(["bad", "bad", "bad", "good"]);
  });
});

/** Another last digit. */
function flipLast(_: string, name: string, digits: string, last: string): string {
  return `${name}${digits}${last === "1" ? "2" : "1"}`;
}
