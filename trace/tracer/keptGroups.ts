/** The groups that a tracer keeps. Those of a past that was not read are read when somebody asks for all. */
import type { Transition } from "../machine/transition.ts";

export class KeptGroups {
  readonly #groups: Transition[][] = [];
  #earlier: (() => readonly Transition[][]) | undefined;

  /** @param earlier reads those before the first that is added; none by default */
  constructor(earlier?: () => readonly Transition[][]) {
    this.#earlier = earlier;
  }

  add(group: Transition[]): void {
    this.#groups.push(group);
  }

  /** All, in order. */
  all(): Transition[][] {
    if (this.#earlier === undefined) return this.#groups;
    const earlier = this.#earlier();
    this.#earlier = undefined;
    const later = this.#groups.splice(0);
    for (const group of [...earlier, ...later]) this.#groups.push(group);
    return this.#groups;
  }
}
