/** What the suite writes into docs/security.md: the table of forgeries, and what the last run of each part counted. */
import { readFileSync, writeFileSync } from "node:fs";
import { forgeryTable } from "./forgeries.ts";
import type { SystematicLine } from "./systematic.ts";

const FILE = new URL("../../docs/security.md", import.meta.url);
type Block = "table" | "counts" | "inputs";

const begin = (block: Block): string => `<!-- ${block}: written by npm run adversary -- --write -->`;
const end = (block: Block): string => `<!-- end of ${block} -->`;

/** A block of docs/security.md, without its marks. */
export function blockOf(block: Block, text = readFileSync(FILE, "utf8")): string {
  const [from, to] = marks(block, text);
  return text.slice(from, to).trim();
}

function marks(block: Block, text: string): [from: number, to: number] {
  const [from, to] = [text.indexOf(begin(block)), text.indexOf(end(block))];
  if (from < 0 || to < from) throw new Error(`docs/security.md has no block ${block}: put its marks back`);
  return [from + begin(block).length, to];
}

function withBlock(text: string, block: Block, content: string): string {
  const [from, to] = marks(block, text);
  return `${text.slice(0, from)}\n\n${content}\n\n${text.slice(to)}`;
}

const number = (value: number): string => value.toLocaleString("en-US");

/** A part of the suite, as a line of the table of counts. */
export interface Counted {
  part: string;
  tried: number;
  /** What came of it, as in `0 accepted`. */
  outcome: string;
  /** How it was run, as in `quick`. */
  how: string;
  seconds: number;
}

function countsTable(counted: readonly Counted[], old: string): string {
  const lines = new Map(
    old
      .split("\n")
      .filter((line) => line.startsWith("| ") && !line.startsWith("| part "))
      .map((line) => [line.split("|")[1]?.trim() ?? "", line]),
  );
  for (const { part, tried, outcome, how, seconds } of counted) {
    lines.set(part, `| ${part} | ${number(tried)} | ${outcome} | ${how} | ${number(Math.round(seconds))} |`);
  }
  return ["| part | tried | outcome | run | seconds |", "|---|--:|---|---|--:|", ...lines.values()].join("\n");
}

function inputsTable(lines: readonly SystematicLine[]): string {
  return [
    "| of | tried | refused | no difference | another row, as the machine does it | accepted |",
    "|---|--:|--:|--:|--:|--:|",
    ...lines.map(
      ({ of, tried, refused, idle, another, holes }) =>
        `| ${of} | ${[tried, refused, idle, another, holes.length].map(number).join(" | ")} |`,
    ),
  ].join("\n");
}

/** Writes the table, what was counted, and what the systematic changes came to, if they were tried. */
export function writeSecurityPage(
  counted: readonly Counted[],
  systematic: readonly SystematicLine[] | undefined,
): void {
  let text = readFileSync(FILE, "utf8");
  text = withBlock(text, "table", forgeryTable());
  text = withBlock(text, "counts", countsTable(counted, blockOf("counts", text)));
  if (systematic !== undefined) text = withBlock(text, "inputs", inputsTable(systematic));
  writeFileSync(FILE, text);
}
