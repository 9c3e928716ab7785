/** Tests in a real browser: one for a file, a folder of the file's own, and both gone at the end. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";
import { NO_CHROMIUM, startChromium } from "./chromium.ts";
import { scratchFolder } from "./exploredRun.ts";

/** What the tests have at hand. */
export interface InBrowser {
  readonly scratch: ReturnType<typeof scratchFolder>;
  /** There from the first hook on. */
  readonly browser: Browser;
}

/** Describes tests that need a browser. They are left out where there is none. */
export function inBrowser(what: string, tests: (around: InBrowser) => void): void {
  describe.skipIf(NO_CHROMIUM !== undefined)(what, () => {
    const scratch = scratchFolder();
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await startChromium();
    });
    afterAll(async () => {
      await browser?.close();
      scratch.remove();
    });
    tests({
      scratch,
      get browser() {
        if (browser === undefined) throw new Error("the browser is not started yet");
        return browser;
      },
    });
  });
}
