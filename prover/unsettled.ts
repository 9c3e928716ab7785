/**
 * Programs that effects name and that were made in what is not settled yet: the operator can still give their numbers
 * to others.
 */
import { issuerOf, makerOf, programOf } from "../trace/layout.ts";
import type { Row, Transition } from "../trace/record.ts";
import { triggersIn } from "../trace/telling.ts";
import type { TriggerRows } from "../trace/triggers.ts";

/** A program that was made in a batch without a proof, and by whom. */
export interface UnsettledProgram {
  program: number;
  /** The transition that made it. */
  seq: number;
  /** The program that made it. */
  by: number;
  /** The key that it was made with; 0 = open. */
  authority: bigint;
}

/**
 * The programs that the rows name, or the triggers that they set, and that one of the transitions makes.
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
    if (effect !== "CreateProgram" || !named.has(peer)) continue;
    found.push({ program: peer, seq, by: actor, authority: argument.authority ?? 0n });
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
