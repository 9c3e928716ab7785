/** The groups that a tracer keeps. Those that were not read, or are kept no longer, are read when somebody asks. */
import type { Transition } from "../machine/transition.ts";

/** Most transitions that are kept in memory where they can be read again: about 80 MB. */
export const MOST_KEPT = 16_384;

/** Where groups can be read. */
export interface GroupsElsewhere {
  /** Reads those before the first that is added; there are none by default. */
  earlier?: (() => readonly Transition[][]) | undefined;
  /** Reads those up to a transition, all that were added among them; it is not possible by default. */
  upTo?: ((seq: number) => readonly Transition[][]) | undefined;
}

export class KeptGroups {
  readonly #groups: Transition[][] = [];
  readonly #upTo: GroupsElsewhere["upTo"];
  #earlier: GroupsElsewhere["earlier"];
  #held = 0;
  /** Somebody has the list, so it stays whole. */
  #given = false;

  constructor({ earlier, upTo }: GroupsElsewhere = {}) {
    this.#earlier = earlier;
    this.#upTo = upTo;
  }

  add(group: Transition[]): void {
    if (this.#held >= MOST_KEPT) this.#drop();
    this.#groups.push(group);
    this.#held += group.length;
  }

  /** All, in order. */
  all(): Transition[][] {
    this.#given = true;
    if (this.#earlier === undefined) return this.#groups;
    const earlier = this.#earlier();
    this.#earlier = undefined;
    const later = this.#groups.splice(0);
    for (const group of [...earlier, ...later]) this.#groups.push(group);
    return this.#groups;
  }

  #drop(): void {
    const upTo = this.#upTo;
    if (upTo === undefined || this.#given) return;
    const last = this.#groups.at(-1)?.at(-1)?.seq ?? 0;
    this.#groups.length = 0;
    this.#held = 0;
    this.#earlier = () => upTo(last);
  }
}
