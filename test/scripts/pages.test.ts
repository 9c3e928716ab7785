/** Pages name commands and files that exist, and the notices name the packages of package.json. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { commandLine } from "../../scripts/commandLine.ts";

const PROJECT_ROOT = fileURLToPath(new URL("../..", import.meta.url));

const read = (path: string): string => readFileSync(join(PROJECT_ROOT, path), "utf8");

interface Package {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  scripts: Record<string, string>;
}
const manifest = JSON.parse(read("package.json")) as Package;

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(PROJECT_ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !/node_modules|^api/.test(name))
    .map((name) => `docs/${name}`),
];

/** The words behind `start` in the code of a page. A line that ends with a backslash continues on the next. */
function commandsIn(text: string, start: string): string[][] {
  const lines = text.replaceAll(/\\\n\s*/g, "").split("\n");
  return lines.flatMap((line) =>
    [...line.matchAll(new RegExp(`${start} ([^\`&#|]*)`, "g"))].map(([, rest]) => (rest ?? "").trim().split(/\s+/)),
  );
}

/** The fault of a command on a page, or undefined. */
function fault(words: readonly string[]): string | undefined {
  let at: Command = commandLine();
  const rest = [...words];
  while (at.commands.length > 0) {
    const next = at.commands.find((verb) => verb.name() === rest[0]);
    if (next === undefined) break;
    at = next;
    rest.shift();
  }
  if (at.parent === null) return `${words[0]} is no verb`;
  const known = new Set(["--help", ...at.options.map(({ long }) => long)]);
  const stray = rest.find((word) => word.startsWith("--") && !known.has(word.replace(/=.*|[,.;:)]+$/g, "")));
  return stray === undefined ? undefined : `${at.name()} has no option ${stray}`;
}

describe("commands of the pages", () => {
  test("are verbs with their options", () => {
    const commands = pages.flatMap((page) =>
      commandsIn(read(page), "npx timebandits").map((words) => ({ page, words, fault: fault(words) })),
    );
    expect(commands.length).toBeGreaterThan(50);
    expect(
      commands.filter(({ words, fault }) => fault !== undefined && !["VERB", "`"].includes(words[0] ?? "")),
    ).toEqual([]);
  });

  test("every verb is on the page of the command line", () => {
    const page = read("docs/reference/command-line.md");
    const program = commandLine();
    const verbs = program.createHelp().visibleCommands(program);
    const missing = verbs
      .map((verb) => verb.name())
      .filter((name) => !new RegExp(`^\\|.*\`${name}[ \`]`, "m").test(page));
    expect(missing).toEqual([]);
  });

  test("are scripts of package.json", () => {
    const scripts = pages.flatMap((page) => commandsIn(read(page), "npm run").map(([name]) => name));
    expect(scripts.length).toBeGreaterThan(10);
    for (const name of scripts) expect(Object.keys(manifest.scripts)).toContain(name?.replace(/[,.;:)]+$/, ""));
  });

  test("an unknown verb or option is reported", () => {
    expect(fault(["proove", "demo-run"])).toBe("proove is no verb");
    expect(fault(["prove", "demo-run", "--engin", "wasm"])).toBe("prove has no option --engin");
    expect(fault(["ceremony", "contribute", "0.zkey", "1.zkey", "--name", "Ada"])).toBeUndefined();
  });
});

test("the files that pages name exist", () => {
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/`((?:examples|scripts)\/[\w./-]*)`/g)].map(([, path = ""]) => ({
      page,
      path,
    })),
  );
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter(({ path }) => !existsSync(join(PROJECT_ROOT, path)))).toEqual([]);
});

test("the notices name exactly the direct dependencies, with their versions", () => {
  const rows = read("THIRD_PARTY_NOTICES.md")
    .split(/^## /m)
    .filter((part) => /^(Direct|Development) dependencies/.test(part))
    .flatMap((part) => [...part.matchAll(/^\| (\S+) \| (\d\S*) \|/gm)].map(([, name, version]) => [name, version]));
  expect(Object.fromEntries(rows)).toEqual({ ...manifest.dependencies, ...manifest.devDependencies });
});
