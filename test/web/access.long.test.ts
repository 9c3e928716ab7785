/** The page without a mouse, and by the rules of axe: dark and light, wide and narrow. */
import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Exploring } from "../../service/explorer/explore.ts";
import { VIEWS } from "../../web/page/frame/route.ts";
import { explored, traced } from "./lib/exploredRun.ts";
import { inBrowser } from "./lib/inBrowser.ts";
import { type OpenedPage, openPage } from "./lib/openPage.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
/** What axe found, in short. */
interface Finding {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

inBrowser("the page", (around) => {
  const { scratch } = around;
  let site: Exploring;
  beforeAll(async () => {
    site = await explored(await traced("seed", scratch.path("seed"), true));
  });
  afterAll(async () => {
    await site[Symbol.asyncDispose]();
  });

  test.each(["light", "dark"] as const)("has no findings of axe in any view, in %s", async (colorScheme) => {
    // The page's policy would refuse axe, which is put into it from outside.
    await using opened = await openPage(around.browser, site.url, { colorScheme, bypassCSP: true });
    const { page } = opened;
    await opened.show("transitions");
    await page.addScriptTag({ path: AXE });
    for (const view of VIEWS) {
      await opened.follow(view);
      for (const width of [1_280, 360]) {
        await page.setViewportSize({ width, height: 860 });
        expect(await findings(opened), `${view}, ${colorScheme}, ${width} pixels`).toEqual([]);
      }
      await page.setViewportSize({ width: 1_280, height: 860 });
    }
    // It is at work: what is wrong is found.
    await page.evaluate("document.querySelector('main').append(new Image())");
    expect(await findings(opened)).not.toEqual([]);
  });

  test("is used by the keyboard alone: every control is reached, and the focus is seen", async () => {
    await using opened = await openPage(around.browser, site.url);
    const { page } = opened;
    for (const view of VIEWS) {
      await opened.show(view);
      const wanted = (await page.evaluate(CONTROLS)) as number;
      const reached = new Set<number>();
      // Once around: from the beginning of the document to its end.
      for (let pressed = 0; pressed < wanted * 3 + 10; pressed++) {
        await page.keyboard.press("Tab");
        const { at, seen, what } = (await page.evaluate(FOCUSED)) as { at: number; seen: boolean; what: string };
        if (at === AWAY) break;
        // A part that scrolls, which a browser lets the keyboard into by itself.
        if (at < 0) continue;
        expect(seen, `${view}: the focus is not seen on ${what}`).toBe(true);
        if (reached.has(at)) break;
        reached.add(at);
      }
      expect([view, reached.size]).toEqual([view, wanted]);
    }
  });

  test("goes from view to view by Enter, and tells where it is", async () => {
    await using opened = await openPage(around.browser, site.url);
    const { page } = opened;
    await opened.show("transitions");
    for (const view of VIEWS) {
      await page.focus(`nav a[href*="view=${view}"]`);
      await page.keyboard.press("Enter");
      await page.waitForSelector(`nav a[aria-current=page][href*="view=${view}"]`);
      await opened.settled();
      expect(new URL(page.url()).searchParams.get("view")).toBe(view);
      expect(await page.title()).toContain("seed");
    }
    await page.goBack();
    await page.waitForSelector(`nav a[aria-current=page][href*="view=${VIEWS.at(-2)}"]`);
    expect(opened.faults).toEqual([]);
  });

  test("opens a transition by Enter, and its address is a link to it", async () => {
    await using opened = await openPage(around.browser, site.url);
    const { page } = opened;
    await opened.show("transitions");
    await page.focus("tr[data-seq='10'] a");
    await page.keyboard.press("Enter");
    await page.waitForURL(/seq=10/);
    await opened.settled();
    const address = page.url();
    const words = await page.locator("main").textContent();
    expect(words).toContain("ClaimFromProgram");
    await page.goto(address);
    await opened.settled();
    expect(await page.locator("main").textContent()).toContain("ClaimFromProgram");
  });
});

async function findings({ page }: OpenedPage): Promise<string[]> {
  const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
    violations: Finding[];
  };
  return violations.map(({ id, help, nodes }) => {
    const [first] = nodes;
    return `${id}: ${help} (${nodes.length}): ${first?.html.slice(0, 200)} ${first?.failureSummary}`;
  });
}

/** The focus is on nothing of the page. */
const AWAY = -2;

/** Counts what can be focused by Tab, and numbers it. */
const CONTROLS = `(() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
  const open = all.filter((one) => one.tabIndex >= 0 && !one.disabled && shown(one)).filter((one) => {
    // Of the radio buttons of a name, Tab goes to the chosen one.
    const chosen = one.type === "radio" && document.querySelector(\`input[name="\${one.name}"]:checked\`);
    return !chosen || chosen === one;
  });
  window.controls = open;
  return open.length;
})()`;

/** Which one has the focus, and whether that is seen: an outline, or a frame or shadow that it has only then. */
const FOCUSED = `(() => {
  const one = document.activeElement;
  if (one === null || one === document.body) return { at: ${AWAY}, seen: false, what: "" };
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
  const seen = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
  return { at: window.controls.indexOf(one), seen, what: one.outerHTML.slice(0, 120) };
})()`;
