/** Chooses free slots: empty, unwatched and not reserved by a task. */
import type { MemorySlot, ProgramId } from "../../effects/effects.ts";
import { RefusedError } from "../../errors.ts";
import { address, NO_INBOX } from "../../layout.ts";
import type { Tracer } from "../../tracer/tracer.ts";
import { RuntimeUseError } from "../errors.ts";
import type { Handlers, SlotService } from "./services.ts";
import type { Asked } from "./task.ts";

const NONE: ReadonlySet<MemorySlot> = new Set();

export class Slots implements SlotService {
  readonly #tracer: Tracer;
  readonly #reserved = new Map<ProgramId, Set<MemorySlot>>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  readonly handlers: Handlers = {
    reserve: (p) => {
      const { program } = p.task;
      const place = { program, slot: this.deposit(program) };
      this.#reserved.set(program, new Set(this.#of(program)).add(place.slot));
      p.answer(place);
    },
    unreserve: (p) => {
      const { task, ask } = p as Asked<"unreserve">;
      const { program, slot } = ask.place;
      if (program !== task.program || this.#reserved.get(program)?.delete(slot) !== true) {
        throw new RuntimeUseError(
          `${task.name} has not reserved slot ${slot} of program ${program}: give back what reserve() gave`,
        );
      }
      p.answer();
    },
  };

  /** A free slot, at or above `from` and not in `taken`. @throws RefusedError if there is none */
  free(program: ProgramId, from = 1, taken: ReadonlySet<MemorySlot> = NONE): MemorySlot {
    const reserved = this.#of(program);
    return this.#tracer.freeSlot(program, from, reserved.size === 0 ? taken : new Set([...taken, ...reserved]));
  }

  /** `count` free slots. */
  several(program: ProgramId, count: number, from = 1): MemorySlot[] {
    const taken = new Set<MemorySlot>();
    while (taken.size < count) taken.add(this.free(program, from, taken));
    return [...taken];
  }

  /** A free slot for deposits of other programs. @throws RefusedError if there is none */
  deposit(to: ProgramId, taken: ReadonlySet<MemorySlot> = NONE): MemorySlot {
    const { inbox } = this.#tracer.program(to).header();
    if (inbox >= NO_INBOX) throw new RefusedError("inbox-respected", `program ${to} takes no deposits`);
    return this.free(to, inbox, taken);
  }

  /** Whether a slot is free. */
  isFree(program: ProgramId, slot: MemorySlot): boolean {
    const cell = this.#tracer.map.cell(address(program, slot));
    return cell.type === "empty" && cell.watch === 0 && !this.#of(program).has(slot);
  }

  #of(program: ProgramId): ReadonlySet<MemorySlot> {
    return this.#reserved.get(program) ?? NONE;
  }
}
