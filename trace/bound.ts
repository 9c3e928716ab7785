/**
 * Which programs a log binds. A row names programs by number, and the number of a program that was created in the run could be another's if
 * other rows came first. A log binds a number where one of its groups carries the program's key beside it: where the program is created, and
 * in every row that names its peer's key. The genesis binds its own, because the domain covers it. So a signature means one thing if each program
 * that its rows name is bound somewhere in the same log.
 */
import { issuerOf, makerOf, programOf } from "./layout.ts";
import type { Row, Transition } from "./record.ts";
import { isEffect, SHAPES } from "./rows.ts";
import type { TriggerRows } from "./triggers.ts";

/** The program whose key the row carries; 0 if it carries none. */
export function boundBy(row: Row): number {
  if (row.effect === "CreateProgram") return row.peer;
  return SHAPES[row.effect].argument.includes("peerAuthority") ? row.peer : 0;
}

/**
 * The programs that a row names, its actor and those that it binds left out: in addresses, kinds, the subject of a capability; and all
 * that its trigger names. The header that shows the number of a new program is no name.
 */
export function namedBy(row: Row, triggers: TriggerRows): Set<number> {
  const { actor, peer, source, destination, authority, kind, argument } = row;
  const places = [source, destination, argument.scope ?? 0, row.effect === "CreateProgram" ? 0 : authority];
  const subject = row.effect === "DelegateCapability" ? makerOf(row.resource) : 0;
  const named = new Set([peer, issuerOf(kind), subject, ...places.map(programOf)]);
  named.delete(boundBy(row));
  for (const program of argument.trigger === undefined ? [] : namedByTrigger(argument.trigger, triggers))
    named.add(program);
  named.delete(0);
  named.delete(actor);
  return named;
}

/**
 * A key in a trigger's row does not bind the program in the log: if the number is another's, the trigger can only not be applied, and what
 * was signed is lost.
 */
function namedByTrigger(digest: bigint, triggers: TriggerRows): Set<number> {
  const named = new Set<number>();
  const created = new Set<number>();
  for (const row of triggers(digest) ?? []) {
    if (row.effect === "CreateProgram") created.add(row.peer);
    else for (const program of [...namedBy(row, triggers), row.peer]) named.add(program);
  }
  for (const program of created) named.delete(program);
  return named;
}

/** What the log of one program names and binds, as far as its groups were taken in. */
export class LogNames {
  readonly #actor: number;
  readonly #genesis: number;
  readonly #triggers: TriggerRows;
  readonly #named = new Set<number>();
  readonly #bound = new Set<number>();

  /** @param genesis how many programs the genesis has: the domain binds them */
  constructor(actor: number, genesis: number, triggers: TriggerRows) {
    this.#actor = actor;
    this.#genesis = genesis;
    this.#triggers = triggers;
  }

  /** What a group would name that neither it nor the log so far binds. */
  missing(group: readonly Row[]): number[] {
    const { named, bound } = this.#read(group);
    return [...named].filter((program) => !bound.has(program) && !this.#isBound(program)).sort((a, b) => a - b);
  }

  /** Takes in a group that the program acts in. */
  take(group: readonly Row[]): void {
    const { named, bound } = this.#read(group);
    for (const program of named) if (!this.#isBound(program)) this.#named.add(program);
    for (const program of bound) this.#bound.add(program);
  }

  /** What is named so far and bound nowhere: a signature does not say who that is. */
  unbound(): number[] {
    return [...this.#named].filter((program) => !this.#bound.has(program)).sort((a, b) => a - b);
  }

  #isBound(program: number): boolean {
    return program <= this.#genesis || this.#bound.has(program);
  }

  /** The log covers the whole of a group, whoever acts in it; what a trigger applies it does not cover. */
  #read(group: readonly Row[]): { named: Set<number>; bound: Set<number> } {
    const named = new Set<number>();
    const bound = new Set<number>();
    if (group[0]?.effect === "Trigger") return { named, bound };
    for (const row of group.filter(isEffect)) {
      bound.add(boundBy(row));
      if (row.actor !== this.#actor) continue;
      for (const program of namedBy(row, this.#triggers)) named.add(program);
    }
    return { named, bound };
  }
}

/**
 * What a program's log names in a run and binds nowhere: a signature over it would not say who that is.
 * @param groups of the run, in order
 * @param genesis how many programs the genesis has
 */
export function unboundIn(
  groups: Iterable<readonly Transition[]>,
  program: number,
  genesis: number,
  triggers: TriggerRows,
): number[] {
  const log = new LogNames(program, genesis, triggers);
  for (const group of groups) {
    if (group.some((t) => t.actor === program && isEffect(t) && !t.triggered)) log.take(group);
  }
  return log.unbound();
}
