import { expect, test } from "vitest";
import { longLines, WIDTH, wrapComments } from "../../scripts/lib/wrapComments.ts";

/** Words of four letters, five columns each with the space before. */
const words = (count: number): string => Array.from({ length: count }, () => "word").join(" ");

test("a comment of one line that is too long becomes a block, with each tag on a line of its own", () => {
  const wrapped = wrapComments(`  /** ${words(24)}. @throws RangeError if it is too long */\n  f(): void;`).split("\n");
  expect(wrapped).toEqual([
    "  /**",
    `   * ${words(23)}`,
    "   * word.",
    "   * @throws RangeError if it is too long",
    "   */",
    "  f(): void;",
  ]);
});

test("the paragraph of a long line is wrapped, and the next one stays", () => {
  const wrapped = wrapComments(`/**\n * ${words(30)}\n * and more\n *\n * next\n */`).split("\n");
  expect(wrapped).toEqual(["/**", ` * ${words(23)}`, ` * ${words(7)} and more`, " *", " * next", " */"]);
});

test("the continuation of a tag is indented, and a link is not broken", () => {
  const [tag = "", rest = ""] = wrapComments(`   * @param x ${words(19)} {@link some.thing other}\n   *   more`).split(
    "\n",
  );
  expect(tag).toBe(`   * @param x ${words(19)}`);
  expect(rest).toBe("   *   {@link some.thing other} more");
});

test("a table below a long line stays a table", () => {
  const wrapped = wrapComments(`// ${words(24)}\n//   a     8 bits\n// b  9 bits`).split("\n");
  expect(wrapped).toEqual([`// ${words(23)}`, "// word", "//   a     8 bits", "// b  9 bits"]);
});

test("lines that fit, tables, code, directives and examples stay as they are", () => {
  const kept = [
    `// ${words(23)}`,
    `// biome-ignore lint/some/rule: ${words(30)}`,
    `const a = [${"1, ".repeat(50)}];`,
    " * ```ts",
    ` * ${words(40)}`,
    " * ```",
    `//     wire      ${words(24)}`,
  ].join("\n");
  expect(wrapComments(kept)).toBe(kept);
});

test("a line may be longer only because of its strings", () => {
  const long = "x".repeat(WIDTH);
  expect(longLines(`f("${long}");\n  throw new E(\`${long} \${why}\`);\n// https://${long}`)).toEqual([]);
  expect(longLines(`// ${words(24)}\nconst ${long} = 1;\nf(${words(24)}, "x");`)).toEqual([
    { line: 1, columns: 122 },
    { line: 2, columns: 131 },
    { line: 3, columns: 128 },
  ]);
});
