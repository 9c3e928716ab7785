/** Circom source, statement by statement: just enough of the language to find what a template constrains. */

/** A statement that makes constraints. */
export interface Statement {
  readonly id: number;
  readonly file: string;
  readonly template: string;
  /** From 1, in the file. */
  readonly line: number;
  /** Without comments, on one line. */
  readonly text: string;
  /** Whether it is an assertion (`===`); else it gives a signal its value. */
  readonly asserts: boolean;
}

const CONSTRAINS = /===|<==|==>/;
/** `Condition()(…)` as a statement: inputs are linked without an arrow. */
const ANONYMOUS = /^[A-Z]\w*\([^()]*\)\(/;

/** Comments become blanks: every character keeps its place. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, " "));
}

interface Piece {
  readonly from: number;
  readonly to: number;
}

/** Statements of a block, one within another left flat: each from its first character to its semicolon. */
function piecesOf(code: string, from: number, to: number): Piece[] {
  const pieces: Piece[] = [];
  let start = from;
  let depth = 0;
  for (let at = from; at < to; at++) {
    const char = code[at];
    if (char === "(" || char === "[") depth++;
    if (char === ")" || char === "]") depth--;
    if (depth > 0) continue;
    if (char === ";") pieces.push({ from: start, to: at });
    if (char === ";" || char === "{" || char === "}") start = at + 1;
  }
  return pieces;
}

function closingBrace(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === "{") depth++;
    if (code[at] === "}" && --depth === 0) return at;
  }
  return code.length;
}

/** Name of the signal that carries marks; no template has one of this name. */
export const MARK = "marks";

/**
 * The source with a mark, `marks · marks === id`, before every statement that makes constraints. The compiler lists the
 * constraints of a component in the order of its statements, so the constraints after a mark are that statement's.
 * @param firstId number of the first statement
 */
export function marked(file: string, source: string, firstId: number): { source: string; statements: Statement[] } {
  const code = withoutComments(source);
  const statements: Statement[] = [];
  const inserts: { at: number; text: string }[] = [];
  for (const match of code.matchAll(/template\s+(\w+)\s*\([^)]*\)\s*\{/g)) {
    const open = match.index + match[0].length - 1;
    inserts.push({ at: open + 1, text: ` signal ${MARK}; ${MARK} <-- 0;` });
    for (const { from, to } of piecesOf(code, open + 1, closingBrace(code, open))) {
      const text = code.slice(from, to).trim().replace(/\s+/g, " ");
      if (!CONSTRAINS.test(text) && !ANONYMOUS.test(text)) continue;
      const first = from + code.slice(from, to).search(/\S/);
      const id = firstId + statements.length;
      inserts.push({ at: first, text: `${MARK} * ${MARK} === ${id}; ` });
      statements.push({
        id,
        file,
        template: match[1] as string,
        line: code.slice(0, first).split("\n").length,
        text,
        asserts: text.includes("==="),
      });
    }
  }
  inserts.sort((a, b) => b.at - a.at);
  let out = code;
  for (const { at, text } of inserts) out = out.slice(0, at) + text + out.slice(at);
  return { source: out, statements };
}
