/**
 * Checks that lines have at most 120 columns, also those that the formatter leaves long, such as comments.
 *
 *     node scripts/lineLengths.ts            lists the lines that are too long; exit code 1 if there are any
 *     node scripts/lineLengths.ts --write    wraps comments first, and lists what is left
 *
 * A line of TypeScript may be longer for its strings alone: one string, template or regular expression that begins in
 * it and has no break.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { isLong, longLines, WIDTH, wrapComments } from "./lib/wrapComments.ts";

/** Checked folders, and the endings of their files. */
const FOLDERS = [
  "circuits",
  "contracts",
  "trace",
  "prover",
  "verifier",
  "service",
  "web",
  "scripts",
  "examples",
  "test",
  "types",
];
const ENDINGS = /\.(?:tsx?|mjs|circom|sol)$/;

const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...FOLDERS]);
const files = listed.toString("utf8").split("\n");
const found: string[] = [];
for (const file of files.filter((name) => ENDINGS.test(name))) {
  let text = readFileSync(file, "utf8");
  if (process.argv.includes("--write") && text.split("\n").some(isLong)) {
    const wrapped = wrapComments(text);
    if (wrapped !== text) writeFileSync(file, wrapped);
    text = wrapped;
  }
  for (const { line, columns } of longLines(text)) found.push(`${file}:${line}: ${columns} columns`);
}
for (const line of found) console.log(line);
if (found.length > 0) {
  console.log(
    `${found.length} lines are longer than ${WIDTH} columns: npm run format:lines wraps comments, break the others`,
  );
  process.exitCode = 1;
}
