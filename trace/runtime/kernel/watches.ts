/** Watches that programs have set, and the tasks that wait for them. */

import type { Place } from "../../effects/effects.ts";
import { placeAddress } from "../../effects/found.ts";
import type { WatchCell } from "../../state/cells.ts";
import { RuntimeUseError } from "../errors.ts";
import type { Handlers, KernelServices } from "./services.ts";
import type { Asked, Task } from "./task.ts";

export class Watches {
  readonly #kernel: KernelServices;
  readonly #watches = new Map<number, Place>();
  #waiting: Asked<"fired">[] = [];
  #made = 0;

  constructor(kernel: KernelServices) {
    this.#kernel = kernel;
  }

  readonly handlers: Handlers = {
    watch: (p) => {
      const { task, ask } = p as Asked<"watch">;
      const { about, by, condition, kind, threshold, trigger } = ask;
      const { program } = task;
      const { rights, slots } = this.#kernel;
      const target = rights.placeOf(program, about, by);
      const own = new Set(target.program === program ? [target.slot] : []);
      const place = { program, slot: slots.free(program, 1, own) };
      const terms = { slot: place.slot, target, condition, kind, threshold, trigger, ...rights.by(by) };
      this.#kernel.perform(program, { effect: "WatchResource", ...terms });
      this.#made++;
      this.#watches.set(this.#made, place);
      p.answer({ watch: this.#made, place });
    },
    fired: (p) => {
      const fired = p as Asked<"fired">;
      const { slot } = this.#place(p.task, fired.ask.watch);
      p.waits = { what: `the watch in slot ${slot} to fire`, on: () => [] };
      this.#waiting.push(fired);
      this.#look(fired);
    },
    unwatch: (p) => {
      const { task, ask } = p as Asked<"unwatch">;
      const { program, slot } = this.#place(task, ask.watch);
      const { state } = this.#cell(task, ask.watch);
      this.#kernel.perform(program, { effect: state === "armed" ? "Unwatch" : "Clear", slot });
      this.#watches.delete(ask.watch);
      p.answer(state);
    },
  };

  /** Answers the tasks whose watches have fired since. */
  settle(): void {
    for (const waiting of [...this.#waiting]) this.#look(waiting);
  }

  #look(waiting: Asked<"fired">): void {
    try {
      const { state } = this.#cell(waiting.task, waiting.ask.watch);
      if (state === "armed") return;
      waiting.answer(state === "spent");
    } catch (error) {
      waiting.fail(error);
    }
    this.#waiting = this.#waiting.filter((each) => each !== waiting);
  }

  #cell(task: Task, watch: number): WatchCell {
    const place = this.#place(task, watch);
    const cell = this.#kernel.tracer.map.cell(placeAddress(place));
    if (cell.type === "watch") return cell;
    throw new RuntimeUseError(
      `the watch in slot ${place.slot} of ${task.name} was taken away by an effect: set another`,
    );
  }

  #place(task: Task, watch: number): Place {
    const place = this.#watches.get(watch);
    if (place === undefined) throw new RuntimeUseError(`a watch of ${task.name} was taken away: set another`);
    if (place.program === task.program) return place;
    const owner = this.#kernel.holdings.programName(place.program);
    throw new RuntimeUseError(
      `the watch in slot ${place.slot} is ${owner}'s, not ${task.name}'s: let ${owner} wait for it and send a message`,
    );
  }
}
