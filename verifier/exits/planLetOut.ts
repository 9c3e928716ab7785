/**
 * From open requests to the call that answers them. Once one is late, anybody may send it, and needs no key of the map.
 */
import { artifactsOf } from "../../prover/artifacts.ts";
import { batchesOf } from "../../prover/batches/batcher.ts";
import { openBatch, witnessInput } from "../../prover/batches/batchInput.ts";
import { circuitInput } from "../../prover/batches/circuitInput.ts";
import type { OnProgress } from "../../prover/circuit/build.ts";
import type { Engine } from "../../prover/engines/engine.ts";
import { ENGINE_NAMES, engineByName, requireAvailable } from "../../prover/engines/index.ts";
import { refuseDevelopmentKeyOn } from "../../prover/keys/check.ts";
import { type Profile, profilesWith } from "../../prover/profiles.ts";
import { requireHolds } from "../../prover/proving/unproven.ts";
import { verifyingArtifactsHere } from "../../prover/verifyingArtifacts.ts";
import { calculateWitness } from "../../prover/witness/witness.ts";
import type { OpenRequest } from "../../trace/crossing/entries.ts";
import { type LeftWaiting, takeIn } from "../../trace/crossing/takeIn.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { MOORED_LEVELS } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { recordOf } from "../../trace/run/traceLines.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { advanceCall } from "../chain/advance.ts";
import { holdsEject } from "../chain/mooredTerms.ts";
import { publishedRows } from "../chain/publishedRows.ts";
import { type MapState, proofWords, type RegistryCall } from "../chain/registry.ts";

/** Whom to let out. */
export interface LetOutPlan {
  /** Name of a request that is late: the call is allowed because it answers it. */
  readonly late: bigint;
  /** The open requests. The late one is answered first, the others as far as one batch holds them. */
  readonly requests: readonly OpenRequest[];
  /** The chain's present time. */
  readonly now: number;
  readonly chainId: bigint;
  /** Name of the engine, or an engine, which then stays open; by default the first available one. */
  readonly engine?: string | Engine | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** The call, and what it does. */
export interface PlannedLetOut {
  readonly call: RegistryCall;
  /** Requests that it answers. */
  readonly ejected: readonly bigint[];
  /** Requests that no Eject answers, and why: those are to be dismissed. */
  readonly waiting: readonly LeftWaiting[];
}

/**
 * Takes out what open requests ask for, proves that, and gives the call that moves the map's head. Its sender is owed
 * the fees. Proving takes seconds.
 * @param map the state at the head
 * @throws InvalidInputError "late" if the request is not open, or no Eject answers it; "profile" if this installation
 *   has no key that the map takes; KeyError for a development key on a public chain; EnvironmentError "engine"
 *
 * @example
 * const { requests } = await waitingAtBorder(registry, mapId);
 * const { call } = await planLetOut(map, head, { late, requests, now, chainId });
 */
export async function planLetOut(map: TimeMap, head: MapState, plan: LetOutPlan): Promise<PlannedLetOut> {
  const { late, chainId, onProgress, engine: wanted = ENGINE_NAMES[0] ?? "" } = plan;
  const engine = typeof wanted === "string" ? engineByName(wanted) : wanted;
  await requireAvailable(engine);
  const profile = await profileFor(head);
  const { transitions, waiting, names } = answers(map, head, plan, profile);
  const why = waiting.find(({ name }) => name === late)?.why;
  if (why !== undefined) throw new InvalidInputError("late", `${late} is answered by no Eject: ${why}`);
  const opened = openBatch(map.clone(), transitions, profile, head.domain);
  const { circuit, key } = await artifactsOf(profile, { onProgress });
  refuseDevelopmentKeyOn(chainId, key.kind);
  try {
    // Nobody signs for the chain's program.
    const witness = await calculateWitness(circuit, circuitInput(witnessInput(opened, [], [])));
    const { proof } = await engine.prove(key.zkey, witness);
    const { statement } = opened;
    const named = { hash: key.vkeyHash, kind: key.kind };
    const bundle = { profile: profile.name, circuit: circuit.hash, key: named, statement, proof };
    await requireHolds(bundle, { profile, circuit, key }, engine);
    const rows = publishedRows(transitions.map(recordOf), statement);
    const batch = { ...statement, keyHash: key.vkeyHash, rows, proof: proofWords(proof) };
    const ejected = transitions.flatMap(({ seq }) => names.get(seq) ?? []);
    return { call: advanceCall(head.mapId, [batch], late), ejected, waiting };
  } finally {
    if (typeof wanted === "string") await engine.close();
  }
}

/** The Ejects that answer requests, as many as one batch holds, and what no Eject answers. */
function answers(map: TimeMap, head: MapState, { late, requests, now }: LetOutPlan, profile: Profile) {
  const first = requests.filter(({ request }) => request === late);
  if (first.length === 0) throw new InvalidInputError("late", `${late} names no open request; look with map`);
  const others = requests.filter(({ request }) => request !== late);
  const machine = new Machine(map.clone(), head.seq, head.time);
  // A watch may fire, but only Ejects and their Checks are allowed in the call.
  const tracer = new Tracer(machine, { profiles: [profile], autoTrigger: false });
  const names = new Map<number, bigint>();
  const waiting: LeftWaiting[] = [];
  for (const request of [...first, ...others]) {
    const taken = takeIn(tracer, { deposits: [], requests: [request] }, Math.max(now, head.time));
    waiting.push(...taken.waiting);
    for (const name of taken.ejected) names.set(tracer.seq, name);
  }
  const [batch] = batchesOf(tracer.groups, profile);
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
