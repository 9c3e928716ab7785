/**
 * typescript-eslint's parser. It needs TypeScript's JavaScript API, which TypeScript 7 does not have. So it has a
 * folder of its own with an older TypeScript, which is installed at the first use.
 */
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Linter } from "eslint";

const FOLDER = fileURLToPath(new URL("./typescriptParser", import.meta.url));

/** The parser, for `languageOptions` of ESLint. */
export function typescriptParser(): Linter.Parser {
  if (age("node_modules/.package-lock.json") < age("package-lock.json")) {
    execFileSync("npm", ["ci", "--prefix", FOLDER, "--ignore-scripts", "--silent"], {
      shell: process.platform === "win32",
    });
  }
  return createRequire(join(FOLDER, "package.json"))("@typescript-eslint/parser") as Linter.Parser;
}

/** The time of a file in the folder; 0 if it does not exist. */
function age(name: string): number {
  return statSync(join(FOLDER, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
