/** A long run of a wide map with stand-in bundles, to measure what a start costs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Batcher } from "../../prover/batches/batcher.ts";
import { openBatch } from "../../prover/batches/batchInput.ts";
import { rememberBundle } from "../../prover/batches/knownBundles.ts";
import { mapPlace } from "../../prover/batches/mapIdentity.ts";
import { runDomain } from "../../prover/batches/plan.ts";
import { type Bundle, bundleName, bundleText, proofsIn } from "../../prover/bundles/bundle.ts";
import { G1_GENERATOR, G2_GENERATOR } from "../../prover/curve/bn254.ts";
import type { Profile } from "../../prover/profiles.ts";
import { verifyingArtifacts } from "../../prover/verifyingArtifacts.ts";
import type { Effect } from "../../trace/effects/effects.ts";
import { kindOf } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { headerIn, replayFile } from "../../trace/replay/replayFile.ts";
import { pathIn, readGenesis, readManifest, saveManifest } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { chunksOf, lastCheckpointIn } from "../../trace/run/traceFile.ts";
import { readParts } from "../../trace/run/traceReader.ts";
import { type Genesis, mapOf, openPrograms } from "../../trace/state/genesis.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import type { StoreOptions } from "../../trace/store/openStore.ts";
import { createRunStream } from "../../trace/tracer/appendRun.ts";

const START = 1_767_225_600;
/** First slot that others may deposit into. */
const INBOX = 200;
/** Transitions between two commits. */
const COMMIT = 500;
/** Cells that a program makes in its own memory. */
const OWN = 7;

/** How long the run is. */
export interface GrownSize {
  readonly transitions: number;
  /** At most as many as transitions. */
  readonly cells: number;
}

const genesisOf = (profile: Profile): Genesis => ({ levels: profile.levels, cells: openPrograms(1, INBOX) });

/**
 * The effects of the run: programs are created, and issue to themselves, until there are enough cells. Then they issue
 * and destroy.
 */
function* effects({ transitions, cells }: GrownSize): Generator<[actor: number, effect: Effect]> {
  let [made, exist, programs] = [0, 1, 1];
  for (; made < transitions && exist < cells; programs++) {
    yield [programs, { effect: "CreateProgram", inbox: INBOX, authority: "open" }];
    const program = programs + 1;
    const count = Math.min(OWN, transitions - ++made, cells - ++exist);
    for (let slot = 1; slot <= count; slot++) yield [program, issue(program, slot)];
    made += count;
    exist += count;
  }
  for (let turn = 0; made < transitions; turn++, made++) {
    // All over the map, so that what is read is not what was read before.
    const program = 1 + (((turn >> 1) * 7_919) % programs);
    yield [program, turn % 2 === 0 ? issue(program, OWN + 1) : { effect: "Retire", slot: OWN + 1 }];
  }
}

const issue = (program: number, slot: number): Effect => ({
  effect: "Issue",
  ...{ kind: kindOf(program, 1), quantity: 10n ** 18n + BigInt(slot), slot },
});

/** Traces the run, without a store. */
export function traceGrown(dir: string, size: GrownSize, profile: Profile, say: (text: string) => void): void {
  using run = createRunStream(dir, genesisOf(profile), { profiles: [profile], store: false });
  let performed = 0;
  for (const [actor, effect] of effects(size)) {
    run.tracer.perform(actor, effect, START + Math.floor(performed / 10));
    if (++performed % COMMIT !== 0) continue;
    run.commit();
    if (performed % 10_000 === 0) say(`tracing: ${performed} of ${size.transitions}`);
  }
  run.commit();
}

/** Enters a map on a chain that does not exist. A run on no chain has nothing to submit. */
export function nameMap(dir: string): void {
  const { genesisRoot, profiles } = headerIn(pathIn(dir, "trace"));
  const [registry, creator, salt] = [`0x${"11".repeat(20)}`, `0x${"22".repeat(20)}`, `0x${"00".repeat(32)}`];
  const chain = mapPlace({ chainId: 31_337n, registry, creator, salt }, genesisRoot);
  saveManifest(dir, { ...readManifest(dir, profiles), chain });
}

/**
 * Writes a bundle for every batch but the last ones: its statement is right, its proof is not, and the store says that
 * both were verified. No verb believes such a bundle of another installation.
 * @param left batches without a bundle
 * @returns the number of bundles
 */
export async function standInBundles(
  dir: string,
  profile: Profile,
  left: number,
  say: (text: string) => void,
  options: StoreOptions = {},
): Promise<number> {
  using _lock = lockRun(dir, "bench");
  using store = openCaughtUp(dir, options);
  const path = pathIn(dir, "trace");
  const { circuit, key } = await verifyingArtifacts(profile);
  const domain = runDomain(readManifest(dir), headerIn(path).genesisRoot);
  const proof = { pi_a: G1_GENERATOR, pi_b: G2_GENERATOR, pi_c: G1_GENERATOR };
  const genesis = readGenesis(dir);
  const [machine, map, batcher] = [new Machine(mapOf(genesis)), mapOf(genesis), new Batcher(profile)];
  const end = lastCheckpointIn(path);
  mkdirSync(proofsIn(dir), { recursive: true });
  const waiting: (readonly Transition[])[] = [];
  const ends = endsIn(path);
  let written = 0;
  const write = (transitions: readonly Transition[]): void => {
    const { statement, span } = openBatch(map, transitions, profile, domain);
    const named = { hash: key.vkeyHash, kind: key.kind };
    const bundle: Bundle = { profile: profile.name, circuit: circuit.hash, key: named, statement, proof };
    const text = bundleText(bundle);
    const name = bundleName(bundle, text);
    writeFileSync(join(proofsIn(dir), name), text);
    const place = ends(span.firstSeq, span.firstSeq + span.count - 1);
    if (store !== undefined) rememberBundle(store, dir, name, bundle, place, true);
    if (++written % 500 === 0) say(`bundles: ${span.firstSeq} of ${end}`);
  };
  replayFile(path, machine, end, {
    onGroup(group) {
      const batch = batcher.add(group);
      if (batch !== undefined) waiting.push(batch.transitions);
      for (; waiting.length > left; waiting.shift()) write(waiting[0] ?? []);
    },
  });
  return written;
}

/** Finds places of batches that are asked for in order. */
function endsIn(path: string): (first: number, last: number) => { start: number; bytes: number } {
  const parts = readParts(chunksOf(path));
  let [seq, bytes, before] = [0, 0, 0];
  return (_first, last) => {
    before = bytes;
    for (const part of { [Symbol.iterator]: () => ({ next: () => parts.next() }) }) {
      if ("header" in part) before = part.bytes;
      if (!("group" in part)) continue;
      seq = part.group.at(-1)?.seq ?? seq;
      bytes = part.bytes;
      if (seq >= last) break;
    }
    return { start: before, bytes };
  };
}
