/**
 * Which programs a log binds. A row names programs by number, and the number of a program that was created in the run
 * could be another's if other rows came first. A log binds a number where one of its groups carries the program's key
 * beside it: where the program is created, and in every row that names its peer's key. The genesis binds its own,
 * because the domain covers it. So a signature means one thing if each program that its rows name is bound somewhere in
 * the same log.
 */

import type { TriggerRows } from "../effects/triggers.ts";
import { issuerOf, makerOf, mustSign, programOf } from "../layout.ts";
import { isEffect, SHAPES } from "../machine/rowShape.ts";
import type { Row, Transition } from "../machine/transition.ts";
import type { Genesis } from "../state/genesis.ts";

/** The program whose key the row carries; 0 if it carries none. */
export function boundBy(row: Row): number {
  if (row.effect === "CreateProgram") return row.peer;
  return SHAPES[row.effect].argument.includes("peerAuthority") ? row.peer : 0;
}

/**
 * The programs that a row names, its actor and those that it binds left out: in places, kinds, the subject of a
 * capability; and all that its trigger names. Not where a capability lies that the row uses: it only allows what the
 * rest of the row says. The header that shows the number of a new program is no name either.
 */
export function namedBy(row: Row, triggers: TriggerRows): Set<number> {
  const { effect, actor, peer, source, destination, authority, kind, argument } = row;
  const lends = effect === "DelegateCapability";
  const places = [effect === "InvokeProgram" ? 0 : source, destination, argument.scope ?? 0, lends ? authority : 0];
  const named = new Set([peer, issuerOf(kind), lends ? makerOf(row.resource) : 0, ...places.map(programOf)]);
  named.delete(boundBy(row));
  for (const program of argument.trigger === undefined ? [] : namedByTrigger(argument.trigger, triggers))
    named.add(program);
  named.delete(0);
  named.delete(actor);
  return named;
}

/**
 * All that a trigger's rows name. A key in such a row does not bind the program in the log: if the number is another's,
 * the trigger can only not be applied, and what was signed is lost. So it is with the capabilities that they use.
 */
function namedByTrigger(digest: bigint, triggers: TriggerRows): Set<number> {
  const named = new Set<number>();
  const created = new Set<number>();
  for (const row of triggers(digest) ?? []) {
    if (row.effect === "CreateProgram") created.add(row.peer);
    else {
      const used = [row.source, row.authority].map(programOf).filter((program) => program !== row.actor);
      for (const program of [...namedBy(row, triggers), row.peer, ...used]) named.add(program);
    }
  }
  named.delete(0);
  for (const program of created) named.delete(program);
  return named;
}

/** The key of a program at some moment; undefined if it does not exist. 0 is an open program. */
export type KeyOf = (program: number) => bigint | undefined;

/**
 * What the log of one program names and binds, as far as its groups were taken in. A program is bound by the last key
 * that the log has of it: one that changed its key since is to be bound again.
 */
export class LogNames {
  readonly #actor: number;
  readonly #genesis: KeyOf;
  readonly #triggers: TriggerRows;
  readonly #before: KeyOf;
  readonly #bound = new Map<number, bigint>();

  /**
   * @param genesis the keys of the genesis, which the domain binds
   * @param before what the log bound before the first group that is taken in; nothing by default
   */
  constructor(actor: number, genesis: KeyOf, triggers: TriggerRows, before: KeyOf = () => undefined) {
    this.#actor = actor;
    this.#before = before;
    this.#genesis = genesis;
    this.#triggers = triggers;
  }

  /** What the groups that were taken in bind, with the keys. */
  get bound(): ReadonlyMap<number, bigint> {
    return this.#bound;
  }

  /**
   * What a group names that neither it nor the log so far binds under the key that it has.
   * @param now the keys when the group begins
   */
  missing(group: readonly Row[], now: KeyOf): number[] {
    const { named, bound } = groupNames(group, this.#actor, this.#triggers);
    const isMissing = (program: number): boolean => {
      if (bound.has(program)) return false;
      const key = this.#bound.get(program) ?? this.#before(program) ?? this.#genesis(program);
      return key === undefined || key !== now(program);
    };
    return [...named].filter(isMissing).sort((a, b) => a - b);
  }

  /** Takes in a group that the program acts in. */
  take(group: readonly Row[]): void {
    const { bound } = groupNames(group, this.#actor, this.#triggers);
    for (const [program, key] of bound) this.#bound.set(program, key);
  }
}

/** What a group names on behalf of a program, and the keys that the group carries. */
export interface GroupNames {
  named: Set<number>;
  /** Keys by program. */
  bound: Map<number, bigint>;
}

/** The log covers the whole of a group, whoever acts in it; what a trigger applies it does not cover. */
export function groupNames(group: readonly Row[], actor: number, triggers: TriggerRows): GroupNames {
  const named = new Set<number>();
  const bound = boundIn(group);
  if (group[0]?.effect === "Trigger") return { named, bound };
  for (const row of group) {
    if (row.actor !== actor || !isEffect(row)) continue;
    for (const program of namedBy(row, triggers)) named.add(program);
  }
  return { named, bound };
}

/**
 * What a group binds in the log of each program that acts in it, with the key that it carries; nothing by a trigger.
 */
export function boundIn(group: readonly Row[]): Map<number, bigint> {
  const bound = new Map<number, bigint>();
  if (group[0]?.effect === "Trigger") return bound;
  for (const row of group.filter(isEffect)) {
    const program = boundBy(row);
    if (program !== 0) bound.set(program, keyCarried(row));
  }
  return bound;
}

function keyCarried({ effect, argument }: Row): bigint {
  return (effect === "CreateProgram" ? argument.authority : argument.peerAuthority) ?? 0n;
}

/** The keys of a genesis. */
export function keysOf(genesis: Genesis): Map<number, bigint> {
  const keys = new Map<number, bigint>();
  for (const { address, cell } of genesis.cells)
    if (cell.type === "program") keys.set(programOf(address), cell.authority);
  return keys;
}

/** What is known where the groups of a reader begin. */
export interface LogBeginning {
  /** The keys of the genesis, which the domain binds. */
  readonly genesis: KeyOf;
  /** The keys at the beginning. */
  readonly now: KeyOf;
  /** What the program's log bound before. */
  readonly before: KeyOf;
}

/** The beginning of a run. */
function atGenesis(genesis: Genesis): LogBeginning {
  const keys = keysOf(genesis);
  const keyOf: KeyOf = (program) => keys.get(program);
  return { genesis: keyOf, now: keyOf, before: () => undefined };
}

/**
 * What a program's log names, while somebody had to sign for it, and did not bind by then: a signature over it would
 * not say who that is.
 * @param beginning of the run, or of another place that is known
 * @param groups from the beginning on, in order
 */
export function unboundIn(
  beginning: Genesis | LogBeginning,
  groups: Iterable<readonly Transition[]>,
  program: number,
  triggers: TriggerRows,
): number[] {
  const { genesis, now, before } = "cells" in beginning ? atGenesis(beginning) : beginning;
  const keys = new ChangedKeys(now);
  const log = new LogNames(program, genesis, triggers, before);
  const unbound = new Set<number>();
  for (const group of groups) {
    const own = group.filter((t) => t.actor === program && isEffect(t) && !t.triggered);
    if (own.some(({ columns: { A } }) => mustSign(program, A.before[1]) || mustSign(program, A.after[1]))) {
      for (const each of log.missing(group, keys.of)) unbound.add(each);
    }
    if (own.length > 0) log.take(group);
    keys.take(group);
  }
  return [...unbound].sort((a, b) => a - b);
}

/** The keys of all programs, group by group. */
export class ChangedKeys {
  readonly #changed = new Map<number, bigint>();
  readonly #beginning: KeyOf;

  /** @param beginning the keys before the first group */
  constructor(beginning: KeyOf) {
    this.#beginning = beginning;
  }

  /** The key behind the groups so far. */
  readonly of: KeyOf = (program) => this.#changed.get(program) ?? this.#beginning(program);

  take(group: readonly Row[]): void {
    for (const { effect, actor, peer, argument } of group) {
      if (effect === "CreateProgram") this.#changed.set(peer, argument.authority ?? 0n);
      if (effect === "RotateAuthority") this.#changed.set(actor, argument.authority ?? 0n);
    }
  }
}
