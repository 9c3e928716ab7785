/**
 * Clocks along lanes: a vertical lane for each program, and a row for each transition, in order. A dot carries its
 * program's clock. A transition of two programs has a dot on both lanes and an arrow between. No two transitions share
 * a row, so texts never overlap. Long runs continue in the next panel.
 */
import { BOLD, cut, FAINT, head, INK, LOOK, moved, type Piece, px, stroke, widthOf, xml } from "./drawing.ts";
import type { Graph, GraphEvent, GraphProgram } from "./model.ts";

/** Runs of at most this many transitions are drawn larger, in one panel. */
export const ONE_PANEL = 60;
/** Ratio of width to height, for a picture of many panels and for a page beside text. */
const RATIO = 1.5;
const MAX_PANELS = 24;
const BETWEEN_PANELS = 28;
/** With more programs than this, a panel has lanes only for its participants, and their names are vertical. */
const MANY_LANES = 12;

/** The measures of all panels, in pixels. */
interface Measures {
  font: number;
  row: number;
  lane: number;
  dot: { width: number; height: number };
  /** Width of the numbers on the left. */
  seq: number;
  label: number;
  upright: boolean;
  header: number;
}

/** All lanes. */
export function drawLanes(graph: Graph): Piece {
  const { events } = graph;
  const measures = measured(graph);
  const count = panels(graph, measures);
  const rows = Math.ceil(events.length / count);
  const drawn: Piece[] = [];
  for (let start = 0; start < events.length; start += rows) drawn.push(panel(graph, start, start + rows, measures));
  const parts = [`<g font-size="${measures.font}">`];
  let x = 0;
  for (const piece of drawn) {
    parts.push(...moved(piece, x, 0));
    x += piece.width + BETWEEN_PANELS;
  }
  parts.push("</g>");
  return { width: Math.max(0, x - BETWEEN_PANELS), height: Math.max(0, ...drawn.map((p) => p.height)), parts };
}

function measured({ events, programs }: Graph): Measures {
  const small = events.length > ONE_PANEL;
  const font = small ? 11 : 12;
  const digits = (n: number): number => widthOf(`${n}`, font - 1);
  const dot = { width: Math.max(16, digits(Math.max(0, ...events.map((e) => e.clock))) + 7), height: font + 3 };
  const upright = programs.length <= MANY_LANES;
  const names = Math.max(0, ...programs.map(({ name }) => widthOf(name, font * BOLD)));
  const lane = upright ? Math.max(dot.width + (small ? 18 : 36), Math.min(names, 140) + 10) : dot.width + 8;
  const longest = Math.max(0, ...events.map((e) => widthOf(e.text, font)));
  return {
    font,
    row: small ? 17 : 24,
    lane,
    dot,
    seq: digits(events.at(-1)?.seq ?? 0) + 12,
    label: Math.min(longest, small ? 360 : 460) + 14,
    upright,
    header: upright ? 28 : Math.min(names, 90) + 14,
  };
}

/** The number of panels that gives the picture a sensible shape. */
function panels(graph: Graph, measures: Measures): number {
  const { events } = graph;
  if (events.length <= ONE_PANEL) return 1;
  let best = { count: 1, off: Number.POSITIVE_INFINITY };
  for (let count = 1; count <= MAX_PANELS; count++) {
    const rows = Math.ceil(events.length / count);
    let width = 0;
    for (let start = 0; start < events.length; start += rows) {
      const lanes = lanesOf(graph, events.slice(start, start + rows));
      width += measures.seq + lanes.length * measures.lane + measures.label + BETWEEN_PANELS;
    }
    const off = Math.abs(Math.log(width / (rows * measures.row + measures.header) / RATIO));
    if (off < best.off) best = { count, off };
  }
  return best.count;
}

function lanesOf({ programs }: Graph, events: readonly GraphEvent[]): readonly GraphProgram[] {
  if (programs.length <= MANY_LANES) return programs;
  const there = new Set(events.flatMap(({ program, tie }) => (tie === null ? [program] : [program, tie.peer])));
  return programs.filter(({ program }) => there.has(program));
}

/** Some rows one below the other. */
function panel(graph: Graph, start: number, end: number, m: Measures): Piece {
  const events = graph.events.slice(start, end);
  const lanes = lanesOf(graph, events);
  const right = m.seq + lanes.length * m.lane;
  const xs = new Map(lanes.map(({ program }, i) => [program, m.seq + (i + 0.5) * m.lane]));
  const y = (row: number): number => m.header + (row + 0.5) * m.row;
  const x = (program: number): number => xs.get(program) ?? 0;
  const width = right + m.label;
  const height = m.header + events.length * m.row + 4;
  const parts = [
    ...bands(graph, start, start + events.length, m, width),
    ...lanes.flatMap((lane) => laneLine(lane, events, x(lane.program), y, m)),
    ...events.flatMap((event, row) => eventParts(event, y(row), x, { ...m, right })),
  ];
  return { width, height, parts };
}

/** A band and a bracket behind the rows of each group, cut where a panel ends. */
function bands({ events }: Graph, start: number, end: number, m: Measures, width: number): string[] {
  const parts: string[] = [];
  for (let row = start; row < end; row++) {
    const group = events[row]?.group ?? 0;
    if (group === 0 || (row > start && events[row - 1]?.group === group)) continue;
    let after = row + 1;
    while (after < end && events[after]?.group === group) after++;
    const top = m.header + (row - start) * m.row + 1.5;
    const height = (after - row) * m.row - 3;
    parts.push(
      `<rect x="0" y="${px(top)}" width="${px(width)}" height="${px(height)}" rx="4" fill="${FAINT}" fill-opacity="0.16"/>`,
      `<path d="M5 ${px(top + 2)} H1.5 V${px(top + height - 2)} H5" fill="none" stroke="${INK}"/>`,
    );
  }
  return parts;
}

/** A program's name and its lane, which begins where the program is created. */
function laneLine(
  { program, name, fullName }: GraphProgram,
  events: readonly GraphEvent[],
  x: number,
  y: (row: number) => number,
  m: Measures,
): string[] {
  const born = events.findIndex(({ effect, tie }) => effect === "CreateProgram" && tie?.peer === program);
  const top = born < 0 ? m.header - 4 : y(born);
  const shown = xml(cut(name, m.font * BOLD, m.upright ? m.lane - 6 : 90));
  const title = `<title>${xml(fullName)}, program ${program}</title>`;
  const text = m.upright
    ? `<text x="${px(x)}" y="14" text-anchor="middle" font-weight="600">${title}${shown}</text>`
    : `<text transform="translate(${px(x + m.font / 3)} ${px(m.header - 8)}) rotate(-90)" font-weight="600">${title}${shown}</text>`;
  const bottom = y(events.length - 1) + m.row / 2;
  return [text, `<path d="M${px(x)} ${px(top)} V${px(bottom)}" stroke="${FAINT}" stroke-width="1"/>`];
}

function eventParts(
  event: GraphEvent,
  y: number,
  x: (program: number) => number,
  m: Measures & { right: number },
): string[] {
  const { seq, sort, program, clock, tie, text, fired, group, effect } = event;
  const baseline = px(y + m.font * 0.36);
  const parts = [
    `<g><title>${xml(`${seq}. ${text} (${effect}, clock ${clock}${group === 0 ? "" : `, group ${group}`})`)}</title>`,
  ];
  parts.push(`<text x="${px(m.seq - 6)}" y="${baseline}" text-anchor="end">${seq}</text>`);
  if (tie !== null) parts.push(...arrow(event, y, x(tie.peer), x(program), m));
  parts.push(dot(x(program), y, clock, LOOK[sort].colour, m));
  const shown = xml(cut(text, m.font, m.label - 12));
  parts.push(`<text x="${px(m.right + 8)}" y="${baseline}"${fired ? ' font-weight="600"' : ""}>${shown}</text></g>`);
  return parts;
}

/** The arrow of a tie, and the dot on the peer's lane. A join changes nothing there, so its ring stays empty. */
function arrow({ sort, tie, fired }: GraphEvent, y: number, peer: number, own: number, m: Measures): string[] {
  if (tie === null) return [];
  const towards = Math.sign(peer - own);
  const half = m.dot.width / 2;
  const [ownEnd, peerEnd] = [own + towards * half, peer - towards * half];
  const [tip, angle] = tie.inward ? [ownEnd, towards > 0 ? Math.PI : 0] : [peerEnd, towards > 0 ? 0 : Math.PI];
  const tail = tie.inward ? peerEnd : ownEnd;
  const { colour } = LOOK[sort];
  return [
    `<path d="M${px(tail)} ${px(y)} H${px(tip - 4 * Math.cos(angle))}" fill="none" ${stroke(sort, fired ? 3.2 : 1.6)}/>`,
    head(tip, y, angle, colour),
    sort === "join" ? ring(peer, y, colour, m) : dot(peer, y, tie.clock, colour, m),
  ];
}

function dot(x: number, y: number, clock: number, colour: string, { dot, font }: Measures): string {
  const { width, height } = dot;
  return (
    `<rect x="${px(x - width / 2)}" y="${px(y - height / 2)}" width="${px(width)}" height="${px(height)}" rx="${px(height / 2)}" fill="${colour}"/>` +
    `<text x="${px(x)}" y="${px(y + (font - 1) * 0.36)}" text-anchor="middle" font-size="${font - 1}" fill="#fff">${clock}</text>`
  );
}

function ring(x: number, y: number, colour: string, { dot }: Measures): string {
  return `<circle cx="${px(x)}" cy="${px(y)}" r="${px(dot.height / 2 - 2)}" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
}
