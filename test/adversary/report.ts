/** The suite's tables in docs/security/: the forgeries, and the counts of the last run of each part. */
import { readFileSync, writeFileSync } from "node:fs";
import { forgeryTable } from "./forgeries/runForgeries.ts";
import type { SystematicLine } from "./forgeries/systematic.ts";

/** The page of docs/security/ that holds a block. */
const PAGE_OF = { table: "forgeries.md", counts: "attacks.md", inputs: "attacks.md" } as const;
type Block = keyof typeof PAGE_OF;

const begin = (block: Block): string => `<!-- ${block}: written by npm run adversary -- --write -->`;
const end = (block: Block): string => `<!-- end of ${block} -->`;

const fileOf = (block: Block): URL => new URL(`../../docs/security/${PAGE_OF[block]}`, import.meta.url);

/** A block of its page, without its marks. */
export function blockOf(block: Block): string {
  const text = readFileSync(fileOf(block), "utf8");
  const [from, to] = marks(block, text);
  return text.slice(from, to).trim();
}

function marks(block: Block, text: string): [from: number, to: number] {
  const [from, to] = [text.indexOf(begin(block)), text.indexOf(end(block))];
  if (from < 0 || to < from) {
    throw new Error(`docs/security/${PAGE_OF[block]} has no block ${block}: put its marks back`);
  }
  return [from + begin(block).length, to];
}

function writeBlock(block: Block, content: string): void {
  const text = readFileSync(fileOf(block), "utf8");
  const [from, to] = marks(block, text);
  writeFileSync(fileOf(block), `${text.slice(0, from)}\n\n${content}\n\n${text.slice(to)}`);
}

const number = (value: number): string => value.toLocaleString("en-US");

/** A part of the suite, as a line of the table of counts. */
export interface Counted {
  part: string;
  tried: number;
  /** The result, as in `0 accepted`. */
  outcome: string;
  /** The kind of run, as in `quick`. */
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

/** Writes the table, the counts, and the results of the systematic changes, if they were tried. */
export function writeSecurityPages(
  counted: readonly Counted[],
  systematic: readonly SystematicLine[] | undefined,
): void {
  writeBlock("table", forgeryTable());
  writeBlock("counts", countsTable(counted, blockOf("counts")));
  if (systematic !== undefined) writeBlock("inputs", inputsTable(systematic));
}
