import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InvalidInputError } from "../../trace/errors.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { replay, replayDirectory, snapshotAt } from "../../trace/replay/replay.ts";
import { parseGenesis, writeGenesis } from "../../trace/run/genesisFile.ts";
import { parseManifest, writeManifest } from "../../trace/run/manifest.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { parseTrace, type Trace } from "../../trace/run/traceReader.ts";
import { TraceWriter } from "../../trace/run/traceWriter.ts";
import { seed } from "../../trace/scenarios/seed.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { capability, GOLD, genesisWith, resource } from "../lib/build.ts";

/** A trace with single rows, a group and a watch that fires. */
const small: Scenario = {
  name: "small",
  description: "a batch, and a watch that fires",
  genesis: () =>
    genesisWith({
      programs: 2,
      levels: 1,
      cells: [resource([1, 1], GOLD, 9n, { id: 9n }), capability([2, 1], 1, 4)],
    }),
  run(tracer) {
    const one = tracer.program(1);
    one.watchResource({ target: { program: 2, slot: 128 }, condition: "above", by: { program: 2, slot: 1 } }, 10);
    one.escrowToProgram({ from: 1, to: { program: 2, slot: 128 } }, 20);
    one.issue({ kind: GOLD, quantity: 1n }, 30);
  },
};

let root = "";
let run = "";
let tracer: Tracer;
let bytes: Uint8Array;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "time-bandits-"));
  run = join(root, "small");
  tracer = await runScenario(small, { out: run, profiles: [{ name: "batch-8", rows: 8, nodes: 40, signatures: 0 }] });
  bytes = readFileSync(pathIn(run, "trace"));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Replays a trace against the small genesis. */
function replayed(trace: Trace): Transition[][] {
  return [...replay(small.genesis(), trace)];
}

describe("a run directory", () => {
  test("replays to the same roots and transitions", () => {
    const seen: number[] = [];
    const result = replayDirectory(run, { onCheckpoint: (c) => seen.push(c.checkpoint) });
    expect(result.map.root()).toBe(tracer.root());
    expect(result.groups).toEqual(tracer.groups);
    expect(result.trace).toMatchObject({ torn: false, cut: 0, bytes: bytes.length });
    expect(seen).toEqual([3, 5]);
  });

  test("has a snapshot at every transition", () => {
    for (const transition of tracer.transitions) {
      const map = snapshotAt(run, transition.seq);
      for (const { address, after } of Object.values(transition.columns))
        if (address !== 0) expect(map.words(address)).toEqual(after);
    }
    expect(snapshotAt(run, tracer.seq).root()).toBe(tracer.root());
    expect(snapshotAt(run, 0).root()).toBe(parseTrace(bytes).header.genesisRoot);
    expect(() => snapshotAt(run, tracer.seq + 1)).toThrow(InvalidInputError);
  });

  test("is not overwritten", async () => {
    await expect(runScenario(small, { out: run })).rejects.toThrow(InvalidInputError);
    expect(readFileSync(pathIn(run, "trace"))).toEqual(bytes);
  });

  test("record lines have the agreed members in the agreed order", () => {
    const lines = Buffer.from(bytes)
      .toString("utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    const names =
      "seq group at effect actor peer source destination authority resource kind quantity argument deadline clock parents".split(
        " ",
      );
    for (const line of lines.slice(1)) {
      expect(Object.keys(line)).toEqual("checkpoint" in line ? ["checkpoint", "root"] : names);
    }
  });
});

describe("a torn trace", () => {
  test("keeps its whole groups at any cut", () => {
    const whole = parseTrace(bytes);
    const firstLine = bytes.indexOf(0x0a) + 1;
    for (let length = 0; length < bytes.length; length++) {
      const part = bytes.subarray(0, length);
      if (length < firstLine) {
        expect(() => parseTrace(part)).toThrow(InvalidInputError);
        continue;
      }
      const trace = parseTrace(part);
      expect(trace.records).toEqual(whole.records.slice(0, trace.records.length));
      expect(trace.torn).toBe(trace.bytes !== length);
      const next = whole.records[trace.records.length];
      expect(next === undefined || next.group === 0 || next.group === next.seq).toBe(true);
      expect(parseTrace(part.subarray(0, trace.bytes))).toEqual({ ...trace, torn: false, cut: 0 });
    }
  });

  test("is cut after its last whole group, and a writer appends there", () => {
    const path = join(root, "torn.jsonl");
    const whole = parseTrace(bytes);
    for (let length = bytes.indexOf(0x0a) + 1; length <= bytes.length; length += 31) {
      writeFileSync(path, bytes.subarray(0, length));
      const { writer, trace } = TraceWriter.open(path);
      for (const group of tracer.groups) {
        const [first] = group;
        if (first === undefined || first.seq <= trace.records.length) continue;
        writer.append(group, () => snapshotAt(run, group.at(-1)?.seq ?? 0).root(), tracer.triggers);
      }
      writer.close(() => tracer.root());
      const again = parseTrace(readFileSync(path));
      expect(again.records).toEqual(whole.records);
      expect(replayed(again)).toEqual(tracer.groups);
    }
  });

  test("with a broken line before its end is an error that names the line", () => {
    const lines = Buffer.from(bytes).toString("utf8").split("\n");
    lines[2] = lines[2]?.slice(0, 40) ?? "";
    expect(() => parseTrace(Buffer.from(lines.join("\n")))).toThrow(/^line 3/);
    const path = join(root, "damaged.jsonl");
    writeFileSync(path, lines.join("\n"));
    expect(() => TraceWriter.open(path)).toThrow(/^line 3/);
    expect(readFileSync(path, "utf8")).toBe(lines.join("\n"));
  });

  test("groups must follow each other", () => {
    const path = join(root, "order.jsonl");
    const writer = TraceWriter.create(path, parseTrace(bytes).header);
    const second = tracer.groups[1] ?? [];
    expect(() => writer.append(second, () => 0n, tracer.triggers)).toThrow(InvalidInputError);
    writer.close(() => 0n);
    expect(() => TraceWriter.create(path, parseTrace(bytes).header)).toThrow(InvalidInputError);
    expect(() => TraceWriter.open(join(root, "absent.jsonl"))).toThrow(InvalidInputError);
  });
});

describe("an altered trace", () => {
  /**
   * Bytes of the times of records: replay takes them as given as long as they rise; the proof's trace root binds them.
   */
  function timeBytes(): Set<number> {
    const text = Buffer.from(bytes).toString("latin1");
    const places = new Set<number>();
    for (const match of text.matchAll(/"at":(\d+)/g)) {
      for (let i = 0; i < (match[1]?.length ?? 0); i++) places.add(match.index + 5 + i);
    }
    return places;
  }

  test("is refused for every changed byte", () => {
    const times = timeBytes();
    const [header] = Buffer.from(bytes).toString("utf8").split("\n");
    const profiles = (header ?? "").indexOf('"profiles"');
    for (let at = 0; at < bytes.length; at++) {
      const flips = at % 5 === 0 ? [1, 2, 0x80] : [1];
      if (times.has(at)) continue;
      for (const flip of flips) {
        const altered = Uint8Array.from(bytes);
        altered[at] = (altered[at] ?? 0) ^ flip;
        let trace: Trace;
        try {
          trace = parseTrace(altered);
          if (trace.torn) continue;
          replayed(trace);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
          continue;
        }
        // The other bytes are names of profiles, which the manifest has, too.
        expect(at > profiles && at < (header ?? "").length, `byte ${at} flipped by ${flip}`).toBe(true);
        expect(trace.header.profiles).not.toEqual(["batch-8"]);
      }
    }
  });

  test("profiles and levels must be those of the other files", () => {
    const dir = join(root, "profiles");
    return runScenario(small, { out: dir, profiles: [{ name: "batch-8", rows: 8, nodes: 40, signatures: 0 }] }).then(
      () => {
        const text = readFileSync(pathIn(dir, "trace"), "utf8");
        writeFileSync(pathIn(dir, "trace"), text.replace("batch-8", "batch-9"));
        expect(() => replayDirectory(dir)).toThrow(/profiles/);
        writeFileSync(pathIn(dir, "trace"), text.replace('"levels":1', '"levels":2'));
        expect(() => replayDirectory(dir)).toThrow(/levels/);
        writeFileSync(pathIn(dir, "trace"), text);
        truncateSync(pathIn(dir, "trace"), text.length - 3);
        expect(replayDirectory(dir).trace.torn).toBe(true);
        appendFileSync(pathIn(dir, "trace"), "\n");
        expect(() => replayDirectory(dir)).toThrow(InvalidInputError);
      },
    );
  });

  test.each([
    ["a duplicate member", (line: string) => line.replace('"seq":1,', '"seq":1,"seq":1,'), "seq"],
    ["an unknown member", (line: string) => line.replace('"seq":1,', '"seq":1,"extra":1,'), "extra"],
    ["a missing member", (line: string) => line.replace('"group":0,', ""), "group"],
    ["another order", (line: string) => line.replace('"seq":1,"group":0', '"group":0,"seq":1'), "group"],
    ["a space", (line: string) => line.replace('"clock":', '"clock": '), "clock"],
    ["a number as text", (line: string) => line.replace(/"clock":(\d+)/, '"clock":"$1"'), "clock"],
    ["a text as number", (line: string) => line.replace(/"kind":"(\d+)"/, '"kind":$1'), "kind"],
    ["a leading zero", (line: string) => line.replace('"kind":"', '"kind":"0'), "kind"],
    ["a fraction", (line: string) => line.replace(/"clock":(\d+)/, '"clock":$1.5'), "clock"],
    ["an exponent", (line: string) => line.replace(/"clock":(\d+)/, '"clock":$1e0'), "clock"],
    ["a number out of range", (line: string) => line.replace(/"deadline":\d+/, '"deadline":1099511627776'), "deadline"],
    ["an unknown effect", (line: string) => line.replace("WatchResource", "WatchResources"), "effect"],
    [
      "a word beyond the field",
      (line: string) => line.replace(/"trigger":"\d+"/, `"trigger":"${"9".repeat(77)}"`),
      "trigger",
    ],
    ["four parents", (line: string) => line.replace(/"parents":\[\d+,/, '"parents":['), "parents"],
    ["a prototype", (line: string) => line.replace('"seq":1,', '"__proto__":1,"seq":1,'), "__proto__"],
  ])("%s is an error that names line and field", (_name, change, field) => {
    const lines = Buffer.from(bytes).toString("utf8").split("\n");
    const old = lines[1] ?? "";
    lines[1] = change(old);
    expect(lines[1]).not.toBe(old);
    expect(() => parseTrace(Buffer.from(lines.join("\n")))).toThrow(
      expect.objectContaining({ field: expect.stringMatching(new RegExp(`^line 2 .*${field}`)) }),
    );
  });

  test("replay names the transition and the field that differs", () => {
    const trace = parseTrace(bytes);
    const change = (index: number, fields: object): Trace => ({
      ...trace,
      records: trace.records.map((r, i) => (i === index ? { ...r, ...fields } : r)),
    });
    expect(() => replayed(change(1, { clock: 9 }))).toThrow(/^transition 2 clock/);
    expect(() => replayed(change(1, { parents: [0, 0, 0, 0, 0] }))).toThrow(/^transition 2 parents/);
    expect(() => replayed(change(2, { authority: 0 }))).toThrow(/^transition 3/);
    expect(() => replayed(change(0, { quantity: 5n }))).toThrow(/^(checkpoint|transition) 3/);
    const [first] = trace.checkpoints;
    if (first === undefined) throw new Error("no checkpoint");
    expect(() => replayed({ ...trace, checkpoints: [{ ...first, root: 1n }] })).toThrow(/^checkpoint 3 root/);
  });
});

describe("genesis and manifest", () => {
  test("are read as they were written", () => {
    const text = readFileSync(pathIn(run, "genesis"), "utf8");
    expect(parseGenesis(text)).toEqual({ ...small.genesis(), watches: 2 });
    expect(writeGenesis(parseGenesis(text))).toBe(text);
    const manifest = parseManifest(readFileSync(pathIn(run, "manifest"), "utf8"));
    expect(manifest).toEqual(tracer.manifest);
    expect(parseManifest(writeManifest(manifest))).toEqual(manifest);
    for (const bad of [
      "",
      "[]",
      writeManifest(manifest).replace("manifest", "x"),
      writeManifest(manifest).replace("notes", "note"),
    ]) {
      expect(() => parseManifest(bad)).toThrow(InvalidInputError);
    }
  });

  test("no byte of a genesis can be changed without another root or an error", () => {
    const text = readFileSync(pathIn(run, "genesis"), "utf8");
    const trace = parseTrace(bytes);
    // The map's bound on watches is only in the genesis, not in the state. Auditors read it there.
    const bound = text.indexOf('"watches":') + 10;
    for (let at = 0; at < text.length; at++) {
      if (at === bound) continue;
      const altered = `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) ^ 1)}${text.slice(at + 1)}`;
      expect(() => [...replay(parseGenesis(altered), trace)], `character ${at}`).toThrow(InvalidInputError);
    }
  });
});

test("a long trace has a checkpoint every 256 transitions", async () => {
  const out = join(root, "long");
  const long: Scenario = {
    ...small,
    run: (t) => {
      for (let i = 0; i < 600; i++) {
        t.program(1).issue({ kind: GOLD, quantity: 1n, slot: 2 });
        t.program(1).retire({ slot: 2 });
      }
    },
  };
  const done = await runScenario(long, { out });
  const { checkpoints } = parseTrace(readFileSync(pathIn(out, "trace")));
  expect(checkpoints.map((c) => c.checkpoint)).toEqual([256, 512, 768, 1024, 1200]);
  expect(replayDirectory(out).map.root()).toBe(done.root());
});

test("the seed's diagram, end to end", async () => {
  const out = join(root, "seed");
  const done = await runScenario(seed, { out, profiles: [{ name: "batch-8", rows: 8, nodes: 40, signatures: 0 }] });
  expect(done.transitions.map((t) => t.effect)).toEqual([
    "CreateProgram",
    "CreateProgram",
    "CreateProgram",
    "Issue",
    "DeclareEntry",
    "DelegateCapability",
    "EscrowToProgram",
    "DelegateCapability",
    "WatchResource",
    "ClaimFromProgram",
    "EscrowToProgram",
    "Check",
    "Trigger",
    "InvokeProgram",
    "ClaimFromProgram",
  ]);
  expect(done.notes.map((n) => n.event)).toEqual(["fired", "applied"]);
  expect(done.map.cell(4 * 256 + 2)).toMatchObject({ type: "resource", quantity: 100n, escrowFrom: 0 });
  const again = replayDirectory(out);
  expect(again.groups).toEqual(done.groups);
  expect(again.map.root()).toBe(done.root());
  expect(again.manifest.programs).toEqual({ 1: "Mint", 2: "A", 3: "B", 4: "C" });
});
