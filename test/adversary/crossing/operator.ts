/**
 * The operator of one moored map: a tracer at the registry's head and what it has traced ahead, with the state at every
 * root. Its proofs are forged, of the statements that the circuit would prove of its batches.
 */
import { batchesOf } from "../../../prover/batches/batcher.ts";
import { openBatch } from "../../../prover/batches/batchInput.ts";
import { profilesWith } from "../../../prover/profiles.ts";
import { wordsOf } from "../../../trace/commitment/channel.ts";
import { packRows } from "../../../trace/commitment/rowBytes.ts";
import { CHAIN, MOORED_LEVELS } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import { emptyManifest } from "../../../trace/run/manifest.ts";
import { MOORED_GENESIS, mapOf } from "../../../trace/state/genesis.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { Tracer } from "../../../trace/tracer/tracer.ts";
import { advanceArguments, type BatchSubmission, keyHash } from "../../../verifier/chain/registry.ts";
import { SOME_KEY } from "../../lib/chains.ts";
import { forgedProof, SOME_SECRETS } from "../../lib/forge.ts";
import type { Call } from "./call.ts";
import { type Advance, advance, type ModelBatch } from "./model.ts";
import type { World } from "./world.ts";

const PROFILES = profilesWith(MOORED_LEVELS).slice(0, 2);
const KEY = keyHash(SOME_KEY);

/** A call that moves the head, and what it leads to. */
export interface Submission {
  readonly call: Call;
  readonly groups: readonly Transition[][];
}

/** How an operator does its work. */
export type Style = "honest" | "slow" | "censoring";

export class Operator {
  readonly which: number;
  readonly style: Style;
  tracer: Tracer;
  /** Groups that the registry does not have. */
  pending: Transition[][] = [];
  /** Whether what it has traced may rest on blocks that are gone. */
  stale = false;
  /** The state at each root, by number. */
  readonly states: TimeMap[];
  /** What each advance brought: the first at 0. */
  readonly moved: (readonly Transition[][])[] = [];
  readonly #world: World;

  constructor(world: World, which: number, style: Style) {
    this.#world = world;
    this.which = which;
    this.style = style;
    this.states = [mapOf(MOORED_GENESIS)];
    this.tracer = this.#begin();
  }

  get head(): TimeMap {
    return this.states.at(-1) as TimeMap;
  }

  /** A tracer at the registry's head, that keeps nothing. */
  fresh(onGroup: (group: Transition[]) => void): Tracer {
    const { seq, time } = this.#world.map(this.which);
    const machine = new Machine(this.head.clone(), seq, time);
    const past = {
      ...{ manifest: emptyManifest("fuzz", []), triggers: this.tracer?.triggers ?? (() => undefined) },
      ...{ keys: (program: number) => (program === CHAIN ? 1n : undefined), met: () => undefined },
    };
    const onGroups = (group: readonly Transition[]): void => onGroup([...group]);
    return new Tracer(machine, { profiles: PROFILES, keepGroups: false, onGroup: onGroups }, past);
  }

  #begin(): Tracer {
    return this.fresh((group) => this.pending.push(group));
  }

  /** Forgets what the registry does not have, and goes on from its head. */
  rewind(): void {
    this.pending = [];
    this.stale = false;
    this.tracer = this.#begin();
  }

  /** After a reorganisation: goes on from the head, or hands in again what was dropped. */
  afterReorganisation(again: boolean): void {
    const advances = this.#world.map(this.which).roots.length - 1;
    const dropped = this.moved.splice(advances).flat();
    this.states.length = advances + 1;
    if (again) {
      this.pending = [...dropped, ...this.pending];
      this.stale = true;
    } else this.rewind();
  }

  /** All groups behind the transition, on the chain or not. */
  after(seq: number): Transition[] {
    return [...this.moved.flat(), ...this.pending].flat().filter((row) => row.seq > seq);
  }

  /**
   * The call that hands in groups which begin at the head.
   * @param late the request that lets a stranger in
   */
  submission(groups: readonly Transition[][], from: string, late = 0n, small = true): Submission {
    const state = this.head.clone();
    const preRoot = state.root();
    const profiles = small ? PROFILES : PROFILES.slice(1);
    const domain = this.#world.domains[this.which] as bigint;
    const [submitted, model] = [[], []] as [BatchSubmission[], ModelBatch[]];
    for (const { transitions, profile } of batchesOf(groups, ...profiles)) {
      const { statement, span } = openBatch(state, transitions, profile, domain);
      const rows = packRows(transitions.map((row) => wordsOf(row, span.notBefore)));
      const proof = forgedProof(SOME_SECRETS, Object.values(statement));
      submitted.push({ keyHash: KEY, ...statement, rows, proof });
      model.push({ ...span, postRoot: statement.postRoot, rows: transitions });
    }
    const args = advanceArguments(this.#world.mapIds[this.which] as string, submitted, late);
    const asked: Advance = { caller: from, preRoot, batches: model, late };
    const call: Call = {
      what: late === 0n ? "advance" : "late advance",
      from,
      data: this.#world.abi.encodeFunctionData("advance", args),
      model: (held, now) => advance(held, this.which, asked, now),
      done: () => {
        this.states.push(state);
        this.moved.push(groups);
      },
    };
    return { call, groups };
  }
}
