/** The concurrency graph for Graphviz: programs as nodes, or clocks along lanes. */
import { count } from "../describe/count.ts";
import { FAINT, INK, LOOK } from "./drawing.ts";
import type { Graph, GraphEvent, Sort } from "./model.ts";
import { edgesOf, edgeText } from "./overview.ts";
import { headingOf } from "./text.ts";

const STYLE: Readonly<Record<Sort, string>> = {
  ownership: "solid",
  call: "bold",
  delegation: "dashed",
  watch: "dotted",
  join: "dotted",
  create: "dashed",
  own: "solid",
};
const ARROW: Readonly<Record<Sort, string>> = {
  ownership: "normal",
  call: "vee",
  delegation: "empty",
  watch: "dot",
  join: "tee",
  create: "diamond",
  own: "normal",
};

function head(graph: Graph): string[] {
  return [
    "digraph timebandits {",
    `  graph [label=${quoted(headingOf(graph))}, labelloc=t, fontname="sans-serif", fontcolor=${quoted(INK)}, bgcolor=transparent];`,
    `  node [fontname="sans-serif", fontsize=10, color=${quoted(INK)}, fontcolor=${quoted(INK)}];`,
    '  edge [fontname="sans-serif", fontsize=9];',
  ];
}

/** Programs as nodes. */
export function toDotPrograms(graph: Graph): string {
  const lines = head(graph);
  for (const { program, name, events } of graph.programs) {
    lines.push(`  p${program} [shape=box, style=rounded, label=${quoted(`${name}\n${count(events, "event")}`)}];`);
  }
  for (const edge of edgesOf(graph)) {
    const width = Math.min(5, 1 + Math.log2(edge.count) / 2).toFixed(1);
    const text = quoted(edgeText(edge, graph.kindName));
    lines.push(
      `  p${edge.from} -> p${edge.to} [${look(edge.sort)}, penwidth=${width}, weight=${Math.min(edge.count, 100)}, label=${text}];`,
    );
  }
  return `${[...lines, "}"].join("\n")}\n`;
}

/**
 * Clocks along lanes: a row for each transition, and a dot for each participating program, one below the other on its
 * lane.
 */
export function toDotLanes(graph: Graph): string {
  const lines = [
    ...head(graph),
    "  nodesep=0.35; ranksep=0.15;",
    `  node [shape=circle, width=0.3, fixedsize=true, style=filled, fontcolor=white, color=${quoted(INK)}];`,
  ];
  const last = new Map<number, string>();
  const lane = (program: number, node: string): void => {
    lines.push(`  ${last.get(program)} -> ${node} [arrowhead=none, color=${quoted(FAINT)}, weight=100];`);
    last.set(program, node);
  };
  for (const { program, name } of graph.programs) {
    const node = `l${program}`;
    lines.push(
      `  ${node} [shape=plaintext, style="", fixedsize=false, fontcolor=${quoted(INK)}, group=${node}, label=${quoted(name)}];`,
    );
    last.set(program, node);
  }
  const heads = [...graph.programs.map(({ program }) => `l${program}`), "t0"];
  lines.push('  t0 [shape=plaintext, style="", label="", group=words];');
  lines.push(`  { rank=same; ${heads.join(" -> ")} [style=invis]; }`);
  let row = "t0";
  for (const event of graph.events) {
    const { seq, program, clock, tie, sort } = event;
    const own = `e${seq}`;
    lines.push(...rowText(event, row));
    row = `t${seq}`;
    lines.push(`  ${own} [label="${clock}", color=${quoted(LOOK[sort].colour)}, group=l${program}];`);
    lane(program, own);
    if (tie === null) {
      lines.push(`  { rank=same; ${own}; ${row}; }`);
      continue;
    }
    const peer = `f${seq}`;
    lines.push(`  ${peer} [label="${tie.clock}", color=${quoted(LOOK[sort].colour)}, group=l${tie.peer}];`);
    lane(tie.peer, peer);
    const [from, to] = tie.inward ? [peer, own] : [own, peer];
    lines.push(`  { rank=same; ${own}; ${peer}; ${row}; }`, `  ${from} -> ${to} [${look(sort)}, constraint=false];`);
  }
  return `${[...lines, "}"].join("\n")}\n`;
}

/** The text beside a row; it also keeps the rows in order. */
function rowText({ seq, text, group }: GraphEvent, above: string): string[] {
  const told = quoted(`${seq}. ${text}${group === 0 ? "" : ` (group ${group})`}`);
  const node = `  t${seq} [shape=plaintext, style="", fixedsize=false, fontcolor=${quoted(INK)}, group=words, label=${told}];`;
  return [node, `  ${above} -> t${seq} [style=invis, weight=100];`];
}

function look(sort: Sort): string {
  return `color=${quoted(LOOK[sort].colour)}, fontcolor=${quoted(LOOK[sort].colour)}, style=${STYLE[sort]}, arrowhead=${ARROW[sort]}, tooltip=${sort}`;
}

/** A Graphviz string; a backslash has a special meaning in it. */
function quoted(text: string): string {
  return `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n").replace(/&/g, "&amp;")}"`;
}
