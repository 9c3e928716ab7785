/** Opens the page, and notes everything that a browser complains of. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { ViewName } from "../../../web/page/frame/route.ts";

/** A page, and what went wrong in it. */
export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors, warnings, refusals by the content policy, failed requests. */
  readonly faults: string[];
  /** Bytes of the answers so far, as they were sent, by address. */
  readonly transferred: Map<string, number>;
  /** Loads the page at a view, and waits until nothing is on its way any more. */
  show(view: ViewName, more?: Readonly<Record<string, string>>): Promise<void>;
  /** Goes to a view by its tab, and waits likewise. */
  follow(view: ViewName): Promise<void>;
  /** Waits until nothing is on its way any more, the check included. */
  settled(): Promise<void>;
}

/** A check of a run on a busy machine. */
const LONGEST_MS = 120_000;

/** @param url the page's address, without a query */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 860 }, ...options });
  context.setDefaultTimeout(LONGEST_MS);
  const page = await context.newPage();
  const faults: string[] = [];
  const transferred = new Map<string, number>();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`thrown: ${error.message}`));
  page.on("requestfailed", (request) => faults.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  page.on("requestfinished", async (request) => {
    const { responseBodySize, responseHeadersSize } = await request.sizes().catch(() => NOTHING);
    transferred.set(request.url(), responseBodySize + responseHeadersSize);
  });
  const settled = async (): Promise<void> => {
    await page.waitForSelector("main h2, main [role=alert]");
    const busy = page.locator('[aria-busy="true"]');
    while ((await busy.count()) > 0) await busy.first().waitFor({ state: "detached" });
  };
  return {
    ...{ page, faults, transferred, settled },
    async show(view, more = {}) {
      await page.goto(`${url}?${new URLSearchParams({ view, ...more })}`);
      await settled();
    },
    async follow(view) {
      await page.click(`nav a[href*="view=${view}"]`);
      await page.waitForSelector(`nav a[aria-current=page][href*="view=${view}"]`);
      await settled();
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

const NOTHING = { responseBodySize: 0, responseHeadersSize: 0 };
