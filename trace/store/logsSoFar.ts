/**
 * What keeps the logs of programs with keys from being signed, followed group by group. Signing then need not read the
 * whole history again. Where it cannot be followed, the log is in doubt, and the history is read.
 */
import type { TriggerRows } from "../effects/triggers.ts";
import { address } from "../layout.ts";
import { COLUMNS, type Transition } from "../machine/transition.ts";
import { ChangedKeys, type KeyOf, LogNames } from "../signing/boundPrograms.ts";
import { isOpaque } from "../signing/signable.ts";
import { signersOf } from "../tracer/meetings.ts";

/** The log of a program, at some place of the trace. */
export interface LogFacts {
  readonly actor: number;
  /** Digest of the log. */
  readonly log: bigint;
  /**
   * Whether something in it may keep it from being signed. False only if every group of the log was followed, and
   * nothing was found.
   */
  readonly doubt: boolean;
}

/** A log that was followed up to a place. */
export interface KnownLog extends Omit<LogFacts, "actor"> {
  /** What it bound. */
  readonly bound: KeyOf;
}

/** The logs at some place. */
export interface LogsBefore {
  /** The keys of the genesis. */
  readonly genesis: KeyOf;
  /** The keys at this place. */
  readonly now: KeyOf;
  /** The log of a program; of one that never acted, that of its beginning. */
  logOf(program: number): KnownLog;
}

interface Followed {
  log: bigint;
  doubt: boolean;
  readonly names: LogNames;
}

/** Follows the logs from one place on. */
export class LogsSoFar {
  readonly #before: LogsBefore;
  readonly #keys: ChangedKeys;
  readonly #followed = new Map<number, Followed>();
  /** Those known by the last group. */
  #triggers: TriggerRows = () => undefined;

  constructor(before: LogsBefore) {
    this.#before = before;
    this.#keys = new ChangedKeys((program) => before.now(program));
  }

  /** Takes in a group. @param triggers those known by now */
  take(group: readonly Transition[], triggers: TriggerRows): void {
    this.#triggers = triggers;
    for (const actor of signersOf(group)) {
      const followed = this.#followed.get(actor) ?? this.#begun(actor);
      this.#followed.set(actor, followed);
      const [was, is] = logAround(group, actor);
      followed.doubt ||=
        // It acted without a key meanwhile, which was not followed.
        followed.log !== was ||
        group.some((t) => t.actor === actor && isOpaque(t, triggers)) ||
        followed.names.missing(group, this.#keys.of).length > 0;
      followed.log = is;
      followed.names.take(group);
    }
    this.#keys.take(group);
  }

  /** The logs that were followed. */
  facts(): LogFacts[] {
    return [...this.#followed].map(([actor, { log, doubt }]) => ({ actor, log, doubt }));
  }

  #begun(actor: number): Followed {
    const { log, doubt, bound } = this.#before.logOf(actor);
    const triggers: TriggerRows = (digest) => this.#triggers(digest);
    return { log, doubt, names: new LogNames(actor, this.#before.genesis, triggers, bound) };
  }
}

/** The log of a program before a group in which it acts, and behind it. */
function logAround(group: readonly Transition[], actor: number): [was: bigint, is: bigint] {
  const header = address(actor, 0);
  const states = group
    .flatMap(({ columns }) => COLUMNS.map((column) => columns[column]))
    .filter((one) => {
      return one.address === header;
    });
  return [states[0]?.before[2] ?? 0n, states.at(-1)?.after[2] ?? 0n];
}
