/**
 * A run as spans of OpenTelemetry (OTLP in JSON): a service for each program, a span for each transition, links to the
 * transitions that last opened its cells, and for each group a span around its rows.
 */
import type { Transition } from "../machine/transition.ts";
import { type Exported, groupsIn, notesOf, parentsOf, type Stretch, stretchesOf } from "./timeline.ts";

/** A value as OTLP writes it; whole numbers are texts. */
export type AttributeValue = { readonly stringValue: string } | { readonly intValue: string };

export interface Attribute {
  readonly key: string;
  readonly value: AttributeValue;
}

export interface Span {
  /** 32 hexadecimal digits: the run. */
  readonly traceId: string;
  /** 16 hexadecimal digits: the transition, or its group. */
  readonly spanId: string;
  /** The group's span; absent for a transition that is alone. */
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1: internal. */
  readonly kind: 1;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** A file of spans. */
export interface SpanFile {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly Span[] }[];
  }[];
}

const SCOPE = { name: "time-bandits" } as const;
const INTERNAL = 1;
/** Marks the span of a group, whose number is that of its first row. */
const GROUP = 1n << 63n;

export function spansOf(exported: Exported): SpanFile {
  const { title, transitions, names } = exported;
  const traceId = traceIdOf(exported.genesisRoot);
  const stretches = stretchesOf(transitions);
  const by = new Map<number, Span[]>();
  const add = (program: number, span: Span): void => {
    const found = by.get(program);
    if (found === undefined) by.set(program, [span]);
    else found.push(span);
  };
  for (const { group, first, last } of groupsIn(transitions)) {
    const stretch = { begin: stretches[first]?.begin ?? 0n, end: stretches[last]?.end ?? 0n };
    const name = `group ${group} to ${transitions[last]?.seq ?? group}`;
    add(transitions[first]?.actor ?? 0, {
      ...{ traceId, spanId: hex(GROUP + BigInt(group), 16), name, kind: INTERNAL, ...timesOf(stretch) },
      attributes: [attribute("timebandits.group", group)],
      links: [],
    });
  }
  transitions.forEach((t, i) => {
    const stretch = stretches[i];
    if (stretch !== undefined) add(t.actor, spanOf(t, stretch, traceId, exported));
  });
  const programs = [...by].sort(([a], [b]) => a - b);
  return {
    resourceSpans: programs.map(([program, spans]) => ({
      resource: {
        attributes: [
          attribute("service.name", names.program(program)),
          attribute("service.namespace", title),
          attribute("timebandits.program", program),
        ],
      },
      scopeSpans: [{ scope: SCOPE, spans }],
    })),
  };
}

function spanOf(t: Transition, stretch: Stretch, traceId: string, exported: Exported): Span {
  return {
    ...{ traceId, spanId: hex(BigInt(t.seq), 16) },
    ...(t.group === 0 ? {} : { parentSpanId: hex(GROUP + BigInt(t.group), 16) }),
    ...{ name: t.effect, kind: INTERNAL, ...timesOf(stretch) },
    attributes: notesOf(t, exported).map(([name, value]) => attribute(`timebandits.${name}`, value)),
    links: parentsOf(t).map((parent) => ({ traceId, spanId: hex(BigInt(parent), 16) })),
  };
}

function timesOf({ begin, end }: Stretch): Pick<Span, "startTimeUnixNano" | "endTimeUnixNano"> {
  return { startTimeUnixNano: begin.toString(), endTimeUnixNano: end.toString() };
}

function attribute(key: string, value: string | number): Attribute {
  return { key, value: typeof value === "number" ? { intValue: value.toString() } : { stringValue: value } };
}

/** The low half of the genesis' root. A number of zeros alone would be no trace. */
function traceIdOf(genesisRoot: bigint): string {
  const low = genesisRoot & ((1n << 128n) - 1n);
  return hex(low === 0n ? 1n : low, 32);
}

function hex(value: bigint, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
