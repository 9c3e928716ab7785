/** Exports of a run for other viewers: each file is decoded again, and compared with the run. */
import { expect, test } from "vitest";
import { perfettoTrace } from "../../trace/export/perfetto.ts";
import { ProtobufWriter } from "../../trace/export/protobuf.ts";
import { type Span, spansOf } from "../../trace/export/spans.ts";
import { type Exported, parentsOf, stretchesOf } from "../../trace/export/timeline.ts";
import { historyOf } from "../../trace/query/index.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { freshRun } from "../lib/provenRun.ts";

async function exported(): Promise<Exported> {
  const run = replayDirectory(await freshRun());
  const { transitions, names, triggers } = historyOf(run, run.manifest);
  return { title: "diagram", genesisRoot: run.trace.header.genesisRoot, transitions, names, triggers };
}

type Value = bigint | Uint8Array;
type Message = Map<number, Value[]>;

/** The fields of a message. */
function decode(bytes: Uint8Array): Message {
  const message: Message = new Map();
  let at = 0;
  const varint = (): bigint => {
    let [value, shift] = [0n, 0n];
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("the message ends within a number");
      value |= BigInt(byte & 127) << shift;
      shift += 7n;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, wire] = [Number(key >> 3n), Number(key & 7n)];
    let value: Value;
    if (wire === 0) value = varint();
    else if (wire === 1) {
      value = new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0, true);
      at += 8;
    } else if (wire === 2) {
      const length = Number(varint());
      if (at + length > bytes.length) throw new Error("the message ends within a field");
      value = bytes.subarray(at, at + length);
      at += length;
    } else throw new Error(`there is no wire type ${wire} here`);
    message.set(field, [...(message.get(field) ?? []), value]);
  }
  return message;
}

const numbers = (message: Message, field: number): bigint[] =>
  (message.get(field) ?? []).filter((value): value is bigint => typeof value === "bigint");
const messages = (message: Message, field: number): Message[] =>
  (message.get(field) ?? []).flatMap((value) => (value instanceof Uint8Array ? [decode(value)] : []));
const texts = (message: Message, field: number): string[] =>
  (message.get(field) ?? []).flatMap((value) => (value instanceof Uint8Array ? [new TextDecoder().decode(value)] : []));

test("numbers of every length and texts are written as protocol buffers", () => {
  const values = [0, 1, 127, 128, 300, 0x7fff_ffff, 0x8000_0000, 2 ** 40, 2n ** 63n, 2n ** 64n - 1n];
  const writer = new ProtobufWriter();
  for (const value of values) writer.uint(1, value);
  writer
    .fixed64(2, 2n ** 64n - 2n)
    .string(3, "Müller ∈ 人")
    .message(1000, (inner) => inner.uint(1, 5));
  const message = decode(writer.bytes());
  expect(numbers(message, 1)).toEqual(values.map(BigInt));
  expect(numbers(message, 2)).toEqual([2n ** 64n - 2n]);
  expect(texts(message, 3)).toEqual(["Müller ∈ 人"]);
  expect(messages(message, 1000).map((inner) => numbers(inner, 1))).toEqual([[5n]]);
});

test("transitions do not overlap, keep their order, and stay within their second", async () => {
  const { transitions } = await exported();
  const stretches = stretchesOf(transitions);
  let before = 0n;
  stretches.forEach(({ begin, end }, i) => {
    expect(begin).toBeGreaterThanOrEqual(before);
    expect(end).toBeGreaterThan(begin);
    expect(begin / 1_000_000_000n).toBe(BigInt(transitions[i]?.at ?? 0));
    before = end;
  });
});

test("Perfetto: a slice for each transition on its program's track, and every flow has both ends", async () => {
  const run = await exported();
  const packets = messages(decode(perfettoTrace(run)), 1);
  expect(packets.every((packet) => numbers(packet, 10)[0] === 1n)).toBe(true);
  const tracks = new Map(
    packets.flatMap((packet) => messages(packet, 60)).map((track) => [numbers(track, 1)[0], texts(track, 2)[0]]),
  );
  expect([...tracks.values()]).toEqual([
    "diagram",
    "groups",
    "Mint (program 1)",
    "A (program 2)",
    "B (program 3)",
    "C (program 4)",
  ]);
  const events = packets.flatMap((packet) =>
    messages(packet, 11).map((event) => ({ event, time: numbers(packet, 8)[0] ?? 0n })),
  );
  const begins = events.filter(({ event }) => numbers(event, 9)[0] === 1n && texts(event, 22)[0] === "transition");
  expect(begins.map(({ event }) => texts(event, 23)[0])).toEqual(run.transitions.map((t) => `${t.seq} ${t.effect}`));
  expect(begins.map(({ event }) => tracks.get(numbers(event, 11)[0]))).toEqual(
    run.transitions.map((t) => run.names.program(t.actor)),
  );
  // Slices of one track are closed before the next one opens.
  const open = new Map<bigint, number>();
  for (const { event } of events) {
    const track = numbers(event, 11)[0] ?? 0n;
    open.set(track, (open.get(track) ?? 0) + (numbers(event, 9)[0] === 1n ? 1 : -1));
    expect(open.get(track)).toBeLessThanOrEqual(1);
  }
  expect([...open.values()].every((count) => count === 0)).toBe(true);
  const from = new Map(begins.flatMap(({ event, time }) => numbers(event, 47).map((flow) => [flow, time] as const)));
  const to = begins.flatMap(({ event, time }, i) => numbers(event, 48).map((flow) => ({ flow, time, i })));
  expect(new Set(to.map(({ flow }) => flow))).toEqual(new Set(from.keys()));
  expect(to.length).toBe(from.size);
  for (const { flow, time } of to) expect(from.get(flow)).toBeLessThan(time);
  const flows = run.transitions.flatMap((t) => parentsOf(t).map((parent) => (BigInt(parent) << 32n) + BigInt(t.seq)));
  expect(to.map(({ flow }) => flow)).toEqual(flows);
});

test("Perfetto: of a part of the run, flows to what was left out are left out", async () => {
  const run = await exported();
  const part = { ...run, transitions: run.transitions.slice(8) };
  const events = messages(decode(perfettoTrace(part)), 1).flatMap((packet) => messages(packet, 11));
  const [from, to] = [47, 48].map((field) => new Set(events.flatMap((event) => numbers(event, field))));
  expect(from).toEqual(to);
  expect(to?.size).toBeGreaterThan(0);
});

test("Perfetto: what is asked is beside each slice, in words and in numbers", async () => {
  const run = await exported();
  const [first] = messages(decode(perfettoTrace(run)), 1)
    .flatMap((packet) => messages(packet, 11))
    .filter((event) => texts(event, 22)[0] === "transition");
  if (first === undefined) throw new Error("there is one");
  const notes = new Map(
    messages(first, 4).map((note) => [texts(note, 10)[0], texts(note, 6)[0] ?? numbers(note, 3)[0]]),
  );
  expect(notes.get("seq")).toBe(1n);
  expect(notes.get("asks")).toMatch(/^Mint \(program 1\) /);
});

test("OpenTelemetry: links are the parents, groups enclose their rows, and each program is a service", async () => {
  const run = await exported();
  const file = spansOf(run);
  expect(JSON.parse(JSON.stringify(file))).toEqual(file);
  const services = file.resourceSpans.map(
    ({ resource }) => resource.attributes.find(({ key }) => key === "service.name")?.value,
  );
  expect(services).toEqual(
    ["Mint (program 1)", "A (program 2)", "B (program 3)", "C (program 4)"].map((stringValue) => ({ stringValue })),
  );
  const spans = new Map<string, Span>();
  for (const { scopeSpans } of file.resourceSpans)
    for (const { spans: some } of scopeSpans)
      for (const span of some) {
        expect(spans.has(span.spanId)).toBe(false);
        expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
        expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
        spans.set(span.spanId, span);
      }
  const hex = (value: bigint): string => value.toString(16).padStart(16, "0");
  for (const t of run.transitions) {
    const span = spans.get(hex(BigInt(t.seq)));
    expect(span?.name).toBe(t.effect);
    expect(span?.links.map(({ spanId }) => spanId)).toEqual(parentsOf(t).map((parent) => hex(BigInt(parent))));
    for (const { spanId } of span?.links ?? []) expect(spans.has(spanId)).toBe(true);
    const group = span?.parentSpanId === undefined ? undefined : spans.get(span.parentSpanId);
    expect(group === undefined).toBe(t.group === 0);
    if (group === undefined || span === undefined) continue;
    expect(BigInt(group.startTimeUnixNano)).toBeLessThanOrEqual(BigInt(span.startTimeUnixNano));
    expect(BigInt(group.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.endTimeUnixNano));
  }
});

test("a time that does not fit into 64 bits of nanoseconds is refused, and the second before is not", async () => {
  const { transitions } = await exported();
  const [first] = transitions;
  if (first === undefined) throw new Error("there is a transition");
  const last = Number((1n << 64n) / 1_000_000_000n) - 1;
  expect(stretchesOf([{ ...first, at: last }])[0]?.end).toBeLessThan(1n << 64n);
  expect(() => stretchesOf([{ ...first, at: last + 1 }])).toThrow(/^transition 1: is 18446744073 s after 1970/);
});
