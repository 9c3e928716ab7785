/**
 * Programs as nodes on a circle, and an edge for each pair, direction and sort. A label stands on its edge if there is
 * room; the line is masked behind it, because the page's colour is unknown. Without room, only the edge's title has the
 * text.
 */
import { count, span } from "../describe/count.ts";
import {
  angleAtEnd,
  type Box,
  boundsOf,
  boxAround,
  type Curve,
  contains,
  curveBetween,
  outside,
  overlap,
  type Point,
  pointAt,
} from "./curve.ts";
import { BOLD, cut, FAINT, head, INK, LOOK, type Piece, px, stroke, widthOf, xml } from "./drawing.ts";
import type { Graph, GraphProgram } from "./model.ts";
import { type Edge, edgesOf, edgeText } from "./overview.ts";

/** With more programs than this they are dots with their names around the circle. */
const MANY = 14;
/** With more edges than this, labels are counts. */
const MANY_EDGES = 40;
/** With more edges than this, there are no labels: the picture shows the ties, and the titles the rest. */
const MAX_COUNTS = 120;
const FONT = 12;
const NODE_HEIGHT = 38;
/** Distance between the edges of one pair, and their greatest total width. */
const APART = 34;
const SPREAD = 190;
/** Sample points of a curve, from 0 to 1. */
const ON_CURVE = Array.from({ length: 41 }, (_, i) => i / 40);
/** Positions of a label on its edge, the best first. */
const LABEL_PLACES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8];

interface Node extends GraphProgram {
  at: Point;
  box: Box;
}
interface Drawn {
  edge: Edge;
  curve: Curve;
  text: string;
}

/** The overview. */
export function drawNodes(graph: Graph): Piece {
  if (graph.programs.length === 0) return { width: 0, height: 0, parts: [] };
  const many = graph.programs.length > MANY;
  const found = edgesOf(graph);
  const nodes = many ? around(graph.programs, found.length) : pills(graph.programs, found.length);
  const edges = drawnEdges(found, graph, nodes);
  const labels = labelled(
    edges,
    [...nodes.values()].map(({ box }) => box),
    many || isCrowded(edges),
  );
  const names = many ? [...nodes.values()].map(nameBox) : [];
  const boxes = [...nodes.values()].map(({ box }) => box);
  const bends = edges.flatMap(({ curve }) => ON_CURVE.map((t) => boxAround(pointAt(curve, t), 12, 12)));
  const all = boundsOf([...boxes, ...bends, ...labels.map(({ box }) => box), ...names]);
  const [width, height] = [all.right - all.left + 8, all.bottom - all.top + 8];
  const shift = `translate(${px(4 - all.left)} ${px(4 - all.top)})`;
  const parts = [
    `<g transform="${shift}">`,
    `<mask id="timebandits-labels" maskUnits="userSpaceOnUse" x="${px(all.left - 4)}" y="${px(all.top - 4)}" width="${px(width)}" height="${px(height)}">`,
    `<rect x="${px(all.left - 4)}" y="${px(all.top - 4)}" width="${px(width)}" height="${px(height)}" fill="#fff"/>`,
    ...labels.map(({ box }) => rect(box, 'fill="#000"')),
    "</mask>",
    '<g mask="url(#timebandits-labels)" fill="none">',
    ...edges.map((drawn) => edgePart(drawn, many ? 0.55 : 1, graph)),
    "</g>",
    ...labels.map(({ box, text, edge }) => {
      const { x, y } = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 + FONT * 0.33 };
      return `<text x="${px(x)}" y="${px(y)}" text-anchor="middle" font-size="${FONT - 1}" fill="${LOOK[edge.sort].colour}">${xml(text)}</text>`;
    }),
    ...[...nodes.values()].map((node) => (many ? dotNode(node) : pillNode(node))),
    "</g>",
  ];
  return { width, height, parts };
}

/** A few programs: boxes with their names, on a circle that leaves room for labels. */
function pills(programs: readonly GraphProgram[], edges: number): Map<number, Node> {
  const widths = programs.map(({ name }) => Math.min(170, Math.max(76, widthOf(name, (FONT + 1) * BOLD) + 24)));
  const n = programs.length;
  const radius = n === 1 ? 0 : Math.max(190, (n * (Math.max(...widths) + 60)) / (2 * Math.PI), 28 * Math.sqrt(edges));
  return new Map(
    programs.map((program, i) => {
      // Two nodes stand side by side; more begin at the top.
      const angle = n === 2 ? Math.PI * (1 - i) : -Math.PI / 2 + (2 * Math.PI * i) / n;
      const at = { x: radius * 1.25 * Math.cos(angle), y: radius * Math.sin(angle) };
      return [program.program, { ...program, at, box: boxAround(at, widths[i] ?? 0, NODE_HEIGHT) }];
    }),
  );
}

/** Many programs: dots on a circle. */
function around(programs: readonly GraphProgram[], edges: number): Map<number, Node> {
  const n = programs.length;
  const radius = Math.max(230, (n * (FONT + 5)) / (2 * Math.PI), 18 * Math.sqrt(edges));
  return new Map(
    programs.map((program, i) => {
      const angle = -Math.PI / 2 + (2 * Math.PI * i) / n;
      const at = { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
      return [program.program, { ...program, at, box: boxAround(at, 12, 12) }];
    }),
  );
}

function drawnEdges(edges: readonly Edge[], graph: Graph, nodes: ReadonlyMap<number, Node>): Drawn[] {
  const many = nodes.size > MANY;
  const pairs = new Map<string, Edge[]>();
  for (const edge of edges) {
    const key = [edge.from, edge.to].sort((a, b) => a - b).join(" ");
    pairs.set(key, [...(pairs.get(key) ?? []), edge]);
  }
  const drawn: Drawn[] = [];
  for (const pair of pairs.values()) {
    const options = (many ? [0] : SHIFTS).map((shift) => curvesOf(pair, nodes, many, shift));
    const covers = options.map((curves) => nodesUnder(curves, pair, nodes));
    const best = options[covers.indexOf(Math.min(...covers))] ?? [];
    for (const [i, curve] of best.entries()) {
      const edge = pair[i] as Edge;
      drawn.push({ edge, curve, text: edgeText(edge, graph.kindName) });
    }
  }
  return drawn;
}

/** Shifts of all edges of a pair to one side. The first shift whose edges cross no third node is used. */
const SHIFTS = [0, 20, -20, 40, -40, 60, -60, 85, -85, 110, -110, 140, -140];

/** The edges of one pair, side by side. */
function curvesOf(pair: readonly Edge[], nodes: ReadonlyMap<number, Node>, many: boolean, shift: number): Curve[] {
  return pair.flatMap((edge, i) => {
    const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
    if (from === undefined || to === undefined) return [];
    // Sides are counted along the line from the lower number to the higher, in both directions of the edge.
    const apart = (i - (pair.length - 1) / 2) * Math.min(APART, SPREAD / pair.length);
    const off = (apart + shift) * (edge.from < edge.to ? 1 : -1);
    // With many programs, the names stand around the circle, so the edges stay inside.
    const whole = many ? inwards(from.at, to.at, 0.8 - (0.6 * i) / pair.length) : curveBetween(from.at, to.at, off);
    return [outside(whole, from.box, to.box, 3)];
  });
}

/** Number of curves that cross a node other than their ends, and would hide its name. */
function nodesUnder(curves: readonly Curve[], pair: readonly Edge[], nodes: ReadonlyMap<number, Node>): number {
  const [edge] = pair;
  const others = [...nodes.values()].filter(({ program }) => program !== edge?.from && program !== edge?.to);
  return curves.filter((curve) => others.some(({ box }) => ON_CURVE.some((t) => contains(box, pointAt(curve, t), 4))))
    .length;
}

/** A curve bent towards the middle of the picture; 1 is the straight line. */
function inwards(from: Point, to: Point, share: number): Curve {
  return { from, bend: { x: ((from.x + to.x) / 2) * share, y: ((from.y + to.y) / 2) * share }, to };
}

/** Places labels so that they meet neither nodes nor each other, and cover other edges as little as possible. */
function labelled(edges: readonly Drawn[], nodes: readonly Box[], counts: boolean): (Drawn & { box: Box })[] {
  const placed: (Drawn & { box: Box })[] = [];
  if (counts && edges.length > MAX_COUNTS) return placed;
  const dots = edges.map(({ curve }) => ON_CURVE.map((t) => pointAt(curve, t)));
  for (const [i, drawn] of edges.entries()) {
    const short = `${drawn.edge.count}×`;
    const texts = counts ? (drawn.edge.count > 1 ? [short] : []) : [cut(drawn.text, FONT - 1, 190), short];
    for (const text of texts) {
      const taken = [...nodes, ...placed.map((p) => p.box)];
      const free = LABEL_PLACES.map((t) => boxAround(pointAt(drawn.curve, t), widthOf(text, FONT - 1) + 4, FONT + 3))
        .filter((box) => !taken.some((other) => overlap(box, other)))
        .map((box) => ({
          box,
          covers: dots.filter((points, j) => j !== i && points.some((at) => contains(box, at, 1))).length,
        }));
      const least = Math.min(...free.map(({ covers }) => covers));
      const best = free.find(({ covers }) => covers === least);
      if (best === undefined) continue;
      placed.push({ ...drawn, text, box: best.box });
      break;
    }
  }
  return placed;
}

function edgePart({ edge, curve, text }: Drawn, opacity: number, { programs }: Graph): string {
  const { from, bend, to } = curve;
  const name = (number: number): string => programs.find(({ program }) => program === number)?.name ?? "";
  const which = span("transition", edge.first, edge.last);
  const width = Math.min(6, 1.6 + Math.log2(edge.count) * 0.6);
  const angle = angleAtEnd(curve);
  const line = { x: to.x - 4 * Math.cos(angle), y: to.y - 4 * Math.sin(angle) };
  return [
    `<g opacity="${opacity}"><title>${xml(`${name(edge.from)} → ${name(edge.to)}, ${edge.sort}: ${text} (${which})`)}</title>`,
    `<path d="M${px(from.x)} ${px(from.y)} Q${px(bend.x)} ${px(bend.y)} ${px(line.x)} ${px(line.y)}" ${stroke(edge.sort, Math.round(width * 10) / 10)}/>`,
    head(to.x, to.y, angle, LOOK[edge.sort].colour, 7 + width),
    "</g>",
  ].join("");
}

function pillNode({ name, fullName, program, events, at, box }: Node): string {
  const shown = cut(name, (FONT + 1) * BOLD, box.right - box.left - 12);
  return [
    `<g><title>${xml(`${fullName}, program ${program}: ${count(events, "event")}`)}</title>`,
    rect(box, `rx="10" fill="${FAINT}" fill-opacity="0.18" stroke="${INK}"`),
    `<text x="${px(at.x)}" y="${px(at.y - 1)}" text-anchor="middle" font-size="${FONT + 1}" font-weight="600">${xml(shown)}</text>`,
    `<text x="${px(at.x)}" y="${px(at.y + 13)}" text-anchor="middle" font-size="${FONT - 2}">${count(events, "event")}</text></g>`,
  ].join("");
}

function dotNode({ name, fullName, program, events, at, box }: Node): string {
  const left = at.x < -0.01;
  const degrees = (Math.atan2(at.y, at.x) * 180) / Math.PI + (left ? 180 : 0);
  const place = `translate(${px(at.x)} ${px(at.y)}) rotate(${px(degrees)})`;
  return [
    `<g><title>${xml(`${fullName}, program ${program}: ${count(events, "event")}`)}</title>`,
    rect(box, `rx="6" fill="${INK}"`),
    `<text transform="${place}" x="${left ? -11 : 11}" y="${FONT * 0.33}" text-anchor="${left ? "end" : "start"}">${xml(shortName(name))}</text></g>`,
  ].join("");
}

const shortName = (name: string): string => cut(name, FONT, 110);

/** Room for the name that a dot has outside the circle. */
function nameBox({ name, at }: Node): Box {
  const length = Math.hypot(at.x, at.y) || 1;
  const far = 14 + widthOf(shortName(name), FONT);
  return boxAround({ x: at.x * (1 + far / length), y: at.y * (1 + far / length) }, FONT + 4, FONT + 4);
}

function rect({ left, top, right, bottom }: Box, attributes: string): string {
  return `<rect x="${px(left)}" y="${px(top)}" width="${px(right - left)}" height="${px(bottom - top)}" ${attributes}/>`;
}

/** Whether there are too many edges for labels, so that a table tells more. */
export function isCrowded(edges: readonly unknown[]): boolean {
  return edges.length > MANY_EDGES;
}
