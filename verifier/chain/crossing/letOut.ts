/** Answers late requests to leave a moored map, from its chain alone. Anybody may do so, and needs no key of the map. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifactsOf } from "../../../prover/artifacts.ts";
import { batchesOf } from "../../../prover/batches/batcher.ts";
import { openBatch, witnessInput } from "../../../prover/batches/batchInput.ts";
import { circuitInput } from "../../../prover/batches/circuitInput.ts";
import type { OnProgress } from "../../../prover/circuit/build.ts";
import type { Engine } from "../../../prover/engines/engine.ts";
import { ENGINE_NAMES, engineByName, requireAvailable } from "../../../prover/engines/index.ts";
import { refuseDevelopmentKeyOn } from "../../../prover/keys/check.ts";
import { type Profile, profilesWith } from "../../../prover/profiles.ts";
import { requireHolds } from "../../../prover/proving/unproven.ts";
import { verifyingArtifactsHere } from "../../../prover/verifyingArtifacts.ts";
import { calculateWitness } from "../../../prover/witness/witness.ts";
import type { OpenRequest } from "../../../trace/crossing/entries.ts";
import { type LeftWaiting, takeIn } from "../../../trace/crossing/takeIn.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import { MOORED_LEVELS } from "../../../trace/layout.ts";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { recordOf } from "../../../trace/run/traceLines.ts";
import { Tracer } from "../../../trace/tracer/tracer.ts";
import { advance } from "../advance.ts";
import { blockAt } from "../ask.ts";
import { type Outcome, openRegistry } from "../contract.ts";
import { proofWords } from "../key.ts";
import { holdsEject } from "../mooredTerms.ts";
import { publishedRows } from "../publishedRows.ts";
import { rebuildRun } from "../rebuild.ts";
import { type Chain, readMap } from "../registry.ts";
import type { MapState } from "../state.ts";
import { waitingAtBorder } from "./border.ts";

/** Whom to let out. */
export interface LetOutOptions {
  readonly registry: string;
  readonly mapId: string;
  /** Name of a request that is late: the call is allowed because it answers it. */
  readonly late: bigint;
  /** Name of the engine, or an engine, which then stays open; by default the first available one. */
  readonly engine?: string | Engine | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Who was let out. */
export interface LetOut extends Outcome {
  /** Requests that are answered. */
  readonly ejected: readonly bigint[];
  /** Requests that no Eject answers, and why: those are to be dismissed. */
  readonly waiting: readonly LeftWaiting[];
}

/**
 * Makes the run again from the chain, takes out what open requests ask for, as far as one batch holds it, proves that,
 * and moves the map's head. The fees are the sender's.
 * @throws InvalidInputError "late" if the request is not open, or no Eject answers it; "profile" if this installation
 *   has no key that the map takes; ChainRefusal if the request is not late, or the head has moved meanwhile;
 *   EnvironmentError
 *
 * @example
 * const { ejected } = await letOut(chain, { registry, mapId, late: request });
 */
export async function letOut(chain: Chain, options: LetOutOptions): Promise<LetOut> {
  const { mapId, late, engine: wanted = ENGINE_NAMES[0] ?? "", onProgress } = options;
  const registry = await openRegistry(chain, options.registry);
  const engine = typeof wanted === "string" ? engineByName(wanted) : wanted;
  await requireAvailable(engine);
  const map = await readMap(registry, mapId);
  const profile = await profileFor(map);
  const folder = mkdtempSync(join(tmpdir(), "timebandits-let-out-"));
  try {
    const out = join(folder, "run");
    await rebuildRun(chain, { registry: registry.address, mapId, out });
    const before = replayDirectory(out);
    // The first answer is the one that allows the call.
    const { requests } = await waitingAtBorder(registry, mapId, { confirmations: 1 });
    const first = requests.filter(({ request }) => request === late);
    if (first.length === 0) throw new InvalidInputError("late", `${late} names no open request; look with map`);
    const others = requests.filter(({ request }) => request !== late);
    const { timestamp } = await blockAt(chain.provider, "latest");
    const { transitions, waiting, names } = answers(out, [...first, ...others], Math.max(timestamp, map.time), profile);
    const why = waiting.find(({ name }) => name === late)?.why;
    if (why !== undefined) throw new InvalidInputError("late", `${late} is answered by no Eject: ${why}`);
    const opened = openBatch(before.map, transitions, profile, map.domain);
    const { circuit, key } = await artifactsOf(profile, { onProgress });
    refuseDevelopmentKeyOn(chain.chainId, key.kind);
    // Nobody signs for the chain's program.
    const witness = await calculateWitness(circuit, circuitInput(witnessInput(opened, [], [])));
    const { proof } = await engine.prove(key.zkey, witness);
    const { statement } = opened;
    const named = { hash: key.vkeyHash, kind: key.kind };
    const bundle = { profile: profile.name, circuit: circuit.hash, key: named, statement, proof };
    await requireHolds(bundle, { profile, circuit, key }, engine);
    const rows = publishedRows(transitions.map(recordOf), statement);
    const batch = { ...statement, keyHash: key.vkeyHash, rows, proof: proofWords(proof) };
    const { transactionHash, blockNumber, gasUsed } = await advance(registry, mapId, [batch], late);
    const done = { transactionHash, blockNumber, gasUsed, waiting };
    return { ...done, ejected: transitions.flatMap(({ seq }) => names.get(seq) ?? []) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (typeof wanted === "string") await engine.close();
  }
}

/** The Ejects that answer requests, as many as one batch holds, and what no Eject answers. */
function answers(dir: string, requests: readonly OpenRequest[], at: number, profile: Profile) {
  // A watch may fire, but only Ejects and their Checks are allowed in the call.
  const tracer = Tracer.after(replayDirectory(dir), { profiles: [profile], autoTrigger: false });
  const end = tracer.seq;
  const names = new Map<number, bigint>();
  const waiting: LeftWaiting[] = [];
  for (const request of requests) {
    const taken = takeIn(tracer, { deposits: [], requests: [request] }, at);
    waiting.push(...taken.waiting);
    for (const name of taken.ejected) names.set(tracer.seq, name);
  }
  const groups = tracer.groups.filter((group) => (group[0]?.seq ?? 0) > end);
  const [batch] = batchesOf(groups, profile);
  return { transitions: batch?.transitions ?? [], waiting, names };
}

/** The smallest profile of this installation whose key the map takes, and that holds an Eject. */
async function profileFor({ verifiers }: MapState): Promise<Profile> {
  for (const profile of profilesWith(MOORED_LEVELS)) {
    const here = await verifyingArtifactsHere(profile);
    const hash = here?.key.vkeyHash.toLowerCase();
    const theirs = verifiers.find(({ keyHash, disabled }) => keyHash.toLowerCase() === hash && !disabled);
    if (theirs !== undefined && holdsEject(profile)) return profile;
  }
  throw new InvalidInputError("profile", "the map takes no key that is here; make it with setup");
}
