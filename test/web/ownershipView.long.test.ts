/** The ownership view and the comparison of two runs, in a real browser. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { explored, traced } from "./lib/exploredRun.ts";
import { inBrowser } from "./lib/inBrowser.ts";
import { openPage } from "./lib/openPage.ts";

/** Places that a crawl visits. */
const MOST = 60;

/** Goes to an address of the page, as a link does, without loading anything anew. */
async function follow(page: Page, href: string): Promise<void> {
  await page.evaluate(`{
    const link = document.createElement("a");
    link.href = ${JSON.stringify(href)};
    document.querySelector("main").append(link);
    link.click();
    link.remove();
  }`);
  await page.waitForURL((url) => url.search === href);
}

inBrowser("in the browser", (around) => {
  const { scratch } = around;

  const queryOf = async (page: Page): Promise<URLSearchParams> => new URL(page.url()).searchParams;

  test("the moment is chosen by keyboard, and stands in the address", async () => {
    await using site = await explored(await traced("supply-chain", scratch.path("keys")));
    await using opened = await openPage(around.browser, site.url);
    const { page, settled } = opened;
    await opened.show("ownership");
    const slider = page.getByRole("slider", { name: /^Moment/ });
    await slider.focus();
    await page.keyboard.press("Home");
    await page.getByText("The genesis: the state before the first transition.").waitFor();
    expect((await queryOf(page)).get("at")).toBe("0");
    expect(await slider.getAttribute("aria-valuetext")).toBe("genesis");
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await page.getByRole("link", { name: "transition 3", exact: true }).waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("One transition on");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "transition 4", exact: true }).waitFor();
    const field = page.getByRole("spinbutton");
    await field.fill("25");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "transition 25", exact: true }).waitFor();
    await settled();
    expect((await queryOf(page)).get("at")).toBe("25");
    expect(await page.locator(".program-card.acting").count()).toBeGreaterThan(0);
  });

  test.each(["supply-chain", "order-book"])("%s: every link of the view leads to something", async (name) => {
    await using site = await explored(await traced(name, scratch.path(`crawl-${name}`)));
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    await opened.show("ownership");
    const last = Number(await page.getByRole("slider").getAttribute("max"));
    const waiting = [0, Math.ceil(last / 3), Math.ceil(last / 2), last].map((at) => `?view=ownership&at=${at}`);
    const seen = new Set(waiting);
    const subjects = new Set<string>();
    for (let visits = 0; visits < MOST; visits++) {
      const next = waiting.shift();
      if (next === undefined) break;
      const params = new URLSearchParams(next);
      await follow(page, next);
      await opened.settled();
      expect(await page.locator("main [role=alert]").allTextContents(), next).toEqual([]);
      expect(await page.locator("main h2").count(), next).toBeGreaterThan(0);
      for (const key of params.keys()) subjects.add(key);
      const hrefs = await page
        .locator('.ownership a[href*="view=ownership"]')
        .evaluateAll((links) =>
          links.map((link) => (link as unknown as { getAttribute(name: string): string }).getAttribute("href")),
        );
      for (const href of hrefs) {
        expect(href).not.toMatch(/undefined|null|NaN/);
        if (!seen.has(href)) waiting.push(href);
        seen.add(href);
      }
    }
    expect([...subjects]).toEqual(expect.arrayContaining(["program", "resource", "kind"]));
    expect(faults).toEqual([]);
  });

  test("a step of a resource's way leads to its transition", async () => {
    await using site = await explored(await traced("order-book", scratch.path("way")));
    await using opened = await openPage(around.browser, site.url);
    const { page } = opened;
    await opened.show("ownership", { kind: "Shares" });
    await page.locator("table.stack a[href*='resource=']").first().click();
    await page.locator(".way-row").first().waitFor();
    expect(await page.locator(".way-row").count()).toBeGreaterThan(2);
    const step = page.locator(".way-head a").first();
    const seq = (await step.textContent())?.split(".")[0];
    await step.click();
    await page.waitForURL(/view=transitions/);
    expect((await queryOf(page)).get("seq")).toBe(seq);
  });

  test("names from a run are text, whatever is in them", async () => {
    const dir = await traced("seed", scratch.path("names"));
    const path = join(dir, "manifest.json");
    const name = "<img src=x onerror=alert(1)><b>A</b>";
    const manifest = JSON.parse(readFileSync(path, "utf8")) as { programs: Record<string, string> };
    manifest.programs["2"] = name;
    writeFileSync(path, JSON.stringify(manifest));
    await using site = await explored(dir);
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    await opened.show("ownership");
    expect(await page.locator(".program-card").nth(1).locator("h4").textContent()).toBe(`${name} (2)`);
    await opened.show("ownership", { program: "2" });
    expect(await page.locator("main h2").first().textContent()).toContain(name);
    expect(await page.locator("main img, main b").count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test("a chosen run is compared, and nothing of it leaves the page", async () => {
    const [one, other] = [await traced("treasury", scratch.path("one")), await traced("seed", scratch.path("other"))];
    await using site = await explored(one);
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    await opened.show("compare");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(`${request.method()} ${request.url()}`));
    const verdict = page.locator(".verdict-words");
    await page.locator("input[type=file]").first().setInputFiles(other);
    await verdict.filter({ hasText: "The runs differ from" }).waitFor();
    await page.locator("input[type=file]").first().setInputFiles(one);
    await verdict.filter({ hasText: "The runs are the same" }).waitFor();
    // Its worker is code of the page, and begins from a blob.
    expect(asked.filter((line) => !/^GET (?:blob:|[^?]*\/assets\/[\w-]+\.(?:js|wasm)$)/.test(line))).toEqual([]);
    await page
      .locator("input[type=file]")
      .nth(1)
      .setInputFiles([join(other, "manifest.json")]);
    await page.getByRole("alert").filter({ hasText: "there is no genesis.json and trace.jsonl" }).waitFor();
    expect(faults).toEqual([]);
  });

  test("an address on another server is not asked", async () => {
    await using site = await explored(await traced("seed", scratch.path("elsewhere")));
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    await opened.show("compare", { with: "https://elsewhere.example/run" });
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByRole("alert").filter({ hasText: "is on another server" }).waitFor();
    await opened.show("compare", { with: "run" });
    await page.locator(".verdict-words").filter({ hasText: "The runs are the same" }).waitFor();
    expect(faults).toEqual([]);
  });
});
