/** Asserts that the machine refuses an action with the right invariant, and stays unchanged. */
import { expect } from "vitest";
import type { Effect } from "../../trace/effects/effects.ts";
import { lower, lowerAll } from "../../trace/effects/lower.ts";
import { type Invariant, RefusedError } from "../../trace/errors.ts";
import type { Machine } from "../../trace/machine/machine.ts";
import type { Row, Transition } from "../../trace/machine/transition.ts";

/** Expects `action` to be refused by the invariant, with a message, and the machine to stay unchanged. */
export function refuses(machine: Machine, invariant: Invariant, action: () => unknown): RefusedError {
  const { seq, at } = machine;
  const root = machine.map.root();
  let error: unknown;
  try {
    action();
  } catch (thrown) {
    error = thrown;
  }
  expect(error, `nothing was refused, ${invariant} was expected`).toBeInstanceOf(RefusedError);
  const refused = error as RefusedError;
  expect(refused.invariant, refused.message).toBe(invariant);
  expect(refused.message.length).toBeGreaterThan(invariant.length + 20);
  expect({ seq: machine.seq, at: machine.at, root: machine.map.root() }).toEqual({ seq, at, root });
  return refused;
}

/** Performs an effect at a time. */
export function does(machine: Machine, actor: number, effect: Effect, at = machine.at): Transition[] {
  return machine.perform(lower(machine.map, actor, effect), at);
}

/** Rows of effects of several programs, as one group. */
export function rowsOf(machine: Machine, effects: readonly (readonly [actor: number, effect: Effect])[]): Row[] {
  return effects.flatMap(([actor, effect]) => lowerAll(machine.map, actor, [effect]));
}
