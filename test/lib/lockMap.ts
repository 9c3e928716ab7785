/**
 * A map with Alice, who has 100 Gold, with Bob, who is to have it, and with Mallory, who makes the lock between them.
 */
import { closeLock, LOCK_SLOTS, lockFor, secretHash } from "../../trace/crossing/lock/lock.ts";
import type { Lock } from "../../trace/crossing/lock/terms.ts";
import type { Effect } from "../../trace/effects/effects.ts";
import { kindOf } from "../../trace/layout.ts";
import { MOORED_GENESIS } from "../../trace/state/genesis.ts";
import type { ProgramHandle } from "../../trace/tracer/programHandle.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { authority } from "./authorities.ts";
import { PROFILE } from "./profile.ts";

export const NOW = 1_790_000_000;
export const DEADLINE = NOW + 3_600;
export const SECRET = 123_456_789n;

/** The map, and whose programs are in it. */
export class LockMap {
  readonly tracer = Tracer.from(MOORED_GENESIS, { clock: () => NOW, profiles: [PROFILE] });
  readonly alice = this.#person("Alice", 1);
  readonly bob = this.#person("Bob", 2);
  readonly mallory = this.#person("Mallory", 3);

  #person(name: string, key: number): ProgramHandle {
    return this.tracer.program(1).createProgram({ name, authority: authority(key) });
  }

  /** Gives Alice one more thing. */
  gold(quantity = 100n): Lock["goods"][number] {
    const { alice, bob } = this;
    const kind = kindOf(alice.id, 1);
    const { slot } = alice.issue({ kind, quantity });
    const cell = alice.cell(slot);
    if (cell.type !== "resource") throw new Error("nothing was issued");
    return { giver: alice.id, receiver: bob.id, id: cell.id, kind, quantity };
  }

  /**
   * A lock that Mallory makes, with other terms than usual, or with other effects.
   * @param change gets what closes an honest lock, and returns what closes this one
   */
  lock(
    terms: Partial<Lock> = {},
    change: (effects: Effect[], program: ProgramHandle) => Effect[] = (effects) => effects,
  ): Lock {
    const { goods = [this.gold()] } = terms;
    const program = this.mallory.createProgram({ inbox: LOCK_SLOTS.goods, authority: authority(8) });
    const plain = { deadline: DEADLINE, hash: secretHash(SECRET), ...terms, goods, program: program.id };
    const lock = { ...lockFor(plain, SECRET), ...terms };
    for (const effect of change(closeLock(lock), program)) program.perform(effect);
    return lock;
  }
}

/** Puts effects in front of the last one, which gives up the key. */
export const ahead = (effects: readonly Effect[], ...more: Effect[]): Effect[] => [
  ...effects.slice(0, -1),
  ...more,
  ...effects.slice(-1),
];
