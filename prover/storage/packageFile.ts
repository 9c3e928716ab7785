import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of this package's package.json, without a slash at the end: the clone, or the installed package. The
 * compiled modules lie one folder deeper than their sources, so it is looked for and not counted.
 */
export const PROJECT_ROOT = nearestPackage(dirname(fileURLToPath(import.meta.url)));

function nearestPackage(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("the package has no package.json: install it again");
  return nearestPackage(parent);
}

const require = createRequire(import.meta.url);

/** Path of a file inside an installed package, for example `circom2/cli.js`. Throws if it is not installed. */
export function packageFile(path: string): string {
  return require.resolve(path);
}

/** The installed version of a package. */
export function packageVersion(name: string): string {
  const description = require(`${name}/package.json`) as { version: string };
  return description.version;
}

/** The version of this package. */
export function ownVersion(): string {
  return (JSON.parse(readFileSync(join(PROJECT_ROOT, "package.json"), "utf8")) as { version: string }).version;
}
