/**
 * A run as a trace of Perfetto (ui.perfetto.dev): a track for each program, a slice for each transition, and a flow
 * from each transition to those that open a cell after it. The format is Perfetto's TrackEvent, in protocol buffers.
 */
import type { Transition } from "../machine/transition.ts";
import { ProtobufWriter } from "./protobuf.ts";
import { type Exported, groupsIn, notesOf, parentsOf, type Stretch, stretchesOf } from "./timeline.ts";

/** Fields of Perfetto's messages, by their numbers. */
const TRACE = { packet: 1 } as const;
const PACKET = { timestamp: 8, sequence: 10, event: 11, sequenceFlags: 13, track: 60 } as const;
const TRACK = { uuid: 1, name: 2, process: 3, thread: 4, parent: 5 } as const;
const PROCESS = { pid: 1, name: 6 } as const;
const THREAD = { pid: 1, tid: 2, name: 5 } as const;
const EVENT = { annotation: 4, type: 9, track: 11, category: 22, name: 23, flow: 47, endOfFlow: 48 } as const;
const ANNOTATION = { uint: 3, string: 6, name: 10 } as const;

const SLICE_BEGIN = 1;
const SLICE_END = 2;
/** The one writer of these packets. */
const SEQUENCE = 1;
/** A first packet clears what a reader may have kept of a writer of that number. */
const CLEARED = 1;
/** Tracks by number: the run, its groups, and behind them the programs. */
const RUN = 1;
const GROUPS = 2;
const programTrack = (program: number): number => GROUPS + program;

/** The file's bytes. */
export function perfettoTrace(exported: Exported): Uint8Array<ArrayBuffer> {
  const { transitions } = exported;
  const trace = new ProtobufWriter();
  const stretches = stretchesOf(transitions);
  writeTracks(trace, exported);
  for (const { group, first, last } of groupsIn(transitions)) {
    const [begin, end] = [stretches[first]?.begin ?? 0n, stretches[last]?.end ?? 0n];
    const name = `group ${group} to ${transitions[last]?.seq ?? group}`;
    writeSlice(trace, { begin, end }, GROUPS, (event) =>
      event.string(EVENT.category, "group").string(EVENT.name, name),
    );
  }
  const children = childrenIn(transitions);
  const there = new Set(transitions.map(({ seq }) => seq));
  transitions.forEach((t, i) => {
    const stretch = stretches[i];
    if (stretch === undefined) return;
    writeSlice(trace, stretch, programTrack(t.actor), (event) => {
      event.string(EVENT.category, "transition").string(EVENT.name, `${t.seq} ${t.effect}`);
      for (const child of children.get(t.seq) ?? []) event.fixed64(EVENT.flow, flowId(t.seq, child));
      for (const parent of parentsOf(t)) if (there.has(parent)) event.fixed64(EVENT.endOfFlow, flowId(parent, t.seq));
      for (const [name, value] of notesOf(t, exported)) {
        event.message(EVENT.annotation, (note) => {
          note.string(ANNOTATION.name, name);
          if (typeof value === "number") note.uint(ANNOTATION.uint, value);
          else note.string(ANNOTATION.string, value);
        });
      }
    });
  });
  return trace.bytes();
}

function writeTracks(trace: ProtobufWriter, { title, transitions, names }: Exported): void {
  trace.message(TRACE.packet, (packet) => {
    packet.uint(PACKET.sequence, SEQUENCE).uint(PACKET.sequenceFlags, CLEARED);
    packet.message(PACKET.track, (track) => {
      track.uint(TRACK.uuid, RUN).string(TRACK.name, title);
      track.message(TRACK.process, (process) => process.uint(PROCESS.pid, RUN).string(PROCESS.name, title));
    });
  });
  const write = (uuid: number, name: string): void => {
    trace.message(TRACE.packet, (packet) => {
      packet.uint(PACKET.sequence, SEQUENCE);
      packet.message(PACKET.track, (track) => {
        track.uint(TRACK.uuid, uuid).string(TRACK.name, name).uint(TRACK.parent, RUN);
        track.message(TRACK.thread, (thread) => {
          thread.uint(THREAD.pid, RUN).uint(THREAD.tid, uuid).string(THREAD.name, name);
        });
      });
    });
  };
  if (transitions.some(({ group }) => group !== 0)) write(GROUPS, "groups");
  const actors = [...new Set(transitions.map(({ actor }) => actor))].sort((a, b) => a - b);
  for (const actor of actors) write(programTrack(actor), names.program(actor));
}

function writeSlice(
  trace: ProtobufWriter,
  { begin, end }: Stretch,
  track: number,
  describe: (event: ProtobufWriter) => void,
): void {
  const write = (time: bigint, type: number, more: (event: ProtobufWriter) => void): void => {
    trace.message(TRACE.packet, (packet) => {
      packet.uint(PACKET.timestamp, time).uint(PACKET.sequence, SEQUENCE);
      packet.message(PACKET.event, (event) => {
        event.uint(EVENT.type, type).uint(EVENT.track, track);
        more(event);
      });
    });
  };
  write(begin, SLICE_BEGIN, describe);
  write(end, SLICE_END, () => undefined);
}

/** A flow's number: its two ends. */
function flowId(from: number, to: number): bigint {
  return (BigInt(from) << 32n) + BigInt(to);
}

/** By transition: the others of the list that open a cell after it. */
function childrenIn(transitions: readonly Transition[]): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const t of transitions) {
    for (const parent of parentsOf(t)) {
      const found = children.get(parent);
      if (found === undefined) children.set(parent, [t.seq]);
      else found.push(t.seq);
    }
  }
  return children;
}
