/** An imported run in a browser: filters by block and transaction, search by hash, names that strangers chose. */
import { expect, test } from "vitest";
import { VIEWS } from "../../web/page/frame/route.ts";
import { ALICE, blocksRun, hashOf } from "../lib/blocksRun.ts";
import { explored } from "./lib/exploredRun.ts";
import { inBrowser } from "./lib/inBrowser.ts";
import { openPage } from "./lib/openPage.ts";

inBrowser("an imported run", (around) => {
  const { scratch } = around;

  test("is filtered by blocks and by transaction, and each finding is a link", async () => {
    await blocksRun(scratch.path("blocks"));
    await using site = await explored(scratch.path("blocks"));
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    await opened.show("transitions");
    const seqs = async (): Promise<number[]> => {
      await opened.settled();
      const rows = await page.locator("tr[data-seq]").all();
      return (await Promise.all(rows.map((row) => row.getAttribute("data-seq")))).map(Number);
    };
    const all = await seqs();
    const byBlock: number[][] = [];
    for (const block of ["1", "2", "3"]) {
      await page.getByLabel("From block").fill(block);
      await page.getByLabel("To block").fill(block);
      await page.getByRole("button", { name: "Filter" }).click();
      await page.waitForURL((url) => url.searchParams.get("fromBlock") === block);
      byBlock.push(await seqs());
    }
    // What stands before the first block, or behind the last, belongs to none.
    expect(byBlock.every((found) => found.length > 0 && found.length < all.length)).toBe(true);
    expect(byBlock.flat()).toEqual(byBlock.flat().toSorted((a, b) => a - b));
    expect(new Set(byBlock.flat()).size).toBe(byBlock.flat().length);
    // The address alone gives the same.
    await page.goto(page.url());
    expect(await seqs()).toEqual(byBlock[2]);

    await page.getByRole("link", { name: "clear" }).click();
    await page.waitForURL((url) => !url.searchParams.has("fromBlock"));
    await page.getByLabel("Transaction", { exact: true }).fill(hashOf(2, 1));
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL((url) => url.searchParams.get("transactions") === hashOf(2, 1));
    const ofOne = await seqs();
    expect(ofOne.length).toBeGreaterThan(0);
    expect(ofOne.every((seq) => byBlock[1]?.includes(seq))).toBe(true);

    await page.getByLabel("From block").fill("x");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByRole("alert").filter({ hasText: "give a whole number" }).waitFor();
    expect(faults).toEqual([]);
  });

  test("is searched by the hash of a transaction, by block and by address", async () => {
    await blocksRun(scratch.path("searched"));
    await using site = await explored(scratch.path("searched"));
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    await opened.show("transitions");
    const search = page.getByRole("searchbox");
    await page.keyboard.press("/");
    await search.fill(hashOf(1, 2));
    const found = page.locator(".search-found li");
    await found.filter({ hasText: `${hashOf(1, 2)} in block 1` }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.searchParams.get("transactions") === hashOf(1, 2));
    await opened.settled();
    expect(await page.locator("tr[data-seq]").count()).toBeGreaterThan(0);
    await search.fill(ALICE);
    await found.filter({ hasText: "what it holds" }).first().waitFor();
    await search.fill("3");
    await found.filter({ hasText: /^block.*block 3, 2 transactions/ }).waitFor();
    await search.fill(`0x${"9".repeat(64)}`);
    await page.getByText("Nothing of this run is called that").waitFor();
    expect(faults).toEqual([]);
  });

  test("shows names that strangers chose as text, in every view, wide and narrow", async () => {
    const name = `<img src=x onerror="document.title='hit'">`;
    await blocksRun(scratch.path("hostile"), { gold: name, one: "\u202eETH\n1000 ETH" });
    await using site = await explored(scratch.path("hostile"));
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    await opened.show("transitions");
    for (const view of VIEWS) {
      await opened.follow(view);
      expect(await page.locator("main img").count()).toBe(0);
      expect(await page.title()).not.toBe("hit");
      expect(await page.locator("body").textContent()).not.toContain("\u202e");
      await page.setViewportSize({ width: 360, height: 800 });
      const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      expect(wide, `${view} is wider than the window by`).toBe(0);
      await page.setViewportSize({ width: 1_280, height: 860 });
    }
    expect(faults).toEqual([]);
  });
});
