/**
 * Which programs the logs bind, as `unboundIn` tells it (trace/signing/boundPrograms.ts), for a trace that is looked at
 * in pieces. A piece gives the events that count; put together in order, they give what the whole trace gives.
 */

import type { TriggerRows } from "../../../trace/effects/triggers.ts";
import { mustSign } from "../../../trace/layout.ts";
import { isEffect } from "../../../trace/machine/rowShape.ts";
import type { Row, Transition } from "../../../trace/machine/transition.ts";
import { groupNames } from "../../../trace/signing/boundPrograms.ts";

/**
 * `names`: a signed log of the program names the other. `binds`: the log carries the other's key. `key`: the program
 * has that key from here on.
 */
export type BindingEvent =
  | ["names", program: number, other: number]
  | ["binds", program: number, other: number, key: bigint]
  | ["key", program: number, key: bigint];

/** Programs have 24 bits. */
const PROGRAMS = 2 ** 24;
const pairOf = (program: number, other: number): number => program * PROGRAMS + other;

/** Collects the events of a piece. An event that changes nothing after an earlier one is left out. */
export class BindingEvents {
  #events: BindingEvent[] = [];
  /** Pairs that were named, with the number of the other's keys so far. */
  readonly #named = new Map<number, number>();
  readonly #bound = new Map<number, bigint>();
  readonly #keys = new Map<number, number>();
  readonly #triggers: TriggerRows;

  constructor(triggers: TriggerRows) {
    this.#triggers = triggers;
  }

  add(group: readonly Transition[]): void {
    if (group[0]?.effect !== "Trigger") {
      for (const program of actorsOf(group)) this.#addFor(program, group);
    }
    this.addKeys(group);
  }

  #addFor(program: number, group: readonly Transition[]): void {
    const { named, bound } = groupNames(group, program, this.#triggers);
    if (mustBeSigned(program, group)) {
      for (const other of named) {
        const pair = pairOf(program, other);
        const keys = this.#keys.get(other) ?? 0;
        if (bound.has(other) || this.#named.get(pair) === keys) continue;
        this.#named.set(pair, keys);
        this.#events.push(["names", program, other]);
      }
    }
    for (const [other, key] of bound) {
      const pair = pairOf(program, other);
      if (this.#bound.get(pair) === key) continue;
      this.#bound.set(pair, key);
      this.#named.delete(pair);
      this.#events.push(["binds", program, other, key]);
    }
  }

  /** The group's new keys alone. */
  addKeys(group: readonly Row[]): void {
    for (const { effect, actor, peer, argument } of group) {
      if (effect !== "CreateProgram" && effect !== "RotateAuthority") continue;
      const program = effect === "CreateProgram" ? peer : actor;
      this.#keys.set(program, (this.#keys.get(program) ?? 0) + 1);
      this.#events.push(["key", program, argument.authority ?? 0n]);
    }
  }

  /** The events since the last call. */
  take(): BindingEvent[] {
    const events = this.#events;
    this.#events = [];
    this.#named.clear();
    this.#bound.clear();
    return events;
  }
}

function actorsOf(group: readonly Transition[]): Iterable<number> {
  const [only, more] = group;
  if (only !== undefined && more === undefined) return isEffect(only) && !only.triggered ? [only.actor] : [];
  const actors = new Set<number>();
  for (const t of group) if (isEffect(t) && !t.triggered) actors.add(t.actor);
  return actors;
}

/** Whether somebody had to sign for the program in the group. */
function mustBeSigned(program: number, group: readonly Transition[]): boolean {
  return group.some((t) => {
    const { before, after } = t.columns.A;
    if (t.actor !== program || !isEffect(t) || t.triggered) return false;
    return [before, after].some(([, authority]) => mustSign(program, authority));
  });
}

/** A state of {@link Bindings}, for a file. */
export interface SavedBindings {
  keys: (readonly [program: number, key: bigint])[];
  bound: (readonly [program: number, other: number, key: bigint])[];
}

/** What the events of a whole trace come to. */
export class Bindings {
  readonly #genesis: ReadonlyMap<number, bigint>;
  /** Keys that are not the genesis'. */
  readonly #keys: Map<number, bigint>;
  readonly #bound = new Map<number, bigint>();
  readonly #unbound = new Map<number, Set<number>>();

  /** @param genesis keys of the genesis' programs */
  constructor(genesis: ReadonlyMap<number, bigint>, saved: SavedBindings = { keys: [], bound: [] }) {
    this.#genesis = genesis;
    this.#keys = new Map(saved.keys);
    for (const [program, other, key] of saved.bound) this.#bound.set(pairOf(program, other), key);
  }

  take(events: readonly BindingEvent[]): void {
    for (const event of events) {
      if (event[0] === "key") this.#keys.set(event[1], event[2]);
      else if (event[0] === "binds") this.#bind(event[1], event[2], event[3]);
      else this.#name(event[1], event[2]);
    }
  }

  #bind(program: number, other: number, key: bigint): void {
    const pair = pairOf(program, other);
    // The domain binds the genesis' keys already.
    if (!this.#bound.has(pair) && this.#genesis.get(other) === key) return;
    this.#bound.set(pair, key);
  }

  #name(program: number, other: number): void {
    const key = this.#bound.get(pairOf(program, other)) ?? this.#genesis.get(other);
    if (key !== undefined && key === this.keyOf(other)) return;
    const unbound = this.#unbound.get(program) ?? new Set();
    this.#unbound.set(program, unbound.add(other));
  }

  /** The key of a program now; undefined if there is none of that number. */
  keyOf(program: number): bigint | undefined {
    return this.#keys.get(program) ?? this.#genesis.get(program);
  }

  /** Number of programs. */
  get programs(): number {
    let made = 0;
    for (const program of this.#keys.keys()) if (!this.#genesis.has(program)) made++;
    return this.#genesis.size + made;
  }

  /** What the log of a program names and does not bind, in order. */
  unboundOf(program: number): number[] {
    return [...(this.#unbound.get(program) ?? [])].sort((a, b) => a - b);
  }

  saved(): SavedBindings {
    const bound = [...this.#bound].map(([pair, key]) => [Math.floor(pair / PROGRAMS), pair % PROGRAMS, key] as const);
    return { keys: [...this.#keys], bound };
  }
}
