/**
 * The concurrency graph as one SVG: programs as nodes, clocks along lanes, and a legend. Readable on light and dark
 * pages.
 */
import { INK, LOOK, moved, type Piece, px, stroke, widthOf, xml } from "./drawing.ts";
import { drawLanes, ONE_PANEL } from "./lanes.ts";
import { type Graph, SORTS } from "./model.ts";
import { drawNodes, isCrowded } from "./nodes.ts";
import { edgesOf } from "./overview.ts";
import { drawTable, MAX_TABLE } from "./table.ts";
import { headingOf } from "./text.ts";

/** Most transitions that lanes are drawn for; viewers fail on larger files. */
export const MAX_LANES = 2_000;

/** What to draw: programs as nodes, clocks along lanes, or both. */
export type View = "programs" | "lanes";

const MARGIN = 16;
const GAP = 26;
const FONT = 12;

/** The text of the picture. Ends with a line break. */
export function toSvg(graph: Graph, views: readonly View[]): string {
  const { events, programs } = graph;
  const heading = headingOf(graph);
  const overview = views.includes("programs") ? drawNodes(graph) : null;
  const lanes = views.includes("lanes") && events.length > 0 && events.length <= MAX_LANES ? drawLanes(graph) : null;
  const legend = drawLegend(graph, lanes !== null);
  const parts: string[] = [`<text x="${MARGIN}" y="${MARGIN + 10}" font-size="16">${xml(heading)}</text>`];
  let y = MARGIN + 30;
  let right = MARGIN + widthOf(heading, 16);
  const put = (piece: Piece, x: number, top: number): void => {
    parts.push(...moved(piece, x, top));
    right = Math.max(right, x + piece.width);
  };
  // Lanes of one panel stand beside the rest, several below it.
  const beside = lanes !== null && events.length <= ONE_PANEL;
  const top = y;
  if (overview !== null && overview.width > 0) {
    put(overview, MARGIN, y);
    if (beside) y += overview.height + 20;
    const x = beside ? MARGIN : MARGIN + overview.width + GAP;
    put(legend, x, y);
    const edges = edgesOf(graph);
    const table = isCrowded(edges) && programs.length <= MAX_TABLE ? drawTable(graph, edges) : null;
    if (table !== null) put(table, x, y + legend.height + GAP);
    const aside = legend.height + (table === null ? 0 : GAP + table.height);
    y += (beside ? aside : Math.max(overview.height, aside)) + GAP;
  } else {
    put(legend, MARGIN, y);
    y += legend.height + GAP;
  }
  if (lanes !== null) {
    const at = beside ? top : y;
    put(lanes, beside ? right + GAP : MARGIN, at);
    y = Math.max(y, at + lanes.height);
  } else if (views.includes("lanes") && events.length > MAX_LANES) {
    const text = `${events.length} transitions are too many for lanes: choose up to ${MAX_LANES} with --from and --to`;
    parts.push(`<text x="${MARGIN}" y="${px(y + FONT)}">${text}</text>`);
    right = Math.max(right, MARGIN + widthOf(text, FONT));
    y += 2 * FONT;
  }
  const [width, height] = [px(Math.ceil(right + MARGIN)), px(Math.ceil(y + MARGIN))];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="${FONT}" fill="${INK}">`,
    `<title>${xml(`Concurrency graph: ${heading}`)}</title>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

/** The legend: the sorts that occur, with their counts, and how to read the lanes. */
function drawLegend(graph: Graph, lanes: boolean): Piece {
  const parts: string[] = [];
  let width = 0;
  let y = 12;
  const line = (text: string, x: number): void => {
    parts.push(`<text x="${x}" y="${y}">${xml(text)}</text>`);
    width = Math.max(width, x + widthOf(text, FONT));
    y += 19;
  };
  for (const sort of SORTS) {
    const events = graph.events.filter((event) => event.sort === sort).length;
    if (events === 0) continue;
    parts.push(`<path d="M0 ${y - 4} H34" ${stroke(sort, 2.4)}/>`);
    line(`${LOOK[sort].means} (${events})`, 42);
  }
  if (lanes) {
    y += 6;
    line("A row is a transition, in order; the number in a dot is the program's Lamport clock.", 0);
    line("Two dots and an arrow: both clocks meet. A band is a group: all of it, or nothing.", 0);
  }
  return { width, height: y, parts };
}
