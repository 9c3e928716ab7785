/** Pictures of the concurrency graph: as SVG, for Mermaid, for Graphviz. @module */
import { InvalidInputError } from "../errors.ts";
import { toDotLanes, toDotPrograms } from "./dot.ts";
import { toFlowchart, toSequence } from "./mermaid.ts";
import type { Graph } from "./model.ts";
import { MAX_LANES, toSvg, type View } from "./svg.ts";

export { type Graph, type GraphFilter, graphOf } from "./model.ts";
export type { View } from "./svg.ts";

/** Formats of a picture. */
export const FORMATS = ["svg", "mermaid", "dot"] as const;
/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];
/** Programs as nodes, or their clocks along lanes. */
export const VIEWS = ["programs", "lanes"] as const;

/**
 * The text of a picture; the same for the same graph.
 * @throws InvalidInputError if there are too many lanes for Graphviz
 * @param view the views to show; by default both for SVG, programs as nodes for the graph languages
 */
export function draw(graph: Graph, format: Format, view?: View): string {
  switch (format) {
    case "svg":
      return toSvg(graph, view === undefined ? VIEWS : [view]);
    case "mermaid":
      return view === "lanes" ? toSequence(graph) : toFlowchart(graph);
    case "dot":
      if (view !== "lanes") return toDotPrograms(graph);
      if (graph.events.length > MAX_LANES) {
        const message = `${graph.events.length} transitions are too many for lanes; choose up to ${MAX_LANES} with from and to`;
        throw new InvalidInputError("view", message);
      }
      return toDotLanes(graph);
  }
}
