/** A Chromium for tests of the page: the system's, without a window. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Debian's names. `CHROMIUM` may name another. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

const program = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));

/** Why there is no Chromium for tests here; undefined if there is. Tests that need one are skipped then. */
export const NO_CHROMIUM: string | undefined =
  program === undefined
    ? "Chromium is not installed (apt-get install chromium), and CHROMIUM names none"
    : existsSync(program)
      ? undefined
      : `CHROMIUM names ${program}, which is not there`;

if (NO_CHROMIUM !== undefined) console.warn(`tests in a browser are left out: ${NO_CHROMIUM}`);

/** Starts it. Whoever starts it closes it. */
export async function startChromium(): Promise<Browser> {
  // As root, as in a container, it has no sandbox.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return await chromium.launch({ executablePath: program ?? "", args });
}
