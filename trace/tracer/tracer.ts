/**
 * The tracer applies the effects that programs ask for to the time map and keeps every transition. A refused effect
 * throws and changes nothing.
 */

import { nameFunctions } from "../describe/functionNames.ts";
import { kindNamed, programNumber } from "../describe/programNumber.ts";
import { checkEffect } from "../effects/checkEffect.ts";
import type { Effect, Place, ProgramId, Single } from "../effects/effects.ts";
import { placeAddress } from "../effects/found.ts";
import { lower, lowerAll, lowerTogether, type OnTrigger } from "../effects/lower.ts";
import { lookUp, type TriggerRows } from "../effects/triggers.ts";
import { InvalidInputError, RefusedError } from "../errors.ts";
import { CELL, programOf, slotOf } from "../layout.ts";
import { triggerDigest } from "../machine/group.ts";
import { Machine } from "../machine/machine.ts";
import { rowOf } from "../machine/rowShape.ts";
import type { Row, Transition } from "../machine/transition.ts";
import type { Replayed } from "../replay/replay.ts";
import { emptyManifest, type Manifest } from "../run/manifest.ts";
import { type KeyOf, keysOf } from "../signing/boundPrograms.ts";
import { type Genesis, mapOf } from "../state/genesis.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { authorityFor } from "./authorities.ts";
import { requireRoom } from "./groupSize.ts";
import { KeptGroups } from "./keptGroups.ts";
import { keysIn, Meetings } from "./meetings.ts";
import { ProgramHandle } from "./programHandle.ts";
import type { Note, Past, PastKept, TracerOptions } from "./tracerOptions.ts";

/** Applies effects to a time map, by the rules, and keeps every transition. */
export class Tracer {
  readonly machine: Machine;
  readonly notes: Note[] = [];
  /** Names for people; functions are entered as they are used. */
  readonly manifest: Manifest;
  /** Names of programs that received an authority from the options. */
  readonly granted = new Set<string>();
  readonly #options: TracerOptions;
  readonly #groups: KeptGroups;
  /** Rows of the triggers seen so far, by digest. Watches keep only the digest. */
  readonly #triggers = new Map<bigint, readonly Row[]>();
  /** Looks those up that are not among them. */
  readonly #before: TriggerRows | undefined;
  readonly #fired: Place[] = [];
  readonly #meetings: Meetings;
  #settling = false;

  /**
   * @param machine the state to continue from
   * @param past the history of that state; without it, the tracer knows only keys from a genesis
   */
  constructor(machine: Machine, options: TracerOptions = {}, past?: Past | PastKept) {
    this.machine = machine;
    this.#options = options;
    const kept = past !== undefined && "keys" in past ? past : undefined;
    this.#before = kept?.triggers;
    const { keepGroups, readGroups: upTo } = options;
    this.#groups = new KeptGroups(keepGroups === false ? {} : { earlier: kept?.earlier, upTo });
    this.#meetings = new Meetings(kept?.keys ?? keysFrom(machine, past), this.triggers, options.keepGroups, kept?.met);
    this.manifest =
      past?.manifest ??
      emptyManifest(
        options.scenario ?? "",
        options.profiles?.map((p) => p.name),
      );
    if (past === undefined || "keys" in past) return;
    this.know(past.trace.triggers);
    for (const group of past.groups) this.tookPlace(group);
  }

  /** A tracer at the beginning of a trace. @throws InvalidInputError if the genesis is not a valid state */
  static from(genesis: Genesis, options: TracerOptions = {}): Tracer {
    return new Tracer(new Machine(mapOf(genesis)), options);
  }

  /**
   * A tracer at the end of a replayed run. It knows what the run's own tracer knew: groups, names, triggers, and which
   * programs have met.
   *
   *     const tracer = Tracer.after(replayDirectory(dir));
   *     tracer.program("Alice").resource("Gold");
   *
   * @param past the run; the tracer takes over its map and its manifest and changes them
   */
  static after(past: Past & Pick<Replayed, "map">, options: TracerOptions = {}): Tracer {
    const { seq = 0, at = 0 } = past.groups.at(-1)?.at(-1) ?? {};
    return new Tracer(new Machine(past.map, seq, at), options, past);
  }

  /** All groups so far, in order; none if the options do not keep them. */
  get groups(): Transition[][] {
    return this.#groups.all();
  }
  /** The state after the last group. */
  get map(): TimeMap {
    return this.machine.map;
  }
  /** Number of the last transition. */
  get seq(): number {
    return this.machine.seq;
  }
  /** Time of the last transition, in seconds since 1970. */
  get at(): number {
    return this.machine.at;
  }
  /** Time of an effect that names none: the clock's, or that of the last transition. */
  get now(): number {
    return this.#options.clock?.() ?? this.machine.at;
  }
  /** All transitions so far. */
  get transitions(): Transition[] {
    return this.groups.flat();
  }
  /** The options' authority for a program of this name. */
  authorityFor(name: string | undefined): bigint | undefined {
    return authorityFor(this.#options.authorities ?? {}, name);
  }
  /** Digest of the current state. */
  root(): bigint {
    return this.map.root();
  }
  /** The rows behind the digests of the triggers seen so far. */
  get triggers(): TriggerRows {
    const own = lookUp(this.#triggers);
    return (digest) => own(digest) ?? this.#before?.(digest);
  }
  /**
   * A program's point of view: its methods are the effects that the program may ask for.
   * @param which its number, or its name in the manifest, as `createProgram` or an earlier scenario of the run gave it
   * @throws InvalidInputError if no program has the name, or several have it
   */
  program(which: ProgramId | string): ProgramHandle {
    const id = typeof which === "number" ? which : programNumber(which, this.manifest, this.map.programs());
    return new ProgramHandle(this, id);
  }
  /** A kind by its name in the manifest. @throws InvalidInputError if no kind has the name, or several have it */
  kind(name: string): bigint {
    return kindNamed(name, this.manifest);
  }

  /**
   * Applies an effect as one group, with the Checks it owes and the lines of the capabilities it uses. A program with a
   * key first joins the programs that it names and has never met, so that its signature covers their identity.
   * @param at seconds since 1970; by default the clock's time
   * @returns the group's transitions; groups of triggers that it fired follow it in `groups`
   * @throws RefusedError naming the invariant; nothing has changed then
   * @throws InvalidEffectError naming a wrong field, and the place of the call
   */
  perform(actor: ProgramId, effect: Effect, at: number = this.now): Transition[] {
    checkEffect(effect);
    const group = this.#lowered((onTrigger) => lower(this.map, actor, effect, onTrigger), at);
    nameFunctions(effect, this.manifest);
    this.#settle(at);
    return group;
  }

  /** Applies several effects of one program, all or none. */
  batch(actor: ProgramId, effects: readonly Single[], at?: number): Transition[] {
    return this.perform(actor, { effect: "AtomicBatch", effects }, at);
  }

  /**
   * Applies effects of several programs as one group, all or none. Each program that signs, signs the whole group, so
   * no signature can serve for half a swap.
   * @throws RefusedError naming the invariant; nothing has changed then. InvalidInputError if there is no effect
   */
  together(parts: readonly (readonly [actor: ProgramId, effect: Single])[], at: number = this.now): Transition[] {
    if (parts.length === 0) throw new InvalidInputError("effects", "a group has at least one effect");
    for (const [, effect] of parts) checkEffect(effect);
    const group = this.#lowered((onTrigger) => lowerTogether(this.map, parts, onTrigger), at);
    for (const [, effect] of parts) nameFunctions(effect, this.manifest);
    this.#settle(at);
    return group;
  }

  /**
   * Applies the trigger of a fired watch as the watch's program. Anyone may ask for it.
   * @throws RefusedError if a rule refuses the trigger; the watch stays fired and may be tried again
   * @throws InvalidInputError if the watch was set before this tracer began; see {@link Tracer.remember}
   */
  applyTrigger(watch: Place, at: number = this.now): Transition[] {
    const group = this.#trigger(watch, at);
    this.#settle(at);
    return group;
  }

  /** Takes in a group that the machine has applied without this tracer: one of its past. */
  tookPlace(group: Transition[]): void {
    this.#meetings.happened(group);
    if (this.#options.keepGroups !== false) this.#groups.add(group);
  }

  /** Takes in triggers of the past: their digests, and their rows. */
  know(triggers: ReadonlyMap<bigint, readonly Row[]>): void {
    for (const [digest, rows] of triggers) this.#triggers.set(digest, rows);
  }

  /** Registers the rows of a trigger that was set before this tracer began. */
  remember(actor: ProgramId, effects: readonly Effect[]): void {
    for (const effect of effects) checkEffect(effect);
    const rows = lowerAll(this.map, actor, effects, (digest, rows) => this.#triggers.set(digest, rows));
    this.#triggers.set(triggerDigest(rows), rows);
  }

  /**
   * An empty, unwatched slot.
   * @param from first slot to try; 1 by default
   * @throws RefusedError if there is none
   */
  freeSlot(program: ProgramId, from = 1, taken: ReadonlySet<number> = new Set()): number {
    for (let slot = from; slot < 256; slot++) {
      const cell = this.map.cell(placeAddress({ program, slot }));
      if (cell.type === "empty" && cell.watch === 0 && !taken.has(slot)) return slot;
    }
    const invariant = from > 1 ? "inbox-respected" : "no-double-spend";
    throw new RefusedError(
      invariant,
      `program ${program} has no free slot from ${from} on; clear one, or name the slot`,
    );
  }

  /** Applies what effects are lowered to. The triggers of refused ones are not kept: there may be many of them. */
  #lowered(lowering: (onTrigger: OnTrigger) => readonly Row[], at: number): Transition[] {
    const added: bigint[] = [];
    try {
      const rows = lowering((digest, rows) => {
        if (!this.#triggers.has(digest)) added.push(digest);
        this.#triggers.set(digest, rows);
      });
      return this.#apply(rows, at);
    } catch (error) {
      for (const digest of added) this.#triggers.delete(digest);
      throw error;
    }
  }

  #apply(rows: readonly Row[], at: number): Transition[] {
    const met = this.#meetings.before(this.map, rows);
    const group = this.machine.perform(met, at, (group) => requireRoom(group, this.map.levels, this.#options.profiles));
    this.tookPlace(group);
    for (const { effect, seq, authority, columns } of group) {
      if (effect !== "Check" || Number(columns.X.after[0] & 7n) !== CELL.fired) continue;
      const watch = { program: programOf(authority), slot: slotOf(authority) };
      this.notes.push({ event: "fired", watch, seq });
      this.#fired.push(watch);
    }
    this.#options.onGroup?.(group, this.map);
    return group;
  }

  #trigger(watch: Place, at: number): Transition[] {
    const authority = placeAddress(watch);
    const cell = this.map.cell(authority);
    if (cell.type !== "watch" || cell.state !== "fired") {
      const found = cell.type === "watch" ? `is ${cell.state}` : "is no watch";
      throw new RefusedError(
        "watch-deterministic",
        `slot ${watch.slot} of program ${watch.program} ${found}; only a fired watch has a trigger to apply`,
      );
    }
    const rows = this.triggers(cell.trigger);
    if (rows === undefined) {
      throw new InvalidInputError(
        "trigger",
        "the effects of this trigger are not known here; make them known with remember()",
      );
    }
    const group = this.#apply([rowOf("Trigger", watch.program, { authority }), ...rows], at);
    this.notes.push({ event: "applied", watch, seq: group[0]?.seq ?? this.seq });
    return group;
  }

  /** Tries the triggers of all fired watches, in order. They may fire others. */
  #settle(at: number): void {
    if (this.#options.autoTrigger === false) this.#fired.length = 0;
    if (this.#settling) return;
    this.#settling = true;
    try {
      for (let watch = this.#fired.shift(); watch !== undefined; watch = this.#fired.shift()) this.#attempt(watch, at);
    } finally {
      this.#settling = false;
    }
  }

  #attempt(watch: Place, at: number): void {
    try {
      this.#trigger(watch, at);
    } catch (error) {
      if (!(error instanceof RefusedError || error instanceof InvalidInputError)) throw error;
      this.notes.push({ event: "refused", watch, seq: this.seq, reason: error.message });
    }
  }
}

/** The keys of the genesis. */
function keysFrom(machine: Machine, past: Past | PastKept | undefined): KeyOf {
  const keys = past !== undefined && "genesis" in past ? keysOf(past.genesis) : keysIn(machine);
  return (program) => keys.get(program);
}
