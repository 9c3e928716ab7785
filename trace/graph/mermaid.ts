/**
 * The concurrency graph for Mermaid: a flowchart of programs, or a sequence diagram of lanes. Mermaid draws at most 500
 * edges of a flowchart and 50,000 characters. Larger graphs are summarised, and the picture says so.
 */
import { count } from "../describe/count.ts";
import { withoutPartOfNumber } from "./cutNumber.ts";
import { LOOK } from "./drawing.ts";
import type { Graph, GraphEvent, Sort } from "./model.ts";
import { type Edge, edgesOf, edgeText, endsOf } from "./overview.ts";
import { heaviest } from "./text.ts";

/** Most edges of a flowchart, most messages of a sequence diagram, and most characters of either. */
export const MERMAID_LIMITS = { edges: 200, messages: 250, characters: 45_000 } as const;

const FLOW_ARROW: Readonly<Record<Sort, string>> = {
  ownership: "==>",
  call: "-->",
  delegation: "-.->",
  watch: "-.-o",
  join: "--x",
  create: "--o",
  own: "-->",
};
const MESSAGE_ARROW: Readonly<Record<Sort, string>> = {
  ownership: "->>",
  call: "-)",
  delegation: "-->>",
  watch: "--)",
  join: "--x",
  create: "->",
  own: "->>",
};
const LONGEST_TEXT = 60;

/** Programs as nodes. */
export function toFlowchart(graph: Graph): string {
  for (let most: number = MERMAID_LIMITS.edges; ; most = Math.floor(most / 2)) {
    const text = flowchart(graph, most);
    if (text.length <= MERMAID_LIMITS.characters || most === 0) return text;
  }
}

/**
 * The flowchart with the `most` heaviest edges, and all programs or, if there are more than `most`, those at the edges'
 * ends.
 */
function flowchart(graph: Graph, most: number): string {
  const { edges, left } = heaviest(graph, most);
  const tied = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const programs = graph.programs.filter(({ program }) => tied.has(program) || graph.programs.length <= most);
  const lines = ["flowchart LR"];
  for (const { program, name, events } of programs)
    lines.push(`  p${program}["${entities(`${cutTo(name)} (${events})`)}"]`);
  for (const edge of edges) {
    const text = entities(cutTo(`${edge.sort}: ${edgeText(edge, graph.kindName)}`));
    lines.push(`  p${edge.from} ${FLOW_ARROW[edge.sort]}|"${text}"| p${edge.to}`);
  }
  const fewer = graph.programs.length - programs.length;
  if (left > 0)
    lines.push(`  more["and ${count(left, "lighter edge")}${fewer > 0 ? ` of ${count(fewer, "more program")}` : ""}"]`);
  const bySort = new Map<Sort, number[]>();
  for (const [i, { sort }] of edges.entries()) bySort.set(sort, [...(bySort.get(sort) ?? []), i]);
  for (const [sort, numbers] of bySort) lines.push(`  linkStyle ${numbers.join(",")} stroke:${LOOK[sort].colour}`);
  return `${lines.join("\n")}\n`;
}

/**
 * Clocks along lanes: each text ends with the clock of the transition's program. A run too long for Mermaid is
 * summarised in spans of transitions, with one message for all events of a sort between two programs. If that is still
 * too long, only the heaviest edges are shown.
 */
export function toSequence(graph: Graph): string {
  const { events } = graph;
  if (events.length <= MERMAID_LIMITS.messages) {
    const text = sequence(
      graph,
      events.map((event, i) => messageOf(event, events[i - 1], events[i + 1])),
    );
    if (text.length <= MERMAID_LIMITS.characters) return text;
  }
  for (let span = 2; ; span *= 2) {
    const messages = spans(graph, Math.min(span, events.length));
    const text = sequence(graph, messages);
    if (messages.length <= MERMAID_LIMITS.messages && text.length <= MERMAID_LIMITS.characters) return text;
    if (span >= events.length) break;
  }
  for (let most: number = MERMAID_LIMITS.messages; ; most = Math.floor(most / 2)) {
    const text = sequence(
      graph,
      heaviest(graph, most).edges.map((edge) => spanOf(edge, graph)),
    );
    if (text.length <= MERMAID_LIMITS.characters || most === 0) return text;
  }
}

/** Some lines of a sequence diagram, and their programs. */
interface Message {
  programs: readonly number[];
  lines: readonly string[];
}

function sequence({ programs }: Graph, messages: readonly Message[]): string {
  const there = new Set(messages.flatMap((message) => message.programs));
  const lanes = programs.filter(({ program }) => there.has(program));
  const participants = lanes.map(({ program, name }) => `  participant p${program} as ${entities(cutTo(name))}`);
  return `${["sequenceDiagram", ...participants, ...messages.flatMap(({ lines }) => lines)].join("\n")}\n`;
}

function messageOf(event: GraphEvent, before: GraphEvent | undefined, after: GraphEvent | undefined): Message {
  const { group, seq, program, clock, sort, text } = event;
  const ends = endsOf(event);
  const told = entities(cutTo(`${seq}. ${text} (${clock})`));
  const line =
    ends === null ? `  Note over p${program}: ${told}` : `  p${ends.from}${MESSAGE_ARROW[sort]}p${ends.to}: ${told}`;
  const lines = [line];
  if (group !== 0 && before?.group !== group) lines.unshift("  rect rgba(156, 163, 175, 0.2)");
  if (group !== 0 && after?.group !== group) lines.push("  end");
  return { programs: ends === null ? [program] : [ends.from, ends.to], lines };
}

/** The ties of spans of this many transitions. */
function spans(graph: Graph, length: number): Message[] {
  const messages: Message[] = [];
  for (let start = 0; start < graph.events.length; start += length) {
    const edges = edgesOf({ events: graph.events.slice(start, start + length) });
    messages.push(...edges.map((edge) => spanOf(edge, graph)));
  }
  return messages;
}

function spanOf(edge: Edge, { kindName }: Graph): Message {
  const { first, last, from, to, sort } = edge;
  const where = first === last ? `${first}.` : `${first} to ${last}:`;
  const told = entities(cutTo(`${where} ${sort}, ${edgeText(edge, kindName)}`));
  return { programs: [from, to], lines: [`  p${from}${MESSAGE_ARROW[sort]}p${to}: ${told}`] };
}

function cutTo(text: string): string {
  const chars = [...text];
  if (chars.length <= LONGEST_TEXT) return text;
  const kept = chars.slice(0, LONGEST_TEXT - 1).join("");
  return `${withoutPartOfNumber(kept, text.slice(kept.length)).trimEnd()}…`;
}

/**
 * Writes every special character as a number, so that no name has a meaning to Mermaid; the word that closes its blocks
 * is escaped too.
 */
function entities(text: string): string {
  const escaped = text.replace(/[^\p{L}\p{N} .,()×·…→'-]/gu, (char) => `#${char.codePointAt(0)};`);
  return escaped.replace(/\bend\b/gi, (word) => `#${word.codePointAt(0)};${word.slice(1)}`);
}
