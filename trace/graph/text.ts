/** Shared by the graph languages: the lightest edges are left out if there are too many, and the picture says so. */
import { count } from "../describe/count.ts";
import type { Graph } from "./model.ts";
import { type Edge, edgesOf } from "./overview.ts";

/** The heaviest edges, in their order, and the number of the others. */
export function heaviest(graph: Graph, most: number): { edges: Edge[]; left: number } {
  const edges = edgesOf(graph);
  if (edges.length <= most) return { edges, left: 0 };
  const kept = new Set([...edges].sort((a, b) => b.count - a.count).slice(0, most));
  return { edges: edges.filter((edge) => kept.has(edge)), left: edges.length - most };
}

/**
 * "seed · 15 transitions · 4 programs"; of a part of a run, "seed · 3 of 15 transitions · 2 of 4 programs · from 4 to
 * 9, with A".
 */
export function headingOf({ title, events, programs, whole }: Graph): string {
  const counted = [
    partOf(whole.transitions, events.length, "transition"),
    partOf(whole.programs, programs.length, "program"),
    ...(whole.chosen === "" ? [] : [whole.chosen]),
  ];
  return [...(title === "" ? [] : [title]), ...counted].join(" · ");
}

function partOf(all: number, shown: number, thing: string): string {
  return shown < all ? `${shown} of ${count(all, thing)}` : count(shown, thing);
}
