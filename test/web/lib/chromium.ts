/** A Chromium for tests of the page: the system's, without a window. */
import { type Browser, chromium } from "playwright-core";
import { CHROMIUM, CHROMIUM_ARGUMENTS } from "../../../scripts/lib/chromium.ts";

/** Why there is no Chromium for tests here; undefined if there is. Tests that need one are skipped then. */
export const NO_CHROMIUM: string | undefined =
  CHROMIUM === undefined ? "Chromium is not installed (apt-get install chromium, or CHROMIUM=PATH)" : undefined;

if (NO_CHROMIUM !== undefined) console.warn(`tests in a browser are left out: ${NO_CHROMIUM}`);

/** Starts it. Whoever starts it closes it. */
export async function startChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: CHROMIUM ?? "", args: [...CHROMIUM_ARGUMENTS] });
}
