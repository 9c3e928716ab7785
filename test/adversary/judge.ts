/**
 * Puts one run of the fuzzer to the reference machine, to replay, to the witness calculator and to the constraints themselves, and says where
 * they differ. What the machine accepts is proven batch by batch; what it refuses is forged past it, and the circuit must refuse it too.
 */
import { Batcher } from "../../prover/batcher.ts";
import { type BatchSignals, batchInput, touchedNodes } from "../../prover/batchInput.ts";
import type { CircuitArtifacts } from "../../prover/build.ts";
import type { Profile } from "../../prover/profiles.ts";
import { type R1cs, unsatisfied } from "../../prover/r1cs.ts";
import { calculateWitness, checkWitness } from "../../prover/witness.ts";
import { witnessValues } from "../../prover/wtns.ts";
import { PUBLIC_INPUTS, type PublicInputs } from "../../trace/commit.ts";
import type { Effect } from "../../trace/effects.ts";
import { RefusedError, TimeBanditsError } from "../../trace/errors.ts";
import { type Genesis, mapOf } from "../../trace/genesis.ts";
import { checkpointLine, headerLine, recordLine, recordOf } from "../../trace/jsonl.ts";
import { lower, lowerAll } from "../../trace/lower.ts";
import { Machine, triggerDigest } from "../../trace/machine.ts";
import { parseTrace } from "../../trace/reader.ts";
import type { Row, Transition } from "../../trace/record.ts";
import { replay } from "../../trace/replay.ts";
import { rowOf } from "../../trace/rows.ts";
import type { TimeMap } from "../../trace/state.ts";
import { holds, sizeOf } from "../../trace/tracer.ts";
import { anyEffect } from "../lib/anyEffect.ts";
import { RowForger } from "../lib/rowForger.ts";
import { alteredInput } from "./alteredInput.ts";
import { BEGIN, Choices, type FuzzRun, genesisFrom } from "./fuzzRun.ts";
import { quicklySigned } from "./quickSign.ts";
import { type Put, WAYS } from "./spoil.ts";

/** A circuit and what belongs to it. */
export interface Judge {
  readonly profile: Profile;
  readonly circuit: CircuitArtifacts;
  /** Read when it is first asked for. */
  r1cs(): Promise<R1cs>;
}

/** What a run was put to, in numbers. */
export interface Tally {
  /** Transitions that the machine accepted; each was proven and replayed. */
  accepted: number;
  /** Groups that it refused; each was forged, and put to the circuit. */
  refused: number;
  /** Batches that were given to the witness calculator. */
  batches: number;
  /** Of these, the ones whose constraints were checked one by one. */
  checked: number;
  /** Refusals that no batch can state: too large for every circuit, or unsigned. */
  unstatable: number;
  /** What refused, by name of the invariant. */
  invariants: Record<string, number>;
}

/** Machine and circuit, or machine and replay, do not say the same. */
export class Disagreement extends Error {}

const DOMAIN = 7n;
const SIGNED = quicklySigned(DOMAIN);
/** States that are remembered, for effects that are asked for in an old one. */
const REMEMBERED = 4;
/** Effects that are tried for one step. */
const ATTEMPTS = 4;

/**
 * @param judges the first is for what is refused, if it is large enough; the last must hold every batch
 * @throws Disagreement
 */
export async function judge(run: FuzzRun, judges: readonly Judge[], tally: Tally): Promise<void> {
  const largest = judges.at(-1) as Judge;
  const genesis = genesisFrom(run.genesis, largest.profile.levels);
  const machine = new Machine(mapOf(genesis), 0, BEGIN);
  const proven = mapOf(genesis);
  const batcher = new Batcher(largest.profile);
  const groups: Transition[][] = [];
  const earlier: Put[] = [];
  const old: TimeMap[] = [];
  const triggers = new Map<bigint, readonly Row[]>([[triggerDigest([]), []]]);
  let now = BEGIN;
  const prove = async (batch: { transitions: readonly Transition[] } | undefined) => {
    if (batch !== undefined) await provenBatch(proven, batch.transitions, largest, run.check + tally.batches, tally);
  };
  for (const step of run.steps) {
    now += step.wait;
    const choices = new Choices(step.picks);
    const way = WAYS[step.spoil] ?? "stale";
    const whole = asked(
      machine,
      way === "stale" && old.length > 0 ? choices.pick(old) : machine.map,
      choices,
      now,
      triggers,
    );
    if (whole === undefined) continue;
    const put = way === "stale" ? whole : way(whole, choices, earlier);
    if (put.rows.some((_, at) => misnamed(machine.map, put.rows, at))) continue;
    let group: Transition[];
    const before = machine.map.clone();
    const { seq, at } = machine;
    try {
      group = applied(machine, put, largest.profile);
    } catch (error) {
      if (!(error instanceof TimeBanditsError)) throw error;
      // Most that is refused as it was asked for is refused for the same few reasons.
      if (isOutside(error, put, at) || (put === whole && !choices.once(4))) continue;
      await refusedByCircuit(() => new RowForger(before, put.ats[0], seq), put, judges, error, tally);
      continue;
    }
    groups.push(group);
    earlier.push(put);
    tally.accepted += group.length;
    old.push(before);
    if (old.length > REMEMBERED) old.shift();
    await prove(batcher.add(group));
  }
  await prove(batcher.finish());
  if (proven.root() !== machine.map.root()) throw new Disagreement("the batches end in another root than the machine");
  replayed(genesis, groups, largest.profile, machine.map.root());
}

/**
 * The rows of the next group, with all that follows from the state. A few effects are tried until the machine accepts one, or else the first
 * stands as it was asked for; undefined if none of them names anything.
 */
function asked(
  machine: Machine,
  seen: TimeMap,
  choices: Choices,
  now: number,
  triggers: Map<bigint, readonly Row[]>,
): Put | undefined {
  const alone = (list: readonly Row[]): Put => ({ rows: list.map(bare), ats: list.map(() => now) });
  let put: Put | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const rows = firedRows(machine.map, choices, triggers) ?? effectRows(seen, choices, now, triggers);
    if (rows === undefined) continue;
    put ??= alone(rows);
    try {
      return alone(new Machine(machine.map.clone(), machine.seq, machine.at).perform(rows, now));
    } catch (error) {
      if (!(error instanceof TimeBanditsError)) throw error;
    }
  }
  return put;
}

/** Often, if a watch has fired: its trigger. */
function firedRows(
  map: TimeMap,
  choices: Choices,
  triggers: ReadonlyMap<bigint, readonly Row[]>,
): readonly Row[] | undefined {
  for (const at of map.addresses()) {
    const cell = map.cell(at);
    if (cell.type !== "watch" || cell.state !== "fired" || !choices.once(2)) continue;
    const rows = triggers.get(cell.trigger);
    if (rows !== undefined) return [rowOf("Trigger", Math.floor(at / 256), { authority: at }), ...rows];
  }
  return undefined;
}

function effectRows(
  seen: TimeMap,
  choices: Choices,
  now: number,
  triggers: Map<bigint, readonly Row[]>,
): readonly Row[] | undefined {
  const actor = 1 + choices.below(3);
  const asker = { actor, now, map: seen };
  const onTrigger = (digest: bigint, rows: readonly Row[]) => triggers.set(digest, rows);
  try {
    if (!choices.once(5)) return lower(seen, actor, anyEffect(choices, asker), onTrigger);
    const effects: Effect[] = [anyEffect(choices, asker), anyEffect(choices, asker)];
    return lowerAll(seen, actor, effects, onTrigger);
  } catch (error) {
    if (error instanceof TimeBanditsError) return undefined;
    throw error;
  }
}

/** Applies a group, unless it is too large to be proven; then nothing has happened. */
function applied(machine: Machine, put: Put, profile: Profile): Transition[] {
  const trial = new Machine(machine.map.clone(), machine.seq, machine.at).apply(put.rows, put.ats);
  if (!holds(profile, sizeOf(trial, profile.levels))) throw new RefusedError("group-whole", "is too large");
  return machine.apply(put.rows, put.ats);
}

/**
 * A row's name follows its cell, so the machine tells the two names of one operation apart and the circuit does not. The cell is as the rows before
 * this one left it.
 */
function misnamed(map: TimeMap, rows: readonly Row[], at: number): boolean {
  const { effect, authority } = rows[at] as Row;
  if (effect !== "Clear" && effect !== "RevokeCapability") return false;
  const writer = rows.slice(0, at).findLast(({ destination }) => destination === authority);
  const capability =
    writer === undefined ? map.cell(authority).type === "capability" : writer.effect === "DelegateCapability";
  return capability !== (effect === "RevokeCapability");
}

/** Refusals that no proof of one batch speaks of: time that goes back between two batches is for the contract, size for the prover. */
function isOutside(error: TimeBanditsError, put: Put, at: number): boolean {
  if (error.message.endsWith("is too large")) return true;
  return error instanceof RefusedError && error.invariant === "time-monotone" && (put.ats[0] ?? at) < at;
}

async function provenBatch(
  map: TimeMap,
  transitions: readonly Transition[],
  { profile, circuit, r1cs }: Judge,
  check: number,
  tally: Tally,
): Promise<void> {
  const { statement, input } = batchInput(map, transitions, profile, DOMAIN, SIGNED);
  const where = `transitions ${transitions[0]?.seq} to ${transitions.at(-1)?.seq}`;
  tally.batches++;
  let bytes: Uint8Array;
  try {
    bytes = await calculateWitness(circuit, input);
  } catch (error) {
    throw new Disagreement(`the machine accepts ${where}, the circuit does not: ${(error as Error).message}`);
  }
  const witness = witnessValues(bytes);
  PUBLIC_INPUTS.forEach((name, i) => {
    if (witness[1 + i] !== statement[name as keyof PublicInputs]) throw new Disagreement(`${name} of ${where} differs`);
  });
  if (check % 8 === 0) {
    tally.checked++;
    const broken = unsatisfied(await r1cs(), witness);
    if (broken.length > 0) throw new Disagreement(`${where} break constraint ${broken[0]} that the calculator keeps`);
  }
  const altered = alteredInput(input, check, transitions.length, touchedNodes(profile.levels, transitions).length);
  if (altered !== undefined && (await checkWitness(circuit, altered.input)).ok) {
    throw new Disagreement(`${where} are accepted with another ${altered.name}`);
  }
}

async function refusedByCircuit(
  forger: () => RowForger,
  put: Put,
  judges: readonly Judge[],
  error: TimeBanditsError,
  tally: Tally,
): Promise<void> {
  const why = error instanceof RefusedError ? error.invariant : "shape";
  for (const { profile, circuit } of judges) {
    const input = forged(forger(), put, profile);
    if (input === undefined) continue;
    tally.refused++;
    tally.invariants[why] = (tally.invariants[why] ?? 0) + 1;
    if ((await checkWitness(circuit, input)).ok) {
      throw new Disagreement(`the circuit accepts ${describe(put)}, which the machine refuses: ${error.message}`);
    }
    return;
  }
  tally.unstatable++;
}

/** A batch that states the group; undefined if none can: a cell outside of the map, a header opened twice, no signature, no room. */
function forged(forger: RowForger, put: Put, profile: Profile): BatchSignals | undefined {
  try {
    return forger.group(put.rows.map((row, i) => ({ row, at: put.ats[i] as number }))).build(profile, DOMAIN, SIGNED);
  } catch (error) {
    if (error instanceof TimeBanditsError || (error instanceof RangeError && error.message.includes("inverse")))
      return undefined;
    throw error;
  }
}

/** The whole run as text, read and replayed: the same roots once more. */
function replayed(genesis: Genesis, groups: readonly Transition[][], profile: Profile, root: bigint): void {
  const header = { genesisRoot: mapOf(genesis).root(), levels: profile.levels, profiles: [profile.name] };
  const lines = [headerLine(header)];
  const map = mapOf(genesis);
  for (const group of groups) {
    for (const transition of group) {
      lines.push(recordLine(recordOf(transition)));
      for (const { address, after } of Object.values(transition.columns)) if (address !== 0) map.write(address, after);
    }
    const seq = group.at(-1)?.seq ?? 0;
    if (group.length > 1 || group === groups.at(-1)) lines.push(checkpointLine({ checkpoint: seq, root: map.root() }));
  }
  const trace = parseTrace(Buffer.from(`${lines.join("\n")}\n`));
  const steps = replay(genesis, trace);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  if (step.value.root() !== root) throw new Disagreement("replaying ends in another root than the machine");
}

/** A row without what the machine found out about it. */
function bare({
  effect,
  actor,
  peer,
  source,
  destination,
  authority,
  resource,
  kind,
  quantity,
  deadline,
  argument,
}: Row): Row {
  return { effect, actor, peer, source, destination, authority, resource, kind, quantity, deadline, argument };
}

function describe({ rows, ats }: Put): string {
  return JSON.stringify({ rows, ats }, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}
