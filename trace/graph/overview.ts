/** Programs as nodes: all events between two programs of one sort and direction become one edge with counts. */
import { count as inWords } from "../describe/count.ts";
import { isData } from "../layout.ts";
import type { Graph, GraphEvent, Sort } from "./model.ts";
import { SORTS } from "./model.ts";

/** All events of one sort that run from one program to another. */
export interface Edge {
  from: number;
  to: number;
  sort: Sort;
  /** Number of events. */
  count: number;
  /** Number of events that fired a watch. */
  fired: number;
  /** Moved amounts, by kind; empty unless the sort is ownership. */
  amounts: ReadonlyMap<bigint, bigint>;
  /** First and last transition. */
  first: number;
  last: number;
  /** The event in a word or two, if there is only one or all have the same text; else null. */
  brief: string | null;
}

/** The edges in the order of programs and sorts. */
export function edgesOf({ events }: Pick<Graph, "events">): Edge[] {
  const edges = new Map<string, Edge & { amounts: Map<bigint, bigint> }>();
  for (const event of events) {
    const ends = endsOf(event);
    if (ends === null) continue;
    const key = `${ends.from} ${ends.to} ${event.sort}`;
    const fired = event.fired ? 1 : 0;
    const known = edges.get(key);
    const { seq, brief, sort } = event;
    const edge = known ?? { ...ends, sort, count: 0, fired: 0, amounts: new Map(), first: seq, last: seq, brief };
    edge.count += 1;
    edge.fired += fired;
    edge.last = seq;
    if (edge.brief !== brief) edge.brief = null;
    const amount = event.tie?.amount ?? null;
    if (amount !== null) {
      const { kind, quantity } = amount;
      // Digests have no sum, so they are counted.
      edge.amounts.set(kind, (edge.amounts.get(kind) ?? 0n) + (isData(kind) ? 1n : quantity));
    }
    edges.set(key, edge);
  }
  const rank = ({ sort }: Edge): number => SORTS.indexOf(sort);
  return [...edges.values()].sort((a, b) => a.from - b.from || a.to - b.to || rank(a) - rank(b));
}

/** The ends of an event's edge; null if it has no tie. */
export function endsOf({ program, tie }: GraphEvent): { from: number; to: number } | null {
  if (tie === null) return null;
  return tie.inward ? { from: tie.peer, to: program } : { from: program, to: tie.peer };
}

const NOUNS: Readonly<Record<Sort, string>> = {
  ownership: "move",
  call: "call",
  delegation: "delegation",
  watch: "watch event",
  join: "join",
  create: "creation",
  own: "own event",
};

/** "3 moves: 120 Gold", or the text of the only event. */
export function edgeText(edge: Edge, kindName: Graph["kindName"]): string {
  const { count, sort, brief, fired, amounts } = edge;
  if (brief !== null) return count === 1 ? brief : `${count} × ${brief}`;
  const counted = inWords(count, NOUNS[sort]);
  if (fired > 0) return `${counted}, ${fired} fired`;
  if (amounts.size === 0) return counted;
  const sums = [...amounts].map(([kind, sum]) => {
    const name = kindName(kind);
    // A given name never begins with this word.
    return `${sum} ${isData(kind) ? "× " : name.startsWith("kind ") ? "of " : ""}${name}`;
  });
  return `${counted}: ${sums.length > 2 ? `${sums.slice(0, 2).join(", ")}, …` : sums.join(", ")}`;
}
