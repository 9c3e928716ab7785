/**
 * `npm run bench:web`: how long the causal view's script takes for a frame. Traces a run of a hundred thousand
 * transitions, opens it in a Chromium without a window, zooms and pans through it, and measures every frame's script.
 * Without a graphics card the browser draws by itself, which is not part of these times but of the intervals between
 * frames. `--transitions N` makes the run shorter; `--run DIR` takes one that is there; `--json FILE` writes the
 * result.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { cpus, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { profileOf } from "../../prover/profiles.ts";
import { traceBusy } from "./busyRun.ts";

/** Milliseconds of script that a frame may take, so that sixty fit in a second. */
const BUDGET = 16.7;
const SITE = fileURLToPath(new URL("../../dist/web", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ...{ html: "text/html", js: "text/javascript", css: "text/css", wasm: "application/wasm", json: "application/json" },
};

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
  /** Script of a frame. */
  readonly script: Times;
  /** From one frame's begin to the next. */
  readonly interval: Times;
}

/** Runs in the page before all else: every frame's script is timed, whoever asks for the frame. */
const TIMER = `
  const frames = (globalThis.frameTimes = []);
  const ask = requestAnimationFrame.bind(globalThis);
  globalThis.requestAnimationFrame = (draw) => ask((now) => {
    const begun = performance.now();
    draw(now);
    frames.push(begun, performance.now() - begun);
  });
`;

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
    process.exitCode = result.all.script.p95 < BUDGET ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

type Result = Awaited<ReturnType<typeof measure>>;

async function measure(dir: string) {
  if (!existsSync(join(SITE, "index.html")))
    throw new Error("there is no page in dist/web; run npm run build:web first");
  const server = await serve(dir);
  let browser: Browser | undefined;
  try {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
    await page.addInitScript(TIMER);
    const begun = performance.now();
    await page.goto(`http://127.0.0.1:${address.port}/?view=causal`);
    await page.waitForSelector(".causal-canvas", { timeout: 300_000 });
    const openedAfter = (performance.now() - begun) / 1_000;
    const transitions = await page.locator(".causal-canvas").getAttribute("aria-label");
    const parts: Part[] = [];
    const frames: number[][] = [];
    for (const [what, act] of Object.entries(ACTS)) {
      await page.evaluate("frameTimes.length = 0");
      await act(page);
      const times = await page.evaluate<number[]>("[...frameTimes]");
      frames.push(times);
      parts.push({ what, ...timesIn([times]) });
      console.error(`${what}: ${times.length / 2} frames`);
    }
    const all = { what: "all", ...timesIn(frames) };
    return { schemaVersion: 1, shown: transitions, cores: cpus().length, openedAfter, budget: BUDGET, all, parts };
  } finally {
    await browser?.close();
    server.close();
    server.closeAllConnections();
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

function timesIn(frames: readonly (readonly number[])[]): Pick<Part, "script" | "interval"> {
  const scripts = frames.flatMap((times) => times.filter((_, i) => i % 2 === 1));
  const intervals = frames.flatMap((times) => {
    const begins = times.filter((_, i) => i % 2 === 0);
    return begins.slice(1).map((begun, i) => begun - (begins[i] ?? 0));
  });
  return { script: spread(scripts), interval: spread(intervals) };
}

function spread(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const round = (value: number): number => Math.round(value * 100) / 100;
  return {
    frames: sorted.length,
    p50: round(at(0.5)),
    p95: round(at(0.95)),
    p99: round(at(0.99)),
    longest: round(at(1)),
  };
}

function textOf({ shown, openedAfter, all, parts }: Result): string {
  const line = ({ what, script, interval }: Part): string =>
    `${what.padEnd(34)} ${String(script.frames).padStart(6)} ` +
    [script.p50, script.p95, script.p99, script.longest, interval.p50, interval.p95]
      .map((value) => value.toFixed(1).padStart(8))
      .join("");
  return [
    `${shown}; opened after ${openedAfter.toFixed(1)} s`,
    "milliseconds                       frames      p50     p95     p99 longest | between frames: p50, p95",
    ...[...parts, all].map(line),
  ].join("\n");
}

/** Serves the page, and the run below it. */
async function serve(dir: string): Promise<Server> {
  const files = filesIn(dir).filter((name) => !name.startsWith("store"));
  const list = files.map((name) => ({ name, bytes: statSync(join(dir, name)).size }));
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://127.0.0.1").pathname);
    if (path === "/run/files.json") {
      response.end(JSON.stringify({ schemaVersion: 1, files: list }));
      return;
    }
    const file = path.startsWith("/run/") ? join(dir, path.slice(5)) : join(SITE, path === "/" ? "index.html" : path);
    if (!existsSync(file) || statSync(file).isDirectory()) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[file.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    response.writeHead(200, {
      "content-type": type === "application/octet-stream" && file.endsWith(".ts") ? TYPES.js : type,
    });
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)));
}

await main();
