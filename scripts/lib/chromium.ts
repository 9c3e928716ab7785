/** Where this machine has a Chromium: for tests of the page, and pictures of it. */
import { existsSync } from "node:fs";

/** Debian's names. `CHROMIUM` may name another. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

/** The path of the program; undefined if there is none. */
export const CHROMIUM: string | undefined = [process.env.CHROMIUM, ...PLACES].find(
  (path) => path !== undefined && existsSync(path),
);

/** As root, as in a container, it has no sandbox. */
export const CHROMIUM_ARGUMENTS: readonly string[] = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
