/**
 * `npm run bench:web`: how long the causal view's script takes for a frame. Traces a run of a hundred thousand
 * transitions, opens it in a Chromium without a window, zooms and pans through it, and has the browser measure every
 * frame's script: how long it took, and how long the processor worked on it. The two differ where other programs want
 * the same cores, so the second one is judged: 95 of 100 frames of each gesture must need less than the budget. Without
 * a graphics card the browser draws by itself, which is not part of these times but of the intervals between frames.
 * `--transitions N` makes the run shorter; `--run DIR` takes one that is there; `--json FILE` writes the result.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { profileOf } from "../../prover/profiles.ts";
import { builtPage } from "../../scripts/lib/builtPage.ts";
import { exploreDirectory } from "../../service/explorer/explore.ts";
import { traceBusy } from "./busyRun.ts";
import { startChromium } from "./lib/chromium.ts";

/** Milliseconds of script that a frame may take, so that sixty fit in a second. */
const BUDGET = 16.7;
/** Times of some frames, in milliseconds. */
interface Times {
  readonly frames: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly longest: number;
}

interface Part {
  readonly what: string;
  /** The processor's work on a frame's script. */
  readonly work: Times;
  /** The same by the clock, the work of other programs included. */
  readonly script: Times;
  /** From one frame's begin to the next. */
  readonly interval: Times;
}

/** A frame's script as the browser traces it, in microseconds. */
interface FrameEvent {
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly tdur?: number;
}

/** One that began before the trace ended, but not ended, has no duration. */
const isFrame = ({ name, dur }: FrameEvent): boolean => name === "FireAnimationFrame" && dur !== undefined;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { transitions: { type: "string", default: "100000" }, json: { type: "string" }, run: { type: "string" } },
  });
  const scratch = mkdtempSync(join(tmpdir(), "timebandits-frames-"));
  try {
    const dir = values.run ?? join(scratch, "run");
    if (values.run === undefined)
      traceBusy(dir, Number(values.transitions), profileOf("batch-8"), (text) => console.error(text));
    const result = await measure(dir);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
    console.log(textOf(result));
    process.exitCode = result.parts.every(({ work }) => work.p95 < BUDGET) ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

type Result = Awaited<ReturnType<typeof measure>>;

async function measure(dir: string) {
  await using exploring = await exploreDirectory(dir, { page: await builtPage() });
  const browser = await startChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
    const begun = performance.now();
    await page.goto(`${exploring.url}?view=causal`);
    await page.waitForSelector(".causal-canvas", { timeout: 300_000 });
    const openedAfter = (performance.now() - begun) / 1_000;
    while ((await page.locator(".growing").count()) > 0) await nextFrame(page);
    const transitions = await page.locator(".header-facts li").first().textContent();
    let shown: string | null;
    do {
      await nextFrame(page);
      shown = await page.locator(".causal-canvas").getAttribute("aria-label");
    } while (!shown?.startsWith(`${transitions} `));
    const wholeAfter = (performance.now() - begun) / 1_000;
    const parts: Part[] = [];
    const frames: FrameEvent[][] = [];
    for (const [what, act] of Object.entries(ACTS)) {
      await browser.startTracing(page, { categories: ["devtools.timeline"] });
      await act(page);
      const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: FrameEvent[] };
      const own = traceEvents.filter(isFrame).sort((a, b) => a.ts - b.ts);
      frames.push(own);
      parts.push({ what, ...timesIn([own]) });
      console.error(`${what}: ${own.length} frames`);
    }
    const all = { what: "all", ...timesIn(frames) };
    return { schemaVersion: 1, shown, cores: cpus().length, openedAfter, wholeAfter, budget: BUDGET, all, parts };
  } finally {
    await browser.close();
  }
}

/** What a reader does. Each step waits for the frame that shows it. */
const ACTS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  "panning the whole run": async (page) => await wheels(page, 60, [0, 0], true),
  "zooming in": async (page) => await wheels(page, 110, [0, -60]),
  "panning among single transitions": async (page) => await wheels(page, 60, [70, 0]),
  "zooming out": async (page) => await wheels(page, 110, [0, 60]),
  "zooming in by time": async (page) => {
    await page.locator("input[value=time]").check({ force: true });
    await wheels(page, 70, [0, -60]);
    await wheels(page, 40, [90, 0]);
    await wheels(page, 70, [0, 60]);
  },
  "with a cone": async (page) => {
    await page.locator("input[value=seq]").check({ force: true });
    await page.locator(".causal-canvas").press("Enter");
    await page.waitForSelector(".causal-cone:not(.soft)");
    await wheels(page, 80, [0, 60]);
    await wheels(page, 90, [0, -60]);
  },
  "stepping with the keyboard": async (page) => {
    for (let i = 0; i < 40; i++) {
      await page.locator(".causal-canvas").press("ArrowRight");
      await nextFrame(page);
    }
  },
};

/** @param small moves the window over the whole run in small */
async function wheels(page: Page, times: number, [x, y]: readonly [number, number], small = false): Promise<void> {
  const box = await page.locator(".causal-canvas").boundingBox();
  if (box === null) throw new Error("the picture is not in sight");
  if (small) await wheels(page, 12, [0, -60]);
  const at = { x: box.x + box.width * 0.55, y: box.y + box.height * (small ? 0 : 0.4) + (small ? box.height - 20 : 0) };
  await page.mouse.move(at.x, at.y);
  if (small) await page.mouse.down();
  for (let i = 0; i < times; i++) {
    if (small) await page.mouse.move(at.x + Math.sin(i / 9) * box.width * 0.3, at.y);
    else await page.mouse.wheel(x, y);
    await nextFrame(page);
  }
  if (small) {
    await page.mouse.up();
    await wheels(page, 12, [0, 60]);
  }
}

async function nextFrame(page: Page): Promise<void> {
  await page.evaluate("new Promise((done) => setTimeout(done, 16))");
}

/** @param gestures the frames of each. The time between two gestures is none between two frames */
function timesIn(gestures: readonly (readonly FrameEvent[])[]): Omit<Part, "what"> {
  const all = gestures.flat();
  const intervals = gestures.flatMap((frames) => frames.slice(1).map(({ ts }, i) => ts - (frames[i]?.ts ?? ts)));
  return {
    work: spread(all.map(({ tdur, dur }) => tdur ?? dur)),
    script: spread(all.map(({ dur }) => dur)),
    interval: spread(intervals),
  };
}

/** @param times in microseconds */
function spread(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const round = (micros: number): number => Math.round(micros / 10) / 100;
  return {
    frames: sorted.length,
    p50: round(at(0.5)),
    p95: round(at(0.95)),
    p99: round(at(0.99)),
    longest: round(at(1)),
  };
}

function textOf({ shown, openedAfter, wholeAfter, all, parts }: Result): string {
  const line = ({ what, work, script, interval }: Part): string =>
    `${what.padEnd(34)} ${String(work.frames).padStart(6)} ` +
    [work.p50, work.p95, work.longest, script.p95, script.longest, interval.p50, interval.p95]
      .map((value) => value.toFixed(1).padStart(8))
      .join("");
  return [
    `${shown}; first ones shown after ${openedAfter.toFixed(1)} s, all of them after ${wholeAfter.toFixed(1)} s`,
    "milliseconds                       frames  processor: p50, p95, longest | clock: p95, longest | apart: p50, p95",
    ...[...parts, all].map(line),
  ].join("\n");
}

await main();
