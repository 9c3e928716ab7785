/**
 * Puts groups of rows, as the fuzzer makes them, to the reference machine, to replay, to the witness calculator and to
 * the constraints themselves, and says where they differ. What the machine accepts is proven batch by batch; what it
 * refuses is forged past it, and the circuit must refuse it too.
 */

import { Batcher } from "../../../prover/batches/batcher.ts";
import { type BatchSignals, batchInput, touchedNodes } from "../../../prover/batches/batchInput.ts";
import { circuitInput } from "../../../prover/batches/circuitInput.ts";
import type { CircuitArtifacts } from "../../../prover/circuit/build.ts";
import { type R1cs, unsatisfied } from "../../../prover/formats/r1cs.ts";
import { witnessValues } from "../../../prover/formats/wtns.ts";
import type { Profile } from "../../../prover/profiles.ts";
import { calculateWitness, checkWitness } from "../../../prover/witness/witness.ts";
import { PUBLIC_INPUTS, type PublicInputs } from "../../../trace/commitment/commit.ts";
import { RefusedError, TimeBanditsError } from "../../../trace/errors.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import type { Row, Transition } from "../../../trace/machine/transition.ts";
import { replay } from "../../../trace/replay/replay.ts";
import { checkpointLine, headerLine, recordLine, recordOf } from "../../../trace/run/traceLines.ts";
import { parseTrace } from "../../../trace/run/traceReader.ts";
import type { Genesis } from "../../../trace/state/genesis.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { fitsProfile, sizeOf } from "../../../trace/tracer/groupSize.ts";
import { asItStands } from "../../lib/completed.ts";
import { registryRefuses } from "../../lib/registryRows.ts";
import { RowForger } from "../../lib/rowForger.ts";
import { stateOf } from "../../lib/state.ts";
import { alteredInput } from "./alteredInput.ts";
import { BEGIN } from "./fuzzRun.ts";
import type { Put } from "./mutations.ts";
import { quicklySigned } from "./quickSign.ts";

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

/** What was put to a court, as it was: nothing in it depends on how it came about. */
export interface Case {
  readonly genesis: Genesis;
  /**
   * Chooses the wire and the input of each batch that is changed to see that the circuit notices; 0 mod 8: its R1CS is
   * checked too.
   */
  readonly check: number;
  /** Groups, in their order. */
  readonly groups: readonly Put[];
}

/** Hears group after group on one state, and says where machine, circuit and replay differ. */
export class Court {
  readonly machine: Machine;
  /** What was heard so far, the present group included. */
  readonly heard: Put[] = [];
  readonly #genesis: Genesis;
  readonly #check: number;
  readonly #judges: readonly Judge[];
  readonly #tally: Tally;
  readonly #proven: TimeMap;
  readonly #batcher: Batcher;
  readonly #accepted: Transition[][] = [];
  #batches = 0;

  /** @param judges the first is for what is refused, if it is large enough; the last must hold every batch */
  constructor({ genesis, check }: Omit<Case, "groups">, judges: readonly Judge[], tally: Tally) {
    this.#genesis = genesis;
    this.#check = check;
    this.#judges = judges;
    this.#tally = tally;
    this.machine = new Machine(stateOf(genesis), 0, BEGIN);
    this.#proven = stateOf(genesis);
    this.#batcher = new Batcher(this.#largest.profile);
  }

  get case(): Case {
    return { genesis: this.#genesis, check: this.#check, groups: this.heard };
  }

  get #largest(): Judge {
    return this.#judges.at(-1) as Judge;
  }

  /**
   * @param forge whether, if the machine refuses the group, it is forged past it for the circuit to refuse
   * @returns whether the machine accepted it
   * @throws Disagreement
   */
  async hear(put: Put, forge = true): Promise<boolean> {
    const { machine } = this;
    if (put.rows.some((_, at) => misnamed(machine.map, put.rows, at))) return false;
    // Hashed once here, not again in each copy that a refused group is forged on.
    machine.map.root();
    const before = machine.map.clone();
    const { seq, at } = machine;
    let group: Transition[];
    try {
      group = applied(machine, put, this.#largest.profile);
    } catch (error) {
      if (!(error instanceof TimeBanditsError)) {
        this.heard.push(put);
        throw error;
      }
      if (!forge || isOutside(error, put, at)) return false;
      this.heard.push(put);
      const forger = (): RowForger => new RowForger(before, put.ats[0], seq);
      await refusedByCircuit(forger, put, this.#judges, error, this.#tally, machine.map.moored);
      return false;
    }
    this.heard.push(put);
    if (machine.map.moored && group.some(registryRefuses))
      throw new Disagreement(`the machine accepts ${describe(put)}, which a registry refuses`);
    this.#accepted.push(group);
    this.#tally.accepted += group.length;
    await this.#prove(this.#batcher.add(group));
    return true;
  }

  /** When all was heard: the last batch, and everything once more as a trace. @throws Disagreement */
  async close(): Promise<void> {
    await this.#prove(this.#batcher.finish());
    const root = this.machine.map.root();
    if (this.#proven.root() !== root) throw new Disagreement("the batches end in another root than the machine");
    replayed(this.#genesis, this.#accepted, this.#largest.profile, root);
  }

  async #prove(batch: { transitions: readonly Transition[] } | undefined): Promise<void> {
    if (batch === undefined) return;
    await provenBatch(this.#proven, batch.transitions, this.#largest, this.#check + this.#batches++, this.#tally);
  }
}

/** Puts a kept case to a court again. @throws Disagreement if it still shows one */
export async function judge(kept: Case, judges: readonly Judge[], tally: Tally): Promise<void> {
  const court = new Court(kept, judges, tally);
  for (const put of kept.groups) await court.hear(put);
  await court.close();
}

/** Applies a group, unless it is too large to be proven; then nothing has happened. */
function applied(machine: Machine, put: Put, profile: Profile): Transition[] {
  const trial = new Machine(machine.map.clone(), machine.seq, machine.at).apply(put.rows, put.ats);
  if (!fitsProfile(profile, sizeOf(trial, profile.levels))) throw new RefusedError("group-whole", "is too large");
  return machine.apply(put.rows, put.ats);
}

/**
 * A row's name follows its cell, so the machine tells the two names of one operation apart and the circuit does not.
 * The cell is as the rows before this one left it.
 */
function misnamed(map: TimeMap, rows: readonly Row[], at: number): boolean {
  const { effect, authority } = rows[at] as Row;
  if (effect !== "Clear" && effect !== "RevokeCapability") return false;
  const writer = rows.slice(0, at).findLast(({ destination }) => destination === authority);
  const capability =
    writer === undefined ? map.cell(authority).type === "capability" : writer.effect === "DelegateCapability";
  return capability !== (effect === "RevokeCapability");
}

/**
 * Refusals that no proof of one batch speaks of: time that goes back between two batches is for the contract, size for
 * the prover.
 */
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
    bytes = await calculateWitness(circuit, circuitInput(input));
  } catch (error) {
    throw new Disagreement(`the machine accepts ${where}, the circuit does not: ${(error as Error).message}`);
  }
  const stated = witnessValues(bytes, 1 + PUBLIC_INPUTS.length);
  PUBLIC_INPUTS.forEach((name, i) => {
    if (stated[1 + i] !== statement[name as keyof PublicInputs]) throw new Disagreement(`${name} of ${where} differs`);
  });
  if (check % 8 === 0) {
    tally.checked++;
    const broken = unsatisfied(await r1cs(), witnessValues(bytes));
    if (broken.length > 0) throw new Disagreement(`${where} break constraint ${broken[0]} that the calculator keeps`);
  }
  const altered = alteredInput(input, check, transitions.length, touchedNodes(profile.levels, transitions).length);
  if (altered !== undefined && (await checkWitness(circuit, circuitInput(altered.input))).ok) {
    throw new Disagreement(`${where} are accepted with another ${altered.name}`);
  }
}

async function refusedByCircuit(
  forger: () => RowForger,
  put: Put,
  judges: readonly Judge[],
  error: TimeBanditsError,
  tally: Tally,
  moored: boolean,
): Promise<void> {
  const why = error instanceof RefusedError ? error.invariant : "shape";
  for (const { profile, circuit } of judges) {
    const input = forged(forger(), put, profile);
    if (input === undefined) continue;
    tally.refused++;
    tally.invariants[why] = (tally.invariants[why] ?? 0) + 1;
    if (moored && put.rows.some(registryRefuses)) return;
    if ((await checkWitness(circuit, circuitInput(input))).ok) {
      throw new Disagreement(`the circuit accepts ${describe(put)}, which the machine refuses: ${error.message}`);
    }
    return;
  }
  tally.unstatable++;
}

/**
 * A batch that states the group; undefined if none can: a cell outside of the map, a header opened twice, no signature,
 * no room.
 */
function forged(forger: RowForger, put: Put, profile: Profile): BatchSignals | undefined {
  try {
    const rows = put.rows.map((row, i) => ({ row: asItStands(row), at: put.ats[i] as number }));
    return forger.group(rows).build(profile, DOMAIN, SIGNED);
  } catch (error) {
    if (error instanceof TimeBanditsError || (error instanceof RangeError && error.message.includes("inverse")))
      return undefined;
    throw error;
  }
}

/** The whole run as text, read and replayed: the same roots once more. */
function replayed(genesis: Genesis, groups: readonly Transition[][], profile: Profile, root: bigint): void {
  const header = { genesisRoot: stateOf(genesis).root(), levels: profile.levels, profiles: [profile.name] };
  const lines = [headerLine(header)];
  const map = stateOf(genesis);
  for (const group of groups) {
    for (const transition of group) {
      lines.push(recordLine(recordOf(transition)));
      for (const { address, after } of Object.values(transition.columns)) if (address !== 0) map.write(address, after);
    }
    const seq = group.at(-1)?.seq ?? 0;
    if (group.length > 1 || group === groups.at(-1)) lines.push(checkpointLine({ checkpoint: seq, root: map.root() }));
  }
  const trace = parseTrace(Buffer.from(`${lines.join("\n")}\n`));
  const steps = replay(genesis, trace, { start: stateOf(genesis) });
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  if (step.value.root() !== root) throw new Disagreement("replaying ends in another root than the machine");
}

function describe({ rows, ats }: Put): string {
  return JSON.stringify({ rows, ats }, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}
