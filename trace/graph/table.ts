/**
 * A table of the events between programs, for graphs with too many edges for a picture. Edges run from the row's
 * program to the column's.
 */
import { BOLD, cut, FAINT, LOOK, type Piece, px, widthOf, xml } from "./drawing.ts";
import { type Graph, SORTS } from "./model.ts";
import { type Edge, edgeText } from "./overview.ts";

const FONT = 11;
const SMALL = 9;
const LINE = 12;
const ACROSS = 3;
/** With more programs than this, there is no table. */
export const MAX_TABLE = 24;

/** The table. A cell has the counts of the sorts, each in its colour and at a fixed place. */
export function drawTable({ programs, kindName }: Graph, edges: readonly Edge[]): Piece {
  const names = programs.map(({ name }) => cut(name, FONT * BOLD, 100));
  const left = Math.max(...names.map((name) => widthOf(name, FONT * BOLD))) + 10;
  const column = Math.max(...edges.map(({ count }) => widthOf(`${count}`, SMALL))) + 5;
  const cell = { width: ACROSS * column + 6, height: 2 * LINE + 6 };
  const wide = names.every((name) => widthOf(name, FONT * BOLD) < cell.width - 4);
  const top = wide ? 20 : left;
  const place = new Map(programs.map(({ program }, i) => [program, i]));
  const width = left + programs.length * cell.width;
  const height = top + programs.length * cell.height;
  const parts: string[] = [];
  names.forEach((name, i) => {
    const [x, y] = [left + (i + 0.5) * cell.width, top + (i + 0.5) * cell.height];
    const across = wide
      ? `x="${px(x)}" y="${px(top - 6)}" text-anchor="middle"`
      : `transform="translate(${px(x + FONT / 3)} ${px(top - 6)}) rotate(-90)"`;
    parts.push(
      `<text ${across} font-size="${FONT}" font-weight="600">${xml(name)}</text>`,
      `<text x="${px(left - 6)}" y="${px(y + FONT * 0.36)}" text-anchor="end" font-size="${FONT}" font-weight="600">${xml(name)}</text>`,
    );
  });
  for (let i = 0; i <= programs.length; i++) {
    parts.push(
      `<path d="M${px(left)} ${px(top + i * cell.height)} H${px(width)} M${px(left + i * cell.width)} ${px(top)} V${px(height)}" stroke="${FAINT}" stroke-width="0.5" fill="none"/>`,
    );
  }
  for (const edge of edges) {
    const { from, to, sort, count } = edge;
    const which = SORTS.indexOf(sort);
    const x = left + (place.get(to) ?? 0) * cell.width + 3 + ((which % ACROSS) + 1) * column - 2;
    const y = top + (place.get(from) ?? 0) * cell.height + 3 + Math.floor(which / ACROSS) * LINE + SMALL;
    const title = `${names[place.get(from) ?? 0]} → ${names[place.get(to) ?? 0]}, ${sort}: ${edgeText(edge, kindName)}`;
    parts.push(
      `<text x="${px(x)}" y="${px(y)}" text-anchor="end" font-size="${SMALL}" fill="${LOOK[sort].colour}"><title>${xml(title)}</title>${count}</text>`,
    );
  }
  return { width: width + 2, height: height + 2, parts };
}
