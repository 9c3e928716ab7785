/** What the graph languages have in common: edges that are too many are left out by weight, and the picture says so. */
import { count } from "../describe/count.ts";
import type { Graph } from "./model.ts";
import { type Edge, edgesOf } from "./overview.ts";

/** The heaviest edges, in their order, and how many more there are. */
export function heaviest(graph: Graph, most: number): { edges: Edge[]; left: number } {
  const edges = edgesOf(graph);
  if (edges.length <= most) return { edges, left: 0 };
  const kept = new Set([...edges].sort((a, b) => b.count - a.count).slice(0, most));
  return { edges: edges.filter((edge) => kept.has(edge)), left: edges.length - most };
}

/** "seed · 15 transitions · 4 programs" */
export function headingOf({ title, events, programs }: Graph): string {
  const counted = [count(events.length, "transition"), count(programs.length, "program")];
  return [...(title === "" ? [] : [title]), ...counted].join(" · ");
}
