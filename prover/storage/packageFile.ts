import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The project's folder, without a slash at the end. */
export const PROJECT_ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

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
