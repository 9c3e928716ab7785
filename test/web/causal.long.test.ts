/** The causal view in Chromium: by keyboard, by mouse, by link, at both axes; what is wrong is crossed out. */
import type { Locator, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { explored, traced } from "./lib/exploredRun.ts";
import { inBrowser } from "./lib/inBrowser.ts";
import { openPage } from "./lib/openPage.ts";

inBrowser("the causal view", (around) => {
  const { scratch } = around;
  let seed: string;
  beforeAll(async () => {
    seed = await traced("seed", scratch.path("seed"));
  });

  const picture = (page: Page): Locator => page.getByRole("application");
  const params = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);
  const heading = (page: Page, text: string): Promise<void> => page.getByRole("heading", { name: text }).waitFor();

  test("is used by the keyboard: select, step, follow causes, read, let go", async () => {
    await using site = await explored(seed);
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    await opened.show("causal");
    await picture(page).press("Enter");
    await heading(page, "Transition 8");
    expect(params(page).seq).toBe("8");
    await page.keyboard.press("ArrowRight");
    await heading(page, "Transition 9");
    await page.keyboard.press("ArrowRight");
    await heading(page, "Transition 10");
    await page.getByText("It depends on 9 earlier transitions; 5 later ones depend on it.").first().waitFor();
    await page.keyboard.press("ArrowUp");
    await heading(page, "Transition 9");
    await page.keyboard.press("End");
    await heading(page, "Transition 15");
    await page.keyboard.press("ArrowRight");
    expect(params(page).seq).toBe("15");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Transition 15");
    await picture(page).press("Escape");
    await heading(page, "Nothing is selected");
    expect(params(page).seq).toBeUndefined();
    expect(faults).toEqual([]);
  });

  test("says the selected transition to those who do not see it, and lists what is in sight", async () => {
    await using site = await explored(seed);
    await using opened = await openPage(around.browser, site.url);
    const { page } = opened;
    await opened.show("causal", { seq: "7" });
    await heading(page, "Transition 7");
    const live = page.locator(".causal-picture [aria-live=polite]");
    await live.filter({ hasText: /^Transition 7: A \(program 2\) .*depend/ }).waitFor({ state: "attached" });
    await page.getByText("Transitions in sight as a list: 1 to 15").click();
    const list = page.locator(".causal-list li");
    await list.filter({ hasText: "A escrows 100 Gold to B" }).waitFor();
    expect(await list.count()).toBe(15);
    await list.nth(11).getByRole("link").click();
    await heading(page, "Transition 12");
  });

  test("is used by the mouse: click one, come nearer, move; the address says where", async () => {
    await using site = await explored(seed);
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    await opened.show("causal");
    const box = await picture(page).boundingBox();
    if (box === null) throw new Error("the picture is not in sight");
    // The middle of fifteen transitions lies in the middle of the lanes; the first lane is the mint's.
    const left = 88;
    const x = box.x + left + (box.width - left) / 2;
    await page.mouse.click(x, box.y + box.height * 0.42);
    await heading(page, "Transition 8");
    for (let i = 0; i < 5; i++) await page.mouse.wheel(0, -120);
    await page.waitForURL((url) => url.searchParams.has("from"));
    const { from, to } = params(page);
    expect(Number(to) - Number(from)).toBeLessThan(8);
    await page.mouse.move(x, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(x - 400, box.y + 200, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL((url) => Number(url.searchParams.get("from")) > Number(from));
    await page.getByRole("button", { name: "Whole run" }).click();
    await page.waitForURL((url) => !url.searchParams.has("from"));
    expect(faults).toEqual([]);
  });

  test("a link shows the same part again, along both axes", async () => {
    await using site = await explored(seed);
    await using opened = await openPage(around.browser, site.url);
    const { page } = opened;
    for (const axis of ["seq", "time"]) {
      await opened.show("causal", { axis, from: "4", to: "9", seq: "7" });
      await page.getByText("transitions 4 to 9 of 15").waitFor();
      expect(params(page)).toMatchObject({ axis, from: "4", to: "9", seq: "7" });
    }
    await page.getByText("by transition", { exact: true }).click();
    await page.getByText("transitions 4 to 9 of 15").waitFor();
    expect(params(page).axis).toBeUndefined();
  });

  test("draws in light and in dark, at each size of the window", async () => {
    await using site = await explored(seed);
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    await opened.show("causal");
    const shots = new Set<string>();
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1_280, 360]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 860 });
        const fits =
          "document.querySelector('canvas').width === Math.round(document.querySelector('canvas').clientWidth)";
        await expect.poll(async () => await page.evaluate(fits)).toBe(true);
        shots.add((await picture(page).screenshot()).toString("base64"));
      }
    }
    expect(shots.size).toBe(4);
    expect(faults).toEqual([]);
  });
});
