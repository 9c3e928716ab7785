/** Carries out a move of a deal in the map where it happens. */
import { RefusedError } from "../../errors.ts";
import type { Transition } from "../../machine/transition.ts";
import type { Tracer } from "../../tracer/tracer.ts";
import { putIn, takeBack, takeOut } from "../lock/lock.ts";
import { openLock } from "../lock/open.ts";
import type { Move } from "./deal.ts";

/**
 * Carries out a move.
 * @param at time, in seconds since 1970; the tracer's by default
 * @throws RefusedError if the map does not allow it, or not any more
 */
export function carryOut(tracer: Tracer, move: Move, at?: number): Transition[] {
  const { lock } = move;
  if (move.what === "open") return openLock(tracer, lock, move.secret, at);
  const goods = lock.goods[move.i];
  if (goods === undefined) throw new RefusedError("no-double-spend", `there is no thing ${move.i} in the lock`);
  const actor = move.what === "take out" ? goods.receiver : goods.giver;
  const program = tracer.program(actor);
  if (move.what === "take out") return program.perform(takeOut(lock, move.i, program.freeSlot()), at);
  if (move.what === "take back") return program.perform(takeBack(lock, move.i, program.freeSlot()), at);
  const held = program.memory().find(({ cell }) => cell.type === "resource" && cell.id === goods.id);
  if (held === undefined)
    throw new RefusedError(
      "no-double-spend",
      `program ${actor} does not have resource ${goods.id}; split it off first`,
    );
  return program.perform(putIn(lock, move.i, held.slot), at);
}
