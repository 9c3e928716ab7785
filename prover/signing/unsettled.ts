/**
 * Programs that effects name and that were made, or changed their key, in what is not settled yet. A log binds the key
 * that a program has; what the program did under an earlier key it does not.
 */

import { triggersIn } from "../../trace/describe/triggeredRows.ts";
import type { TriggerRows } from "../../trace/effects/triggers.ts";
import { issuerOf, makerOf, programOf } from "../../trace/layout.ts";
import type { Row, Transition } from "../../trace/machine/transition.ts";

/** A program that was made in a batch without a proof, or took another key there, and by whom. */
export interface UnsettledProgram {
  program: number;
  /** `made`: created; `took`: it changed its key. What it lent, issued and watches under an earlier key stands. */
  how: "made" | "took";
  /** The transition that did so. */
  seq: number;
  /** The program that made it; of one that took a key, itself. */
  by: number;
  /** The key that it was made with, or took; 0 = open. */
  authority: bigint;
}

/**
 * The programs that the rows name, or the triggers that they set, and that one of the transitions makes or gives
 * another key.
 * @param open the transitions that are in no proof yet
 */
export function unsettledPrograms(
  rows: readonly Row[],
  triggers: TriggerRows,
  open: Iterable<Transition>,
): UnsettledProgram[] {
  const named = new Set(rows.flatMap(programsIn));
  for (const inner of triggersIn(rows, triggers).values()) {
    for (const row of inner ?? []) for (const program of programsIn(row)) named.add(program);
  }
  const found: UnsettledProgram[] = [];
  for (const { effect, seq, actor, peer, argument } of open) {
    const program = effect === "CreateProgram" ? peer : actor;
    if ((effect !== "CreateProgram" && effect !== "RotateAuthority") || !named.has(program)) continue;
    const how = effect === "CreateProgram" ? "made" : "took";
    found.push({ program, how, seq, by: actor, authority: argument.authority ?? 0n });
  }
  return found;
}

/** Every program whose number is somewhere in the row. */
function programsIn({ actor, peer, source, destination, authority, resource, kind, argument }: Row): number[] {
  const places = [source, destination, authority, argument.scope ?? 0].map(programOf);
  return [actor, peer, ...places, issuerOf(kind), makerOf(resource), makerOf(argument.into ?? 0n)].filter(
    (program) => program !== 0,
  );
}
