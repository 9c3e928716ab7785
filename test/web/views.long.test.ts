/** Each view on each example, in a real browser: nothing is complained of, and the page loads little. */
import { expect, test } from "vitest";
import { VIEWS } from "../../web/page/frame/route.ts";
import { explored, traced } from "./lib/exploredRun.ts";
import { inBrowser } from "./lib/inBrowser.ts";
import { openPage } from "./lib/openPage.ts";

/** The soak has thousands of transitions. */
const EXAMPLES = ["seed", "escrowed-swap", "order-book", "supply-chain", "job-market", "treasury", "soak"];
const SMALL_KB = 300;

inBrowser("the page", (around) => {
  const { scratch } = around;

  test.each(EXAMPLES)("%s: every view is shown without a complaint, wide and narrow", async (name) => {
    await using site = await explored(await traced(name, scratch.path(name), name === "seed"));
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    await opened.show("transitions");
    for (const view of VIEWS) {
      await opened.follow(view);
      expect(await page.locator("nav a[aria-current=page]").count(), view).toBe(1);
      expect(await page.locator("main h2").count(), `headings of ${view}`).toBeGreaterThan(0);
      for (const width of [1_280, 360]) {
        await page.setViewportSize({ width, height: 800 });
        const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        expect(wide, `${view} at ${width} pixels is wider than the window by`).toBe(0);
      }
      await page.setViewportSize({ width: 1_280, height: 860 });
    }
    expect(faults).toEqual([]);
  });

  test(`a run of 15 transitions loads in under ${SMALL_KB} kB before the verifier`, async () => {
    await using site = await explored(await traced("seed", scratch.path("small"), true));
    for (const encoding of ["br", "gzip"]) {
      await using opened = await openPage(around.browser, site.url, {
        extraHTTPHeaders: { "accept-encoding": encoding },
      });
      await opened.show("causal");
      const sizes = [...opened.transferred].map(([url, bytes]) => ({ name: url.slice(site.url.length), bytes }));
      const before = sizes.filter(({ name }) => !VERIFIER.test(name));
      const sum = before.reduce((total, { bytes }) => total + bytes, 0);
      console.log(`${encoding}: ${sum} bytes before the verifier, ${sizes.reduce((t, s) => t + s.bytes, 0)} in all`);
      expect(before.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^assets\/historyWorker-/),
          expect.stringMatching(/^assets\/index-.*\.js$/),
          "run/files.json",
          "run/trace.jsonl",
        ]),
      );
      expect(sum).toBeGreaterThan(10_000);
      expect(sum).toBeLessThan(SMALL_KB * 1_000);
    }
  });
});

/** The worker that checks, what it loads, and the curve's module. */
const VERIFIER_FILES = [
  ...["checkWorker", "_md", "poseidon", "signature", "pool", "errors", "since", "replayFile"],
  ...["verifyThreads", "absent", "contract", "bn128"],
];
const VERIFIER = new RegExp(`^assets/(?:${VERIFIER_FILES.join("|")})-`);
