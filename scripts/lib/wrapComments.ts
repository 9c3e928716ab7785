/** Comments of TypeScript, Circom and Solidity, wrapped to a width. Code is left as it is. */

/** Columns of a line at most. */
export const WIDTH = 120;

const COMMENT = /^\s*(?:\/\/\/?|\/\*\*?|\*)/;
/** A comment that a tool reads: it must stay in its line. */
const DIRECTIVE = /^\s*\/\/ (?:biome-ignore|@ts-|eslint-|SPDX-)/;
const STRINGS =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|\/(?![/*])(?:[^/\\[]|\\.|\[(?:[^\]\\]|\\.)*\])+\/[a-z]*/g;
/** A word that cannot be broken: a link, a code span, or what has no space in it. */
const WORD = /\{@\w+ [^}]*\}[^\s]*|[^\s`]*`[^`]{1,60}`[^\s]*|\S+/g;
const TAG = /^@[a-z]+\b/i;
const LIST = /^\s*(?:[-*•] |\d+[.)] )/;
/** Columns that are lined up. */
const TABLE = /\S {2,}\S/;
const NEW_PARAGRAPH = /^(?:$|@[a-z]|[-*•|] |\d+[.)] |```|\s{2,})/i;

export function isLong(line: string): boolean {
  return line.length > WIDTH;
}

/** Lines that are too long though they could be broken, counted from 1. */
export function longLines(text: string): { line: number; columns: number }[] {
  const found: { line: number; columns: number }[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (isLong(line) && !isUnbreakable(line)) found.push({ line: i + 1, columns: line.length });
  }
  return found;
}

function isUnbreakable(line: string): boolean {
  if (DIRECTIVE.test(line)) return true;
  if (COMMENT.test(line)) return (line.match(WORD) ?? []).length <= 2;
  // Without its strings it would fit. A template that goes on in other lines has no end here.
  return !isLong(line.replace(STRINGS, "").replace(/`.*$/, ""));
}

/** The text with its long comments wrapped, each paragraph from the line on that is too long. */
export function wrapComments(text: string): string {
  const lines = text.split("\n");
  const out: string[] = [];
  let fenced = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    if (/^\s*\*\s*```/.test(line)) fenced = !fenced;
    const comment = fenced || !isLong(line) || isKept(line) ? null : partsOf(line);
    if (comment === null) {
      out.push(line);
      continue;
    }
    const { lead, next, body, end } = comment;
    const words = [body];
    // The rest of the paragraph flows with it. Below a tag or in a list, that is indented.
    const hangs = TAG.test(body) || LIST.test(body) || body.startsWith("  ");
    while (end === "" && i + 1 < lines.length) {
      const following = partsOf(lines[i + 1] as string);
      if (following === null || following.lead !== next || following.end !== "" || TABLE.test(following.body)) break;
      if (hangs ? !/^ {2,}\S/.test(following.body) : NEW_PARAGRAPH.test(following.body)) break;
      words.push(following.body.trim());
      i++;
    }
    const { before, after } = frame(comment);
    if (before !== null) out.push(before);
    for (const [at, part] of tagsOf(words.join(" ")).entries())
      out.push(...flow(part, at === 0 && before === null ? lead : next, next));
    if (after !== null) out.push(after);
  }
  return out.join("\n");
}

/** What is not to be wrapped: a line for a tool, and one of a table. */
function isKept(line: string): boolean {
  return DIRECTIVE.test(line) || TABLE.test(line);
}

interface Comment {
  /** What stands before the text in its first line, and in those that follow. */
  readonly lead: string;
  readonly next: string;
  readonly body: string;
  /** The mark that ends the comment, where it ends in its first line. */
  readonly end: string;
}

function partsOf(line: string): Comment | null {
  const block = /^(\s*)(\/\*\*) (.*?) ?(\*\/)$/.exec(line);
  if (block !== null) return { lead: `${block[1]}/** `, next: `${block[1]} * `, body: block[3] as string, end: "*/" };
  const inner = /^(\s*)(\*|\/\/\/?) (.*)$/.exec(line);
  if (inner === null || (inner[3] as string).endsWith("*/")) return null;
  const lead = `${inner[1]}${inner[2]} `;
  return { lead, next: lead, body: inner[3] as string, end: "" };
}

/** A comment of one line becomes a block with lines of its own for its marks. */
function frame({ lead, end }: Comment): { before: string | null; after: string | null } {
  if (end === "") return { before: null, after: null };
  return { before: lead.trimEnd(), after: `${lead.slice(0, -4)} */` };
}

/** Each tag begins a line of its own. */
function tagsOf(text: string): string[] {
  return text.split(/ (?=@(?:throws|param|returns|example)\b)/);
}

/**
 * A paragraph in lines of at most {@link WIDTH} columns.
 * @param first what stands before the first line
 * @param next what stands before the others
 */
export function flow(text: string, first = "", next = ""): string[] {
  const indent = /^\s*/.exec(text)?.[0] ?? "";
  const list = LIST.exec(text);
  const hanging = TAG.test(text) ? "  " : list === null ? indent : " ".repeat(list[0].length);
  const out: string[] = [];
  let line = first + indent;
  let empty = true;
  for (const word of text.match(WORD) ?? []) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      out.push(line);
      line = next + hanging;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  out.push(line);
  return out;
}
