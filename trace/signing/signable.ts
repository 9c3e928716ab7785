/**
 * Whether a signature over a program's log would say what it does: what keeps it from being signed, for signing and for
 * audits.
 */

import type { Names } from "../describe/names.ts";
import { triggersIn } from "../describe/triggeredRows.ts";
import type { TriggerRows } from "../effects/triggers.ts";
import { isEffect } from "../machine/rowShape.ts";
import type { Row, Transition } from "../machine/transition.ts";
import type { Genesis } from "../state/genesis.ts";
import { type LogBeginning, unboundIn } from "./boundPrograms.ts";
import { NOBODY } from "./nobody.ts";

/**
 * Why the program's log should not be signed, as a sentence that ends with what to do; null if nothing speaks against
 * it.
 * @param beginning of the run, or a place before which nothing speaks against it
 * @param groups from the beginning on, in order
 */
export function unsignable(
  beginning: Genesis | LogBeginning,
  groups: readonly (readonly Transition[])[],
  program: number,
  triggers: TriggerRows,
  names: Names,
): string | null {
  const rows = groups.flat();
  const opaque = givesUpItsKey(rows, program)
    ? undefined
    : rows.find((t) => t.actor === program && isOpaque(t, triggers));
  const unbound = opaque === undefined ? unboundIn(beginning, groups, program, triggers) : [];
  return unsignableText(program, { opaque: opaque?.seq, unbound }, names);
}

/**
 * Whether the program changes to the key that nobody has. Then it holds nothing for whoever signed: a trigger that
 * nobody can read concerns only those who put something into it later, and see that it stands there. So locks are made.
 */
export function givesUpItsKey(rows: readonly Row[], program: number): boolean {
  return rows.some(
    ({ effect, actor, argument }) => effect === "RotateAuthority" && actor === program && argument.authority === NOBODY,
  );
}

/** What speaks against signing a program's log. */
export interface AgainstSigning {
  /** The first transition that sets a watch whose trigger's effects are not known; undefined if there is none. */
  opaque: number | undefined;
  /** The programs that it names and does not bind. */
  unbound: readonly number[];
}

/** The same as a sentence that ends with what to do; null if nothing speaks against it. */
export function unsignableText(program: number, { opaque, unbound }: AgainstSigning, names: Names): string | null {
  if (opaque !== undefined) {
    return (
      `transition ${opaque} of ${names.program(program)} sets a watch whose trigger's effects are not in the trace, so nobody ` +
      "can read what would be signed; ask for the trace with them"
    );
  }
  if (unbound.length === 0) return null;
  const list = unbound.map((each) => names.program(each)).join(", ");
  return (
    `what ${names.program(program)} did names ${list}, and its log says nowhere which key that is: the number could still become ` +
    "another's; let it join them (JoinWith, 0 steps) in the run, and sign then"
  );
}

/** Whether an effect sets a watch whose trigger, or one within it, cannot be read. */
export function isOpaque(transition: Transition, triggers: TriggerRows): boolean {
  return isEffect(transition) && [...triggersIn([transition], triggers).values()].includes(undefined);
}
