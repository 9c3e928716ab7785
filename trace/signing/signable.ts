/**
 * Whether a signature over a program's log would say what it does: what keeps it from being signed, for signing and for
 * audits.
 */

import type { Names } from "../describe/names.ts";
import { triggersIn } from "../describe/triggeredRows.ts";
import type { TriggerRows } from "../effects/triggers.ts";
import { isEffect } from "../machine/rowShape.ts";
import type { Transition } from "../machine/transition.ts";
import type { Genesis } from "../state/genesis.ts";
import { unboundIn } from "./boundPrograms.ts";

/**
 * Why the program's log should not be signed, as a sentence that ends with what to do; null if nothing speaks against
 * it.
 * @param groups of the run, in order
 */
export function unsignable(
  genesis: Genesis,
  groups: readonly (readonly Transition[])[],
  program: number,
  triggers: TriggerRows,
  names: Names,
): string | null {
  const opaque = groups.flat().find((t) => {
    return t.actor === program && isEffect(t) && [...triggersIn([t], triggers).values()].includes(undefined);
  });
  if (opaque !== undefined) return opaqueText(opaque.seq, program, names);
  const unbound = unboundIn(genesis, groups, program, triggers);
  return unbound.length === 0 ? null : unboundText(unbound, program, names);
}

/** Why a log is not signed whose transition sets a watch with effects that nobody here knows. */
export function opaqueText(seq: number, program: number, names: Names): string {
  return (
    `transition ${seq} of ${names.program(program)} sets a watch whose trigger's effects are not in the trace, so nobody ` +
    "can read what would be signed; ask for the trace with them"
  );
}

/** Why a log is not signed that names programs without a key. */
export function unboundText(unbound: readonly number[], program: number, names: Names): string {
  const list = unbound.map((each) => names.program(each)).join(", ");
  return (
    `what ${names.program(program)} did names ${list}, and its log says nowhere which key that is: the number could still become ` +
    "another's; let it join them (JoinWith, 0 steps) in the run, and sign then"
  );
}
