/** An audit in pieces finds what an audit in order finds, wherever the cuts are. */
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { batchesOf } from "../../prover/batches/batcher.ts";
import { profilesFor } from "../../prover/batches/plan.ts";
import { wantedSignatures } from "../../prover/signing/signatures.ts";
import { packSpan } from "../../trace/commitment/commit.ts";
import { lookUp } from "../../trace/effects/triggers.ts";
import { address } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { replayFile } from "../../trace/replay/replayFile.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { keysOf, unboundIn } from "../../trace/signing/boundPrograms.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import { STORE_FILE } from "../../trace/store/storeFile.ts";
import { BindingEvents, Bindings } from "../../verifier/audit/look/bindings.ts";
import type { Place, ToldRange, Wanted } from "../../verifier/audit/look/part.ts";
import { Joined, replayRun, tasksOf } from "../../verifier/audit/look/pieces.ts";
import { lookAtPiece, type PieceSetup } from "../../verifier/audit/look/pieceTask.ts";
import { runFiles } from "../../verifier/audit/look/runFiles.ts";
import { claimedPlaces } from "../../verifier/audit/look/states.ts";
import { type Replayed, replayInOrder, type TraceQuestion, wantedIn } from "../../verifier/audit/trace.ts";
import type { ReadBundle } from "../../verifier/bundleSequence.ts";
import { keyedRandomRun } from "../lib/keyedRandom.ts";
import { Random } from "../lib/random.ts";
import { UNMOORED } from "../lib/unmoored.ts";

const TOLD: ToldRange = { from: 1, to: 1_000_000, most: 40, programs: new Set([2, 5]), kinds: new Set() };
const ASKED: TraceQuestion = { told: { ...TOLD, kinds: new Set([4294967297n]) }, save: true };

/** What was found, as data that can be compared. */
function dataOf({ findings, walked, genesisRoot, places, saved }: Replayed): unknown {
  const { bindings, plan, set, seen, told, matching, kinds, signers, selectors, digests } = findings;
  const sorted = (pieces: Iterable<readonly [number, unknown]>): unknown => [...pieces].sort(([a], [b]) => a - b);
  return {
    ...{ walked: { ...walked, header: walked.header?.genesisRoot }, genesisRoot, places, saved },
    unbound: [...signers].map((program) => bindings.unboundOf(program)),
    keys: Array.from({ length: bindings.programs }, (_, i) => bindings.keyOf(i + 1)),
    plan: [plan.batches, plan.failure?.message],
    ...{ told, matching, signers: [...signers], selectors: [...selectors], digests: [...digests] },
    ...{ set: [...set].map(([program, all]) => [program, [...all]]), seen: sorted(seen), kinds: [...kinds].sort() },
  };
}

/** Every place between two groups that stands behind a checkpoint, with its state. */
function placesOf(dir: string): Map<number, { place: Place; map: TimeMap }> {
  const { genesis } = runFiles(dir);
  const machine = new Machine(mapOf(genesis));
  const found = new Map<number, { place: Place; map: TimeMap }>();
  replayFile(pathIn(dir, "trace"), machine, replayDirectory(dir).trace.records.length, {
    onCheckpoint({ checkpoint: seq, root }, bytes) {
      const { map, at } = machine;
      if (seq > 0) found.set(seq, { place: { seq, bytes, at, root, programs: map.programs() }, map: map.clone() });
    },
  });
  return found;
}

/** Before the first transition of the random runs. */
const START = 0;

/** Ranges as bundles could have them, also such that overlap or cut groups. */
function someRanges(random: Random, end: number): ReadBundle[] {
  const ranges: ReadBundle[] = [];
  for (let firstSeq = 1 + random.below(3); firstSeq < end / 2; firstSeq += 1 + random.below(9)) {
    const lastSeq = firstSeq + random.below(20);
    const times = { notBefore: START, until: START };
    const span = packSpan({ firstSeq, count: lastSeq - firstSeq + 1, ...times, moored: random.below(2) === 0 });
    const statement = { preRoot: 1n, postRoot: 2n, traceRoot: 3n, span, domain: 4n, ...UNMOORED };
    const profile = random.below(5) === 0 ? "none" : "batch-8";
    ranges.push({ name: `${firstSeq}`, bundle: { profile, statement } as ReadBundle["bundle"], firstSeq, lastSeq });
  }
  return ranges;
}

test("random runs with random bundles and random cuts give in pieces what they give in order", async () => {
  for (let seed = 1; seed <= 2; seed++) {
    const dir = await keyedRandomRun(seed, 150);
    const [run, places] = [runFiles(dir), placesOf(dir)];
    expect(places.size).toBeGreaterThan(5);
    const random = new Random(seed);
    for (let round = 0; round < 4; round++) {
      const bundles = round === 0 ? [] : someRanges(random, replayDirectory(dir).trace.records.length);
      const whole = replayInOrder(run, bundles, ASKED);
      expect(whole.walked.broken).toBeUndefined();
      const cuts = [...places.values()].filter(() => random.below(3) === 0).map(({ place }) => place);
      const wanted: Wanted = wantedIn(run, bundles, ASKED);
      const { path, genesis, scan } = run;
      const setup: PieceSetup = { dir, path, genesis, wanted, triggers: scan.triggers, bytes: scan.bytes };
      const joined = new Joined(run, bundles, ASKED);
      for (const task of tasksOf(
        cuts.filter(({ bytes }) => bytes < scan.bytes),
        scan.bytes,
      )) {
        const given = ({ seq }: Place) => {
          const there = places.get(seq);
          if (there === undefined) throw new Error(`there is no place behind ${seq}`);
          return { map: there.map.clone(), close: () => undefined };
        };
        expect(joined.take(lookAtPiece(setup, task, given), task.from)).toBeUndefined();
      }
      expect(dataOf(joined.result())).toEqual(dataOf(whole));
    }
  }
});

test("what is put together is what the whole trace says: keys, names that nothing binds, batches to sign", async () => {
  let unbound = 0;
  for (let seed = 11; seed <= 12; seed++) {
    const dir = await keyedRandomRun(seed, 150);
    const { genesis, groups, trace, map } = replayDirectory(dir);
    const { findings } = replayInOrder(runFiles(dir), [], {});
    const profiles = profilesFor(genesis.levels, trace.header.profiles);
    const batches = [...batchesOf(groups, ...profiles)].map(({ transitions }) => ({
      firstSeq: transitions[0]?.seq,
      lastSeq: transitions.at(-1)?.seq,
      until: transitions.at(-1)?.at,
      wanted: wantedSignatures(transitions).map(({ program, authority, log }) => ({ program, authority, log })),
    }));
    expect(findings.plan.batches).toEqual(batches.filter(({ wanted }) => wanted.length > 0));
    expect(findings.bindings.programs).toBe(map.programs());
    for (let program = 1; program <= map.programs(); program++)
      expect(findings.bindings.keyOf(program)).toBe(map.words(address(program, 0))[1]);

    // The tracer lets programs join before they name each other. Without that, names are left that nothing binds.
    const apart = groups.filter((group) => group.every(({ effect }) => effect !== "JoinWith"));
    const triggers = lookUp(trace.triggers);
    const random = new Random(seed);
    const [events, bindings] = [new BindingEvents(triggers), new Bindings(keysOf(genesis))];
    for (const group of apart) {
      events.add(group);
      if (random.below(10) === 0) bindings.take(events.take());
    }
    bindings.take(events.take());
    for (let program = 1; program <= map.programs(); program++) {
      const expected = unboundIn(genesis, apart as Transition[][], program, triggers);
      unbound += expected.length;
      expect(bindings.unboundOf(program), `seed ${seed}, program ${program}`).toEqual(expected);
    }
  }
  expect(unbound).toBeGreaterThan(3);
});

/** A run with a store of many states. */
async function storedRun(): Promise<string> {
  const dir = await keyedRandomRun(21, 150);
  using _lock = lockRun(dir, "test");
  using _store = openCaughtUp(dir, { least: 0, segment: 16 });
  return dir;
}

const onTwo = (dir: string) => replayRun(runFiles(dir), [], ASKED, { threads: 2, shortest: 2_000 });

test("threads replay the pieces between the states of a store", async () => {
  const dir = await storedRun();
  expect(claimedPlaces(dir).length).toBeGreaterThan(4);
  const { report, ...replayed } = await onTwo(dir);
  expect(report).toMatchObject({ threads: 2, note: null });
  expect(report.pieces).toBeGreaterThan(2);
  expect(dataOf(replayed)).toEqual(dataOf(replayInOrder(runFiles(dir), [], ASKED)));
});

test.each([
  ["a cell", "UPDATE cells SET words = zeroblob(96) WHERE seq > 0"],
  ["a node's digest", "UPDATE nodes SET digest = zeroblob(32) WHERE seq > 0"],
  ["the root of a segment", "UPDATE segments SET root = zeroblob(32) WHERE last > 0"],
  ["a place", "UPDATE segments SET bytes = bytes - 7 WHERE last > 0"],
  ["a time", "UPDATE segments SET at = at + 1 WHERE last > 0"],
  ["a number of programs", "UPDATE segments SET programs = programs + 1 WHERE last > 0"],
  ["the number of a transition", "UPDATE segments SET last = last - 1 WHERE last > 0"],
  ["a program in the store", "DROP TABLE armed; CREATE VIEW armed AS SELECT 1 AS watch, 1 AS seq, 1 AS address"],
])("a store that lies about %s is found, and the trace is replayed in order", async (_, sql) => {
  const dir = await storedRun();
  const database = new DatabaseSync(join(dir, STORE_FILE));
  database.exec(sql);
  database.close();
  const { report, ...replayed } = await onTwo(dir);
  expect(report).toMatchObject({ threads: 1, pieces: 1, note: expect.stringMatching(/store|pieces do not fit/) });
  expect(dataOf(replayed)).toEqual(dataOf(replayInOrder(runFiles(dir), [], ASKED)));
});

test("a lie in the trace is found in pieces too, and told as in order", async () => {
  const dir = await storedRun();
  const path = pathIn(dir, "trace");
  const lines = (await readFile(path, "utf8")).split("\n");
  const late = lines.findLastIndex((line) => line.startsWith('{"seq":')) - 3;
  const lies = [
    (line: string) => line.replace(/"clock":(\d+)/, '"clock":9$1'),
    (line: string) => line.replace(/"quantity":"(\d+)"/, '"quantity":"8$1"'),
    (line: string) => line.replace(/"actor":(\d+)/, '"actor":3'),
    (line: string) => `${line} `,
    () => "",
  ];
  for (const lie of lies) {
    await writeFile(path, lines.map((line, i) => (i === late ? lie(line) : line)).join("\n"));
    const inPieces = () => onTwo(dir).then(({ report: _report, ...replayed }) => dataOf(replayed));
    const inOrder = async () => dataOf(replayInOrder(runFiles(dir), [], ASKED));
    const answer = (work: () => Promise<unknown>) => work().catch((error: Error) => error.message);
    expect(await answer(inPieces)).toEqual(await answer(inOrder));
  }
  await writeFile(path, lines.join("\n"));
  await appendFile(path, '{"seq":');
  expect((await onTwo(dir)).walked).toMatchObject({ torn: true, cut: 0 });
});
