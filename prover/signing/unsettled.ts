/**
 * Unsettled programs: effects name them, and they were made, or changed their key, in the part of the run without a
 * proof. A log binds a program's present key, but not its actions under an earlier key.
 */

import { triggersIn } from "../../trace/describe/triggeredRows.ts";
import type { TriggerRows } from "../../trace/effects/triggers.ts";
import { issuerOf, makerOf, programOf } from "../../trace/layout.ts";
import type { Row, Transition } from "../../trace/machine/transition.ts";

/** A program that was made, or changed its key, in a batch without a proof. */
export interface UnsettledProgram {
  program: number;
  /** `made`: created; `took`: it changed its key. Its loans, issues and watches under an earlier key stay valid. */
  how: "made" | "took";
  /** The transition of that change. */
  seq: number;
  /** The program that made it; itself if it changed its key. */
  by: number;
  /** The key it was made with, or took; 0 = open. */
  authority: bigint;
}

/**
 * The programs that the rows or their triggers name, and that one of the transitions makes or gives another key.
 * @param open the transitions without a proof
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

/** Every program whose number occurs in the row. */
function programsIn({ actor, peer, source, destination, authority, resource, kind, argument }: Row): number[] {
  const places = [source, destination, authority, argument.scope ?? 0].map(programOf);
  return [actor, peer, ...places, issuerOf(kind), makerOf(resource), makerOf(argument.into ?? 0n)].filter(
    (program) => program !== 0,
  );
}
